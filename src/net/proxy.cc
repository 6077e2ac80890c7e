#include "net/proxy.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "net/proxy_header.h"

namespace posthorn::net {
namespace {

/// A proxy sends the header with the connection.
constexpr auto kHeaderTimeout = std::chrono::seconds(10);

metrics::Counter refused_connections("posthorn_connections_refused_total", "Connections that were sent away at once.",
                                     metrics::label("reason", "proxy"));

struct Proxied {
  Serve serve;
  std::vector<IpNetwork> trusted;

  bool trusts(const IpAddress& ip) const {
    return std::ranges::any_of(trusted, [&](const IpNetwork& network) { return network.contains(ip); });
  }
};

// No byte more than the header: the next is the protocol's, or TLS's.
Task<> read_exactly(Stream* stream, char* into, std::size_t n) {
  while (n > 0) {
    const std::size_t got = co_await stream->read_some(into, n);
    if (got == 0) throw Lost(Code::closed, "the peer closed the connection");
    into += got;
    n -= got;
  }
}

Task<Result<ProxyHeader>> read_header(Stream* stream) {
  stream->set_timeout(kHeaderTimeout);
  std::string header(kProxyPreamble, '\0');
  co_await read_exactly(stream, header.data(), header.size());
  const auto rest = proxy_rest_size(header);
  if (!rest) co_return fail(rest);
  header.resize(kProxyPreamble + *rest);
  co_await read_exactly(stream, header.data() + kProxyPreamble, *rest);
  co_return parse_proxy_header(header);
}

void log_refusal(const Stream& stream, const std::string& why) {
  refused_connections.add();
  log::Line(log::warning, "net", "proxy.refused").with("peer", stream.peer().text()).with("why", why);
}

Task<> serve_proxied(Stream* stream, std::shared_ptr<const Proxied> proxied) {
  if (!proxied->trusts(stream->peer().ip)) {
    log_refusal(*stream, "it is not in proxy.trusted");
    co_return stream->close();
  }
  const auto header = co_await read_header(stream);
  if (!header) {
    log_refusal(*stream, header.error().text);
    co_return stream->close();
  }
  if (header->names) stream->set_names(header->names->source, header->names->destination);
  co_await proxied->serve(stream);
}

}  // namespace

Serve behind_proxy(Serve serve, std::vector<IpNetwork> trusted) {
  return [proxied = std::make_shared<const Proxied>(std::move(serve), std::move(trusted))](Stream* stream) {
    return serve_proxied(stream, proxied);
  };
}

}  // namespace posthorn::net
