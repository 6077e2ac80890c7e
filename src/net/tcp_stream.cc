#include "net/tcp_stream.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <cstring>

#include "net/timer.h"
#include "net/tls.h"

namespace posthorn::net {
namespace {

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;

[[noreturn]] void throw_lost(int error) {
  const bool is_gone = error == EPIPE || error == ECONNRESET || error == ECONNREFUSED || error == ENOTCONN;
  throw Lost(is_gone ? Code::closed : Code::io, std::strerror(error));
}

Endpoint name_of_socket(int fd, int (*get)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (get(fd, reinterpret_cast<sockaddr*>(&name), &size) != 0) return {};
  return Endpoint::from_sockaddr(reinterpret_cast<const sockaddr*>(&name));
}

// What a timer's handler or another thread's waker may touch after the stream itself is gone.
//
// The timer is lazy: it stays armed for an early deadline and looks again when it fires, so that a session which moves
// its deadline at every command does not touch the timer queue.
struct Core : std::enable_shared_from_this<Core> {
  Core(const Executor& executor, int fd) : socket(executor), timer(executor) {
    const bool is_v6 = name_of_socket(fd, ::getsockname).ip.is_v4() == false;
    boost::system::error_code ec;
    socket.assign(is_v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd, ec);
    if (ec) {
      ::close(fd);
      throw Lost(Code::io, ec.message());
    }
  }

  void watch(SteadyTime until) {
    deadline = until;
    if (is_armed && armed_for <= until) return;
    is_armed = true;
    armed_for = until;
    timer.expires_at(until);
    timer.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      if (ec != asio::error::operation_aborted) self->on_timer();
    });
  }

  void on_timer() {
    is_armed = false;
    if (!is_waiting) return;
    if (steady_now() < deadline) return watch(deadline);
    has_timed_out = true;
    interrupt_wait();
  }

  void interrupt_wait() {
    boost::system::error_code ignored;
    socket.cancel(ignored);
  }

  void wake() {
    is_woken = true;
    if (is_waiting && waits_to_read) interrupt_wait();
  }

  Socket socket;
  Timer timer;
  SteadyTime deadline{};
  SteadyTime armed_for{};
  bool is_armed = false;
  bool is_waiting = false;
  bool waits_to_read = false;
  bool has_timed_out = false;
  bool is_woken = false;
};

// While it lives, the timer and wakers may interrupt the wait; also left by a cancelled task's exception.
struct Waiting {
  Waiting(Core* c, bool may_be_woken) : core(c) {
    core->is_waiting = true;
    core->waits_to_read = may_be_woken;
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { core->is_waiting = false; }
  Core* core;
};

class TcpStream final : public Stream {
 public:
  TcpStream(const Executor& executor, int fd) : core_(std::make_shared<Core>(executor, fd)) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  }
  ~TcpStream() override { close(); }

