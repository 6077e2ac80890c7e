// The home of an account: the short lock under which its changes are prepared, one after another, and the versions
// that they make (docs/decisions/0003).
//
// *Head* is the version as prepared, *published* the one that is on disk and that everyone reads. A change is prepared
// on the head under the home's lock, put in line for the group commit, and published when it is durable; the next one
// does not wait for that. If a commit fails, all prepared on top of it fail with it, and the head goes back to what is
// published (store::Commit::epoch).
//
// Threads: everything from any thread. The lock is held for short pure work only: no I/O, no parsing, no waiting.
// Several homes are locked in the order of their AccountIds.
#pragma once

#include <atomic>
#include <boost/container/deque.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/result.h"
#include "mailstore/change.h"
#include "mailstore/recent.h"
#include "mailstore/version.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// What a change function answers: the changes, and the rows and bodies that go into the same commit.
struct Prepared {
  std::vector<Change> changes;  ///< empty: nothing is to be done
  store::Commit commit;         ///< rows of emails, references, threads; no log rows
};

/// Wakes those who wait for news of an account (IDLE). Lives as long as its owner wants to hear.
class Watch {
 public:
  explicit Watch(std::function<void()> wake) : wake_(std::move(wake)) {}
  /// Called after something was published, on the committing thread; must be quick.
  void wake() const { wake_(); }

 private:
  const std::function<void()> wake_;
};

class Account : public std::enable_shared_from_this<Account> {
 public:
  Account(AccountId id, std::shared_ptr<Version> version, RecentMarks recent = {});
  AccountId id() const { return id_; }

  VersionPtr published() const;
  /// From now on `watch` is woken for every change, until it is destroyed.
  void add_watch(const std::shared_ptr<Watch>& watch);

  /// One that someone has open keeps its columns in memory, and rows expunged meanwhile stay readable.
  void hold(MailboxId mailbox);
  void release(MailboxId mailbox);
  /// A row removed while the mailbox was held; the newest kRemovedRowsKept are there.
  std::optional<Placement> find_removed(MailboxId mailbox, Uid uid) const;
  static constexpr std::size_t kRemovedRowsKept = 100'000;

  /// Lets the columns of mailboxes that nobody holds go.
  void unload_unheld();

  /// Promises room for `bytes`, until release_room(). Errors: over_quota, where they and what is there and promised
  /// already do not fit.
  Result<void> reserve_room(std::uint64_t bytes);
  void release_room(std::uint64_t bytes);

  /// The first UID of `mailbox` that no session has claimed as \Recent (recent.h).
  Uid first_unclaimed(MailboxId mailbox) const;
  /// The same of a mailbox that has its columns; all that is in it is claimed from now on.
  Uid claim_recent(const Mailbox& mailbox);
  /// Marks that are to be written; they count as written then.
  RecentMarks take_unwritten_recent();
  /// They could not be.
  void give_back_unwritten(const RecentMarks& marks);
  bool has_unwritten_recent() const;

  /// The account is about to be erased: changes are refused with Code::not_found from now on.
  void close();

 private:
  friend class Home;
  friend class ColumnsLoad;

  /// Not std::deque, which takes 600 bytes while it is empty, as it mostly is.
  template <class T>
  using Deque = boost::container::deque<T>;
  struct InFlight {
    std::shared_ptr<Version> version;
    std::vector<std::shared_ptr<const LogEntry>> entries;
  };
  struct Held {
    int holders = 0;
    std::map<Uid, Placement> removed;
    Deque<Uid> removed_in_order;
  };

  void publish(std::unique_lock<std::mutex>& lock);
  void keep_removed(const LogEntry& entry);
  void forget_failed(std::uint64_t epoch, std::uint64_t store_epoch);

  const AccountId id_;
  mutable std::mutex mutex_;
  std::shared_ptr<Version> head_;
  std::shared_ptr<Version> published_;
  Deque<InFlight> in_flight_;
  std::uint64_t epoch_ = 0;  ///< the store's epoch in which the head was last known to be good
  std::uint64_t reserved_ = 0;
  RecentMarks recent_marks_;
  std::set<MailboxId> unwritten_recent_;
  bool closed_ = false;
  std::map<MailboxId, Held> held_;
  std::vector<std::weak_ptr<Watch>> watches_;
  /// Entries published since the oldest load of columns in progress began.
  Deque<std::shared_ptr<const LogEntry>> recent_;
  std::multiset<ModSeq> loads_;
};

/// What became of a change: the version that it made, durable and published. Called on the committing thread.
using Changed = std::move_only_function<void(Result<std::vector<VersionPtr>>)>;
/// Pure; may be called several times. Sees the heads in the order of the accounts given, answers one Prepared each.
using ChangeFunction =
    std::function<Result<std::vector<Prepared>>(const std::vector<const Version*>& heads, WallTime now)>;

/// Prepares and commits one change of one or several accounts, in force whole or not at all.
class Home {
 public:
  /// `accounts` without repetition, in any order. `done` is called once.
  static void change(store::Store& store, std::vector<std::shared_ptr<Account>> accounts, ChangeFunction function,
                     Changed done);

 private:
  struct Attempt;
  static bool attempt(const std::shared_ptr<Attempt>& a);
  static Result<bool> prepare(Attempt& a, store::Commit& commit);
  static void settle(const std::shared_ptr<Attempt>& a, Result<void> outcome);
};

/// Brings the columns of a mailbox into the versions of its account; used by Mailstore.
class ColumnsLoad {
 public:
  /// Begins a load: the version to which `columns` must be folded before finish(), or null if they are there already.
  static VersionPtr begin(Account& account, MailboxId mailbox);
  /// Ends it: `columns` are as of `version`; what was published since is folded in here. nullopt gives up.
  static void finish(Account& account, MailboxId mailbox, const Version& version, std::optional<Columns> columns);
};

}  // namespace posthorn::mailstore
