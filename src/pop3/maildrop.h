// Maildrop: an account's INBOX as one session sees it, RFC 1939 4 to 6: messages numbered when it was opened, and what
// is to become of them at QUIT.
//
// How many there are is known from the account alone; the rows of the messages are looked up when one is first asked
// for, so that a login costs the same whatever the mailbox holds.
//
// Threads: the session's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mailstore/mailstore.h"
#include "mailstore/pop3_marks.h"
#include "pop3/config.h"

namespace posthorn::pop3 {

/// How old a message may be that `recent:` shows, as Gmail has it.
inline constexpr auto kRecent = std::chrono::days(30);

class Maildrop {
 public:
  struct Figures {
    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
  };

  /// `mailstore` outlives it. With `is_recent` only messages of the last days are there. Errors: not_found.
  static Result<std::unique_ptr<Maildrop>> open(mailstore::Mailstore* mailstore, Opened opened, bool is_recent);

  /// Of what is not marked deleted. Errors: the store's.
  Task<Result<Figures>> count();
  /// Numbers are 1 to size(), once load() has succeeded. May be called again. Errors: the store's.
  Task<Result<void>> load();
  std::uint32_t size() const { return static_cast<std::uint32_t>(is_filtered_ ? places_.size() : shown_); }
  /// Nothing where there is no such message, or it is marked deleted.
  std::optional<mailstore::Placement> find(std::uint32_t number) const;
  /// 1 to 70 characters, RFC 1939 7: what it was on the server it came from, else UIDVALIDITY and UID.
  std::string unique_id(const mailstore::Placement& message) const;

  /// `uid` is of a message found.
  void mark_deleted(Uid uid) { deleted_.insert(uid); }
  void mark_retrieved(Uid uid) { retrieved_.insert(uid); }
  /// RFC 1939 5, RSET.
  void unmark_all() { deleted_.clear(); }

  /// The UPDATE state: removes what is marked deleted, as the account's rules say, and keeps which messages were
  /// retrieved. How many were removed. Errors: the store's; then nothing was.
  Task<Result<std::size_t>> update();
  /// Only that they were retrieved: a session that ended otherwise. Errors: the store's.
  Task<Result<void>> keep_retrieved();
  /// Removes what was retrieved too long ago; to be called before anything is looked up. Errors: the store's.
  Task<Result<void>> expire();

  mailstore::AccountPtr account() const { return account_; }
  const Rules& rules() const { return rules_; }

 private:
  Maildrop(mailstore::Mailstore* mailstore, Opened opened, mailstore::VersionPtr version, MailboxId inbox)
      : mailstore_(mailstore),
        account_(std::move(opened.account)),
        rules_(opened.rules),
        opened_(std::move(version)),
        inbox_(inbox) {}

  Task<Result<void>> remove(mailstore::UidSet uids);
  Task<Result<MailboxId>> target(mailstore::SpecialUse use, std::string name);
  Task<Result<void>> erase_stale_marks();
  void erase_marks(store::Commit& commit, Uid uid) const;
  Task<Result<void>> write(store::Commit commit);
  mailstore::Placement row(std::uint32_t number) const;

  mailstore::Mailstore* mailstore_;
  mailstore::AccountPtr account_;
  Rules rules_;
  mailstore::VersionPtr opened_;  ///< the account at login
  MailboxId inbox_;
  bool is_filtered_ = false;  ///< only places_ are shown
  bool is_loaded_ = false;

  mailstore::OpenMailboxPtr open_;
  mailstore::Columns columns_;  ///< a value: what others do meanwhile does not renumber
  std::uint32_t shown_ = 0;     ///< of columns_: what came after login is not
  std::uint64_t shown_octets_ = 0;
  std::vector<std::uint32_t> places_;  ///< in columns_
  mailstore::Pop3Marks marks_;
  std::set<Uid> deleted_, retrieved_;
};

}  // namespace posthorn::pop3
