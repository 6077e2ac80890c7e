#include "posthorn/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include "base/text.h"
#include "directory/directory.h"
#include "http/url.h"
#include "posthorn/file_content.h"
#include "posthorn/nearest.h"
#include "posthorn/toml.h"

namespace posthorn::program {
namespace {

namespace fs = std::filesystem;

/// Sizes of messages are 32 bits wide in IMAP (RFC 9051 9) and in the store; the trace fields come on top.
constexpr std::int64_t kLargestMessage = INT64_C(2) << 30;
constexpr std::int64_t kLeastMemory = 64 << 20;
constexpr std::int64_t kMostHours = 100 * 366 * 24;
constexpr std::uint32_t kMostScrubDays = 3650;
constexpr std::int64_t kMostSeconds = 24 * 3600;
constexpr std::int64_t kMostRecipients = 10'000;
constexpr std::int64_t kMostMessages = 999'999;  // RFC 9422 4: six digits
constexpr std::int64_t kMostErrors = 1'000'000;
constexpr std::int64_t kLongestTimeout = 24 * 3600;
constexpr std::uint16_t kSmtpPort = 25;

bool is_some_text(std::string_view s) { return !s.empty() && std::ranges::none_of(s, is_ctl); }
// Told to clients in JSON, and in requests: nothing in it may need an escape.
bool is_https_url(std::string_view s) {
  const auto url = http::Url::parse(s);
  return url && url->is_https && s.find_first_of("\"\\#") == std::string_view::npos;
}
constexpr auto kDomain = "a domain such as example.org";
constexpr auto kDomains = R"(a list of domains such as ["example.org"])";
constexpr auto kAddresses = R"(a list of addresses such as ["ann@example.org"])";
constexpr auto kNetworks = R"(a list of networks such as ["10.0.0.0/8", "2001:db8::1"])";
constexpr auto kFilter = "an LDAP filter with %s for the address, such as (mail=%s),";
constexpr auto kAttribute = "the name of an LDAP attribute";

bool is_ldap_url(std::string_view s) {
  return is_some_text(s) && (s.starts_with("ldap://") || s.starts_with("ldaps://") || s.starts_with("ldapi://"));
}
bool is_filter(std::string_view s) {
  return is_some_text(s) && s.starts_with('(') && s.ends_with(')') && s.find("%s") != std::string_view::npos;
}
bool is_attribute(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_alnum(c) || c == '-' || c == ';' || c == '.'; });
}
bool is_address(std::string_view s) { return directory::address_to_make(s).has_value(); }

/// Reads values into a Config; keeps the first error, which names the place.
class Reader {
 public:
  Reader(fs::path file, Config& config) : file_(std::move(file)), config_(config) {}

  Result<void> read(const toml::table& root);
  /// What the keys that name files stand for.
  Result<void> read_secrets();

 private:
  bool is_default(const std::string& key, const toml::node& node) const;

  /// How the value of a key is taken; answers "" or what is wrong with it.
  using Take = std::function<std::string(const toml::node&)>;

  std::map<std::string, Take> keys();
  Take checked(std::string& into, bool (*is_good)(std::string_view), std::string what);
  Take path(fs::path& into);
  Take flag(bool& into);
  template <class T>
  Take number(T& into, std::int64_t least, std::int64_t most = INT64_MAX);
  Take memory(std::uint64_t& into);
  Take addresses(std::vector<net::Endpoint>& into);
  /// Texts, each of which `take` turns into an element; `what` is expected.
  template <class T, class From>
  Take list(std::vector<T>& into, From from, std::string what);
  Take word(std::function<bool(const std::string&)> accept, std::string words);

  std::string where(const toml::node& node, const std::string& key) const {
    return fmt::format("{}:{}: {}", file_.string(), node.source().begin.line, key);
  }

  const fs::path file_;
  Config& config_;
};

Reader::Take Reader::checked(std::string& into, bool (*is_good)(std::string_view), std::string what) {
  return [&into, is_good, what = std::move(what)](const toml::node& node) -> std::string {
    const auto value = node.value<std::string>();
    if (!node.is_string() || !is_good(*value)) return what + " is expected";
    into = *value;
    return "";
  };
}

Reader::Take Reader::path(fs::path& into) {
  return [this, &into](const toml::node& node) -> std::string {
    if (!node.is_string()) return "a path is expected";
    into = fs::absolute(file_).parent_path() / *node.value<std::string>();
    return "";
  };
}

