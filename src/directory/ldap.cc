#include "directory/ldap.h"

#include <fmt/format.h>
#include <ldap.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>

#include "base/log.h"
#include "base/text.h"
#include "directory/address.h"

namespace posthorn::directory {
namespace {

constexpr std::size_t kMostKept = 4;        ///< connections that wait for the next search
constexpr std::size_t kMostMembers = 1000;  ///< of a group, each of which costs a search
constexpr std::size_t kMostKnown = 20'000;
constexpr auto kKnownFor = std::chrono::seconds(60);

struct Unbind {
  void operator()(LDAP* ldap) const { ldap_unbind_ext_s(ldap, nullptr, nullptr); }
};
using Connection = std::unique_ptr<LDAP, Unbind>;

struct Entry {
  std::string dn;
  std::map<std::string, std::vector<std::string>> values;

  const std::vector<std::string>& of(const std::string& attribute) const {
    static const std::vector<std::string> none;
    const auto it = values.find(attribute);
    return it == values.end() ? none : it->second;
  }
};

timeval to_timeval(Duration d) {
  return {static_cast<time_t>(d.count() / 1'000'000), static_cast<suseconds_t>(d.count() % 1'000'000)};
}

/// With what the server, or TLS, has to say.
std::unexpected<Error> failed(LDAP* ldap, std::string_view what, int error) {
  char* told = nullptr;
  if (ldap != nullptr) ldap_get_option(ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &told);
  auto text = fmt::format("LDAP: {}: {}", what, ldap_err2string(error));
  if (told != nullptr && *told != '\0') text += fmt::format(" ({})", told);
  ldap_memfree(told);
  return fail(error == LDAP_TIMEOUT || error == LDAP_TIMELIMIT_EXCEEDED ? Code::timeout : Code::unavailable, text);
}

std::vector<std::string> values_of(LDAP* ldap, LDAPMessage* message, const char* attribute) {
  std::vector<std::string> values;
  berval** all = ldap_get_values_len(ldap, message, attribute);
  for (int i = 0; all != nullptr && all[i] != nullptr; ++i) values.emplace_back(all[i]->bv_val, all[i]->bv_len);
  ldap_value_free_len(all);
  return values;
}

std::vector<Entry> entries_of(LDAP* ldap, LDAPMessage* answer, const std::vector<std::string>& attributes) {
  std::vector<Entry> entries;
  for (auto* m = ldap_first_entry(ldap, answer); m != nullptr; m = ldap_next_entry(ldap, m)) {
    Entry entry;
    char* dn = ldap_get_dn(ldap, m);
    if (dn != nullptr) entry.dn = dn;
    ldap_memfree(dn);
    for (const auto& attribute : attributes) entry.values[attribute] = values_of(ldap, m, attribute.c_str());
    entries.push_back(std::move(entry));
  }
  return entries;
}

int bind_as(LDAP* ldap, const std::string& dn, const std::string& password) {
  std::string secret = password;
  berval credentials{static_cast<ber_len_t>(secret.size()), secret.data()};
  return ldap_sasl_bind_s(ldap, dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr, nullptr);
}

bool is_connection_lost(int error) {
  return error == LDAP_SERVER_DOWN || error == LDAP_CONNECT_ERROR || error == LDAP_UNAVAILABLE;
}

class Ldap final : public Outside {
 public:
  explicit Ldap(const LdapConfig& config) : config_(config) {
    for (const auto& a : {config.mail_attribute, config.name_attribute, config.quota_attribute})
      if (!a.empty()) user_attributes_.push_back(a);
  }

  std::string_view name() const override { return "ldap"; }
  bool serves(std::string_view domain) const override {
    return std::ranges::find(config_.domains, domain) != config_.domains.end();
  }

  Result<std::optional<OutsideUser>> find(const std::string& address) override {
    if (auto known = recall(address)) return *known;
    const auto entry = find_user(address);
    if (!entry) return fail(entry);
    auto user = *entry ? user_of(**entry, address) : std::nullopt;
    remember(address, user);
    return user;
  }

  Result<std::optional<std::vector<std::string>>> members(const std::string& address) override;
  Result<std::optional<OutsideUser>> verify(const std::string& address, const std::string& password) override;

 private:
  struct Known {
    std::optional<OutsideUser> user;
    SteadyTime until;
  };

