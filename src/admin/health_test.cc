#include "admin/health.h"

#include <doctest/doctest.h>

#include <functional>

#include "admin/metrics_page.h"

using namespace posthorn;
using namespace std::chrono_literals;
using admin::Figures;

namespace {

Figures good() {
  Figures f;
  f.started = from_seconds(1'800'000'000);
  f.now = f.started + 1h;
  f.version = "1.2.3";
  f.most_connections = 100;
  f.free_bytes = 10'000'000'000;
  f.reserve_bytes = 256'000'000;
  f.memory_used = 100'000'000;
  f.memory_ceiling = 1'000'000'000;
  f.certificate = {f.now - std::chrono::days(10), f.now + std::chrono::days(80)};
  f.config_read = f.started;
  return f;
}

}  // namespace

TEST_CASE("health: what is wrong is said, and what of it is a failure") {
  const struct {
    std::function<void(Figures&)> change;
    bool is_ready;
    const char* says;
  } cases[] = {
      {[](Figures&) {}, true, "store: ok: writes succeed\n"},
      {[](Figures& f) { f.is_store_failing = true; }, false, "store: failed: the last write failed"},
      {[](Figures& f) { f.has_room = false, f.free_bytes = 200'000'000; }, false,
       "disk: failed: 200 MB free, the reserve is 256 MB: mail is refused for the time being\n"},
      {[](Figures& f) { f.free_bytes = 400'000'000; }, true, "disk: warning: 400 MB free, the reserve is 256 MB\n"},
      {[](Figures&) {}, true, "memory: ok: 100 MB of at most 1000 MB\n"},
      {[](Figures& f) { f.memory_level = net::MemoryLevel::tight; }, true, "memory: warning: 100 MB"},
      {[](Figures& f) { f.memory_level = net::MemoryLevel::full; }, false,
       "memory: failed: 100 MB of at most 1000 MB: new connections and mail are refused for the time being\n"},
      {[](Figures& f) { f.memory_level = net::MemoryLevel::over; }, false, "memory: failed: "},
      {[](Figures& f) { f.certificate.reset(); }, true, "certificate: ok: none is configured\n"},
      {[](Figures& f) { f.now = f.certificate->not_after; }, false,
       "certificate: failed: it has expired, on 2027-04-05 09:00 UTC\n"},
      {[](Figures& f) { f.now = f.certificate->not_before - 1s; }, false,
       "certificate: failed: it is not valid before"},
      {[](Figures& f) { f.certificate = {f.now - std::chrono::days(77), f.now + std::chrono::days(13)}; }, true,
       "certificate: warning: it is valid until 2027-01-28 09:00 UTC: renew it\n"},
      // Made for six days, renewed after four.
      {[](Figures& f) { f.certificate = {f.now - std::chrono::days(3), f.now + std::chrono::days(3)}; }, true,
       "certificate: ok: it is valid until"},
      {[](Figures& f) { f.certificate = {f.now - std::chrono::days(5), f.now + std::chrono::days(1)}; }, true,
       "certificate: warning: it is valid until"},
      {[](Figures& f) { f.is_certificate_refused = true; }, true, "a newer one is there but cannot be used"},
      {[](Figures& f) { f.connections = 91; }, true, "connections: warning: 91 of at most 100\n"},
      {[](Figures& f) { f.is_config_good = false; }, true, "configuration: warning: the last reload failed"},
      {[](Figures& f) { f.is_stopping = true; }, false, "server: failed: it is stopping\n"},
  };
  for (const auto& c : cases) {
    auto figures = good();
    c.change(figures);
    const auto findings = admin::examine(figures);
    const auto page = admin::health_page(findings);
    CHECK_MESSAGE(admin::is_ready(findings) == c.is_ready, page);
    CHECK_MESSAGE(page.starts_with(c.is_ready ? "ready\n" : "not ready\n"), page);
    CHECK_MESSAGE(page.find(c.says) != std::string::npos, page << c.says);
  }
}

TEST_CASE("metrics page: figures, and what is there without them") {
  auto figures = good();
  figures.listeners = {{"imap", 3, 8}, {"smtp", 1, 1}};
  figures.has_room = false;
  const auto page = admin::metrics_page(figures);
  for (const auto* line :
       {"posthorn_build_info{version=\"1.2.3\"} 1\n", "posthorn_uptime_seconds 3600\n",
        "posthorn_connections{listener=\"imap\"} 3\n", "posthorn_connections_total{listener=\"imap\"} 8\n",
        "posthorn_health{check=\"disk\"} 0\n", "posthorn_memory_bytes 100000000\n",
        "posthorn_memory_limit_bytes 1000000000\n", "posthorn_tls_certificate_not_after_seconds 1806915600\n",
        "posthorn_figures_available 1\n", "# TYPE posthorn_store_bytes gauge\n"})
    CHECK_MESSAGE(page.find(line) != std::string::npos, line);
  const auto without = admin::metrics_page(std::nullopt);
  CHECK(without.find("posthorn_figures_available 0\n") != std::string::npos);
  CHECK(without.find("posthorn_uptime_seconds") == std::string::npos);
}
