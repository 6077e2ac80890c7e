// What of an account's log is old, and whether dropping it is worth the new base that this takes.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "mailstore/log.h"

namespace posthorn::mailstore {

/// The log of an account from its base on, as far as it is old: gathered entry by entry, each read once.
struct OldLog {
  ModSeq base;  ///< where it begins; another one: gather anew
  ModSeq upto;  ///< the last entry that is counted here
  std::uint64_t entries = 0;
  std::uint64_t messages = 0;      ///< in the base
  std::uint64_t living_bytes = 0;  ///< of the base, and added since
  std::uint64_t dead_bytes = 0;    ///< expunged since
  bool has_dead = false;
  bool has_dead_mailbox = false;
  WallTime first_dead;
};

/// An OldLog that begins at the base in force. Errors: not_found, damaged, io.
Result<OldLog> begin_old_log(const store::View& view, AccountId account);
/// Counts the entries made before `before` that are not counted yet. Errors: damaged, io.
Result<void> count_old_log(const store::View& view, AccountId account, WallTime before, OldLog& log);
/// A new base costs as much as the account is large: it is written where an eighth of the account's bytes would be
/// given back, for any that wait for `patience`, and when the log is longer than the base.
bool is_worth_dropping(const OldLog& log, WallTime before, Duration patience);

}  // namespace posthorn::mailstore
