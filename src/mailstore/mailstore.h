// The mail of all accounts: opens accounts and mailboxes, and passes changes through their homes.
//
// What commands do to mail is in the files named after it (append.h, copy.h, set_flags.h, expunge.h, mailboxes.h);
// they are written with change().
//
// Threads: everything from any thread; the coroutines resume on their caller's executor.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "mailstore/account.h"
#include "mailstore/base.h"
#include "mailstore/old_log.h"
#include "net/offload.h"
#include "net/task.h"
#include "store/store.h"

namespace posthorn::mailstore {

using net::Task;
using AccountPtr = std::shared_ptr<Account>;

/// A mailbox that someone looks into: while it lives, versions of the account have the mailbox's columns, and rows
/// expunged meanwhile can be found.
class OpenMailbox {
 public:
  OpenMailbox(AccountPtr account, MailboxId id) : account_(std::move(account)), id_(id) {}
  ~OpenMailbox() { account_->release(id_); }
  OpenMailbox(const OpenMailbox&) = delete;
  OpenMailbox& operator=(const OpenMailbox&) = delete;

  const AccountPtr& account() const { return account_; }
  MailboxId id() const { return id_; }
  /// The account as it is now. The mailbox in it is null once it was deleted.
  VersionPtr version() const { return account_->published(); }
  /// The row under `uid`, even if it was expunged while the mailbox was open.
  std::optional<Placement> find(Uid uid) const;

 private:
  const AccountPtr account_;
  const MailboxId id_;
};
using OpenMailboxPtr = std::shared_ptr<OpenMailbox>;

/// A ChangeFunction for one account.
using OneChange = std::function<Result<Prepared>(const Version& head, WallTime now)>;

struct MailstoreOptions {
  /// Entries behind a stored version at which a new checkpoint is worth its writing.
  std::uint64_t entries_a_checkpoint = 1000;
  /// How long an account that nobody uses stays in memory.
  Duration idle = std::chrono::minutes(5);
  /// How long a body without references is kept for someone who is about to refer to it.
  Duration grace = std::chrono::minutes(10);
  /// How long the log is kept, and with it what was expunged; on a full disk no longer than it must.
  Duration keep = std::chrono::hours(24);
  /// How often the logs of all accounts are looked at for what is older than that.
  Duration prune_every = std::chrono::minutes(5);
};

class Mailstore {
 public:
  /// Both must outlive it.
  Mailstore(store::Store& store, net::Offload& offload, const MailstoreOptions& options = {})
      : store_(store), offload_(offload), options_(options) {}
  /// Writes what tidy() would have; nobody may use it any more.
  ~Mailstore();
  Mailstore(const Mailstore&) = delete;
  Mailstore& operator=(const Mailstore&) = delete;

  store::Store& store() { return store_; }
  net::Offload& offload() { return offload_; }

  /// Makes an account with an INBOX and the special-use mailboxes that clients look for (Drafts, Sent, Junk, Trash,
  /// Archive), subscribed. Errors: already_exists and the store's. Blocks; not for threads that run sessions.
  Result<void> create_account(AccountId id);
  /// The same for many, in few commits; in force in the order given.
  Result<void> create_accounts(const std::vector<AccountId>& ids);
  /// Erases an account's rows; its bodies go when nothing refers to them. Changes of it are refused from now on with
  /// Code::not_found. May be repeated after a stop in the middle. Blocks.
  Result<void> delete_account(AccountId id);

  /// Errors: not_found, damaged, io.
  Task<Result<AccountPtr>> open(AccountId id);
  /// As open(), on a thread that may block.
  Result<AccountPtr> open_now(AccountId id);
  /// Errors: not_found where the mailbox is gone; no_memory where it is not in memory and there is no more of that
  /// (net/memory_level.h); damaged, io.
  Task<Result<OpenMailboxPtr>> open_mailbox(AccountPtr account, MailboxId id);
  Result<OpenMailboxPtr> open_mailbox_now(const AccountPtr& account, MailboxId id);

  /// So many messages are about to be added: the background gives way.
  void note_appended(std::size_t messages) { appended_ += messages; }

  /// One change of one account: what it led to, durable and published. `function` must be pure and may be run again.
  /// Errors: what `function` answers, and the store's.
  Task<Result<VersionPtr>> change(AccountPtr account, OneChange function);
  /// One change of several accounts, in force whole or not at all. `accounts` without repetition.
  Task<Result<std::vector<VersionPtr>>> change_all(std::vector<AccountPtr> accounts, ChangeFunction function);

  /// As change(), on a thread that may block.
  Result<VersionPtr> change_now(const AccountPtr& account, OneChange function);
  /// As change_now(), where the change may name emails that nothing refers to: none is erased between the look at the
  /// past, which answers it, and its end.
  Result<VersionPtr> change_by_history(const AccountPtr& account,
                                       const std::function<Result<OneChange>(const store::View& view)>& look);

  /// How many accounts are in memory.
  std::size_t loaded_accounts();

  /// Work of the background: writes which messages were told as \Recent (recent.h), brings checkpoints up to date where
  /// many entries came since, writes pages (pages.h), lets go what nobody uses, drops logs that are old and hold what
  /// was expunged, and deletes bodies without references. Blocks. True where pages are left to be written, and this is
  /// a good time for it.
  bool tidy();
  /// Lets go at once what nobody uses, as memory is short.
  void let_go_unused();
  /// While what it answers lives, no body is deleted, so that a snapshot taken meanwhile can be read with its bodies;
  /// but on a full disk.
  std::shared_ptr<const void> hold_bodies();
  /// Drops the log of `account` up to `upto`: a new base is written, read again and verified by folding, then switched
  /// in one commit; emails that nothing refers to any more are erased. Blocks. Errors: invalid where `upto` is not
  /// between base and head; damaged where what was read does not match.
  Result<void> truncate_log(AccountId id, ModSeq upto);

 private:
  struct Slot {
    AccountPtr account;
    ModSeq checkpoint;                                  ///< what the stored checkpoint (or base) holds
    SteadyTime used;                                    ///< when it was last asked for
    std::optional<std::uint64_t> pages = std::nullopt;  ///< of which none is missing (pages.h), where that is known
  };

  Result<Slot> load(AccountId id) const;
  AccountPtr find_open(AccountId id);
  void checkpoint(const AccountPtr& account, ModSeq& stored);
  void write_recent(const std::vector<AccountPtr>& accounts);
  bool write_pages(const std::vector<std::pair<AccountId, Slot>>& slots);
  void drop_unused_since(SteadyTime before);
  Result<void> drop_log(AccountId id, ModSeq upto);
  Result<void> prune(AccountId id, bool is_full);
  void prune_logs();
  void sweep();

  store::Store& store_;
  net::Offload& offload_;
  const MailstoreOptions options_;
  std::atomic<std::uint64_t> appended_{0};
  std::mutex background_;  ///< held by what rewrites or brings back what is stored; guards the next ones
  std::unordered_map<AccountId, OldLog> old_logs_;
  AccountId next_to_prune_;
  SteadyTime prune_again_{}, pruned_{};
  std::mutex mutex_;
  std::shared_ptr<const void> bodies_held_ = std::make_shared<int>();  ///< each holder has a copy
  /// One Account object for each account that anyone uses: a slot is dropped only while it holds the last reference.
  std::unordered_map<AccountId, Slot> slots_;
  std::uint64_t dropped_ = 0;  ///< slots so far: what was loaded before one was dropped may be old
};

}  // namespace posthorn::mailstore
