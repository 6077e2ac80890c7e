// `posthorn account`: who has a mailbox here.
#include "posthorn/commands/account.h"

#include <fmt/format.h>

#include <array>

#include "directory/credentials.h"
#include "mailstore/undo.h"
#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"
#include "posthorn/commands/times.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
using directory::AccountEntry;

constexpr std::int64_t kMostDays = 36'500;

constexpr std::array<std::string_view, 3> kStates{"active", "no-login", "closed"};
constexpr std::array<std::string_view, 3> kPop3Deletes{"delete", "archive", "trash"};
constexpr std::array<std::string_view, 2> kDetailRules{"inbox", "mailbox"};

template <class Enum, std::size_t n>
Result<void> choose(const json::object& arguments, std::string_view key, const std::array<std::string_view, n>& words,
                    Enum& into) {
  if (!arguments.contains(key)) return {};
  const auto it = std::ranges::find(words, text(arguments, key));
  if (it == words.end()) return fail(Code::invalid, fmt::format("one of {} is expected", fmt::join(words, ", ")));
  into = static_cast<Enum>(it - words.begin());
  return {};
}

template <class Enum, std::size_t n>
std::string_view word_of(Enum value, const std::array<std::string_view, n>& words) {
  return words[static_cast<std::size_t>(value)];
}

/// Sets the password, or the hash of one that comes from another server.
Result<void> set_secret(World& world, const json::object& arguments, AccountEntry& entry) {
  if (arguments.contains("password_hash")) return directory::set_password_hash(entry, text(arguments, "password_hash"));
  const auto password = text(arguments, "password");
  if (password.empty()) return fail(Code::invalid, "an account needs a password");
  return directory::set_password(entry, password, world.config.auth.policy, world.directory.secret());
}

Result<json::value> account_add(World& world, const json::object& arguments) {
  AccountEntry like;
  const auto address = directory::address_to_make(text(arguments, "address"));
  if (!address) return fail(address);
  like.address = *address;
  like.name = text(arguments, "name");
  if (auto set = set_secret(world, arguments, like); !set) return fail(set);
  const auto added = world.directory.add_accounts({like.address}, like);
  if (!added) return fail(added);
  if (added->empty()) return fail(Code::already_exists, "the account " + like.address + " exists");
  if (auto made = world.mail.create_account(added->front().id); !made) {
    // Or it would be there without a mailbox, and the same command would say that it exists.
    (void)world.directory.remove_account(like.address);
    return fail(made);
  }
  return done();
}

