// `posthorn mailbox`: the mailboxes of an account.
#include "base/text.h"
#include "imap/syntax/mailbox_name.h"
#include "mailstore/mailboxes.h"
#include "posthorn/commands.h"
#include "posthorn/commands/account.h"
#include "posthorn/commands/arguments.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

Result<mailstore::AccountPtr> account_of(World& world, const json::object& arguments) {
  const auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  return world.mail.open_now(entry->id);
}

/// As IMAP takes names. Errors: invalid.
Result<std::string> name_of_mailbox(const std::string& text) {
  const auto name = imap::MailboxName::from_utf8(text);
  if (!name) return fail(Code::invalid, "not a name for a mailbox: " + printable(text) + ": " + name.error().text);
  return name->utf8();
}

Result<json::value> list(World& world, const json::object& arguments) {
  const auto account = account_of(world, arguments);
  if (!account) return fail(account);
  return mailboxes_of(*(*account)->published());
}

Result<json::value> create(World& world, const json::object& arguments) {
  const auto account = account_of(world, arguments);
  if (!account) return fail(account);
  const auto name = name_of_mailbox(text(arguments, "name"));
  if (!name) return fail(name);
  const auto made = world.commands.run(mailstore::create_mailbox(&world.mail, *account, *name));
  if (!made) return fail(made);
  // What is not subscribed is not seen in many clients.
  const auto seen = world.commands.run(mailstore::set_subscribed(&world.mail, *account, *name, true));
  if (!seen) return fail(seen);
  return done();
}

Result<json::value> remove(World& world, const json::object& arguments) {
  const auto account = account_of(world, arguments);
  if (!account) return fail(account);
  const auto name = name_of_mailbox(text(arguments, "name"));
  if (!name) return fail(name);
  const auto gone = world.commands.run(mailstore::delete_mailbox(&world.mail, *account, *name));
  if (!gone) return fail(gone);
  return done();
}

Result<json::value> rename(World& world, const json::object& arguments) {
  const auto account = account_of(world, arguments);
  if (!account) return fail(account);
  const auto from = name_of_mailbox(text(arguments, "name")), to = name_of_mailbox(text(arguments, "new_name"));
  if (!from) return fail(from);
  if (!to) return fail(to);
  const auto renamed = world.commands.run(mailstore::rename_mailbox(&world.mail, *account, *from, *to));
  if (!renamed) return fail(renamed);
  return done();
}

void offer(CLI::App& app, CommandLine& line) {
  auto* mailbox = offer_group(app, "mailbox", "The mailboxes of an account");
  const auto make = [&](const char* verb, const char* about) {
    return ServerCommand(line, mailbox, verb, about).required("ADDRESS", "address", "the account's address");
  };
  make("list", "List an account's mailboxes.\nExample: posthorn mailbox list ann@example.org");
  make("create", "Make a mailbox, subscribed.\nExample: posthorn mailbox create ann@example.org Lists/posthorn")
      .required("NAME", "name", "its name, with / between levels");
  make("delete", "Delete a mailbox with its mail.\nExample: posthorn mailbox delete ann@example.org Lists/posthorn")
      .required("NAME", "name", "its name, with / between levels");
  make("rename", "Rename a mailbox and those below it.\nExample: posthorn mailbox rename ann@example.org Lists News")
      .required("NAME", "name", "its name, with / between levels")
      .required("NEW_NAME", "new_name", "what it is to be called");
}

constexpr Command kCommands[] = {
    {"mailbox list", list}, {"mailbox create", create}, {"mailbox delete", remove}, {"mailbox rename", rename}};

}  // namespace

Topic mailbox_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
