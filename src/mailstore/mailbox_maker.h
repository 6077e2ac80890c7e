// Mailboxes that a change makes or renames.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "mailstore/change.h"
#include "mailstore/version.h"

namespace posthorn::mailstore {

/// Draws ids and UIDVALIDITYs for one change of an account.
class MailboxMaker {
 public:
  /// `head` must outlive it.
  explicit MailboxMaker(const Version& head)
      : head_(head), next_(head.next_mailbox), uid_validity_(head.next_uid_validity) {}

  /// The mailbox `name`: one that is there, or was made by this, or, with those above it that are missing, is made now,
  /// with `use`. Missing parents become mailboxes that can be selected: Outlook 2010 puts mail into them. Errors:
  /// too_many.
  Result<MailboxId> make(const std::string& name, SpecialUse use, std::vector<Change>& changes);
  /// One that came from another server gets a UIDVALIDITY of ours: its own belongs to the name that it had there, and
  /// who knows what else bears the new one (take_over.h).
  void rename(const Mailbox& mailbox, std::string name, std::vector<Change>& changes);

 private:
  UidValidity draw_uid_validity() { return std::exchange(uid_validity_, uid_validity_.next()); }

  const Version& head_;
  MailboxId next_;
  UidValidity uid_validity_;
  std::map<std::string, MailboxId> made_;
};

/// Whether there is room for the names that `changes` give. Errors: too_many.
Result<void> check_mailbox_names(const Version& head, const std::vector<Change>& changes);

}  // namespace posthorn::mailstore