Reader::Take Reader::flag(bool& into) {
  return [&into](const toml::node& node) -> std::string {
    if (!node.is_boolean()) return "true or false is expected";
    into = *node.value<bool>();
    return "";
  };
}

template <class T>
Reader::Take Reader::number(T& into, std::int64_t least, std::int64_t most) {
  return [&into, least, most](const toml::node& node) -> std::string {
    const auto value = node.value<std::int64_t>();
    if (!node.is_integer() || *value < least) return fmt::format("a number of at least {} is expected", least);
    if (*value > most) return fmt::format("a number of at most {} is expected", most);
    into = static_cast<T>(*value);
    return "";
  };
}

Reader::Take Reader::memory(std::uint64_t& into) {
  return [&into](const toml::node& node) -> std::string {
    const auto value = node.value<std::int64_t>();
    if (!node.is_integer() || (*value != 0 && *value < kLeastMemory))
      return fmt::format("a number of at least {}, or 0, is expected", kLeastMemory);
    into = static_cast<std::uint64_t>(*value);
    return "";
  };
}

template <class T, class From>
Reader::Take Reader::list(std::vector<T>& into, From read, std::string expected) {
  return [&into, read, expected = std::move(expected) + " is expected"](const toml::node& node) -> std::string {
    const auto* items = node.as_array();
    if (items == nullptr) return expected;
    for (const auto& item : *items) {
      auto value = read(item.value_or(""));
      if (!value) return expected;
      into.push_back(std::move(*value));
    }
    return "";
  };
}

Reader::Take Reader::addresses(std::vector<net::Endpoint>& into) {
  return list(into, &net::Endpoint::parse, R"(a list of addresses such as ["0.0.0.0:25", "[::]:25"])");
}

std::optional<std::string> listener_named(std::string_view name) {
  constexpr std::string_view kNames[] = {"smtp", "lmtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s"};
  return std::ranges::find(kNames, name) == std::end(kNames) ? std::nullopt : std::optional<std::string>(name);
}

Reader::Take Reader::word(std::function<bool(const std::string&)> accept, std::string words) {
  return [accept = std::move(accept), words = std::move(words)](const toml::node& node) -> std::string {
    return accept(node.value_or("")) ? "" : "one of " + words + " is expected";
  };
}

