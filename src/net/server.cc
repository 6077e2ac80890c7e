#include "net/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <list>

#include "base/log.h"
#include "base/metrics.h"
#include "net/task_group.h"
#include "net/tcp_stream.h"
#include "net/timer.h"

namespace posthorn::net {

namespace asio = boost::asio;

// One io thread's sessions.
struct Server::Lane {
  explicit Lane(const Executor& executor) : group(executor) {}
  TaskGroup group;
  std::list<Stream*> streams;
};

// One listening socket, served on the first io thread.
struct Server::Door {
  Door(const Executor& executor, Serve how, DoorOptions o)
      : acceptor(executor), group(executor), serve(std::move(how)), options(std::move(o)) {}
  asio::ip::tcp::acceptor acceptor;
  TaskGroup group;
  Serve serve;
  const DoorOptions options;
  std::atomic<std::size_t> open{0};
  std::atomic<std::uint64_t> accepted{0};
};

namespace {

constexpr auto kPauseWhenFull = std::chrono::milliseconds(50);
constexpr auto kGraceAfterCancel = std::chrono::seconds(10);
constexpr int kBacklog = 4096;

metrics::Counter pauses("posthorn_accept_pauses_total", "Pauses in accepting, as descriptors or memory were used up.");

std::unexpected<Error> cannot_listen(const Endpoint& at, int error) {
  return fail(Code::io, "cannot listen at " + at.text() + ": " + std::strerror(error));
}

bool is_out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Server::Server(IoThreads* threads, std::size_t most_connections)
    : threads_(threads), most_connections_(most_connections) {
  for (std::size_t i = 0; i < threads->size(); ++i) lanes_.push_back(std::make_unique<Lane>(threads->executor(i)));
}

Server::~Server() = default;

Result<BoundSocket> BoundSocket::bind(Endpoint at) {
  sockaddr_storage name{};
  const unsigned size = at.to_sockaddr(&name);
  BoundSocket socket(::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), at);
  if (socket.fd_ < 0) return fail(Code::io, std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(socket.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // One door an address: [::] does not take over what 0.0.0.0 is for.
  if (!at.ip.is_v4()) ::setsockopt(socket.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(socket.fd_, reinterpret_cast<const sockaddr*>(&name), size) != 0) return cannot_listen(at, errno);
  socklen_t got = sizeof name;
  ::getsockname(socket.fd_, reinterpret_cast<sockaddr*>(&name), &got);
  socket.at_ = Endpoint::from_sockaddr(reinterpret_cast<const sockaddr*>(&name));
  return socket;
}

BoundSocket::~BoundSocket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Endpoint> Server::listen(Endpoint at, Serve serve, DoorOptions options) {
  auto socket = BoundSocket::bind(at);
  if (!socket) return fail(socket);
  return listen(std::move(*socket), std::move(serve), std::move(options));
}

Result<Endpoint> Server::listen(BoundSocket socket, Serve serve, DoorOptions options) {
  const Endpoint at = socket.at();
  const int fd = socket.release();
  if (::listen(fd, kBacklog) != 0) {
    const int error = errno;
    ::close(fd);
    return cannot_listen(at, error);
  }
  Door* door =
      doors_.emplace_back(std::make_unique<Door>(threads_->executor(0), std::move(serve), std::move(options))).get();
  asio::post(door->group.executor(), [this, door, fd, is_v4 = at.ip.is_v4()] {
    door->acceptor.assign(is_v4 ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), fd);
    door->group.spawn(accept_loop(this, door));
  });
  return at;
}

Task<> Server::accept_loop(Server* server, Door* door) {
  while (true) {
    while (server->is_full(*door)) co_await sleep_for(kPauseWhenFull);
    const int fd = ::accept4(door->acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      server->hand_over(door, fd);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      co_await door->acceptor.async_wait(asio::ip::tcp::acceptor::wait_read, asio::use_awaitable);
    } else if (is_out_of_resources(errno)) {
      // The connection stays in the queue and the socket readable: without a pause this loop would spin.
      pauses.add();
      log::Line(log::warning, "net", "accept.paused").with("why", std::strerror(errno));
      co_await sleep_for(kPauseWhenFull);
    }
  }
}

bool Server::is_full(const Door& door) const {
  if (door.options.own_connections != 0) return door.open >= door.options.own_connections;
  return connections_ >= most_connections_;
}

std::vector<DoorFigures> Server::doors() const {
  std::vector<DoorFigures> all;
  all.reserve(doors_.size());
  for (const auto& door : doors_) all.push_back({door->options.name, door->open, door->accepted});
  return all;
}

void Server::hand_over(Door* door, int fd) {
  if (door->options.own_connections == 0) ++connections_;
  ++door->open;
  door->accepted.fetch_add(1, std::memory_order_relaxed);
  Lane* lane = lanes_[turn_++ % lanes_.size()].get();
  asio::post(lane->group.executor(), [this, lane, door, fd] { lane->group.spawn(serve_one(this, lane, door, fd)); });
}

Task<> Server::serve_one(Server* server, Lane* lane, Door* door, int fd) {
  std::unique_ptr<Stream> stream;
  std::exception_ptr failure;
  try {
    stream = make_tcp_stream(lane->group.executor(), fd);
    const auto place = lane->streams.insert(lane->streams.end(), stream.get());
    try {
      co_await door->serve(stream.get());
    } catch (...) {
      failure = std::current_exception();
    }
    lane->streams.erase(place);
  } catch (...) {
    failure = std::current_exception();
  }
  stream.reset();
  --door->open;
  if (door->options.own_connections == 0) --server->connections_;
  if (failure) std::rethrow_exception(failure);
}

Task<> Server::close_doors(Server* server) {
  for (const auto& door : server->doors_) {
    door->group.cancel();
    co_await door->group.join(steady_now() + kGraceAfterCancel);
    boost::system::error_code ignored;
    door->acceptor.close(ignored);
  }
}

void Server::ask_to_end() {
  for (const auto& lane : lanes_)
    asio::post(lane->group.executor(), [streams = &lane->streams] {
      for (Stream* stream : *streams) stream->ask_to_end();
    });
}

void Server::ask_to_end(std::size_t count) {
  const auto each = (count + lanes_.size() - 1) / lanes_.size();
  for (const auto& lane : lanes_)
    asio::post(lane->group.executor(), [streams = &lane->streams, each] {
      auto left = each;
      for (auto stream = streams->rbegin(); stream != streams->rend() && left > 0; ++stream) {
        if ((*stream)->is_asked_to_end()) continue;
        (*stream)->ask_to_end();
        --left;
      }
    });
}

Task<> Server::end_all(Lane* lane, SteadyTime deadline) {
  if (co_await lane->group.join(deadline)) co_return;
  lane->group.cancel();
  if (!co_await lane->group.join(steady_now() + kGraceAfterCancel))
    log::Line(log::error, "net", "sessions.stuck").with("count", lane->group.size());
}

void Server::stop(Duration patience) {
  run_blocking(threads_->executor(0), close_doors(this));
  const SteadyTime deadline = steady_now() + patience;
  ask_to_end();
  for (const auto& lane : lanes_) run_blocking(lane->group.executor(), end_all(lane.get(), deadline));
}

}  // namespace posthorn::net
