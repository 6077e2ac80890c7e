#include "mailstore/mailboxes.h"

#include <unordered_set>
#include <vector>

#include "mailstore/mailbox_maker.h"

namespace posthorn::mailstore {
namespace {

constexpr std::string_view kInbox = "INBOX";

bool is_below(std::string_view name, std::string_view above) {
  return name.size() > above.size() && name.starts_with(above) && name[above.size()] == '/';
}

/// Gives INBOX's placements to a new mailbox, under the UIDs 1, 2, 3, ...
Result<void> rename_inbox(const Version& head, const std::string& to, WallTime now, std::vector<Change>& changes) {
  const Mailbox* inbox = head.find(kInbox);
  const auto target = MailboxMaker(head).make(to, SpecialUse::none, changes);
  if (!target) return fail(target);
  Expunged expunged{.mailbox = inbox->id,
                    .uids = inbox->columns->uids(),
                    .unseen = inbox->unseen,
                    .deleted = inbox->deleted,
                    .bytes = inbox->bytes};
  Uid next(1);
  inbox->columns->for_each(0, inbox->columns->size(), [&](Placement p) {
    p.uid = std::exchange(next, next.next());
    p.saved = now;
    changes.emplace_back(Added{*target, p, false});
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
    if (auto done = check_mailbox_names(head, prepared.changes); !done) return fail(done);
    return prepared;
  }
  MailboxMaker maker(head);
  std::unordered_set<std::string_view> names;
  for (const auto& mailbox : head.mailboxes) names.insert(mailbox->name);
  bool anything = false;
  for (const auto& mailbox : head.mailboxes) {
    if (mailbox->name != from && !is_below(mailbox->name, from)) continue;
    const std::string name = to + mailbox->name.substr(from.size());
    if (names.contains(name)) return fail(Code::already_exists, "a mailbox of the new name exists: " + name);
    maker.rename(*mailbox, name, prepared.changes);
    anything = true;
  }
  if (!anything) return fail(Code::not_found, "no such mailbox");
  const auto above = to.rfind('/');
  if (above != std::string::npos)
    if (auto made = maker.make(to.substr(0, above), SpecialUse::none, prepared.changes); !made) return fail(made);
  if (auto done = check_mailbox_names(head, prepared.changes); !done) return fail(done);
  return prepared;
}

}  // namespace

Task<Result<MailboxId>> create_mailbox(Mailstore* mailstore, AccountPtr account, std::string name,
                                       SpecialUse special_use) {
  auto function = [name, special_use](const Version& head, WallTime) -> Result<Prepared> {
    if (head.find(name) != nullptr) return fail(Code::already_exists, "the mailbox exists");
    Prepared prepared;
    if (auto made = MailboxMaker(head).make(name, special_use, prepared.changes); !made) return fail(made);
    if (auto done = check_mailbox_names(head, prepared.changes); !done) return fail(done);
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
