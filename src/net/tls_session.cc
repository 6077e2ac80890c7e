#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/metrics.h"
#include "net/tls.h"
#include "net/tls_peer.h"

namespace posthorn::net {
namespace {

enum Handshake : std::size_t { kFull, kResumed, kFailed };
metrics::Counters handshakes("posthorn_tls_handshakes_total", "TLS handshakes as the server, by how they went.",
                             {"kind", {"full", "resumed", "failed"}});

// A BIO over a TlsTransport: bytes in and out, and "retry" where the transport would block.
int transport_write(BIO* bio, const char* from, int n) {
  auto* transport = static_cast<TlsTransport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t put = transport->raw_write(from, static_cast<std::size_t>(n));
  if (put != Stream::kWouldBlock) return static_cast<int>(put);
  BIO_set_retry_write(bio);
  return -1;
}

int transport_read(BIO* bio, char* into, int n) {
  auto* transport = static_cast<TlsTransport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t got = transport->raw_read(into, static_cast<std::size_t>(n));
  if (got != Stream::kWouldBlock) return static_cast<int>(got);
  BIO_set_retry_read(bio);
  return -1;
}

long transport_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* transport_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "posthorn transport");
    BIO_meth_set_write(m, transport_write);
    BIO_meth_set_read(m, transport_read);
    BIO_meth_set_ctrl(m, transport_control);
    return m;
  }();
  return method;
}

void use_transport(SSL* ssl, TlsTransport* transport) {
  BIO* bio = BIO_new(transport_method());
  BIO_set_data(bio, transport);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
}

std::string reason_of_failure() {
  char reason[160] = "the handshake failed";
  if (const auto error = ERR_peek_error()) ERR_error_string_n(error, reason, sizeof reason);
  return reason;
}

int capped(std::size_t n) { return static_cast<int>(std::min<std::size_t>(n, 1 << 30)); }

}  // namespace

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, bool is_server, const std::string& server_name)
    : context_(std::move(context)), native_(SSL_new(context_->native())), is_server_(is_server) {
  if (is_server) {
    SSL_set_accept_state(native_);
    return;
  }
  SSL_set_connect_state(native_);
  if (server_name.empty()) return;
  if (!IpAddress::parse(server_name)) SSL_set_tlsext_host_name(native_, server_name.c_str());
  if (!context_->verifies()) return;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(native_);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, server_name.c_str()) == 1) return;
  SSL_set_hostflags(native_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(native_, server_name.c_str());
}

TlsSession::~TlsSession() {
  if (is_server_ && !SSL_is_init_finished(native_)) handshakes.add(kFailed);
  SSL_free(native_);
}

std::unique_ptr<TlsSession> TlsSession::server(std::shared_ptr<const TlsContext> context, int fd) {
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), true, ""));
  SSL_set_fd(session->native_, fd);
  return session;
}

std::unique_ptr<TlsSession> TlsSession::client(std::shared_ptr<const TlsContext> context, int fd,
                                               const std::string& server_name) {
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), false, server_name));
  SSL_set_fd(session->native_, fd);
  return session;
}

std::unique_ptr<TlsSession> TlsSession::server(std::shared_ptr<const TlsContext> context, TlsTransport* transport) {
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), true, ""));
  use_transport(session->native_, transport);
  return session;
}

std::unique_ptr<TlsSession> TlsSession::client(std::shared_ptr<const TlsContext> context, TlsTransport* transport,
                                               const std::string& server_name) {
  std::unique_ptr<TlsSession> session(new TlsSession(std::move(context), false, server_name));
  use_transport(session->native_, transport);
  return session;
}

std::size_t TlsSession::outcome(int returned, std::size_t n) {
  if (returned > 0) return n;
  switch (SSL_get_error(native_, returned)) {
    case SSL_ERROR_WANT_READ: wants_write_ = false; return Stream::kWouldBlock;
    case SSL_ERROR_WANT_WRITE: wants_write_ = true; return Stream::kWouldBlock;
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_SYSCALL: broken_ = true; throw Lost(Code::closed, "the peer closed the connection");
    default: broken_ = true; throw Lost(Code::invalid, "TLS: " + reason_of_failure());
  }
}

bool TlsSession::try_handshake() {
  ERR_clear_error();
  if (outcome(SSL_do_handshake(native_), 1) == Stream::kWouldBlock) return false;
  if (!SSL_is_init_finished(native_)) throw Lost(Code::closed, "the peer closed the connection");
  read_info();
  if (is_server_) handshakes.add(info_.resumed ? kResumed : kFull);
  return true;
}

std::size_t TlsSession::try_read(char* into, std::size_t n) {
  ERR_clear_error();
  const int got = SSL_read(native_, into, capped(n));
  return outcome(got, static_cast<std::size_t>(std::max(got, 0)));
}

std::size_t TlsSession::try_write(const char* from, std::size_t n) {
  ERR_clear_error();
  const int put = SSL_write(native_, from, capped(n));
  const std::size_t done = outcome(put, static_cast<std::size_t>(std::max(put, 0)));
  if (done == 0) throw Lost(Code::closed, "the peer closed the connection");
  return done;
}

void TlsSession::send_close_notify() {
  // After a fatal error OpenSSL forbids SSL_shutdown.
  if (broken_ || !SSL_is_init_finished(native_)) return;
  ERR_clear_error();
  SSL_shutdown(native_);
}

void TlsSession::read_info() {
  if (is_server_) info_.client_addresses = tls_client_addresses(native_);
  info_.protocol = SSL_get_version(native_);
  info_.cipher = SSL_get_cipher_name(native_);
  info_.resumed = SSL_session_reused(native_) == 1;
  if (const char* name = SSL_get_servername(native_, TLSEXT_NAMETYPE_host_name)) info_.server_name = name;
}

std::string TlsSession::channel_binding(ChannelBinding kind) const {
  if (kind == ChannelBinding::tls_server_end_point) return tls_server_end_point(native_, is_server_);
  // RFC 9266 4.2: without the extended master secret a master in the middle can make two sessions alike.
  const bool is_unique = SSL_version(native_) >= TLS1_3_VERSION || SSL_get_extms_support(native_) == 1;
  if (!is_unique) return "";
  unsigned char bytes[EVP_MAX_MD_SIZE];
  if (kind == ChannelBinding::tls_exporter) {
    // RFC 9266 2: an empty context, which TLS 1.2 tells apart from none.
    constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
    const auto* empty = reinterpret_cast<const unsigned char*>("");
    if (SSL_export_keying_material(native_, bytes, 32, kLabel.data(), kLabel.size(), empty, 0, 1) != 1) return "";
    return std::string(reinterpret_cast<const char*>(bytes), 32);
  }
  if (SSL_version(native_) >= TLS1_3_VERSION) return "";
  // RFC 5929 3.1: the first Finished message, which a resumed handshake gets from the server.
  const bool first_is_clients = SSL_session_reused(native_) != 1;
  const std::size_t n = first_is_clients == is_server_ ? SSL_get_peer_finished(native_, bytes, sizeof bytes)
                                                       : SSL_get_finished(native_, bytes, sizeof bytes);
  return std::string(reinterpret_cast<const char*>(bytes), std::min(n, sizeof bytes));
}

}  // namespace posthorn::net
