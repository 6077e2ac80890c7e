#include "net/connect.h"

#include <netdb.h>

#include <vector>

#include "net/signal.h"
#include "net/tcp_stream.h"

namespace posthorn::net {
namespace {

constexpr std::size_t kMostAddresses = 8;

std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  std::vector<Endpoint> endpoints;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return endpoints;
  for (const auto* each = found; each != nullptr && endpoints.size() < kMostAddresses; each = each->ai_next)
    endpoints.push_back({Endpoint::from_sockaddr(each->ai_addr).ip, port});
  ::freeaddrinfo(found);
  return endpoints;
}

// A lookup that is waited for. As getaddrinfo knows no deadline, the wait may end before it, and with it the executor:
// whoever holds the mutex knows whether both are still there.
class Lookup {
 public:
  explicit Lookup(const Executor& executor) : executor_(executor), signal_(executor), gate_(std::make_shared<Gate>()) {
    gate_->lookup = this;
  }
  ~Lookup() {
    const std::lock_guard lock(gate_->mutex);
    gate_->lookup = nullptr;
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  void start(Offload* offload, std::string host, std::uint16_t port) {
    offload->post([gate = gate_, host = std::move(host), port] {
      auto endpoints = resolve(host, port);
      const std::lock_guard lock(gate->mutex);
      if (gate->lookup == nullptr) return;
      boost::asio::post(gate->lookup->executor_, [gate, endpoints = std::move(endpoints)]() mutable {
        // On the thread of the lookup, which alone destroys it.
        if (gate->lookup != nullptr) gate->lookup->finish(std::move(endpoints));
      });
    });
  }
  Task<bool> wait_until(SteadyTime deadline) { return signal_.wait_until(deadline); }
  std::vector<Endpoint> take() { return std::move(endpoints_); }

 private:
  struct Gate {
    std::mutex mutex;
    Lookup* lookup = nullptr;
  };

  void finish(std::vector<Endpoint> endpoints) {
    endpoints_ = std::move(endpoints);
    signal_.notify();
  }

  const Executor executor_;
  Signal signal_;
  std::vector<Endpoint> endpoints_;
  const std::shared_ptr<Gate> gate_;
};

Task<std::vector<Endpoint>> look_up(std::string host, std::uint16_t port, Offload* offload, SteadyTime deadline) {
  if (const auto ip = IpAddress::parse(host)) co_return std::vector<Endpoint>{{*ip, port}};
  Lookup lookup(co_await boost::asio::this_coro::executor);
  lookup.start(offload, std::move(host), port);
  if (!co_await lookup.wait_until(deadline)) throw Lost(Code::timeout, "the name is not resolved in time");
  co_return lookup.take();
}

}  // namespace

Task<std::unique_ptr<Stream>> connect_to(std::string host, std::uint16_t port, Offload* offload, SteadyTime deadline) {
  const auto endpoints = co_await look_up(host, port, offload, deadline);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto share = (deadline - steady_now()) / static_cast<int>(endpoints.size() - i);
    try {
      co_return co_await connect(endpoints[i], steady_now() + share);
    } catch (const Lost& lost) {
      if (lost.code() == Code::cancelled || i + 1 == endpoints.size()) throw;
    }
  }
  throw Lost(Code::closed, "there is no address of " + host);
}

}  // namespace posthorn::net
