// What a session was told of its mailbox, and what is news to it since. RFC 9051 7.4.1 and 7.5.1.
//
// News is the difference of two values, not a walk through the log: UIDs told against UIDs there, and rows whose
// ModSeq is above the one told.
#pragma once

#include <vector>

#include "mailstore/mailbox.h"

namespace posthorn::mailstore {

struct News {
  std::vector<Msn> expunged;       ///< in the order in which they are to be told: each after those before it is gone
  UidSet vanished;                 ///< the same as UIDs
  UidSet changed;                  ///< messages told before whose flags have changed
  bool grown = false;              ///< there are new messages: tell EXISTS
};

class Told {
 public:
  /// Everything that is in `mailbox` now counts as told. The mailbox has its columns.
  explicit Told(const Mailbox& mailbox);

  std::uint32_t messages() const { return static_cast<std::uint32_t>(count_); }
  ModSeq modseq() const { return modseq_; }
  /// The UID behind a message sequence number, Uid() where there is none; and the number of a UID, Msn() where none.
  Uid uid_of(Msn msn) const;
  Msn msn_of(Uid uid) const;
  const UidSet& uids() const { return uids_; }
  Uid largest() const { return uids_.empty() ? Uid() : Uid(uids_.runs().back().last); }

  /// What is news in `mailbox`, from then on told. Without `may_renumber` expunged messages are held back: they keep
  /// their numbers, and modseq() stays below their removal.
  News update(const Mailbox& mailbox, bool may_renumber);

 private:
  UidSet uids_;
  std::size_t count_ = 0;
  ModSeq modseq_;        ///< all is told up to here
  ModSeq flags_modseq_;  ///< flags are told up to here; above modseq_ while expunges are held back
};

}  // namespace posthorn::mailstore
