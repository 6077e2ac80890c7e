// Stream: one connection (TCP, TLS over it, or memory), as every protocol sees it.
//
// Two levels: try_read and try_write never wait; wait_readable and wait_writable do, and hold no buffer meanwhile. What
// reads lines and gathers replies is built on these (line_reader.h, out_buffer.h).
// Every wait ends at the deadline last set. Waits throw Lost.
//
// Threads: a Stream belongs to its executor's thread. Only waker() gives something that other threads may call.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/address.h"
#include "net/lost.h"
#include "net/task.h"

namespace posthorn::net {

class TlsContext;

/// What was agreed in a handshake.
struct TlsInfo {
  std::string protocol;     ///< "TLSv1.3"
  std::string cipher;       ///< OpenSSL's name of the suite
  std::string server_name;  ///< SNI, "" where none was sent
  bool resumed = false;
  /// Of the peer's certificate, where one was asked for, sent and verified: its rfc822Name alternative names, or, where
  /// it has none, the emailAddress of its subject (RFC 5280 4.2.1.6).
  std::vector<std::string> client_addresses;
};

/// RFC 5929 and RFC 9266 channel bindings.
enum class ChannelBinding { tls_exporter, tls_unique, tls_server_end_point };
/// Best first.
inline constexpr ChannelBinding kChannelBindings[] = {ChannelBinding::tls_exporter, ChannelBinding::tls_unique,
                                                      ChannelBinding::tls_server_end_point};

enum class Wake {
  readable,  ///< try_read may have something to say: bytes, the end, an error
  woken,     ///< a waker was called, or ask_to_end()
};

class Stream {
 public:
  static constexpr std::size_t kWouldBlock = static_cast<std::size_t>(-1);

  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  /// Up to `n` bytes that are there: their number, 0 at the end of the stream, or kWouldBlock. n > 0.
  virtual std::size_t try_read(char* into, std::size_t n) = 0;
  /// As many bytes as fit: their number > 0, or kWouldBlock. n > 0.
  virtual std::size_t try_write(const char* from, std::size_t n) = 0;

  /// Until try_read has something to say, or a waker was called. One coroutine at a time waits on a stream.
  virtual Task<Wake> wait_readable() = 0;
  /// Until try_write can go on.
  virtual Task<> wait_writable() = 0;

  /// Waits for the first bytes, at most `n`; 0 at the end. `into` must outlive the call. Not interrupted by a waker.
  Task<std::size_t> read_some(char* into, std::size_t n);
  /// All `n` bytes; they must stay in place until it returns.
  Task<> write(const char* from, std::size_t n);
  Task<> write(std::string bytes);

  /// TLS from here on, as server or as client. Bytes that a reader above still holds came in the clear: it must drop
  /// them (LineReader::drop_buffered), or they pass for protected ones. `server_name` is sent as SNI, and verified if
  /// the context verifies.
  virtual Task<> start_tls_server(std::shared_ptr<const TlsContext> context) = 0;
  virtual Task<> start_tls_client(std::shared_ptr<const TlsContext> context, std::string server_name) = 0;
  /// Null in the clear.
  virtual const TlsInfo* tls() const = 0;
  /// "" in the clear, or where the protocol does not define it (tls-unique in TLS 1.3) or does not make it safe:
  /// TLS 1.2 without the extended master secret (RFC 7627) has tls-server-end-point alone.
  virtual std::string channel_binding(ChannelBinding kind) const = 0;

  /// Bytes are expected that the peer may keep back until those before are acknowledged (Nagle's algorithm, RFC 896):
  /// does so at once, where the system would wait for something to send along.
  virtual void acknowledge_now() {}

  /// Tells the peer that no more comes (close_notify, FIN). Waits for nothing.
  virtual void shutdown_write() = 0;
  /// The peer has said that it sends no more. It may still read, or be gone: the next writes show it.
  virtual bool has_peer_finished() const = 0;
  /// At once; waits in progress throw Lost(cancelled).
  virtual void close() = 0;
  /// The polite end: shutdown_write, then reads what still comes for at most `at_most`, so that the last reply is not
  /// destroyed by a reset; then close. Does not throw.
  Task<> finish(Duration at_most = std::chrono::seconds(2));

  virtual Executor executor() const = 0;
  /// Who is at the other end and under which address of ours: as the transport says, or a proxy before it has told.
  Endpoint peer() const { return told_ ? told_->peer : transport_peer(); }
  Endpoint local() const { return told_ ? told_->local : transport_local(); }
  /// A proxy that is believed says whom it speaks for (proxy.h).
  void set_names(Endpoint peer, Endpoint local) { told_ = std::make_unique<Names>(peer, local); }

  /// Every wait from now on throws Lost(timeout) when it passes.
  void set_deadline(SteadyTime deadline) { deadline_ = deadline; }
  void set_timeout(Duration from_now) { deadline_ = steady_now() + from_now; }
  SteadyTime deadline() const { return deadline_; }

  /// Makes the present or the next wait_readable return Wake::woken. May be called from any thread, and after the
  /// stream is gone.
  virtual std::function<void()> waker() = 0;
  /// The server wants to stop: the session should say so to its peer and end. Wakes. Own thread.
  void ask_to_end();
  bool is_asked_to_end() const { return asked_to_end_; }

 protected:
  Stream() : deadline_(steady_now() + kFirstTimeout) {}
  virtual Endpoint transport_peer() const = 0;
  virtual Endpoint transport_local() const = 0;

 private:
  struct Names {
    Endpoint peer, local;
  };

  static constexpr Duration kFirstTimeout = std::chrono::minutes(5);

  std::unique_ptr<Names> told_;
  SteadyTime deadline_;
  bool asked_to_end_ = false;
};

}  // namespace posthorn::net
