#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <csignal>
#include <ctime>

#include "base/text.h"
#include "net/tls.h"

namespace posthorn::net {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;

Bio reading(const std::string& pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

std::unexpected<Error> tls_failure(const std::string& what) {
  char reason[160] = "no reason given";
  if (const auto error = ERR_get_error()) ERR_error_string_n(error, reason, sizeof reason);
  ERR_clear_error();
  return fail(Code::invalid, what + ": " + reason);
}

Result<void> use_chain(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reading(pem);
  const Certificate leaf(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return tls_failure("cannot use the certificate");
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return tls_failure("cannot use the certificate's chain");
    }
  ERR_clear_error();
  return {};
}

Result<void> use_key(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reading(pem);
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) return tls_failure("cannot use the private key");
  if (SSL_CTX_check_private_key(context) != 1) return tls_failure("the private key does not fit the certificate");
  return {};
}

Result<void> use_roots(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reading(pem);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  int added = 0;
  while (const Certificate root{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
    added += X509_STORE_add_cert(store, root.get());
  ERR_clear_error();
  return added > 0 ? Result<void>() : fail(Code::invalid, "no root certificate could be read");
}

void set_ground_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA);
  // Mail programs often close without close_notify; where a message ends, SMTP, IMAP and POP3 say themselves.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
}

// The session keeps its first context alive by itself; the chosen one is kept by OpenSSL's own count.
int on_server_name(SSL* ssl, int*, void* argument) {
  const auto* context = static_cast<const TlsContext*>(argument);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr || !context->by_name()) return SSL_TLSEXT_ERR_OK;
  if (const auto chosen = context->by_name()(to_lower(std::string_view(name)))) SSL_set_SSL_CTX(ssl, chosen->native());
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<void> TlsContext::ask_for_certificates(const std::string& roots_pem) {
  if (const auto used = use_roots(native_, roots_pem); !used) return used;
  // Programs that have several certificates choose by these names.
  const Bio bio = reading(roots_pem);
  while (const Certificate root{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
    SSL_CTX_add_client_CA(native_, root.get());
  ERR_clear_error();
  // The outcome stays with the session (SSL_get_verify_result): whoever shows no good certificate cannot log in by it.
  SSL_CTX_set_verify(native_, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  return {};
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const std::string& chain_pem, const std::string& key_pem,
                                                       const std::string& client_roots_pem) {
  // OpenSSL writes to the socket without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  std::shared_ptr<TlsContext> context(new TlsContext(SSL_CTX_new(TLS_server_method())));
  SSL_CTX* native = context->native_;
  set_ground_rules(native);
  if (const auto used = use_chain(native, chain_pem); !used) return fail(used);
  if (const auto used = use_key(native, key_pem); !used) return fail(used);
  // Resumption by tickets alone (RFC 5077): nothing is kept here for sessions that never come back.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(native, 1);
  const unsigned char id[] = "posthorn";
  SSL_CTX_set_session_id_context(native, id, sizeof id - 1);
  SSL_CTX_set_tlsext_servername_callback(native, on_server_name);
  SSL_CTX_set_tlsext_servername_arg(native, context.get());
  if (!client_roots_pem.empty())
    if (const auto asked = context->ask_for_certificates(client_roots_pem); !asked) return fail(asked);
  return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsTrust& trust, const std::string& chain_pem,
                                                       const std::string& key_pem) {
  std::signal(SIGPIPE, SIG_IGN);
  std::shared_ptr<TlsContext> context(new TlsContext(SSL_CTX_new(TLS_client_method())));
  SSL_CTX* native = context->native_;
  set_ground_rules(native);
  context->verifies_ = trust.verify;
  SSL_CTX_set_verify(native, trust.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (trust.system_roots && SSL_CTX_set_default_verify_paths(native) != 1)
    return tls_failure("cannot read the system's roots");
  if (!trust.roots_pem.empty())
    if (const auto used = use_roots(native, trust.roots_pem); !used) return fail(used);
  if (chain_pem.empty()) return context;
  if (const auto used = use_chain(native, chain_pem); !used) return fail(used);
  if (const auto used = use_key(native, key_pem); !used) return fail(used);
  return context;
}

TlsContext::Validity TlsContext::validity() const {
  const auto time = [](const ASN1_TIME* from) {
    std::tm parts{};
    return from != nullptr && ASN1_TIME_to_tm(from, &parts) == 1 ? from_seconds(timegm(&parts)) : WallTime{};
  };
  const X509* own = SSL_CTX_get0_certificate(native_);
  return own == nullptr ? Validity{} : Validity{time(X509_get0_notBefore(own)), time(X509_get0_notAfter(own))};
}

TlsContext::~TlsContext() { SSL_CTX_free(native_); }

std::shared_ptr<const TlsContext> TlsCertificateSlot::get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void TlsCertificateSlot::replace(std::shared_ptr<const TlsContext> next) {
  const std::lock_guard lock(mutex_);
  current_.swap(next);
}

}  // namespace posthorn::net
