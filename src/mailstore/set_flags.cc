#include "mailstore/set_flags.h"

#include <map>

#include "mailstore/fold.h"

namespace posthorn::mailstore {
namespace {

/// What the change function leaves behind; written anew at each run.
struct Outcome {
  UidSet changed;
  UidSet modified;
};

/// Changes that bring the rows asked for to their new flags. Rows are grouped so that few changes come out: one, if
/// the flags asked for are wholly new to all of them.
void plan(const Mailbox& mailbox, const FlagsAsked& asked, const Flags& with, std::vector<Change>& changes,
          Outcome& outcome) {
  FlagsChanged change{.mailbox = mailbox.id, .uids = {}, .op = asked.op, .flags = with};
  mailbox.columns->for_each_of(asked.uids, [&](const Placement& p) {
    if (asked.unchanged_since && p.modseq > *asked.unchanged_since) {
      outcome.modified.append(p.uid);
      return;
    }
    const Flags after = apply(p.flags, asked.op, with);
    if (after == p.flags) return;
    change.uids.append(p.uid);
    change.unseen += static_cast<int>(p.flags.has(kSeen)) - static_cast<int>(after.has(kSeen));
    change.deleted += static_cast<int>(after.has(kDeleted)) - static_cast<int>(p.flags.has(kDeleted));
  });
  outcome.changed = change.uids;
  if (!change.uids.empty()) changes.emplace_back(std::move(change));
}

/// The same for a user's own flags: rows of one resulting value share a change.
void plan_private(const Mailbox& mailbox, AccountId user, const FlagsAsked& asked, std::vector<Change>& changes,
                  Outcome& outcome) {
  const PrivateMarks* marks = marks_of(mailbox, user);
  std::map<std::uint8_t, UidSet> by_value;
  mailbox.columns->for_each_of(asked.uids, [&](const Placement& shared) {
    const Placement p = seen_by(shared, marks);
    if (asked.unchanged_since && p.modseq > *asked.unchanged_since) {
      outcome.modified.append(p.uid);
      return;
    }
    const Flags asked_for{.system = static_cast<std::uint8_t>(asked.flags.system & kPrivateFlags), .keywords = {}};
    const Flags own{.system = static_cast<std::uint8_t>(p.flags.system & kPrivateFlags), .keywords = {}};
    const Flags after = apply(own, asked.op, asked_for);
    if (after == own) return;
    by_value[after.system].append(p.uid);
    outcome.changed.append(p.uid);
  });
  for (auto& [system, uids] : by_value)
    changes.emplace_back(PrivateFlagsChanged{user, mailbox.id, std::move(uids), system});
}

using Plan = std::function<Result<void>(const Version& head, const Mailbox& mailbox, std::vector<Change>& changes,
                                        Outcome& outcome)>;

Task<Result<FlagsOutcome>> change_flags(Mailstore* mailstore, OpenMailboxPtr mailbox, Plan make_plan) {
  auto outcome = std::make_shared<Outcome>();
  const MailboxId id = mailbox->id();
  auto function = [id, outcome, make_plan = std::move(make_plan)](const Version& head, WallTime) -> Result<Prepared> {
    const Mailbox* m = head.find(id);
    if (m == nullptr) return fail(Code::not_found, "the mailbox does not exist");
    Prepared prepared;
    *outcome = Outcome();
    if (auto done = make_plan(head, *m, prepared.changes, *outcome); !done) return fail(done);
    return prepared;
  };
  auto version = co_await mailstore->change(mailbox->account(), std::move(function));
  if (!version) co_return fail(version);
  co_return FlagsOutcome{std::move(*version), std::move(outcome->changed), std::move(outcome->modified)};
}

}  // namespace

Result<Flags> flags_of(const FlagNames& names, const KeywordTable& table, std::vector<Change>& changes) {
  Flags flags{.system = names.system, .keywords = {}};
  KeywordTable known = table;
  for (const auto& name : names.keywords) {
    auto id = known.find(name);
    if (!id) {
      if (known.is_full()) return fail(Code::too_many, "the account has no room for another keyword");
      changes.emplace_back(KeywordDefined{name});
      id = static_cast<KeywordId>(known.size());
      known.define(name);
    }
    flags.keywords.add(*id);
  }
  return flags;
}

Task<Result<FlagsOutcome>> set_flags(Mailstore* mailstore, OpenMailboxPtr mailbox, FlagsAsked asked) {
  Plan make_plan = [asked = std::move(asked)](const Version& head, const Mailbox& m, std::vector<Change>& changes,
                                              Outcome& outcome) -> Result<void> {
    const auto flags = flags_of(asked.flags, *head.keywords, changes);
    if (!flags) return fail(flags);
    plan(m, asked, *flags, changes, outcome);
    if (outcome.changed.empty()) changes.clear();  // nor is a keyword defined that nothing has
    return {};
  };
  return change_flags(mailstore, std::move(mailbox), std::move(make_plan));
}

Task<Result<FlagsOutcome>> set_private_flags(Mailstore* mailstore, OpenMailboxPtr mailbox, AccountId user,
                                             FlagsAsked asked) {
  Plan make_plan = [user, asked = std::move(asked)](const Version&, const Mailbox& m, std::vector<Change>& changes,
                                                    Outcome& outcome) -> Result<void> {
    plan_private(m, user, asked, changes, outcome);
    return {};
  };
  return change_flags(mailstore, std::move(mailbox), std::move(make_plan));
}

}  // namespace posthorn::mailstore
