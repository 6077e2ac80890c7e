#include "directory/login.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/text.h"
#include "codec/digest.h"
#include "codec/saslprep.h"
#include "directory/app_password.h"
#include "net/timer.h"

namespace posthorn::directory {
namespace {

constexpr unsigned kHashingThreads = 2;
constexpr unsigned kAskingThreads = 4;
constexpr int kMostWaiting = 1000;

std::unexpected<Error> wrong() { return fail(Code::bad_credentials, "the user name or the password is wrong"); }

enum class By : std::size_t { password, scram, certificate, token };
enum Outcome : std::size_t { kAccepted, kWrong, kDenied, kUnavailable };

metrics::Counters logins(
    "posthorn_logins_total",
    "Logins by what was shown: let in, wrong, denied (by a rule), unavailable (could not be judged).",
    {"mechanism", {"password", "scram", "certificate", "token"}},
    {"outcome", {"accepted", "wrong", "denied", "unavailable"}});

template <class T>
void count(By by, const Result<T>& verdict) {
  const auto outcome = [&] {
    if (verdict) return kAccepted;
    const auto code = verdict.error().code;
    if (code == Code::bad_credentials) return kWrong;
    return code == Code::denied || code == Code::too_many ? kDenied : kUnavailable;
  };
  logins.add(static_cast<std::size_t>(by), outcome());
}

Protocol protocol_of(sasl::Service service) {
  switch (service) {
    case sasl::Service::imap: return Protocol::imap;
    case sasl::Service::pop3: return Protocol::pop3;
    case sasl::Service::smtp: return Protocol::smtp;
    case sasl::Service::managesieve: return Protocol::managesieve;
    case sasl::Service::http: return Protocol::jmap;
  }
  return Protocol::imap;
}

/// While it lives, one more login waits for a thread.
struct Waiting {
  explicit Waiting(std::atomic<int>& n) : number(n) { ++number; }
  ~Waiting() { --number; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  std::atomic<int>& number;
};

}  // namespace

/// One try, from its question to its answer.
struct Login::Attempt {
  sasl::Origin origin;
  std::string authorization;
  std::string user;  ///< canonical, where it is an address
  std::string password;
  SteadyTime begun;
  Fingerprint user_print = 0, secret_print = 0;
  std::string digest;                 ///< of account, version and password
  std::optional<AccountEntry> entry;  ///< who is there by that name