std::map<std::string, Reader::Take> Reader::keys() {
  auto& c = config_;
  const auto level = [&c](const std::string& name) {
    const std::vector<std::string> names{"debug", "info", "warning", "error"};
    const auto it = std::find(names.begin(), names.end(), name);
    if (it != names.end()) c.log_level = static_cast<base::log::Level>(it - names.begin());
    return it != names.end();
  };
  const auto format = [&c](const std::string& name) {
    c.log_format = name == "json" ? base::log::Format::json : base::log::Format::text;
    return name == "json" || name == "text";
  };
  const auto minutes = [](Duration& into, std::int64_t most) -> Take {
    return [&into, most](const toml::node& node) -> std::string {
      const auto value = node.value<std::int64_t>();
      if (!node.is_integer() || *value < 1 || *value > most)
        return fmt::format("a number from 1 to {} is expected", most);
      into = std::chrono::minutes(*value);
      return "";
    };
  };
  const auto seconds = [](Duration& into) -> Take {
    return [&into](const toml::node& node) -> std::string {
      const auto value = node.value<std::int64_t>();
      if (!node.is_integer() || *value < 1 || *value > 60) return "a number from 1 to 60 is expected";
      into = std::chrono::seconds(*value);
      return "";
    };
  };
  return {
      {"hostname", checked(c.hostname, directory::is_host_name, "a host name such as mail.example.org")},
      {"postmaster", checked(c.postmaster, is_address, "an address such as ann@example.org")},
      {"data", path(c.data)},
      {"listen.smtp", addresses(c.listen.smtp)},
      {"listen.lmtp", addresses(c.listen.lmtp)},
      {"listen.submission", addresses(c.listen.submission)},
      {"listen.submissions", addresses(c.listen.submissions)},
      {"listen.imap", addresses(c.listen.imap)},
      {"listen.imaps", addresses(c.listen.imaps)},
      {"listen.pop3", addresses(c.listen.pop3)},
      {"listen.pop3s", addresses(c.listen.pop3s)},
      {"listen.metrics", addresses(c.listen.metrics)},
      {"metrics.trusted", list(c.metrics_trusted, &net::IpNetwork::parse, kNetworks)},
      {"sandbox.user", checked(c.sandbox.user, directory::is_user_name, "the name of a user of this system")},
      {"sandbox.seccomp", flag(c.sandbox.seccomp)},
      {"sandbox.landlock", flag(c.sandbox.landlock)},
      {"tls.certificate", path(c.certificate)},
      {"tls.key", path(c.key)},
      {"tls.client_ca", path(c.client_ca)},
      {"auth.oauth.issuer", checked(c.oauth.issuer, is_https_url, "an https URL")},
      {"auth.oauth.audience", checked(c.oauth.audience, is_some_text, "a text")},
      {"auth.oauth.user_claim", checked(c.oauth.user_claim, is_some_text, "the name of a claim such as email")},
      {"auth.oauth.client_id", checked(c.oauth.client_id, is_some_text, "a text")},
      {"auth.oauth.client_secret", checked(c.oauth.client_secret, is_some_text, "a text")},
      {"auth.oauth.client_secret_file", path(c.oauth_secret_file)},
      {"auth.oauth.introspection_url", checked(c.oauth.introspection_url, is_https_url, "an https URL")},
      {"auth.oauth.ca", path(c.oauth_ca)},
      {"auth.clear_passwords", flag(c.clear_passwords)},
      {"auth.scram", flag(c.auth.policy.scram)},
      {"auth.default_domain", checked(c.auth.default_domain, directory::is_host_name, kDomain)},
      {"auth.masters", list(c.auth.masters, directory::address_to_make, kAddresses)},
      {"auth.refuse_at", number(c.auth.wrong.refuse_at, 1, 100)},
      {"auth.refuse_minutes", minutes(c.auth.wrong.window, 24 * 60)},
      {"auth.trusted_networks", list(c.auth.wrong.trusted, &net::IpNetwork::parse, kNetworks)},
      {"directory.ldap.url", checked(c.ldap.url, is_ldap_url, "a URL such as ldap://localhost or ldaps://host:636")},
      {"directory.ldap.domains", list(c.ldap.domains, directory::canonical_domain, kDomains)},
      {"directory.ldap.bind_dn", checked(c.ldap.bind_dn, is_some_text, "a DN such as cn=posthorn,dc=example,dc=org")},
      {"directory.ldap.bind_password_file", path(c.ldap.bind_password_file)},
      {"directory.ldap.base", checked(c.ldap.base, is_some_text, "a DN such as dc=example,dc=org")},
      {"directory.ldap.filter", checked(c.ldap.filter, is_filter, kFilter)},
      {"directory.ldap.group_filter", checked(c.ldap.group_filter, is_filter, kFilter)},
      {"directory.ldap.mail_attribute", checked(c.ldap.mail_attribute, is_attribute, kAttribute)},
      {"directory.ldap.name_attribute", checked(c.ldap.name_attribute, is_attribute, kAttribute)},
      {"directory.ldap.quota_attribute", checked(c.ldap.quota_attribute, is_attribute, kAttribute)},
      {"directory.ldap.member_attribute", checked(c.ldap.member_attribute, is_attribute, kAttribute)},
      {"directory.ldap.start_tls", flag(c.ldap.start_tls)},
      {"directory.ldap.ca", path(c.ldap.ca)},
      {"directory.ldap.timeout", seconds(c.ldap.timeout)},
      {"directory.pam.domain", checked(c.pam.domain, directory::is_host_name, kDomain)},
      {"directory.pam.service", checked(c.pam.service, directory::is_user_name, "a name in /etc/pam.d")},
      {"directory.pam.least_uid", number(c.pam.least_uid, 1, UINT32_MAX)},
      {"limits.message_size", number(c.message_size, 1024, kLargestMessage)},
      {"limits.connections", number(c.connections, 1)},
      {"limits.memory", memory(c.memory)},
      {"limits.disk_reserve", number(c.reserve_bytes, 0)},
      {"limits.keep_expunged", number(c.keep_expunged, 0, kMostHours)},
      {"limits.pop3_login_delay", number(c.pop3_login_delay, 0, kMostSeconds)},
      {"limits.recipients", number(c.smtp.recipients, 100, kMostRecipients)},
      {"limits.smtp_connections_per_address", number(c.smtp.connections, 0)},
      {"limits.smtp_messages_per_minute", number(c.smtp.messages_a_minute, 0)},
      {"limits.smtp_messages_per_connection", number(c.smtp.messages_a_connection, 0, kMostMessages)},
      {"limits.smtp_errors", number(c.smtp.errors, 1, kMostErrors)},
      {"limits.smtp_timeout", number(c.smtp.timeout, 10, kLongestTimeout)},
      {"limits.smtp_bytes_per_second", number(c.smtp.least_bytes_a_second, 1)},
      {"store.scrub_days", number(c.scrub_days, 0, kMostScrubDays)},
      {"store.scrub_rate", number(c.scrub_rate, 64 << 10)},
      {"proxy.listeners", list(c.proxy.listeners, &listener_named, R"(a list of keys of [listen] such as ["smtp"])")},
      {"proxy.trusted", list(c.proxy.trusted, &net::IpNetwork::parse, R"(a list of networks such as ["10.0.0.0/8"])")},
      {"submission.repair_line_ends", flag(c.repair_line_ends)},
      {"submission.channel_binding", flag(c.submission_channel_binding)},
      {"log.level", word(level, "debug, info, warning, error")},
      {"log.format", word(format, "text, json")},
  };
}

