#include "net/tls_peer.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace posthorn::net {
namespace {

constexpr std::size_t kMostAddresses = 16;
constexpr std::size_t kLongestAddress = 254;  // RFC 5321 4.5.3.1.3 less its angle brackets

struct Freer {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

// A NUL or control character inside a name has deceived others about where it ends.
void add(std::vector<std::string>& addresses, const ASN1_STRING* text) {
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  const std::string address(bytes, static_cast<std::size_t>(ASN1_STRING_length(text)));
  if (address.empty() || address.size() > kLongestAddress || addresses.size() == kMostAddresses) return;
  for (const char c : address)
    if (c <= ' ' || c > '~') return;
  addresses.push_back(address);
}

}  // namespace

// The server's certificate, hashed as its signature is, but never by MD5 or SHA-1. What signs without a
// hash of its own (EdDSA) has no such binding.
std::string tls_server_end_point(const ssl_st* ssl, bool is_server) {
  const X509* certificate = is_server ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
  int hash = NID_undef;
  if (certificate == nullptr ||
      X509_get_signature_info(const_cast<X509*>(certificate), &hash, nullptr, nullptr, nullptr) != 1)
    return "";
  if (hash == NID_undef) return "";
  const EVP_MD* algorithm = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  if (algorithm == nullptr || X509_digest(certificate, algorithm, bytes, &n) != 1) return "";
  return std::string(reinterpret_cast<const char*>(bytes), n);
}

std::vector<std::string> tls_client_addresses(const ssl_st* ssl) {
  std::vector<std::string> addresses;
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return addresses;
  const std::unique_ptr<GENERAL_NAMES, Freer> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_EMAIL) add(addresses, name->d.rfc822Name);
  }
  if (!addresses.empty()) return addresses;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, at)) >= 0;)
    add(addresses, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  return addresses;
}

}  // namespace posthorn::net
