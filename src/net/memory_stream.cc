#include "net/memory_stream.h"

#include <algorithm>
#include <cstring>

#include "net/signal.h"
#include "net/tls.h"

namespace posthorn::net {
namespace {

// One direction of the pair.
struct Channel {
  std::string bytes;
  std::size_t capacity = 0;
  bool drip = false;
  bool must_pause = false;
  bool is_ended = false;
  bool is_broken = false;
};

struct End {
  explicit End(const Executor& executor) : signal(executor) {}
  Signal signal;
  bool is_closed = false;
  bool is_woken = false;
};

// Both ends' state; lives until the last end is gone.
struct Wire {
  explicit Wire(const Executor& ex) : executor(ex), ends{End(ex), End(ex)} {}
  Executor executor;
  Channel channels[2];  // channels[i] is written by end i
  End ends[2];
};

class MemoryStream final : public Stream, private TlsTransport {
 public:
  MemoryStream(std::shared_ptr<Wire> wire, int side, Endpoint own, Endpoint other)
      : wire_(std::move(wire)), side_(side), local_(own), peer_(other) {}
  ~MemoryStream() override { close(); }

  std::size_t try_read(char* into, std::size_t n) override {
    return tls_ ? tls_->try_read(into, n) : raw_read(into, n);
  }
  std::size_t try_write(const char* from, std::size_t n) override {
    return tls_ ? tls_->try_write(from, n) : raw_write(from, n);
  }
  Task<Wake> wait_readable() override;
  Task<> wait_writable() override { co_await wait(); }
  Task<> start_tls_server(std::shared_ptr<const TlsContext> context) override;
  Task<> start_tls_client(std::shared_ptr<const TlsContext> context, std::string server_name) override;
  const TlsInfo* tls() const override { return tls_ ? &tls_->info() : nullptr; }
  std::string channel_binding(ChannelBinding kind) const override { return tls_ ? tls_->channel_binding(kind) : ""; }
  void shutdown_write() override;
  bool has_peer_finished() const override {
    const Channel& channel = wire_->channels[1 - side_];
    return channel.is_ended || channel.is_broken;
  }
  void close() override;
  Executor executor() const override { return wire_->executor; }
  Endpoint transport_peer() const override { return peer_; }
  Endpoint transport_local() const override { return local_; }
  std::function<void()> waker() override;

 private:
  std::size_t raw_read(char* into, std::size_t n) override;
  std::size_t raw_write(const char* from, std::size_t n) override;
  Channel& in() { return wire_->channels[1 - side_]; }
  Channel& out() { return wire_->channels[side_]; }
  End& own() { return wire_->ends[side_]; }
  End& other() { return wire_->ends[1 - side_]; }
  Task<> wait();
  Task<> handshake();

  std::shared_ptr<Wire> wire_;
  int side_;
  Endpoint local_, peer_;
  std::unique_ptr<TlsSession> tls_;
};

std::size_t MemoryStream::raw_read(char* into, std::size_t n) {
  Channel& channel = in();
  if (channel.is_broken) throw Lost(Code::closed, "the peer closed the connection");
  if (channel.bytes.empty()) return channel.is_ended ? 0 : kWouldBlock;
  if (channel.drip && std::exchange(channel.must_pause, !channel.must_pause)) {
    own().signal.notify();
    return kWouldBlock;
  }
  const std::size_t got = channel.drip ? 1 : std::min(n, channel.bytes.size());
  std::memcpy(into, channel.bytes.data(), got);
  channel.bytes.erase(0, got);
  other().signal.notify();
  return got;
}

std::size_t MemoryStream::raw_write(const char* from, std::size_t n) {
  Channel& channel = out();
  if (channel.is_broken || channel.is_ended) throw Lost(Code::closed, "the peer closed the connection");
  const std::size_t put = std::min(n, channel.capacity - channel.bytes.size());
  if (put == 0) return kWouldBlock;
  channel.bytes.append(from, put);
  other().signal.notify();
  return put;
}

Task<> MemoryStream::wait() {
  if (own().is_closed) throw Lost(Code::cancelled, "the connection was closed here");
  const std::shared_ptr<Wire> keep = wire_;
  End& end = own();
  const bool notified = co_await end.signal.wait_until(deadline());
  if (end.is_closed) throw Lost(Code::cancelled, "the connection was closed here");
  if (!notified) throw Lost(Code::timeout, "the peer was silent for too long");
}

Task<Wake> MemoryStream::wait_readable() {
  if (std::exchange(own().is_woken, false)) co_return Wake::woken;
  co_await wait();
  co_return std::exchange(own().is_woken, false) ? Wake::woken : Wake::readable;
}

Task<> MemoryStream::handshake() {
  while (!tls_->try_handshake()) co_await wait();
}

Task<> MemoryStream::start_tls_server(std::shared_ptr<const TlsContext> context) {
  tls_ = TlsSession::server(std::move(context), this);
  co_await handshake();
}

Task<> MemoryStream::start_tls_client(std::shared_ptr<const TlsContext> context, std::string server_name) {
  tls_ = TlsSession::client(std::move(context), this, server_name);
  co_await handshake();
}

void MemoryStream::shutdown_write() {
  if (own().is_closed || out().is_ended || out().is_broken) return;
  if (tls_) tls_->send_close_notify();
  out().is_ended = true;
  other().signal.notify();
}

void MemoryStream::close() {
  if (std::exchange(own().is_closed, true)) return;
  // What was written before still arrives; what the peer writes from now on has nobody to read it.
  out().is_ended = true;
  in().is_broken = true;
  own().signal.notify();
  other().signal.notify();
}

std::function<void()> MemoryStream::waker() {
  return [weak = std::weak_ptr(wire_), side = side_, executor = executor()] {
    boost::asio::post(executor, [weak, side] {
      const auto wire = weak.lock();
      if (!wire) return;
      wire->ends[side].is_woken = true;
      wire->ends[side].signal.notify();
    });
  };
}

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_memory_pair(const Executor& executor,
                                                                             MemoryPairOptions options) {
  const auto wire = std::make_shared<Wire>(executor);
  wire->channels[0].drip = options.drip;
  for (Channel& channel : wire->channels) channel.capacity = options.capacity;
  return {std::make_unique<MemoryStream>(wire, 0, options.first_address, options.second_address),
          std::make_unique<MemoryStream>(wire, 1, options.second_address, options.first_address)};
}

}  // namespace posthorn::net