Result<json::value> account_remove(World& world, const json::object& arguments) {
  const auto entry = world.directory.remove_account(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (auto gone = world.mail.delete_account(entry->id); !gone) return fail(gone);
  const auto names = world.directory.named_by(entry->address);
  if (!names) return fail(names);
  if (names->empty()) return done();
  return json::object{{"still_named_by", json::value_from(*names)}};
}

Result<json::value> account_password(World& world, const json::object& arguments) {
  auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  if (entry->is_outside)
    return fail(Code::not_supported, "the password of " + entry->address + " is kept by another directory");
  // Slow, so not while the directory waits.
  if (auto set = set_secret(world, arguments, *entry); !set) return fail(set);
  const auto changed = world.directory.change_account(entry->address, [&](AccountEntry& present) -> Result<void> {
    present.password_hash = entry->password_hash;
    present.scram_sha_256 = entry->scram_sha_256;
    present.scram_sha_1 = entry->scram_sha_1;
    ++present.credential_version;
    return {};
  });
  if (!changed) return fail(changed);
  return done();
}

Result<json::value> account_list(World& world, const json::object&) {
  const auto accounts = world.directory.accounts();
  if (!accounts) return fail(accounts);
  json::array list;
  for (const auto& entry : *accounts)
    list.push_back(
        json::object{{"address", entry.address}, {"id", entry.id.value()}, {"state", word_of(entry.state, kStates)}});
  return list;
}

json::array wrong_passwords_of(World& world, const std::string& address) {
  json::array all;
  for (const auto& tally : world.login.tallies(address))
    all.push_back(json::object{{"network", tally.network.text()},
                               {"distinct", tally.wrong},
                               {"refused", tally.is_refused},
                               {"seconds_left", std::max<std::int64_t>(0, tally.left.count() / 1'000'000)}});
  return all;
}

Result<json::value> account_show(World& world, const json::object& arguments) {
  const auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  const auto account = mail_of(world, arguments);
  if (!account) return fail(account);
  const auto version = (*account)->published();
  const auto names = world.directory.named_by(entry->address);
  if (!names) return fail(names);
  return json::object{{"address", entry->address},
                      {"id", entry->id.value()},
                      {"name", entry->name},
                      {"state", word_of(entry->state, kStates)},
                      {"protocols", json::value_from(directory::names_of(entry->protocols))},
                      {"kept_by", entry->is_outside ? "another directory" : "posthorn"},
                      {"detail", word_of(entry->detail, kDetailRules)},
                      {"pop3_delete", word_of(entry->pop3_delete, kPop3Deletes)},
                      {"pop3_keep_days", entry->pop3_keep_days},
                      {"named_by", json::value_from(*names)},
                      {"wrong_passwords", wrong_passwords_of(world, entry->address)},
                      {"bytes", version->bytes},
                      {"quota_bytes", version->quota_bytes},
                      {"modseq", version->modseq.value()},
                      {"mailboxes", mailboxes_of(*version)}};
}

Result<void> change(const json::object& arguments, AccountEntry& entry) {
  if (auto done = choose(arguments, "state", kStates, entry.state); !done) return done;
  if (auto done = choose(arguments, "detail", kDetailRules, entry.detail); !done) return done;
  if (auto done = choose(arguments, "pop3_delete", kPop3Deletes, entry.pop3_delete); !done) return done;
  if (arguments.contains("name")) entry.name = text(arguments, "name");
  if (arguments.contains("protocols")) {
    const auto protocols = directory::protocols_of(texts(arguments, "protocols"));
    if (!protocols) return fail(protocols);
    entry.protocols = *protocols;
  }
  if (arguments.contains("pop3_keep_days")) {
    const auto days = number(arguments, "pop3_keep_days");
    if (!days || *days < 0 || *days > kMostDays)
      return fail(Code::invalid, "the days that POP3 keeps a message are a number; 0: for ever");
    entry.pop3_keep_days = static_cast<std::uint32_t>(*days);
  }
  return {};
}

Result<json::value> account_set(World& world, const json::object& arguments) {
  const auto quota = number(arguments, "quota_bytes");
  if (arguments.contains("quota_bytes") && (!quota || *quota < 0))
    return fail(Code::invalid, "the quota is a number of bytes; 0 is none");
  const auto entry = world.directory.change_account(text(arguments, "address"),
                                                    [&](AccountEntry& present) { return change(arguments, present); });
  if (!entry) return fail(entry);
  if (quota)
    if (auto set = world.set_quota(entry->id, static_cast<std::uint64_t>(*quota)); !set) return fail(set);
  return done();
}

Result<json::value> account_unlock(World& world, const json::object& arguments) {
  const auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  world.login.clear(entry->address);
  return done();
}

Result<json::value> account_rewind(World& world, const json::object& arguments) {
  const auto now = wall_now();
  const auto to = parse_time(text(arguments, "to"), now);
  if (!to) return fail(to);
  if (*to > now) return fail(Code::invalid, "that time is not over: " + print_time(*to) + " UTC");
  const auto account = mail_of(world, arguments);
  if (!account) return fail(account);
  const auto done = mailstore::rewind(world.mail, *account, *to);
  if (!done) return fail(done);
  return json::object{{"rewound_to", print_time(*to)},
                      {"messages_back", done->back},
                      {"flags_back", done->flags},
                      {"copies_removed", done->removed},
                      {"mailboxes_back", done->mailboxes}};
}

void offer(CLI::App& app, CommandLine& line) {
  auto* account = offer_group(app, "account", "The accounts: who has a mailbox here");
  const auto add = [&](const char* verb, const char* about) {
    return ServerCommand(line, account, verb, about).required("ADDRESS", "address", "the account's address");
  };
  constexpr auto kHash = "instead of a password its hash of another server, such as '{SHA512-CRYPT}$6$...'";
  add("add",
      "Make an account; without --password it is read from standard input.\nExample: posthorn account add "
      "ann@example.org")
      .text("--name", "name", "its name for people")
      .text("--password-hash", "password_hash", kHash)
      .secret("--password", "password", "its password", "password_hash");
  add("password",
      "Set a password; without --password it is read from standard input.\nExample: posthorn account "
      "password ann@example.org")
      .text("--password-hash", "password_hash", kHash)
      .secret("--password", "password", "the new password", "password_hash");
  add("remove",
      "Remove an account and its mail; says which aliases and groups still name it.\n"
      "Example: posthorn account remove ann@example.org");
  add("show", "Show an account and its mailboxes.\nExample: posthorn account show ann@example.org --json");
  add("set", "Change an account.\nExample: posthorn account set ann@example.org --quota 1000000000")
      .number("--quota", "quota_bytes", "bytes of mail that it may hold; 0: no limit")
      .text("--name", "name", "its name for people")
      .text("--state", "state", "active; no-login: its mail is still kept; closed: its mail is refused")
      .list("--protocols", "protocols", "those that it may use, such as imap,smtp: imap, pop3, smtp, jmap, managesieve")
      .text("--detail", "detail", "where mail for user+detail goes: inbox, or to the mailbox of that name")
      .text("--pop3-delete", "pop3_delete", "what POP3's DELE does: delete, archive, trash")
      .number("--pop3-keep-days", "pop3_keep_days", "days that a message stays after POP3's RETR; 0: for ever")
      .at_least_one_option();
  add("unlock",
      "Forget the wrong passwords that were tried for an account, so that no network is refused any more.\n"
      "Example: posthorn account unlock ann@example.org");
  add("rewind",
      "Make an account's mail what it was: messages, flags, mailboxes. What came since stays. As far back as "
      "limits.keep_expunged says.\nExample: posthorn account rewind ann@example.org --to '2026-11-21 14:00'")
      .required("--to", "to", "when: a time (UTC unless it names a zone), or how long ago, such as 36h");
  ServerCommand(line, account, "list", "List the accounts.\nExample: posthorn account list");
}

constexpr Command kCommands[] = {
    {"account add", account_add},       {"account remove", account_remove}, {"account password", account_password},
    {"account list", account_list},     {"account show", account_show},     {"account set", account_set},
    {"account unlock", account_unlock}, {"account rewind", account_rewind},
};

}  // namespace

Result<AccountEntry> account_named(const World& world, const json::object& arguments) {
  auto entry = world.directory.find(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no account " + text(arguments, "address"));
  return std::move(**entry);
}

Result<mailstore::AccountPtr> mail_of(World& world, const json::object& arguments) {
  const auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  return world.mail.open_now(entry->id);
}

json::array mailboxes_of(const mailstore::Version& version) {
  json::array mailboxes;
  for (const auto& mailbox : version.mailboxes)
    mailboxes.push_back(json::object{{"name", mailbox->name},
                                     {"messages", mailbox->messages},
                                     {"unseen", mailbox->unseen},
                                     {"bytes", mailbox->bytes}});
  return mailboxes;
}

Topic account_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