  using Told = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  void log(base::log::Level level, std::string_view event, Told told) const {
    base::log::Line line(level, "directory", event);
    // Not every user name is one: people type passwords there, too.
    line.with("session", origin.session)
        .with("service", sasl::name_of(origin.service))
        .with("peer", origin.peer.text())
        .with("user", entry                                 ? entry->address
                      : user.find('@') != std::string::npos ? printable(user)
                                                            : "?");
    for (const auto& [key, value] : told) line.with(key, value);
  }
};

Login::Login(Directory& directory, LoginOptions options)
    : directory_(directory),
      options_(std::move(options)),
      key_(random_bytes(32)),
      decoy_(sasl::hash_password(random_name(20), options_.policy.cost).value_or("")),
      wrong_(options_.wrong),
      verified_(options_.remember),
      verified_outside_(options_.remember_outside),
      hashing_(kHashingThreads),
      asking_(kAskingThreads) {}

bool Login::takes(sasl::Proof proof) const {
  switch (proof) {
    case sasl::Proof::password:
    case sasl::Proof::certificate: return true;
    case sasl::Proof::scram_sha_1:
    case sasl::Proof::scram_sha_256:
      return options_.policy.scram && !directory_.has_outside() && directory_.all_have_scram();
    case sasl::Proof::token: return issuer_ != nullptr;
  }
  return false;
}

Fingerprint Login::fingerprint(std::string_view bytes) const {
  return ByteReader(codec::hmac(codec::Hash::sha256, key_, bytes).substr(0, 8)).u64();
}

std::string Login::canonical_user(const std::string& user) const {
  const bool is_bare = user.find('@') == std::string::npos && !options_.default_domain.empty();
  return canonical_address(is_bare ? user + "@" + options_.default_domain : user).value_or(to_lower(user));
}

Login::Attempt Login::attempt(sasl::Origin origin, std::string authorization, const std::string& user,
                              std::string password) const {
  Attempt attempt{.origin = std::move(origin),
                  .authorization = std::move(authorization),
                  .user = canonical_user(user),
                  .password = std::move(password),
                  .begun = steady_now(),
                  .digest = "",
                  .entry = std::nullopt};
  attempt.user_print = fingerprint(attempt.user);
  return attempt;
}

void Login::know(Attempt& attempt, Result<std::optional<AccountEntry>> entry) const {
  if (entry) attempt.entry = std::move(*entry);
  std::string bytes;
  put_string(bytes, attempt.user);
  put_varint(bytes, attempt.entry ? attempt.entry->id.value() : 0);
  put_varint(bytes, attempt.entry ? attempt.entry->credential_version : 0);
  bytes += attempt.password;
  attempt.digest = codec::hmac(codec::Hash::sha256, key_, bytes);
  attempt.secret_print = ByteReader(attempt.digest).u64();
}

bool Login::is_remembered(const Attempt& attempt) const {
  return attempt.entry && (attempt.entry->is_outside ? verified_outside_ : verified_).contains(attempt.digest);
}

sasl::Task<Result<sasl::Identity>> Login::verify_password(sasl::Origin origin, std::string authorization,
                                                          std::string user, std::string password) {
  auto now = attempt(std::move(origin), std::move(authorization), user, std::move(password));
  auto verdict = co_await judge(&now);
  count(By::password, verdict);
  co_return verdict;
}

sasl::Task<Login::Verdict> Login::judge(Attempt* attempt) {
  if (waiting_ >= kMostWaiting) co_return fail(Code::unavailable, "too many logins at once, please try again later");
  const Waiting waiting(waiting_);
  auto entry = directory_.find(attempt->user, store::Wait::never);
  if (!entry && entry.error().code == Code::unavailable)
    entry = co_await hashing_.run([&] { return directory_.find(attempt->user); });
  if (!entry) co_return fail(entry);
  know(*attempt, std::move(entry));
  const auto look = wrong_.look(attempt->user_print, attempt->origin.peer, attempt->secret_print);
  if (look.is_refused) {
    attempt->log(base::log::warning, "auth.refused", {{"why", "too many wrong passwords from this network"}});
    co_return fail(Code::too_many, "too many wrong passwords from your network, please try again later");
  }
  if (is_remembered(*attempt)) co_return let_in(*attempt, *attempt->entry, "");
  if (look.is_known_wrong) co_return co_await answer_wrong(attempt, "the same wrong password again");
  const auto app = co_await hashing_.run([&] { return find_app_password(*attempt); });
  if (!app) co_return fail(app);
  if (*app) co_return let_in(*attempt, *attempt->entry, **app);
  const auto canonical = canonical_address(attempt->user);
  const bool is_outside = attempt->entry ? attempt->entry->is_outside
                                         : canonical && directory_.outside_of(domain_of(*canonical)) != nullptr;
  if (is_outside) {
    auto verdict = co_await asking_.run([&] { return verify_outside(*attempt); });
    if (verdict || verdict.error().code != Code::bad_credentials) co_return verdict;
  } else if (co_await hashing_.run([&] { return verify_here(*attempt); })) {
    co_return let_in(*attempt, *attempt->entry, "");
  }
  co_return co_await answer_wrong(attempt, "wrong user name or password");
}

sasl::Task<Login::Verdict> Login::answer_wrong(Attempt* attempt, std::string why) {
  const auto delay = wrong_.count(attempt->user_print, attempt->origin.peer, attempt->secret_print);
  attempt->log(base::log::info, "auth.refused", {{"why", why}, {"delay_ms", std::to_string(delay.count() / 1000)}});
  auto at = attempt->begun + delay;
  if (const auto step = SteadyClock::duration(options_.answer_every); step > step.zero())
    at += ((steady_now() - attempt->begun) / step + 1) * step;
  if (at > steady_now()) co_await net::sleep_until(at);
  co_return wrong();
}

/// The name of the app password that this is, if it is one and may be used here. Errors: denied.
Result<std::optional<std::string>> Login::find_app_password(const Attempt& attempt) {
  const auto secret = read_app_secret(attempt.password);
  if (!secret) return std::nullopt;
  const auto id = attempt.entry ? attempt.entry->id : AccountId(0);
  const auto found = directory_.find_app_password_by_digest(id, app_secret_digest(directory_.secret(), id, *secret));
  if (!found) return fail(found);
  if (!*found) return std::nullopt;
  auto name = use(attempt, **found);
  if (!name) return fail(name);
  return std::optional(std::move(*name));
}

/// Its name, if it may be used here and now. Errors: denied.
Result<std::string> Login::use(const Attempt& attempt, const AppPassword& app) {
  const auto denied = [&](std::string text) {
    attempt.log(base::log::info, "auth.refused", {{"why", text}, {"credential", printable(app.name)}});
    return fail(Code::denied, std::move(text));
  };
  if (app.expires != 0 && to_seconds(wall_now()) >= app.expires) return denied("this app password has expired");
  if (!holds(app.protocols, protocol_of(attempt.origin.service)))
    return denied("this app password is not for " + std::string(sasl::name_of(attempt.origin.service)));
  if (const auto touched = directory_.touch_app_password(attempt.entry->id, app.name); !touched)
    attempt.log(base::log::warning, "app_password.untouched", {{"error", touched.error().text}});
  return app.name;
}

bool Login::verify_here(const Attempt& attempt) {
  const bool is_there = attempt.entry && !attempt.entry->password_hash.empty();
  const auto& hash = is_there ? attempt.entry->password_hash : decoy_;
  bool is_right = sasl::verify_password(hash, attempt.password);
  // What comes from other servers may be hashed as it was typed there, so that goes first.
  if (const auto same = codec::saslprep(attempt.password); !is_right && same && *same != attempt.password)
    is_right = sasl::verify_password(hash, *same);
  if (!is_there || !is_right) return false;
  improve(attempt);
  return true;
}

/// A password that was right is kept as we keep passwords: what was imported is hashed anew, SCRAM's keys are made.
void Login::improve(const Attempt& attempt) {
  const auto& known = *attempt.entry;
  const bool is_weak = sasl::needs_rehash(known.password_hash, sasl::kCheapestCost);
  const bool lacks_keys = options_.policy.scram && known.scram_sha_256.empty();
  if (!is_weak && !lacks_keys) return;
  auto better = known;
  if (auto made = set_password(better, attempt.password, options_.policy, directory_.secret()); !made) return;
  const auto done = directory_.change_account(known.address, [&](AccountEntry& entry) -> Result<void> {
    // Changed meanwhile: then this is no longer the password.
    if (entry.credential_version != known.credential_version) return {};
    if (is_weak) entry.password_hash = better.password_hash;
    entry.scram_sha_256 = better.scram_sha_256;
    entry.scram_sha_1 = better.scram_sha_1;
    return {};
  });
  if (!done) attempt.log(base::log::warning, "password.not_improved", {{"error", done.error().text}});
}

Login::Verdict Login::verify_outside(Attempt& attempt) {
  auto* outside = directory_.outside_of(domain_of(attempt.user));
  if (outside == nullptr) return wrong();
  const auto user = outside->verify(attempt.user, attempt.password);
  if (!user) {
    attempt.log(base::log::warning, "auth.unavailable", {{"directory", outside->name()}, {"error", user.error().text}});
    return fail(Code::unavailable, "logins cannot be checked now, please try again later");
  }
  if (!*user) return wrong();
  auto entry = directory_.adopt(**user);
  if (!entry) return fail(entry);
  if (!entry->is_outside) {
    // It has a password of its own: whoever may write his address in the other directory would have any account.
    attempt.log(base::log::warning, "auth.refused",
                {{"why", "another directory names an account of this one"}, {"account", entry->address}});
    return wrong();
  }
  const bool was_there = attempt.entry.has_value();
  attempt.entry = *entry;
  // What is remembered bears the account's number.
  if (!was_there) know(attempt, std::optional(*entry));
  return let_in(attempt, *entry, "");
}

Login::Verdict Login::let_in(const Attempt& attempt, const AccountEntry& entry, std::string credential) {
  wrong_.forgive(attempt.user_print, attempt.origin.peer, attempt.secret_print);
  // A proof without a password is nothing to remember.
  if (credential.empty() && !attempt.digest.empty())
    (entry.is_outside ? verified_outside_ : verified_).add(attempt.digest);
  const auto denied = [&](std::string text) -> Verdict {
    attempt.log(base::log::info, "auth.refused", {{"why", text}});
    return fail(Code::denied, std::move(text));
  };
  if (entry.state != AccountState::active) return denied("this account is disabled");
  if (!holds(entry.protocols, protocol_of(attempt.origin.service)))
    return denied("this account is not for " + std::string(sasl::name_of(attempt.origin.service)));
  const auto target = attempt.authorization.empty() ? entry.address : canonical_user(attempt.authorization);
  if (target == entry.address) return sasl::Identity{entry.address, std::move(credential)};
  if (!credential.empty() || std::ranges::find(options_.masters, entry.address) == options_.masters.end())
    return denied("this user may not act for another");
  return act_for(attempt, entry, target);
}

Login::Verdict Login::act_for(const Attempt& attempt, const AccountEntry& master, const std::string& target) {
  const auto entry = directory_.find(target);
  if (!entry) return fail(entry);
  attempt.log(base::log::warning, "auth.master", {{"master", master.address}, {"as", printable(target)}});
  if (!*entry || (*entry)->state == AccountState::closed)
    return fail(Code::denied, "there is no such account to act for");
  return sasl::Identity{(*entry)->address, ""};
}

sasl::Task<Result<sasl::ScramKeys>> Login::scram_keys(sasl::Origin origin, std::string user, codec::Hash hash) {
  auto now = attempt(std::move(origin), "", user, "");
  if (wrong_.look(now.user_print, now.origin.peer, std::nullopt).is_refused) {
    now.log(base::log::warning, "auth.refused", {{"why", "too many wrong passwords from this network"}});
    logins.add(static_cast<std::size_t>(By::scram), kDenied);
    co_return fail(Code::too_many, "too many wrong passwords from your network, please try again later");
  }
  co_return co_await hashing_.run([&] { return keys_of(now.user, hash); });
}

/// Of the account's own password, with those of its app passwords: one of them is behind the proof that comes.
Result<sasl::ScramKeys> Login::keys_of(const std::string& user, codec::Hash hash) const {
  const auto made_up = sasl::made_up_keys(hash, user, directory_.secret());
  const auto entry = directory_.find(user);
  if (!entry) return fail(entry);
  if (!*entry) return made_up;
  const auto kept = [&](const auto& of) { return hash == codec::Hash::sha1 ? of.scram_sha_1 : of.scram_sha_256; };
  auto keys = sasl::ScramKeys::decode(kept(**entry)).value_or(made_up);
  const auto apps = directory_.app_passwords((*entry)->id);
  if (!apps) return fail(apps);
  for (const auto& app : *apps) {
    auto other = sasl::ScramKeys::decode(kept(app));
    // Imported keys have a salt of their own.
    if (!other || other->salt != keys.salt || other->iterations != keys.iterations) continue;
    other->credential = app.name;
    keys.others.push_back(std::move(*other));
  }
  return keys;
}

sasl::Task<Result<sasl::Identity>> Login::conclude_scram(sasl::Origin origin, std::string authorization,
                                                         std::string user, std::optional<std::string> proved) {
  auto verdict = co_await judge_scram(std::move(origin), std::move(authorization), std::move(user), std::move(proved));
  count(By::scram, verdict);
  co_return verdict;
}

sasl::Task<Login::Verdict> Login::judge_scram(sasl::Origin origin, std::string authorization, std::string user,
                                              std::optional<std::string> proved) {
  auto now = attempt(std::move(origin), std::move(authorization), user, "");
  auto entry = co_await hashing_.run([&] { return directory_.find(now.user); });
  if (!entry) co_return fail(entry);
  now.entry = std::move(*entry);
  // Which password was behind a wrong proof is not to be known: each counts.
  now.secret_print = proved ? fingerprint("SCRAM") : random_u64();
  if (!proved || !now.entry) co_return co_await answer_wrong(&now, "wrong proof");
  if (proved->empty()) co_return let_in(now, *now.entry, "");
  const auto used = co_await hashing_.run([&]() -> Result<std::string> {
    const auto app = directory_.find_app_password(now.entry->id, *proved);
    if (!app) return fail(app);
    if (!*app) return wrong();
    return use(now, **app);
  });
  if (!used) co_return fail(used);
  co_return let_in(now, *now.entry, *used);
}

sasl::Task<Result<sasl::Identity>> Login::verify_certificate(sasl::Origin origin, std::string authorization) {
  auto verdict = co_await judge_certificate(std::move(origin), std::move(authorization));
  count(By::certificate, verdict);
  co_return verdict;
}

sasl::Task<Login::Verdict> Login::judge_certificate(sasl::Origin origin, std::string authorization) {
  auto now = attempt(std::move(origin), std::move(authorization), "", "");
  const auto wanted = canonical_user(now.authorization);
  for (const auto& address : now.origin.certificate_addresses) {
    auto entry = co_await hashing_.run([&] { return directory_.find(address); });
    if (!entry) co_return fail(entry);
    if (*entry && (!now.entry || (*entry)->address == wanted)) now.entry = std::move(*entry);
  }
  if (!now.entry) {
    now.log(base::log::info, "auth.refused", {{"why", "the certificate is nobody's"}});
    co_return fail(Code::bad_credentials, "the certificate is nobody's");
  }
  now.user_print = fingerprint(now.entry->address);
  co_return let_in(now, *now.entry, "");
}

sasl::Task<Result<sasl::Identity>> Login::verify_token(sasl::Origin origin, std::string authorization,
                                                       std::string token) {
  auto verdict = co_await judge_token(std::move(origin), std::move(authorization), std::move(token));
  count(By::token, verdict);
  co_return verdict;
}

sasl::Task<Login::Verdict> Login::judge_token(sasl::Origin origin, std::string authorization, std::string token) {
  auto now = attempt(std::move(origin), std::move(authorization), "", "");
  const auto claims = co_await issuer_->verify(std::move(token));
  if (!claims) {
    now.log(base::log::info, "auth.refused", {{"why", claims.error().text}});
    co_return fail(claims);
  }
  now.user = canonical_user(claims->user);
  now.user_print = fingerprint(now.user);
  auto* threads = directory_.has_outside() ? &asking_ : &hashing_;
  auto entry = co_await threads->run([&] { return directory_.find_anywhere(now.user); });
  if (!entry) co_return fail(entry);
  if (!*entry) {
    now.log(base::log::info, "auth.refused", {{"why", "the token is of somebody who is not here"}});
    co_return fail(Code::bad_credentials, "there is no such user");
  }
  now.entry = std::move(*entry);
  co_return let_in(now, *now.entry, "");
}

}  // namespace posthorn::directory