const std::vector<std::string> kSections{
    "listen",     "tls",   "auth",   "auth.oauth", "directory", "directory.ldap", "directory.pam",
    "submission", "proxy", "limits", "log",        "metrics",   "sandbox",        "store"};
bool is_section(std::string_view name) { return std::ranges::find(kSections, name) != kSections.end(); }

/// "a.b" -> value, for every leaf, and for empty tables that are no section.
void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, const toml::node*>& out) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const auto* inner = node.as_table();
    if (inner != nullptr && (!inner->empty() || is_section(name)))
      flatten(*inner, name + ".", out);
    else
      out[name] = &node;
  }
}

std::string text_of(const toml::node& node) {
  std::ostringstream out;
  node.visit([&out](const auto& value) { out << value; });
  return out.str();
}

Result<void> Reader::read(const toml::table& root) {
  const auto known = keys();
  std::map<std::string, const toml::node*> leaves;
  flatten(root, "", leaves);
  for (const auto& [key, node] : leaves) {
    const auto it = known.find(key);
    if (is_section(key)) return fail(Code::invalid, where(*node, key) + ": a section is expected, [" + key + "]");
    if (it == known.end()) {
      auto names = node->is_table() ? kSections : std::vector<std::string>();
      if (names.empty()) {
        names.reserve(known.size());
        for (const auto& [name, take] : known) names.push_back(name);
      }
      return fail(Code::invalid, where(*node, key) + ": there is no such key; is " + nearest(key, names) + " meant?");
    }
    if (const auto wrong = it->second(*node); !wrong.empty())
      return fail(Code::invalid, where(*node, key) + ": " + wrong);
    if (!is_default(key, *node)) config_.values[key] = text_of(*node);
  }
  return {};
}

/// Whether the value says what is so without it.
bool Reader::is_default(const std::string& key, const toml::node& node) const {
  Config alone;
  Reader reader(file_, alone);
  reader.keys().at(key)(node);
  return alone == Config() && alone.oauth_secret_file.empty();
}

Result<void> Reader::read_secrets() {
  if (!config_.oauth_ca.empty() && content_of(config_.oauth_ca).empty())
    return fail(Code::invalid, file_.string() + ": auth.oauth.ca: cannot read " + config_.oauth_ca.string());
  if (!config_.oauth_ca.empty()) config_.values["auth.oauth.ca"] += "\n" + content_of(config_.oauth_ca);
  if (config_.oauth_secret_file.empty()) return {};
  auto& secret = config_.oauth.client_secret;
  const auto wrong = [&](const std::string& what) {
    return fail(Code::invalid, file_.string() + ": auth.oauth.client_secret_file: " + what);
  };
  if (!secret.empty()) return wrong("auth.oauth.client_secret is there as well");
  secret = std::string(trim(content_of(config_.oauth_secret_file)));
  if (!is_some_text(secret)) return wrong("there is no secret in " + config_.oauth_secret_file.string());
  config_.values["auth.oauth.client_secret_file"] += "\n" + secret;
  return {};
}

