#include "directory/app_password.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "codec/digest.h"
#include "directory/address.h"
#include "directory/rows.h"

namespace posthorn::directory {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // without i, l, o, u
constexpr std::size_t kSecretLength = 25;
constexpr std::size_t kGroupLength = 5;
constexpr std::size_t kLongestName = 100;
constexpr std::int64_t kTouchEvery = 3600;  // seconds

std::unexpected<Error> no_app_password(std::string_view name) {
  return fail(Code::not_found, "there is no app password " + printable(name));
}

}  // namespace

std::string make_app_secret() {
  std::string secret;
  for (const char c : random_bytes(kSecretLength)) {
    if (secret.size() % (kGroupLength + 1) == kGroupLength) secret += '-';
    secret += kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];  // 256 is a multiple of 32
  }
  return secret;
}

std::optional<std::string> read_app_secret(std::string_view typed) {
  if (typed.size() > 2 * kSecretLength) return std::nullopt;
  std::string secret;
  for (char c : to_lower(typed)) {
    if (c == ' ' || c == '-') continue;
    if (c == 'o') c = '0';
    if (c == 'l' || c == 'i') c = '1';
    if (!kAlphabet.contains(c)) return std::nullopt;
    secret += c;
  }
  if (secret.size() != kSecretLength) return std::nullopt;
  return secret;
}

std::string app_secret_digest(std::string_view key, AccountId account, std::string_view secret) {
  std::string bytes = "app password";
  put_u32(bytes, account.value());
  bytes += secret;
  return codec::hmac(codec::Hash::sha256, key, bytes);
}

Result<std::string> canonical_sender(std::string_view pattern) {
  if (!pattern.starts_with("*@")) return address_to_make(pattern);
  const auto domain = canonical_domain(pattern.substr(2));
  if (!domain) return domain;
  return "*@" + *domain;
}

bool may_send_as(const AppPassword& entry, std::string_view address) {
  const auto fits = [&](const std::string& pattern) {
    return pattern == address || (pattern.starts_with("*@") && pattern.substr(2) == domain_of(address));
  };
  return entry.senders.empty() || std::ranges::any_of(entry.senders, fits);
}

Result<void> Directory::add_app_password(std::string_view address, const AppPassword& entry) {
  const std::lock_guard lock(changing_);
  const auto account = find(address);
  if (!account) return fail(account);
  if (!*account) return fail(Code::not_found, "there is no account " + printable(address));
  if (entry.name.empty() || entry.name.size() > kLongestName || std::ranges::any_of(entry.name, is_ctl))
    return fail(Code::invalid, "the name of an app password has 1 to 100 characters, no control characters");
  const auto there = app_passwords((*account)->id);
  if (!there) return fail(there);
  if (there->size() >= kMostAppPasswords)
    return fail(Code::too_many, fmt::format("an account has at most {} app passwords", kMostAppPasswords));
  for (const auto& other : *there)
    if (other.name == entry.name)
      return fail(Code::already_exists, "the app password " + printable(entry.name) + " exists");
  return store_.commit(store::Commit()
                           .put(app_password_key((*account)->id, entry.name), encode(entry))
                           .put(app_password_index_key((*account)->id, entry.digest), entry.name));
}

Result<void> Directory::remove_app_password(std::string_view address, std::string_view name) {
  const std::lock_guard lock(changing_);
  const auto account = find(address);
  if (!account) return fail(account);
  if (!*account) return fail(Code::not_found, "there is no account " + printable(address));
  const auto entry = find_app_password((*account)->id, name);
  if (!entry) return fail(entry);
  if (!*entry) return no_app_password(name);
  return store_.commit(store::Commit()
                           .erase(app_password_key((*account)->id, name))
                           .erase(app_password_index_key((*account)->id, (*entry)->digest)));
}

Result<std::vector<AppPassword>> Directory::app_passwords(AccountId account) const {
  return all<AppPassword>(app_password_key(account, ""));
}

Result<std::optional<AppPassword>> Directory::find_app_password(AccountId account, std::string_view name) const {
  return read<AppPassword>(app_password_key(account, name), std::string(name));
}

Result<std::optional<AppPassword>> Directory::find_app_password_by_digest(AccountId account,
                                                                          std::string_view digest) const {
  const auto name = store_.get(app_password_index_key(account, digest));
  if (!name) return fail(name);
  if (!*name) return std::nullopt;
  return find_app_password(account, **name);
}

Result<void> Directory::touch_app_password(AccountId account, std::string_view name) {
  const auto now = to_seconds(wall_now());
  const std::lock_guard lock(changing_);
  auto entry = find_app_password(account, name);
  if (!entry) return fail(entry);
  if (!*entry) return no_app_password(name);
  if (now - (*entry)->last_used < kTouchEvery) return {};
  (*entry)->last_used = now;
  return store_.commit(store::Commit().put(app_password_key(account, name), encode(**entry)));
}

}  // namespace posthorn::directory
