// `posthorn account`: who has a mailbox here.
#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"
#include "sasl/password.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

Result<json::value> account_add(World& world, const json::object& arguments) {
  const auto password = text(arguments, "password");
  if (password.empty()) return fail(Code::invalid, "an account needs a password");
  auto hash = sasl::hash_password(password, sasl::kOrdinaryCost);
  if (!hash) return fail(hash);
  const auto entry = world.directory.add_account(text(arguments, "address"), std::move(*hash));
  if (!entry) return fail(entry);
  if (auto made = world.mail.create_account(entry->id); !made) return fail(made);
  return done();
}

Result<json::value> account_remove(World& world, const json::object& arguments) {
  const auto entry = world.directory.remove_account(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (auto gone = world.mail.delete_account(entry->id); !gone) return fail(gone);
  return done();
}

Result<json::value> account_password(World& world, const json::object& arguments) {
  const auto password = text(arguments, "password");
  if (password.empty()) return fail(Code::invalid, "the new password is empty");
  auto hash = sasl::hash_password(password, sasl::kOrdinaryCost);
  if (!hash) return fail(hash);
  if (auto set = world.directory.set_password_hash(text(arguments, "address"), std::move(*hash)); !set)
    return fail(set);
  return done();
}

Result<json::value> account_list(World& world, const json::object&) {
  const auto accounts = world.directory.accounts();
  if (!accounts) return fail(accounts);
  json::array list;
  for (const auto& entry : *accounts)
    list.push_back(json::object{{"address", entry.address}, {"id", entry.id.value()}});
  return list;
}

Result<json::value> account_show(World& world, const json::object& arguments) {
  const auto entry = world.directory.find(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no account " + text(arguments, "address"));
  const auto account = world.mail.open_now((*entry)->id);
  if (!account) return fail(account);
  const auto version = (*account)->published();
  json::array mailboxes;
  for (const auto& mailbox : version->mailboxes)
    mailboxes.push_back(json::object{{"name", mailbox->name},
                                     {"messages", mailbox->messages},
                                     {"unseen", mailbox->unseen},
                                     {"bytes", mailbox->bytes}});
  return json::object{{"address", (*entry)->address},      {"id", (*entry)->id.value()},
                      {"bytes", version->bytes},           {"quota_bytes", version->quota_bytes},
                      {"modseq", version->modseq.value()}, {"mailboxes", std::move(mailboxes)}};
}

Result<json::value> account_set(World& world, const json::object& arguments) {
  const auto entry = world.directory.find(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no account " + text(arguments, "address"));
  const auto quota = number(arguments, "quota_bytes");
  if (!quota || *quota < 0) return fail(Code::invalid, "the quota is a number of bytes; 0 is none");
  const auto account = world.mail.open_now((*entry)->id);
  if (!account) return fail(account);
  const auto bytes = static_cast<std::uint64_t>(*quota);
  const auto set = world.mail.change_now(*account, [bytes](const auto&, WallTime) -> Result<mailstore::Prepared> {
    return mailstore::Prepared{{mailstore::QuotaSet{bytes}}, {}};
  });
  if (!set) return fail(set);
  return done();
}

void offer(CLI::App& app, CommandLine& line) {
  auto* account = offer_group(app, "account", "The accounts: who has a mailbox here");
  const auto add = [&](const char* verb, const char* about) {
    return ServerCommand(line, account, verb, about).required("ADDRESS", "address", "the account's address");
  };
  add("add",
      "Make an account; without --password it is read from standard input.\nExample: posthorn account add "
      "ann@example.org")
      .secret("--password", "password", "its password");
  add("password",
      "Set a password; without --password it is read from standard input.\nExample: posthorn account "
      "password ann@example.org")
      .secret("--password", "password", "the new password");
  add("remove", "Remove an account and its mail.\nExample: posthorn account remove ann@example.org");
  add("show", "Show an account and its mailboxes.\nExample: posthorn account show ann@example.org --json");
  add("set", "Change an account.\nExample: posthorn account set ann@example.org --quota 1000000000")
      .number("--quota", "quota_bytes", "bytes of mail that it may hold; 0: no limit")
      .at_least_one_option();
  ServerCommand(line, account, "list", "List the accounts.\nExample: posthorn account list");
}

constexpr Command kCommands[] = {
    {"account add", account_add},   {"account remove", account_remove}, {"account password", account_password},
    {"account list", account_list}, {"account show", account_show},     {"account set", account_set},
};

}  // namespace

Topic account_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
