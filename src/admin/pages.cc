#include "admin/pages.h"

#include "admin/health.h"
#include "admin/metrics_page.h"

namespace posthorn::admin {
namespace {

using http::Response;

constexpr auto kText = "text/plain; charset=utf-8";

constexpr auto kIndex =
    "Posthorn\n"
    "/metrics       for Prometheus\n"
    "/health/live   whether the server answers\n"
    "/health/ready  whether it does what it is there for, and what is wrong\n";

Response health(const std::optional<Figures>& figures) {
  if (!figures) return {503, kText, "not ready\nstore: failed: it does not answer\n"};
  const auto findings = examine(*figures);
  return {is_ready(findings) ? 200u : 503u, kText, health_page(findings)};
}

net::Task<Response> answer(Observer* observer, http::Request request) {
  if (request.method != "GET") co_return Response{405, kText, "Only GET and HEAD\n", {{"Allow", "GET, HEAD"}}};
  if (request.path == "/") co_return Response{200, kText, kIndex};
  if (request.path == "/health/live") co_return Response{200, kText, "alive\n"};
  if (request.path == "/metrics") co_return Response{200, kMetricsType, metrics_page(co_await observer->figures())};
  if (request.path == "/health/ready" || request.path == "/health") co_return health(co_await observer->figures());
  co_return Response{404, kText, "There is no such page\n"};
}

}  // namespace

http::Answer pages(Observer* observer) {
  return [observer](http::Request request) { return answer(observer, std::move(request)); };
}

}  // namespace posthorn::admin
