// TLS: contexts (a certificate and how to trust), their replacement at run time, and one session over a socket.
//
// RFC 8446, RFC 5246; at least TLS 1.2 as RFC 8314 and RFC 8997 ask. OpenSSL works on the socket itself and gives its
// buffers back between records, so that an idle session costs about 14 KiB.
//
// Threads: contexts may be shared by all; a session belongs to one.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "net/stream.h"

struct ssl_st;
struct ssl_ctx_st;

namespace posthorn::net {

/// Which certificates of a peer are believed.
struct TlsTrust {
  bool verify = true;          ///< false: any certificate (opportunistic TLS, RFC 7435)
  bool system_roots = false;   ///< the roots of the operating system
  std::string roots_pem = "";  ///< these roots as well
};

class TlsContext {
 public:
  /// A server's: the certificate followed by its chain, and its key, both as PEM. Code::invalid when they do not parse
  /// or do not fit each other. With `client_roots_pem`, clients are asked for a certificate, and those that these CAs
  /// have signed are told by TlsInfo::client_addresses. A client without one, or with another (as servers show each
  /// other theirs on port 25), is served all the same.
  static Result<std::shared_ptr<TlsContext>> server(const std::string& chain_pem, const std::string& key_pem,
                                                    const std::string& client_roots_pem = "");
  /// With a certificate of its own to show, or without (""). Errors as above.
  static Result<std::shared_ptr<TlsContext>> client(const TlsTrust& trust, const std::string& chain_pem = "",
                                                    const std::string& key_pem = "");

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  /// Asked in each handshake with the name of RFC 6066 3, in lower case; null keeps this context. Called on any thread.
  /// To be set before the first session.
  using ByName = std::function<std::shared_ptr<const TlsContext>(const std::string& name)>;
  void choose_by_name(ByName choose) { choose_ = std::move(choose); }
  const ByName& by_name() const { return choose_; }

  /// When the own certificate begins and ends to be valid; both the epoch where there is none.
  struct Validity {
    WallTime from{}, until{};
  };
  Validity validity() const;

  ssl_ctx_st* native() const { return native_; }
  bool verifies() const { return verifies_; }

 private:
  explicit TlsContext(ssl_ctx_st* native) : native_(native) {}
  Result<void> ask_for_certificates(const std::string& roots_pem);

  ssl_ctx_st* native_;
  bool verifies_ = false;
  ByName choose_;
};

/// The context that new connections get; replaced when a certificate is renewed. Threads: any.
class TlsCertificateSlot {
 public:
  TlsCertificateSlot() = default;
  explicit TlsCertificateSlot(std::shared_ptr<const TlsContext> first) : current_(std::move(first)) {}
  /// Null where TLS is not configured.
  std::shared_ptr<const TlsContext> get() const;
  void replace(std::shared_ptr<const TlsContext> next);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> current_;
};

/// What a TLS session reads and writes where there is no socket.
class TlsTransport {
 public:
  virtual ~TlsTransport() = default;
  /// As Stream::try_read and try_write.
  virtual std::size_t raw_read(char* into, std::size_t n) = 0;
  virtual std::size_t raw_write(const char* from, std::size_t n) = 0;
};

/// One TLS session; never waits. Errors of the protocol throw Lost(invalid), a broken connection Lost(closed).
class TlsSession {
 public:
  /// `fd` is a non-blocking connected socket, which is not closed by this. A client sends `server_name`.
  static std::unique_ptr<TlsSession> server(std::shared_ptr<const TlsContext> context, int fd);
  static std::unique_ptr<TlsSession> client(std::shared_ptr<const TlsContext> context, int fd,
                                            const std::string& server_name);
  /// The same over `transport`, which must outlive the session.
  static std::unique_ptr<TlsSession> server(std::shared_ptr<const TlsContext> context, TlsTransport* transport);
  static std::unique_ptr<TlsSession> client(std::shared_ptr<const TlsContext> context, TlsTransport* transport,
                                            const std::string& server_name);
  ~TlsSession();

  /// True when the handshake is done; else wait for what wants_write() says and try again.
  bool try_handshake();
  std::size_t try_read(char* into, std::size_t n);
  std::size_t try_write(const char* from, std::size_t n);
  /// Whether the last call that could not go on waits for the socket to be writable rather than readable.
  bool wants_write() const { return wants_write_; }
  void send_close_notify();

  const TlsInfo& info() const { return info_; }
  std::string channel_binding(ChannelBinding kind) const;

 private:
  TlsSession(std::shared_ptr<const TlsContext> context, bool is_server, const std::string& server_name);
  std::size_t outcome(int returned, std::size_t n);
  void read_info();

  std::shared_ptr<const TlsContext> context_;
  ssl_st* native_;
  bool is_server_;
  bool wants_write_ = false;
  bool broken_ = false;
  TlsInfo info_;
};

}  // namespace posthorn::net
