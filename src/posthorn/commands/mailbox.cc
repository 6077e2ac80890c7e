// `posthorn mailbox`: the mailboxes of an account.
#include "posthorn/commands/mailbox.h"

#include "base/text.h"
#include "imap/syntax/envelope.h"
#include "imap/syntax/mailbox_name.h"
#include "imap/syntax/sequence_set.h"
#include "mailstore/history.h"
#include "mailstore/mailboxes.h"
#include "mailstore/undo.h"
#include "message/encoded_word.h"
#include "posthorn/commands.h"
#include "posthorn/commands/account.h"
#include "posthorn/commands/arguments.h"
#include "posthorn/commands/times.h"

namespace posthorn::program {

namespace json = boost::json;

Result<std::string> name_of_mailbox(const std::string& text) {
  const auto name = imap::MailboxName::from_utf8(text);
  if (!name) return fail(Code::invalid, "not a name for a mailbox: " + printable(text) + ": " + name.error().text);
  return name->utf8();
}

void describe(const mailstore::Email& email, json::object& row) {
  const auto envelope = imap::parse_whole<imap::Envelope>(email.summary.envelope);
  if (!envelope) return;
  if (!envelope->from.empty() && envelope->from.front().host)
    row["from"] = envelope->from.front().mailbox.value_or("") + "@" + *envelope->from.front().host;
  row["subject"] = message::decode_words(envelope->subject.value_or(""));
}

Result<mailstore::UidSet> uids_of(const std::string& text) {
  const auto set = imap::parse_whole<imap::SequenceSet>(text);
  if (!set) return fail(Code::invalid, "UIDs are expected, such as 3,5:9");
  const auto named = set->resolve(Uid(UINT32_MAX));
  mailstore::UidSet uids;
  for (const auto& run : named.runs()) uids.append(run.first, run.last);
  return uids;
}

namespace {

Result<json::value> list(World& world, const json::object& arguments) {
  const auto account = mail_of(world, arguments);
  if (!account) return fail(account);
  return mailboxes_of(*(*account)->published());
}

Result<json::value> create(World& world, const json::object& arguments) {
  const auto account = mail_of(world, arguments);
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
  const auto account = mail_of(world, arguments);
  if (!account) return fail(account);
  const auto name = name_of_mailbox(text(arguments, "name"));
  if (!name) return fail(name);
  const auto gone = world.commands.run(mailstore::delete_mailbox(&world.mail, *account, *name));
  if (!gone) return fail(gone);
  return done();
}

Result<json::value> rename(World& world, const json::object& arguments) {
  const auto account = mail_of(world, arguments);
  if (!account) return fail(account);
  const auto from = name_of_mailbox(text(arguments, "name")), to = name_of_mailbox(text(arguments, "new_name"));
  if (!from) return fail(from);
  if (!to) return fail(to);
  const auto renamed = world.commands.run(mailstore::rename_mailbox(&world.mail, *account, *from, *to));
  if (!renamed) return fail(renamed);
  return done();
}

Result<json::value> deleted(World& world, const json::object& arguments) {
  const auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  std::string only;
  if (arguments.contains("name")) {
    auto name = name_of_mailbox(text(arguments, "name"));
    if (!name) return fail(name);
    only = std::move(*name);
  }
  const auto view = world.mail.store().snapshot();
  const auto gone = mailstore::gone_messages(*view, entry->id);
  if (!gone) return fail(gone);
  json::array list;
  for (const auto& [mailbox, name, placement, when] : *gone) {
    if (!only.empty() && name != only) continue;
    const auto emails = mailstore::read_emails(*view, entry->id, {placement.email});
    if (!emails) return fail(emails);
    json::object row{{"gone", print_time(when)}, {"mailbox", name}, {"uid", placement.uid.value()},
                     {"bytes", placement.size},  {"from", ""},      {"subject", ""}};
    describe(emails->front(), row);
    list.push_back(std::move(row));
  }
  return list;
}

Result<json::value> undelete(World& world, const json::object& arguments) {
  const auto account = mail_of(world, arguments);
  if (!account) return fail(account);
  const auto name = name_of_mailbox(text(arguments, "name"));
  if (!name) return fail(name);
  mailstore::UndeleteAsked asked{.mailbox = *name, .uids = {}, .into = text(arguments, "into")};
  if (arguments.contains("uids")) {
    auto uids = uids_of(text(arguments, "uids"));
    if (!uids) return fail(uids);
    asked.uids = std::move(*uids);
  }
  if (arguments.contains("since")) {
    const auto since = parse_time(text(arguments, "since"), wall_now());
    if (!since) return fail(since);
    asked.since = *since;
  }
  if (!asked.into.empty()) {
    auto into = name_of_mailbox(asked.into);
    if (!into) return fail(into);
    asked.into = std::move(*into);
  }
  const auto back = mailstore::undelete(world.mail, *account, asked);
  if (!back) return fail(back);
  if (*back == 0)
    return fail(Code::not_found, "nothing of that is known as deleted: posthorn mailbox deleted lists it");
  return json::object{{"messages_back", *back}};
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
  make("deleted",
       "List what was deleted and can be brought back: what limits.keep_expunged (hours) still holds.\n"
       "Example: posthorn mailbox deleted ann@example.org --mailbox INBOX")
      .text("--mailbox", "name", "only what was deleted from this one");
  make("undelete",
       "Bring back what was deleted from a mailbox, under new UIDs; the mailbox too, if it is gone.\n"
       "Example: posthorn mailbox undelete ann@example.org INBOX --since 2h")
      .required("NAME", "name", "the mailbox, as it was called then")
      .text("--uid", "uids", "only these UIDs, as in 3,5:9")
      .text("--since", "since", "only what was deleted since: a time (UTC unless it names a zone), or such as 36h")
      .text("--into", "into", "put it into this mailbox");
}

constexpr Command kCommands[] = {{"mailbox list", list},       {"mailbox create", create},
                                 {"mailbox delete", remove},   {"mailbox rename", rename},
                                 {"mailbox deleted", deleted}, {"mailbox undelete", undelete}};

}  // namespace

Topic mailbox_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