  Result<Connection> connect() const;
  Result<Connection> connect_to_search() const;
  Result<std::vector<Entry>> search(const std::string& base, int scope, const std::string& filter,
                                    const std::vector<std::string>& attributes);
  int search_by(LDAP* ldap, const std::string& base, int scope, const std::string& filter,
                const std::vector<std::string>& attributes, std::vector<Entry>& into) const;
  Result<std::optional<Entry>> find_user(const std::string& address);
  std::optional<std::string> address_of(const Entry& entry) const;
  std::optional<OutsideUser> user_of(const Entry& entry, const std::string& asked) const;

  std::optional<std::optional<OutsideUser>> recall(const std::string& address) const {
    const std::lock_guard lock(mutex_);
    const auto it = known_.find(address);
    if (it == known_.end() || steady_now() > it->second.until) return std::nullopt;
    return it->second.user;
  }
  void remember(const std::string& address, const std::optional<OutsideUser>& user) {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMostKnown) known_.clear();
    known_[address] = {user, steady_now() + kKnownFor};
  }

  const LdapConfig config_;
  std::vector<std::string> user_attributes_;
  mutable std::mutex mutex_;
  std::vector<Connection> kept_;
  std::map<std::string, Known> known_;
};

Result<Connection> Ldap::connect() const {
  LDAP* raw = nullptr;
  int error = ldap_initialize(&raw, config_.url.c_str());
  Connection ldap(raw);
  if (error != LDAP_SUCCESS) return failed(raw, config_.url, error);
  const int version = LDAP_VERSION3;
  const auto patience = to_timeval(config_.timeout);
  const int demand = LDAP_OPT_X_TLS_DEMAND, is_server = 0;
  ldap_set_option(raw, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(raw, LDAP_OPT_NETWORK_TIMEOUT, &patience);
  ldap_set_option(raw, LDAP_OPT_TIMEOUT, &patience);
  ldap_set_option(raw, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(raw, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  if (!config_.ca.empty()) ldap_set_option(raw, LDAP_OPT_X_TLS_CACERTFILE, config_.ca.c_str());
  // Last, as it makes the TLS context of what was set.
  ldap_set_option(raw, LDAP_OPT_X_TLS_NEWCTX, &is_server);
  if (config_.start_tls) error = ldap_start_tls_s(raw, nullptr, nullptr);
  if (error != LDAP_SUCCESS) return failed(raw, "STARTTLS with " + config_.url, error);
  return ldap;
}

Result<Connection> Ldap::connect_to_search() const {
  auto ldap = connect();
  if (!ldap) return ldap;
  std::string password;
  if (!config_.bind_password_file.empty()) {
    std::ifstream file(config_.bind_password_file);
    if (!std::getline(file, password))
      return fail(Code::unavailable, "LDAP: cannot read " + config_.bind_password_file.string());
  }
  const int error = bind_as(ldap->get(), config_.bind_dn, password);
  if (error != LDAP_SUCCESS) return failed(ldap->get(), "binding as " + config_.bind_dn, error);
  return ldap;
}

int Ldap::search_by(LDAP* ldap, const std::string& base, int scope, const std::string& filter,
                    const std::vector<std::string>& attributes, std::vector<Entry>& into) const {
  std::vector<std::string> names = attributes;
  std::vector<char*> wanted;
  wanted.reserve(names.size() + 1);
  for (auto& name : names) wanted.push_back(name.data());
  wanted.push_back(nullptr);
  auto patience = to_timeval(config_.timeout);
  LDAPMessage* answer = nullptr;
  const int error = ldap_search_ext_s(ldap, base.c_str(), scope, filter.c_str(), wanted.data(), 0, nullptr, nullptr,
                                      &patience, 0, &answer);
  if (error == LDAP_SUCCESS) into = entries_of(ldap, answer, attributes);
  ldap_msgfree(answer);
  return error;
}

Result<std::vector<Entry>> Ldap::search(const std::string& base, int scope, const std::string& filter,
                                        const std::vector<std::string>& attributes) {
  Connection ldap;
  {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty()) {
      ldap = std::move(kept_.back());
      kept_.pop_back();
    }
  }
  std::vector<Entry> entries;
  int error = LDAP_SERVER_DOWN;
  if (ldap) error = search_by(ldap.get(), base, scope, filter, attributes, entries);
  // A connection that waited may have been closed by the server: that says nothing of a new one.
  if (is_connection_lost(error)) {
    auto fresh = connect_to_search();
    if (!fresh) return fail(fresh);
    ldap = std::move(*fresh);
    error = search_by(ldap.get(), base, scope, filter, attributes, entries);
  }
  if (error != LDAP_SUCCESS) return failed(ldap.get(), "searching in " + base, error);
  const std::lock_guard lock(mutex_);
  if (kept_.size() < kMostKept) kept_.push_back(std::move(ldap));
  return entries;
}

Result<std::optional<Entry>> Ldap::find_user(const std::string& address) {
  auto entries = search(config_.base, LDAP_SCOPE_SUBTREE, fill_filter(config_.filter, address), user_attributes_);
  if (!entries) return fail(entries);
  if (entries->empty()) return std::nullopt;
  if (entries->size() > 1)
    return fail(Code::unavailable, "LDAP: several entries for " + printable(address) + "; the filter must name one");
  return std::optional(std::move(entries->front()));
}

/// The values of an attribute have no order: of several addresses here the first in the alphabet is the account's.
std::optional<std::string> Ldap::address_of(const Entry& entry) const {
  std::optional<std::string> first;
  for (const auto& value : entry.of(config_.mail_attribute)) {
    const auto address = address_to_make(value);
    if (address && serves(domain_of(*address)) && (!first || *address < *first)) first = *address;
  }
  return first;
}

std::optional<OutsideUser> Ldap::user_of(const Entry& entry, const std::string& asked) const {
  const auto address = address_of(entry);
  if (!address) {
    base::log::Line(base::log::warning, "directory", "ldap.no_address").with("dn", entry.dn).with("for", asked);
    return std::nullopt;
  }
  OutsideUser user{.address = *address, .name = "", .quota_bytes = std::nullopt};
  const auto& names = entry.of(config_.name_attribute);
  if (!names.empty()) user.name = names.front();
  const auto& quotas = entry.of(config_.quota_attribute);
  if (!quotas.empty()) user.quota_bytes = parse_decimal<std::uint64_t>(quotas.front());
  return user;
}

Result<std::optional<std::vector<std::string>>> Ldap::members(const std::string& address) {
  if (config_.group_filter.empty()) return std::nullopt;
  const auto groups =
      search(config_.base, LDAP_SCOPE_SUBTREE, fill_filter(config_.group_filter, address), {config_.member_attribute});
  if (!groups) return fail(groups);
  if (groups->empty()) return std::nullopt;
  std::vector<std::string> members;
  for (const auto& group : *groups)
    for (const auto& value : group.of(config_.member_attribute)) {
      if (members.size() >= kMostMembers)
        return fail(Code::too_many, fmt::format("the group {} has more than {} members", address, kMostMembers));
      if (auto plain = address_to_make(value); plain && value.find('=') == std::string::npos) {
        members.push_back(std::move(*plain));
        continue;
      }
      const auto entries = search(value, LDAP_SCOPE_BASE, "(objectClass=*)", user_attributes_);
      if (!entries) {
        base::log::Line(base::log::warning, "directory", "ldap.member")
            .with("dn", value)
            .with("error", entries.error().text);
        continue;
      }
      for (const auto& entry : *entries)
        if (auto member = address_of(entry)) members.push_back(std::move(*member));
    }
  return std::optional(std::move(members));
}

Result<std::optional<OutsideUser>> Ldap::verify(const std::string& address, const std::string& password) {
  // RFC 4513 5.1.2: a bind without a password succeeds and proves nothing.
  if (password.empty()) return std::nullopt;
  const auto entry = find_user(address);
  if (!entry) return fail(entry);
  if (!*entry) return std::nullopt;
  const auto ldap = connect();
  if (!ldap) return fail(ldap);
  const int error = bind_as(ldap->get(), (*entry)->dn, password);
  if (error == LDAP_SUCCESS) return user_of(**entry, address);
  const bool is_refused = error == LDAP_INVALID_CREDENTIALS || error == LDAP_INAPPROPRIATE_AUTH ||
                          error == LDAP_UNWILLING_TO_PERFORM || error == LDAP_NO_SUCH_OBJECT ||
                          error == LDAP_CONSTRAINT_VIOLATION || error == LDAP_INSUFFICIENT_ACCESS;
  if (is_refused) return std::nullopt;
  return failed(ldap->get(), "binding as " + (*entry)->dn, error);
}

}  // namespace

std::unique_ptr<Outside> make_ldap(const LdapConfig& config) { return std::make_unique<Ldap>(config); }

std::string escape_filter_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (is_alnum(c) || std::string_view("@.-_+=").find(c) != std::string_view::npos)
      out += c;
    else
      out += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string fill_filter(std::string_view filter, std::string_view value) {
  std::string out;
  const auto escaped = escape_filter_value(value);
  for (auto at = filter.find("%s"); at != std::string_view::npos; at = filter.find("%s")) {
    out += filter.substr(0, at);
    out += escaped;
    filter.remove_prefix(at + 2);
  }
  return out += filter;
}

}  // namespace posthorn::directory
