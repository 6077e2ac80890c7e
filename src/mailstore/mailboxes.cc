#include "mailstore/mailboxes.h"

#include <unordered_set>
#include <vector>

namespace posthorn::mailstore {
namespace {

constexpr std::string_view kInbox = "INBOX";

/// "a/b/c" -> {"a", "a/b", "a/b/c"}
std::vector<std::string> levels(const std::string& name) {
  std::vector<std::string> all;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    all.push_back(name.substr(0, slash));
  all.push_back(name);
  return all;
}

bool is_below(std::string_view name, std::string_view above) {
  return name.size() > above.size() && name.starts_with(above) && name[above.size()] == '/';
}

/// Draws ids for mailboxes made in one change.
struct Maker {
  explicit Maker(const Version& head) : id(head.next_mailbox), uid_validity(head.next_uid_validity) {}
  MailboxCreated make(std::string name, SpecialUse use) {
    MailboxCreated created{id, std::move(name), draw_uid_validity(), use};
    id = id.next();
    return created;
  }
  UidValidity draw_uid_validity() { return std::exchange(uid_validity, uid_validity.next()); }
  MailboxId id;
  UidValidity uid_validity;
};

/// Makes those levels of `name` that are missing, the last with `use`.
/// Missing parents become mailboxes that can be selected: Outlook 2010 puts mail into them.
Result<void> make_levels(const Version& head, const std::string& name, SpecialUse use, Maker& maker,
                         std::vector<Change>& changes) {
  for (auto& level : levels(name)) {
    if (head.find(level) != nullptr) continue;
    const bool is_last = level == name;
    changes.emplace_back(maker.make(std::move(level), is_last ? use : SpecialUse::none));
  }
  if (head.mailboxes.size() + changes.size() > kMostMailboxes)
    return fail(Code::too_many, "the account has too many mailboxes");
  return {};
}

/// Whether there is room for the names that `changes` give.
Result<void> check_names(const Version& head, const std::vector<Change>& changes) {
  std::size_t bytes = 0;
  for (const auto& mailbox : head.mailboxes) bytes += mailbox->name.size();
  for (const auto& change : changes) {
    if (const auto* created = std::get_if<MailboxCreated>(&change)) bytes += created->name.size();
    if (const auto* renamed = std::get_if<MailboxRenamed>(&change))
      bytes += renamed->name.size() - head.find(renamed->mailbox)->name.size();
  }
  if (bytes > kMostNameBytes) return fail(Code::too_many, "the names of the account's mailboxes are too long together");
  return {};
}

/// Gives INBOX's placements to a new mailbox, under the UIDs 1, 2, 3, ...
Result<void> rename_inbox(const Version& head, const std::string& to, WallTime now, std::vector<Change>& changes) {
  const Mailbox* inbox = head.find(kInbox);
  Maker maker(head);
  if (auto done = make_levels(head, to, SpecialUse::none, maker, changes); !done) return done;
  const MailboxId target(maker.id.value() - 1);
  Expunged expunged{.mailbox = inbox->id,
                    .uids = inbox->columns->uids(),
                    .unseen = inbox->unseen,
                    .deleted = inbox->deleted,
                    .bytes = inbox->bytes};
  Uid next(1);
  inbox->columns->for_each(0, inbox->columns->size(), [&](Placement p) {
    p.uid = std::exchange(next, next.next());
    p.saved = now;
    changes.emplace_back(Added{target, p, false});
  });
  if (!expunged.uids.empty()) changes.emplace_back(std::move(expunged));
  return {};
}

Result<Prepared> plan_rename(const Version& head, const std::string& from, const std::string& to, WallTime now) {
  Prepared prepared;
  if (head.find(to) != nullptr) return fail(Code::already_exists, "a mailbox of that name exists");
  if (is_below(to, from)) return fail(Code::invalid, "a mailbox cannot move below itself");
  if (from == kInbox) {
    if (auto done = rename_inbox(head, to, now, prepared.changes); !done) return fail(done);
    if (auto done = check_names(head, prepared.changes); !done) return fail(done);
    return prepared;
  }
  Maker maker(head);
  std::unordered_set<std::string_view> names;
  for (const auto& mailbox : head.mailboxes) names.insert(mailbox->name);
  bool anything = false;
  for (const auto& mailbox : head.mailboxes) {
    if (mailbox->name != from && !is_below(mailbox->name, from)) continue;
    const std::string name = to + mailbox->name.substr(from.size());
    if (names.contains(name)) return fail(Code::already_exists, "a mailbox of the new name exists: " + name);
    prepared.changes.emplace_back(MailboxRenamed{mailbox->id, name});
    // One of another server belongs to the name that it had there: who knows what else bears the new one (take_over.h).
    if (mailbox->uid_validity < head.first_uid_validity)
      prepared.changes.emplace_back(UidsTakenOver{mailbox->id, maker.draw_uid_validity(), mailbox->uid_next});
    anything = true;
  }
  if (!anything) return fail(Code::not_found, "no such mailbox");
  const auto above = to.rfind('/');
  if (above != std::string::npos)
    if (auto done = make_levels(head, to.substr(0, above), SpecialUse::none, maker, prepared.changes); !done)
      return fail(done);
  if (auto done = check_names(head, prepared.changes); !done) return fail(done);
  return prepared;
}

}  // namespace

Task<Result<MailboxId>> create_mailbox(Mailstore* mailstore, AccountPtr account, std::string name,
                                       SpecialUse special_use) {
  auto function = [name, special_use](const Version& head, WallTime) -> Result<Prepared> {
    if (head.find(name) != nullptr) return fail(Code::already_exists, "the mailbox exists");
    Prepared prepared;
    Maker maker(head);
    if (auto done = make_levels(head, name, special_use, maker, prepared.changes); !done) return fail(done);
    if (auto done = check_names(head, prepared.changes); !done) return fail(done);
    return prepared;
  };
  const auto version = co_await mailstore->change(account, std::move(function));
  if (!version) co_return fail(version);
  const Mailbox* made = (*version)->find(name);
  if (made == nullptr) co_return fail(Code::internal, "the new mailbox is not there");
  co_return made->id;
}

Task<Result<void>> delete_mailbox(Mailstore* mailstore, AccountPtr account, std::string name) {
  auto function = [name = std::move(name)](const Version& head, WallTime) -> Result<Prepared> {
    if (name == kInbox) return fail(Code::denied, "INBOX cannot be deleted");
    const Mailbox* mailbox = head.find(name);
    if (mailbox == nullptr) return fail(Code::not_found, "no such mailbox");
    Prepared prepared;
    prepared.changes.emplace_back(MailboxDeleted{mailbox->id});
    prepared.commit.erase(recent_key(head.account, mailbox->id));
    return prepared;
  };
  const auto version = co_await mailstore->change(std::move(account), std::move(function));
  if (!version) co_return fail(version);
  co_return Result<void>();
}

Task<Result<void>> rename_mailbox(Mailstore* mailstore, AccountPtr account, std::string from, std::string to) {
  OpenMailboxPtr inbox;  // its messages are moved one by one, so that its columns are needed
  if (from == kInbox) {
    const auto version = account->published();
    auto open = co_await mailstore->open_mailbox(account, version->find(kInbox)->id);
    if (!open) co_return fail(open);
    inbox = std::move(*open);
  }
  auto function = [from = std::move(from), to = std::move(to)](const Version& head, WallTime now) {
    return plan_rename(head, from, to, now);
  };
  const auto version = co_await mailstore->change(std::move(account), std::move(function));
  if (!version) co_return fail(version);
  co_return Result<void>();
}

Task<Result<void>> set_subscribed(Mailstore* mailstore, AccountPtr account, std::string name, bool subscribed) {
  auto function = [name = std::move(name), subscribed](const Version& head, WallTime) -> Result<Prepared> {
    Prepared prepared;
    if (head.subscriptions->contains(name) == subscribed) return prepared;
    if (subscribed && head.subscriptions->size() >= kMostMailboxes)
      return fail(Code::too_many, "the account has too many subscriptions");
    std::size_t bytes = name.size();
    for (const auto& known : *head.subscriptions) bytes += known.size();
    if (subscribed && bytes > kMostNameBytes)
      return fail(Code::too_many, "the account's subscriptions are too long together");
    prepared.changes.emplace_back(SubscriptionChanged{name, subscribed});
    return prepared;
  };
  const auto version = co_await mailstore->change(std::move(account), std::move(function));
  if (!version) co_return fail(version);
  co_return Result<void>();
}

}  // namespace posthorn::mailstore
