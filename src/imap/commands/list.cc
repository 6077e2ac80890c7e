// LIST and LSUB: RFC 9051 6.3.9, RFC 3501 6.3.8 and 6.3.9, RFC 3348 (children), RFC 5258 (LIST-EXTENDED), RFC 5819
// (STATUS), RFC 6154 (special use).
#include <algorithm>
#include <map>

#include "imap/commands/commands.h"
#include "imap/commands/counted_mailbox.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/list_args.h"
#include "imap/syntax/list_pattern.h"
#include "imap/syntax/special_use.h"

namespace posthorn::imap::commands {
namespace {

struct Entry {
  std::optional<MailboxId> mailbox;  ///< none for a level that only has something below it
  bool is_subscribed = false;
  bool has_children = false;
  /// Something below it fits the selection; of which kind, for CHILDINFO.
  bool has_subscribed_below = false;
  bool has_special_use_below = false;
  bool has_hidden_below = false;  ///< what fits the selection and is not told itself, as no pattern matches it
  mailstore::SpecialUse special_use = mailstore::SpecialUse::none;

  bool has_special_use() const { return special_use != mailstore::SpecialUse::none; }
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

/// All mailboxes and what is subscribed, with the levels above.
Entries all_names(const mailstore::Version& version) {
  Entries entries;
  for (const auto& mailbox : version.mailboxes) {
    Entry& entry = entries[mailbox->name];
    entry.mailbox = mailbox->id;
    entry.special_use = mailbox->special_use;
    const bool is_special = entry.has_special_use();
    for_each_above(mailbox->name, [&](const std::string& above) {
      entries[above].has_children = true;
      entries[above].has_special_use_below |= is_special;
    });
  }
  for (const auto& name : *version.subscriptions) {
    entries[name].is_subscribed = true;
    for_each_above(name, [&](const std::string& above) { entries[above].has_subscribed_below = true; });
  }
  return entries;
}

/// RFC 3501 6.3.9: with "%", a level that is not subscribed but has something subscribed below it that the pattern does
/// not reach is told as \Noselect.
Entries subscribed_names(const mailstore::Version& version, const ListPattern& pattern) {
  Entries entries;
  for (const auto& text : *version.subscriptions) {
    entries[text].is_subscribed = true;
    const auto name = MailboxName::from_utf8(text);
    if (name && pattern.matches(*name)) continue;
    for_each_above(text, [&](const std::string& above) { entries[above]; });
  }
  return entries;
}

/// Which entries are told, and how.
class Listing {
 public:
  explicit Listing(const ListArgs& args)
      : selection_(args.selection.value_or(ListSelection{})),
        returns_(args.returns.value_or(ListReturn{})),
        is_extended_(args.is_extended()) {
    for (const auto& pattern : args.patterns) patterns_.emplace_back(args.reference, pattern);
  }

  bool matches(const MailboxName& name) const {
    return std::any_of(patterns_.begin(), patterns_.end(), [&](const auto& pattern) { return pattern.matches(name); });
  }

  /// Finds what lies hidden below others, which are told for it (RFC 5258 3.3).
  void mark_hidden(Entries& entries) const {
    if (!selection_.recursive_match) return;
    for (const auto& [text, entry] : entries) {
      const auto name = MailboxName::from_utf8(text);
      if (!name || !fits(entry) || matches(*name)) continue;
      for_each_above(text, [&](const std::string& above) {
        if (const auto it = entries.find(above); it != entries.end()) it->second.has_hidden_below = true;
      });
    }
  }

  bool is_selected(const Entry& entry) const { return fits(entry) || entry.has_hidden_below; }
  /// RFC 5819 3: what is told only for what lies below it has no STATUS.
  bool tells_status(const Entry& entry) const { return returns_.status && entry.mailbox && fits(entry); }

  std::vector<std::string> attributes(const Entry& entry, bool is_rev2) const {
    std::vector<std::string> all;
    if (!entry.mailbox) all.emplace_back(is_extended_ || is_rev2 ? "\\NonExistent" : "\\Noselect");
    if (entry.is_subscribed && (selection_.subscribed || returns_.subscribed)) all.emplace_back("\\Subscribed");
    all.emplace_back(entry.has_children ? "\\HasChildren" : "\\HasNoChildren");
    if (entry.has_special_use()) all.emplace_back(name_of(entry.special_use));
    return all;
  }

  /// RFC 5258 4: told of who has something below that is chosen, where it was asked for.
  std::vector<std::string> child_info(const Entry& entry) const {
    std::vector<std::string> kinds;
    if (!selection_.recursive_match) return kinds;
    if (selection_.subscribed && entry.has_subscribed_below) kinds.emplace_back("SUBSCRIBED");
    if (selection_.special_use && entry.has_special_use_below) kinds.emplace_back("SPECIAL-USE");
    return kinds;
  }

 private:
  /// Several options choose what fits all of them (RFC 5258 3.1).
  bool fits(const Entry& entry) const {
    if (selection_.subscribed && !entry.is_subscribed) return false;
    if (selection_.special_use && !entry.has_special_use()) return false;
    return entry.mailbox || entry.has_children || selection_.subscribed;
  }

  ListSelection selection_;
  ListReturn returns_;
  bool is_extended_;
  std::vector<ListPattern> patterns_;
};

net::Task<Result<void>> tell_status(Session* session, MailboxId id, StatusItems items) {
  const auto data = co_await count_mailbox(session, id, std::move(items));
  if (!data) co_return base::fail(data);
  if (*data) (*data)->print(session->out(), session->enabled().names());
  co_return Result<void>();
}

// Asks for the separator and the root of the reference (RFC 3501 6.3.8).
bool asks_for_root(const ListArgs& args) { return !args.is_extended() && args.patterns.front().empty(); }

}  // namespace

net::Task<Reply> list(Session* session, Command command) {
  const auto args = arguments<ListArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto names = session->enabled().names();
  if (asks_for_root(*args)) {
    ListData{.attributes = {"\\Noselect"}}.print(session->out(), names);
    co_return Reply::ok("LIST completed");
  }
  const Listing listing(*args);
  Entries entries = all_names(*session->account()->published());
  listing.mark_hidden(entries);
  for (const auto& [text, entry] : entries) {
    const auto name = MailboxName::from_utf8(text);
    co_await session->between_pieces();
    if (!name || !listing.matches(*name) || !listing.is_selected(entry)) continue;
    ListData{.attributes = listing.attributes(entry, session->enabled().imap4rev2),
             .name = text,
             .child_info = listing.child_info(entry)}
        .print(session->out(), names);
    if (listing.tells_status(entry))
      if (const auto told = co_await tell_status(session, *entry.mailbox, *args->returns->status); !told)
        co_return reply_to(told.error());
  }
  co_return Reply::ok("LIST completed");
}

net::Task<Reply> lsub(Session* session, Command command) {
  const auto args = arguments<LsubArgs>(command);
  if (!args) co_return reply_to(args.error());
  const ListPattern pattern(args->reference, args->pattern);
  const Entries entries = subscribed_names(*session->account()->published(), pattern);
  for (const auto& [text, entry] : entries) {
    const auto name = MailboxName::from_utf8(text);
    co_await session->between_pieces();
    if (!name || !pattern.matches(*name)) continue;
    ListData data{.is_lsub = true, .name = text};
    if (!entry.is_subscribed) data.attributes.emplace_back("\\Noselect");
    data.print(session->out(), session->enabled().names());
  }
  co_return Reply::ok("LSUB completed");
}

}  // namespace posthorn::imap::commands
