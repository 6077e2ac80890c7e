#include "mailstore/undo.h"

#include <algorithm>
#include <map>
#include <set>

#include "mailstore/expunge.h"
#include "mailstore/fold.h"
#include "mailstore/history.h"
#include "mailstore/mailbox_maker.h"

namespace posthorn::mailstore {
namespace {

/// Puts placements into mailboxes of `head`, or of this change, under the next UIDs.
class Restorer {
 public:
  Restorer(const Version& head, WallTime now, std::vector<Change>& changes)
      : head_(head), now_(now), changes_(changes), maker_(head) {}

  /// The mailbox with that id, else of that name, else a new one.
  Result<MailboxId> mailbox(MailboxId id, const std::string& name, SpecialUse use = SpecialUse::none) {
    if (head_.find(id) != nullptr) return id;
    const bool is_taken = std::ranges::any_of(head_.mailboxes, [&](const auto& m) { return m->special_use == use; });
    return maker_.make(name, is_taken ? SpecialUse::none : use, changes_);
  }

  Result<void> put(MailboxId to, Placement placement) {
    const Mailbox* there = head_.find(to);
    auto& next = next_.try_emplace(to, there != nullptr ? there->uid_next : Uid(1)).first->second;
    if (next.value() == UINT32_MAX) return fail(Code::too_many, "the mailbox has no more UIDs");
    placement.uid = std::exchange(next, next.next());
    placement.saved = now_;
    bytes_ += placement.size;
    changes_.emplace_back(Added{to, placement, false});
    return {};
  }

  /// Whether all of it fits, where `freed` bytes go.
  Result<void> check(std::uint64_t freed = 0) const {
    if (head_.quota_bytes != 0 && bytes_ > freed && head_.bytes + bytes_ - freed > head_.quota_bytes)
      return fail(Code::over_quota, "the messages do not fit into the account's quota");
    return check_mailbox_names(head_, changes_);
  }

 private:
  const Version& head_;
  const WallTime now_;
  std::vector<Change>& changes_;
  MailboxMaker maker_;
  std::map<MailboxId, Uid> next_;
  std::uint64_t bytes_ = 0;
};

bool is_asked(const GoneMessage& gone, const UndeleteAsked& asked) {
  return (asked.mailbox.empty() || gone.name == asked.mailbox) && gone.gone >= asked.since &&
         (!asked.uids || asked.uids->contains(gone.placement.uid));
}

/// Mailboxes are called again what they were called `then`, but for those whose name another bears that keeps it.
std::vector<Change> plan_names(const Version& then, const Version& head) {
  std::map<MailboxId, std::string> name_of;
  std::set<std::string> taken;
  for (const auto& mailbox : head.mailboxes) taken.insert(name_of[mailbox->id] = mailbox->name);
  MailboxMaker maker(head);
  std::vector<Change> changes;
  // One gives its name free for the next.
  for (bool is_first = true, anything = false; is_first || std::exchange(anything, false); is_first = false)
    for (const auto& was : then.mailboxes) {
      const auto is = name_of.find(was->id);
      if (is == name_of.end() || is->second == was->name || !taken.insert(was->name).second) continue;
      taken.erase(is->second);
      maker.rename(*head.find(was->id), is->second = was->name, changes);
      anything = true;
    }
  return changes;
}

/// Makes the account of `then` out of `head`; both have all columns.
class Rewind {
 public:
  /// `named` is `head` with the names of plan_names(), which `changes` are.
  Rewind(const Version& then, const Version& named, WallTime now, std::vector<Change> changes)
      : then_(then), head_(named), restorer_(named, now, prepared_.changes) {
    for (const auto& change : changes) rewound_.mailboxes += std::holds_alternative<MailboxRenamed>(change);
    prepared_.changes = std::move(changes);
  }

  Result<Prepared> plan() {
    for (const auto& mailbox : head_.mailboxes) find_late(*mailbox);
    std::vector<const Mailbox*> all;
    for (const auto& mailbox : then_.mailboxes) all.push_back(mailbox.get());
    std::ranges::sort(all, {}, &Mailbox::name);  // those above come first
    for (const Mailbox* mailbox : all)
      if (auto done = restore(*mailbox); !done) return fail(done);
    for (auto& [mailbox, changes] : flags_)
      for (auto& [flags, uids, unseen, deleted] : changes)
        prepared_.changes.emplace_back(
            FlagsChanged{mailbox, UidSet::of(std::move(uids)), FlagsOp::replace, flags, unseen, deleted});
    take_back_copies();
    subscribe();
    if (auto good = restorer_.check(freed_); !good) return fail(good);
    return std::move(prepared_);
  }

  const Rewound& rewound() const { return rewound_; }

 private:
  struct NewFlags {
    Flags flags;
    std::vector<Uid> uids;
    std::int32_t unseen = 0, deleted = 0;
  };

  /// What is under UIDs that were not given out then.
  void find_late(const Mailbox& is) {
    const Mailbox* was = then_.find(is.id);
    is.columns->for_each(0, is.columns->size(), [&](const Placement& p) {
      if (was == nullptr || !was->columns->find(p.uid)) late_[{is.id, p.email}].push_back(p.uid);
    });
  }

  Result<void> restore(const Mailbox& was) {
    const auto to = restorer_.mailbox(was.id, was.name, was.special_use);
    if (!to) return fail(to);
    const Mailbox* is = head_.find(*to);
    rewound_.mailboxes += is == nullptr;
    for (std::uint32_t n = 0; n < was.columns->size(); ++n) {
      const Placement placement = was.columns->at(n);
      emails_.insert(placement.email);
      if (const auto present = find(is, was, placement)) {
        set_flags(is->id, *present, placement.flags);
        continue;
      }
      if (auto done = restorer_.put(*to, placement); !done) return done;
      ++rewound_.back;
    }
    return {};
  }