  std::size_t try_read(char* into, std::size_t n) override;
  std::size_t try_write(const char* from, std::size_t n) override;
  Task<Wake> wait_readable() override;
  Task<> wait_writable() override;
  Task<> start_tls_server(std::shared_ptr<const TlsContext> context) override;
  Task<> start_tls_client(std::shared_ptr<const TlsContext> context, std::string server_name) override;
  const TlsInfo* tls() const override { return tls_ ? &tls_->info() : nullptr; }
  std::string channel_binding(ChannelBinding kind) const override { return tls_ ? tls_->channel_binding(kind) : ""; }
  void acknowledge_now() override {
    const int on = 1;
    ::setsockopt(fd(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  }
  void shutdown_write() override;
  bool has_peer_finished() const override;
  void close() override;
  Executor executor() const override { return core_->socket.get_executor(); }
  Endpoint transport_peer() const override { return name_of_socket(fd(), ::getpeername); }
  Endpoint transport_local() const override { return name_of_socket(fd(), ::getsockname); }
  std::function<void()> waker() override;

 private:
  int fd() const { return core_->socket.native_handle(); }
  Task<Wake> wait(Socket::wait_type what, bool may_be_woken);
  Task<> handshake();

  std::shared_ptr<Core> core_;
  std::unique_ptr<TlsSession> tls_;
  bool may_have_more_ = true;
};

std::size_t TcpStream::try_read(char* into, std::size_t n) {
  if (tls_) {
    const std::size_t got = tls_->try_read(into, n);
    may_have_more_ = got != kWouldBlock;
    return got;
  }
  // A short read emptied the socket: asking again would be a system call for nothing.
  if (!may_have_more_) return kWouldBlock;
  while (true) {
    const auto got = ::recv(fd(), into, n, 0);
    if (got >= 0) {
      may_have_more_ = got == 0 || static_cast<std::size_t>(got) == n;
      return static_cast<std::size_t>(got);
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) throw_lost(errno);
    may_have_more_ = false;
    return kWouldBlock;
  }
}

std::size_t TcpStream::try_write(const char* from, std::size_t n) {
  if (tls_) return tls_->try_write(from, n);
  while (true) {
    const auto put = ::send(fd(), from, n, MSG_NOSIGNAL);
    if (put > 0) return static_cast<std::size_t>(put);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) throw_lost(errno);
    return kWouldBlock;
  }
}

Task<Wake> TcpStream::wait(Socket::wait_type what, bool may_be_woken) {
  if (!core_->socket.is_open()) throw Lost(Code::cancelled, "the connection was closed here");
  core_->watch(deadline());
  boost::system::error_code ec;
  {
    const Waiting waiting(core_.get(), may_be_woken);
    co_await core_->socket.async_wait(what, asio::redirect_error(asio::use_awaitable, ec));
  }
  if (std::exchange(core_->has_timed_out, false)) throw Lost(Code::timeout, "the peer was silent for too long");
  if (may_be_woken && std::exchange(core_->is_woken, false)) co_return Wake::woken;
  if (ec == asio::error::operation_aborted) throw Lost(Code::cancelled, "cancelled");
  if (ec) throw Lost(Code::io, ec.message());
  co_return Wake::readable;
}

Task<Wake> TcpStream::wait_readable() {
  if (std::exchange(core_->is_woken, false)) co_return Wake::woken;
  if (may_have_more_) co_return Wake::readable;
  const bool to_write = tls_ && tls_->wants_write();
  const Wake wake = co_await wait(to_write ? Socket::wait_write : Socket::wait_read, true);
  if (wake == Wake::readable) may_have_more_ = true;
  co_return wake;
}

Task<> TcpStream::wait_writable() {
  const bool to_read = tls_ && !tls_->wants_write();
  co_await wait(to_read ? Socket::wait_read : Socket::wait_write, false);
}

Task<> TcpStream::handshake() {
  while (!tls_->try_handshake()) co_await wait(tls_->wants_write() ? Socket::wait_write : Socket::wait_read, false);
  may_have_more_ = true;
}

Task<> TcpStream::start_tls_server(std::shared_ptr<const TlsContext> context) {
  tls_ = TlsSession::server(std::move(context), fd());
  co_await handshake();
}

Task<> TcpStream::start_tls_client(std::shared_ptr<const TlsContext> context, std::string server_name) {
  tls_ = TlsSession::client(std::move(context), fd(), server_name);
  co_await handshake();
}

bool TcpStream::has_peer_finished() const {
  pollfd look{fd(), POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0;
}

void TcpStream::shutdown_write() {
  if (!core_->socket.is_open()) return;
  if (tls_) tls_->send_close_notify();
  ::shutdown(fd(), SHUT_WR);
}

void TcpStream::close() {
  core_->timer.cancel();
  boost::system::error_code ignored;
  core_->socket.close(ignored);
}

std::function<void()> TcpStream::waker() {
  return [weak = std::weak_ptr(core_), executor = executor()] {
    asio::post(executor, [weak] {
      if (const auto core = weak.lock()) core->wake();
    });
  };
}

}  // namespace

std::unique_ptr<Stream> make_tcp_stream(const Executor& executor, int fd) {
  return std::make_unique<TcpStream>(executor, fd);
}

Task<std::unique_ptr<Stream>> connect(Endpoint peer, SteadyTime deadline) {
  sockaddr_storage name{};
  const unsigned size = peer.to_sockaddr(&name);
  const int fd = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw_lost(errno);
  auto stream = make_tcp_stream(co_await asio::this_coro::executor, fd);
  stream->set_deadline(deadline);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&name), size) != 0) {
    if (errno != EINPROGRESS) throw_lost(errno);
    co_await stream->wait_writable();
    int error = 0;
    socklen_t error_size = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size);
    if (error != 0) throw Lost(Code::closed, std::strerror(error));
  }
  co_return stream;
}

}  // namespace posthorn::net
