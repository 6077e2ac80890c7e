// LIST and LSUB: RFC 3501 6.3.8 and 6.3.9, RFC 3348 (children), RFC 6154 (special use).
#include <map>

#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"
#include "imap/syntax/list_pattern.h"

namespace posthorn::imap::commands {
namespace {

struct Entry {
  bool is_there = false;  ///< a mailbox; else a level that only has something below it
  bool has_children = false;
  mailstore::SpecialUse special_use = mailstore::SpecialUse::none;
};
/// INBOX first: every client shows it there.
struct InboxFirst {
  bool operator()(const std::string& a, const std::string& b) const {
    const bool a_is = a == "INBOX", b_is = b == "INBOX";
    return a_is != b_is ? a_is : a < b;
  }
};
using Entries = std::map<std::string, Entry, InboxFirst>;

/// Calls `visit(name)` for each level above `name`, the nearest first.
template <class Visit>
void for_each_above(std::string name, Visit visit) {
  for (auto at = name.rfind('/'); at != std::string::npos; at = name.rfind('/')) {
    name.resize(at);
    visit(name);
  }
}

Entries all_mailboxes(const mailstore::Version& version) {
  Entries entries;
  for (const auto& mailbox : version.mailboxes) {
    Entry& entry = entries[mailbox->name];
    entry.is_there = true;
    entry.special_use = mailbox->special_use;
    for_each_above(mailbox->name, [&](const std::string& above) { entries[above].has_children = true; });
  }
  return entries;
}

// RFC 3501 6.3.9: with "%", a level that is not subscribed but has something subscribed below it is told as \Noselect.
Entries subscribed(const mailstore::Version& version, const ListPattern& pattern) {
  Entries entries;
  for (const auto& text : *version.subscriptions) {
    entries[text].is_there = true;
    const auto name = MailboxName::from_utf8(text);
    if (name && pattern.matches(*name)) continue;
    for_each_above(text, [&](const std::string& above) { entries[above]; });
  }
  return entries;
}

std::string_view name_of(mailstore::SpecialUse use) {
  constexpr std::string_view kNames[] = {"",          "\\All",  "\\Archive", "\\Drafts",
                                         "\\Flagged", "\\Junk", "\\Sent",    "\\Trash"};
  return kNames[static_cast<std::size_t>(use)];
}

std::vector<std::string> attributes(const Entry& entry, bool is_lsub) {
  std::vector<std::string> all;
  if (!entry.is_there) all.emplace_back("\\Noselect");
  if (is_lsub) return all;
  all.emplace_back(entry.has_children ? "\\HasChildren" : "\\HasNoChildren");
  if (entry.special_use != mailstore::SpecialUse::none) all.emplace_back(name_of(entry.special_use));
  return all;
}

net::Task<Reply> answer(Session* session, Command command, bool is_lsub) {
  const auto args = arguments<ListArgs>(command);
  if (!args) co_return reply_to(args.error());
  if (!is_lsub && args->pattern.empty()) {
    // Asks for the separator and the root of the reference. RFC 3501 6.3.8.
    ListData{.attributes = {"\\Noselect"}}.print(session->out(), NameEncoding::modified_utf7);
    co_return Reply::ok("LIST completed");
  }
  const ListPattern pattern(args->reference, args->pattern);
  const auto version = session->account()->published();
  const Entries entries = is_lsub ? subscribed(*version, pattern) : all_mailboxes(*version);
  for (const auto& [text, entry] : entries) {
    const auto name = MailboxName::from_utf8(text);
    if (!name || !pattern.matches(*name)) continue;
    ListData{.is_lsub = is_lsub, .attributes = attributes(entry, is_lsub), .name = text}.print(
        session->out(), NameEncoding::modified_utf7);
    if (session->is_out_full()) co_await session->flush();
  }
  co_return Reply::ok(command.name + " completed");
}

}  // namespace

net::Task<Reply> list(Session* session, Command command) {
  co_return co_await answer(session, std::move(command), false);
}

net::Task<Reply> lsub(Session* session, Command command) {
  co_return co_await answer(session, std::move(command), true);
}

}  // namespace posthorn::imap::commands
