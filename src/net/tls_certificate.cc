#include "net/tls_certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/random.h"
#include "net/address.h"

namespace posthorn::net {
namespace {

struct Freer {
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Freer>;

std::string drained(BIO* bio) {
  char* bytes = nullptr;
  const long n = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<std::size_t>(n));
}

CertificateAndKey as_pem(X509* certificate, EVP_PKEY* key) {
  const Owned<BIO> first(BIO_new(BIO_s_mem())), second(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(first.get(), certificate);
  PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return {drained(first.get()), drained(second.get())};
}

Owned<X509> blank(EVP_PKEY* key, const std::string& common_name, std::chrono::days valid) {
  Owned<X509> x(X509_new());
  X509_set_version(x.get(), X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x.get()), random_u64() >> 1);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x.get()), static_cast<long>(std::chrono::seconds(valid).count()));
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x.get()), "CN", MBSTRING_UTF8, text,
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_pubkey(x.get(), key);
  return x;
}

bool add_extension(X509* x, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(x, extension.get(), -1) == 1;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) {
    if (!list.empty()) list += ',';
    list += (IpAddress::parse(name) ? "IP:" : "DNS:") + name;
  }
  return list;
}

std::unexpected<Error> failed() { return fail(Code::invalid, "the certificate could not be made"); }

}  // namespace

Result<CertificateAndKey> make_ca(const std::string& common_name, std::chrono::days valid) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return failed();
  const auto x = blank(key.get(), common_name, valid);
  X509_set_issuer_name(x.get(), X509_get_subject_name(x.get()));
  const bool made = add_extension(x.get(), x.get(), NID_basic_constraints, "critical,CA:TRUE") &&
                    add_extension(x.get(), x.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(x.get(), x.get(), NID_subject_key_identifier, "hash") &&
                    X509_sign(x.get(), key.get(), EVP_sha256()) > 0;
  if (!made) return failed();
  return as_pem(x.get(), key.get());
}

namespace {

Result<CertificateAndKey> make_leaf(const CertificateAndKey& ca, const std::string& common_name, const char* usage,
                                    const std::string& names, std::chrono::days valid) {
  const Owned<BIO> ca_pem(BIO_new_mem_buf(ca.certificate.data(), static_cast<int>(ca.certificate.size())));
  const Owned<BIO> key_pem(BIO_new_mem_buf(ca.key.data(), static_cast<int>(ca.key.size())));
  const Owned<X509> issuer(PEM_read_bio_X509(ca_pem.get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY> issuer_key(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr));
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!issuer || !issuer_key || !key || names.empty()) return failed();
  const auto x = blank(key.get(), common_name, valid);
  X509_set_issuer_name(x.get(), X509_get_subject_name(issuer.get()));
  const bool made = add_extension(x.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(x.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") &&
                    add_extension(x.get(), issuer.get(), NID_ext_key_usage, usage) &&
                    add_extension(x.get(), issuer.get(), NID_subject_key_identifier, "hash") &&
                    add_extension(x.get(), issuer.get(), NID_authority_key_identifier, "keyid") &&
                    add_extension(x.get(), issuer.get(), NID_subject_alt_name, names) &&
                    X509_sign(x.get(), issuer_key.get(), EVP_sha256()) > 0;
  if (!made) return failed();
  return as_pem(x.get(), key.get());
}

}  // namespace

Result<CertificateAndKey> make_certificate(const CertificateAndKey& ca, const std::vector<std::string>& names,
                                           std::chrono::days valid) {
  if (names.empty()) return failed();
  return make_leaf(ca, names.front(), "serverAuth", alternative_names(names), valid);
}

Result<CertificateAndKey> make_client_certificate(const CertificateAndKey& ca, const std::string& address,
                                                  std::chrono::days valid) {
  return make_leaf(ca, address, "clientAuth", "email:" + address, valid);
}

}  // namespace posthorn::net