  /// What stands for `placement` of `was` in the mailbox as it is: itself, or what has come back before.
  std::optional<Placement> find(const Mailbox* is, const Mailbox& was, const Placement& placement) {
    if (is == nullptr) return std::nullopt;
    if (is->id == was.id)
      if (auto same = is->columns->find(placement.uid)) return same;
    const auto late = late_.find({is->id, placement.email});
    if (late == late_.end()) return std::nullopt;
    auto found = is->columns->find(late->second.back());
    late->second.pop_back();
    if (late->second.empty()) late_.erase(late);
    return found;
  }

  void set_flags(MailboxId mailbox, const Placement& present, const Flags& flags) {
    if (present.flags == flags) return;
    auto& changes = flags_[mailbox];
    auto change = std::ranges::find(changes, flags, &NewFlags::flags);
    if (change == changes.end()) change = changes.insert(change, {.flags = flags, .uids = {}});
    change->uids.push_back(present.uid);
    change->unseen += static_cast<int>(present.flags.has(kSeen)) - static_cast<int>(flags.has(kSeen));
    change->deleted += static_cast<int>(flags.has(kDeleted)) - static_cast<int>(present.flags.has(kDeleted));
    ++rewound_.flags;
  }

  /// Of emails that are where they were: what was copied or moved since.
  void take_back_copies() {
    std::map<MailboxId, std::vector<Uid>> copies;
    for (const auto& [place, uids] : late_)
      if (emails_.contains(place.second)) std::ranges::copy(uids, std::back_inserter(copies[place.first]));
    for (auto& [mailbox, uids] : copies) {
      rewound_.removed += uids.size();
      auto change = removal(*head_.find(mailbox), UidSet::of(std::move(uids)));
      freed_ += change->bytes;
      prepared_.changes.emplace_back(std::move(*change));
    }
  }

  void subscribe() {
    for (const auto& name : *then_.subscriptions)
      if (!head_.subscriptions->contains(name)) prepared_.changes.emplace_back(SubscriptionChanged{name, true});
    for (const auto& name : *head_.subscriptions)
      if (!then_.subscriptions->contains(name)) prepared_.changes.emplace_back(SubscriptionChanged{name, false});
  }

  const Version& then_;
  const Version& head_;
  Prepared prepared_;
  Restorer restorer_;
  std::set<EmailId> emails_;  ///< that were there then
  std::map<std::pair<MailboxId, EmailId>, std::vector<Uid>> late_;
  std::map<MailboxId, std::vector<NewFlags>> flags_;
  std::uint64_t freed_ = 0;
  Rewound rewound_;
};

}  // namespace

Result<std::size_t> undelete(Mailstore& mailstore, const AccountPtr& account, const UndeleteAsked& asked) {
  std::size_t back = 0;
  const auto plan = [&](const store::View& view) -> Result<OneChange> {
    auto gone = gone_messages(view, account->id());
    if (!gone) return fail(gone);
    std::erase_if(*gone, [&](const GoneMessage& g) { return !is_asked(g, asked); });
    back = gone->size();
    return [gone = std::move(*gone), into = asked.into](const Version& head, WallTime now) -> Result<Prepared> {
      Prepared prepared;
      Restorer restorer(head, now, prepared.changes);
      for (const auto& [mailbox, name, placement, when] : gone) {
        const auto to = into.empty() ? restorer.mailbox(mailbox, name) : restorer.mailbox(MailboxId(), into);
        if (!to) return fail(to);
        auto alive = placement;
        alive.flags = apply(alive.flags, FlagsOp::remove, {.system = kDeleted, .keywords = {}});
        if (auto done = restorer.put(*to, alive); !done) return fail(done);
      }
      if (auto good = restorer.check(); !good) return fail(good);
      return prepared;
    };
  };
  if (auto done = mailstore.change_by_history(account, plan); !done) return fail(done);
  return back;
}

Result<Rewound> rewind(Mailstore& mailstore, const AccountPtr& account, WallTime time) {
  std::vector<OpenMailboxPtr> open;  // so that the head has their columns
  const auto published = account->published();
  for (const auto& mailbox : published->mailboxes) {
    auto opened = mailstore.open_mailbox_now(account, mailbox->id);
    if (!opened) return fail(opened);
    open.push_back(std::move(*opened));
  }
  Rewound rewound;
  const auto plan = [&](const store::View& view) -> Result<OneChange> {
    auto then = version_at(view, account->id(), time);
    if (!then) return fail(then);
    return [&rewound, then = std::move(*then)](const Version& head, WallTime now) -> Result<Prepared> {
      if (!std::ranges::all_of(head.mailboxes, [](const auto& m) { return m->columns.has_value(); }))
        return fail(Code::conflict, "the account has just changed, please try again");
      auto changes = plan_names(*then, head);
      const auto named = fold(head, {.modseq = head.modseq.next(), .time = now, .changes = changes});
      if (!named) return fail(named);
      Rewind work(*then, **named, now, std::move(changes));
      auto prepared = work.plan();
      rewound = work.rewound();
      return prepared;
    };
  };
  if (auto done = mailstore.change_by_history(account, plan); !done) return fail(done);
  return rewound;
}

}  // namespace posthorn::mailstore
