// `posthorn account app-password`: passwords for one program each, and send-only keys.
#include "directory/app_password.h"
#include "base/text.h"
#include "directory/credentials.h"
#include "posthorn/commands.h"
#include "posthorn/commands/account.h"
#include "posthorn/commands/arguments.h"
#include "posthorn/commands/times.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
using directory::AppPassword;

constexpr std::int64_t kMostAnHour = 1'000'000;

std::string time_of(std::int64_t seconds) { return seconds == 0 ? "never" : print_time(from_seconds(seconds)); }

Result<AppPassword> wanted(const json::object& arguments) {
  AppPassword entry;
  entry.name = text(arguments, "name");
  entry.created = to_seconds(wall_now());
  for (const auto& sender : texts(arguments, "send_as")) {
    auto pattern = directory::canonical_sender(sender);
    if (!pattern) return fail(pattern);
    entry.senders.push_back(std::move(*pattern));
  }
  if (arguments.contains("rate")) {
    const auto rate = number(arguments, "rate");
    if (!rate || *rate < 1 || *rate > kMostAnHour)
      return fail(Code::invalid, "the rate is a number of messages an hour");
    entry.messages_an_hour = static_cast<std::uint32_t>(*rate);
  }
  if (arguments.contains("expires")) {
    const auto last = parse_day(text(arguments, "expires"));
    if (!last) return fail(last);
    entry.expires = to_seconds(*last + std::chrono::days(1));
    if (entry.expires <= entry.created) return fail(Code::invalid, "that day is over: " + text(arguments, "expires"));
  }
  // Whoever names a sender or a rate makes a key that sends, and does nothing else.
  const bool is_for_sending = !entry.senders.empty() || entry.messages_an_hour != 0;
  if (is_for_sending) entry.protocols = static_cast<directory::Protocols>(directory::Protocol::smtp);
  if (arguments.contains("protocols")) {
    const auto protocols = directory::protocols_of(texts(arguments, "protocols"));
    if (!protocols) return fail(protocols);
    if (*protocols == 0) return fail(Code::invalid, "an app password needs a protocol");
    entry.protocols = *protocols;
  }
  return entry;
}

Result<json::value> add(World& world, const json::object& arguments) {
  auto entry = wanted(arguments);
  if (!entry) return fail(entry);
  const auto account = account_named(world, arguments);
  if (!account) return fail(account);
  const auto secret = directory::make_app_secret();
  const auto& key = world.directory.secret();
  entry->digest = directory::app_secret_digest(key, account->id, *directory::read_app_secret(secret));
  if (world.config.auth.policy.scram) {
    entry->scram_sha_256 = directory::scram_keys_of(codec::Hash::sha256, secret, account->address, key);
    entry->scram_sha_1 = directory::scram_keys_of(codec::Hash::sha1, secret, account->address, key);
  }
  if (auto added = world.directory.add_app_password(account->address, *entry); !added) return fail(added);
  return json::object{{"user", account->address}, {"password", secret}};
}

Result<json::value> remove(World& world, const json::object& arguments) {
  const auto gone = world.directory.remove_app_password(text(arguments, "address"), text(arguments, "name"));
  if (!gone) return fail(gone);
  return done();
}

Result<json::value> list(World& world, const json::object& arguments) {
  const auto account = account_named(world, arguments);
  if (!account) return fail(account);
  const auto entries = world.directory.app_passwords(account->id);
  if (!entries) return fail(entries);
  json::array all;
  for (const auto& e : *entries)
    all.push_back(json::object{{"name", e.name},
                               {"protocols", json::value_from(directory::names_of(e.protocols))},
                               {"send_as", json::value_from(e.senders)},
                               {"rate", e.messages_an_hour},
                               {"created", time_of(e.created)},
                               {"last_used", time_of(e.last_used)},
                               {"expires", time_of(e.expires)}});
  return all;
}

void offer(CLI::App& app, CommandLine& line) {
  auto* account = app.get_subcommand("account");
  auto* group = account->add_subcommand("app-password", "Passwords for one program each, and keys that only send");
  group->require_subcommand(1);
  ServerCommand(line, group, "add",
                "Make a password for one program, or, with --send-as or --rate, a key that only sends. It is printed "
                "once.\nExample: posthorn account app-password add ann@example.org phone --protocols imap,smtp")
      .required("ADDRESS", "address", "the account's address")
      .required("NAME", "name", "what it is for")
      .list("--protocols", "protocols", "those for which it is: imap, pop3, smtp, jmap, managesieve")
      .list("--send-as", "send_as", "senders that it may name, such as shop@example.org,*@lists.example.org")
      .number("--rate", "rate", "messages that it may send in an hour")
      .text("--expires", "expires", "the last day on which it is good, UTC, such as 2030-12-31");
  ServerCommand(line, group, "list",
                "List an account's app passwords.\nExample: posthorn account app-password list ann@example.org")
      .required("ADDRESS", "address", "the account's address");
  ServerCommand(line, group, "remove",
                "Remove an app password: it is refused from now on.\n"
                "Example: posthorn account app-password remove ann@example.org phone")
      .required("ADDRESS", "address", "the account's address")
      .required("NAME", "name", "what it was for");
}

constexpr Command kCommands[] = {
    {"account app-password add", add},
    {"account app-password remove", remove},
    {"account app-password list", list},
};

}  // namespace

Topic app_password_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