bool all_loopback(const ListenConfig& listen) {
  for (const auto* list : {&listen.smtp, &listen.lmtp, &listen.submission, &listen.submissions, &listen.imap,
                           &listen.imaps, &listen.pop3, &listen.pop3s})
    for (const auto& endpoint : *list)
      if (!endpoint.ip.is_loopback()) return false;
  return true;
}

/// "" or what is wrong.
std::string check_oauth(const directory::TokenIssuerOptions& o) {
  const bool has_source = !o.issuer.empty() || !o.introspection_url.empty();
  if (!has_source && o != directory::TokenIssuerOptions{}) return "auth.oauth needs issuer or introspection_url";
  // Whoever takes tokens for any audience lets every other service of the same issuer log in as its users.
  if (!o.issuer.empty() && o.introspection_url.empty() && o.audience.empty())
    return "auth.oauth.issuer needs auth.oauth.audience: for whom the tokens are that log in here";
  return "";
}

Result<void> check_whole(const fs::path& file, const Config& c) {
  const auto wrong = [&](std::string_view what) {
    return fail(Code::invalid, file.string() + ": " + std::string(what));
  };
  if (c.hostname.empty()) return wrong("the key hostname is missing: the name by which other servers know this one");
  if (c.data.empty()) return wrong("the key data is missing: the folder in which mail is kept");
  if (c.certificate.empty() != c.key.empty()) return wrong("tls.certificate and tls.key belong together");
  if (c.certificate.empty() && !(c.listen.imaps.empty() && c.listen.submissions.empty() && c.listen.pop3s.empty()))
    return wrong("listen.imaps, listen.pop3s and listen.submissions need tls.certificate and tls.key");
  if (c.proxy.listeners.empty() != c.proxy.trusted.empty())
    return wrong("proxy.listeners and proxy.trusted belong together");
  if (std::ranges::find(c.listen.lmtp, kSmtpPort, &net::Endpoint::port) != c.listen.lmtp.end())
    return wrong("listen.lmtp may not use port 25, which is SMTP's (RFC 2033 5)");
  if (c.certificate.empty() && !c.client_ca.empty()) return wrong("tls.client_ca needs tls.certificate and tls.key");
  if (const auto wrongly = check_oauth(c.oauth); !wrongly.empty()) return wrong(wrongly);
  if (!c.ldap.url.empty() && (c.ldap.base.empty() || c.ldap.domains.empty()))
    return wrong("directory.ldap needs url, base and domains");
  if (c.ldap.url.empty() && !(c.ldap == directory::LdapConfig())) return wrong("directory.ldap needs url");
  if (c.pam.domain.empty() && !(c.pam == directory::PamConfig())) return wrong("directory.pam needs domain");
  const auto is_loopback = [](const net::Endpoint& at) { return at.ip.is_loopback(); };
  if (!std::ranges::all_of(c.listen.metrics, is_loopback) && c.metrics_trusted.empty())
    return wrong("listen.metrics elsewhere than on 127.0.0.1 and [::1] needs metrics.trusted: who may ask there");
  if (c.clear_passwords && !all_loopback(c.listen))
    return wrong("auth.clear_passwords is for servers that listen on 127.0.0.1 and [::1] only");
  return {};
}

}  // namespace

std::vector<fs::path> Config::files() const {
  std::vector<fs::path> named = {file,     certificate,       key,     client_ca,
                                 oauth_ca, oauth_secret_file, ldap.ca, ldap.bind_password_file};
  std::erase(named, fs::path());
  return named;
}

Result<Config> read_config(const fs::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in && errno != 0 && errno != ENOENT)
    return fail(Code::io, "cannot read " + file.string() + ": " + std::strerror(errno));
  std::error_code ignored;
  if (!in || !fs::is_regular_file(file, ignored))
    return fail(Code::not_found, "there is no configuration file " + file.string());
  Config config;
  config.file = fs::absolute(file);
  const auto root = parse_toml(content_of(file), file.string());
  if (!root) return fail(root);
  Reader reader(file, config);
  if (auto done = reader.read(*root); !done) return fail(done);
  if (auto done = reader.read_secrets(); !done) return fail(done);
  if (auto done = check_whole(file, config); !done) return fail(done);
  return config;
}

}  // namespace posthorn::program
