#include "mailstore/fold.h"

#include <fmt/format.h>

namespace posthorn::mailstore {
namespace {

/// Applies the changes of one entry to a copy of a version.
class Folder {
 public:
  Folder(Version& version, const LogEntry& entry) : version_(version), entry_(entry) {}

  Result<void> run() {
    for (const auto& change : entry_.changes) {
      std::visit([this](const auto& c) { on(c); }, change);
      if (!error_.empty())
        return fail(Code::damaged, fmt::format("log entry {} of account {}: {}", entry_.modseq.value(),
                                               version_.account.value(), error_));
    }
    return {};
  }

 private:
  void on(const MailboxCreated& c) {
    if (version_.find(c.mailbox) != nullptr ||
        (!version_.mailboxes.empty() && version_.mailboxes.back()->id > c.mailbox))
      return refuse("a mailbox is made twice");
    auto mailbox = std::make_shared<Mailbox>();
    mailbox->id = c.mailbox;
    mailbox->name = c.name;
    mailbox->uid_validity = c.uid_validity;
    mailbox->special_use = c.special_use;
    mailbox->created = entry_.time;
    mailbox->highest_modseq = entry_.modseq;
    mailbox->columns = Columns();
    version_.mailboxes.push_back(std::move(mailbox));
    version_.next_mailbox = c.mailbox.next();
    version_.next_uid_validity = std::max(version_.next_uid_validity, c.uid_validity.next());
  }

  void on(const MailboxRenamed& c) {
    if (Mailbox* mailbox = edit(c.mailbox)) mailbox->name = c.name;
  }

  void on(const MailboxDeleted& c) {
    const Mailbox* mailbox = version_.find(c.mailbox);
    if (mailbox == nullptr) return refuse("a mailbox is not there");
    version_.bytes -= mailbox->bytes;
    last_edited_ = nullptr;
    std::erase_if(version_.mailboxes, [&](const auto& m) { return m->id == c.mailbox; });
  }

  void on(const SubscriptionChanged& c) {
    auto subscriptions = std::make_shared<std::set<std::string>>(*version_.subscriptions);
    if (c.subscribed)
      subscriptions->insert(c.name);
    else
      subscriptions->erase(c.name);
    version_.subscriptions = std::move(subscriptions);
  }

  void on(const KeywordDefined& c) {
    if (version_.keywords->is_full()) return refuse("too many keywords");
    auto table = std::make_shared<KeywordTable>(*version_.keywords);
    table->define(c.name);
    version_.keywords = std::move(table);
  }

  void on(const Added& c) {
    Mailbox* mailbox = edit(c.mailbox);
    if (mailbox == nullptr) return;
    if (c.placement.uid < mailbox->uid_next) return refuse("a UID is used twice");
    if (c.new_email) {
      if (c.placement.email < version_.next_email) return refuse("an email id is used twice");
      version_.next_email = c.placement.email.next();
    }
    Placement placement = c.placement;
    placement.modseq = entry_.modseq;
    mailbox->uid_next = placement.uid.next();
    mailbox->messages += 1;
    mailbox->unseen += !placement.flags.has(kSeen);
    mailbox->deleted += placement.flags.has(kDeleted);
    mailbox->bytes += placement.size;
    version_.bytes += placement.size;
    touch(*mailbox);
    if (mailbox->columns) mailbox->columns = mailbox->columns->append(placement);
  }

  void on(const FlagsChanged& c) {
    Mailbox* mailbox = edit(c.mailbox);
    if (mailbox == nullptr) return;
    mailbox->unseen += static_cast<std::uint32_t>(c.unseen);
    mailbox->deleted += static_cast<std::uint32_t>(c.deleted);
    touch(*mailbox);
    if (mailbox->columns) mailbox->columns = mailbox->columns->change_flags(c.uids, c.op, c.flags, entry_.modseq);
  }

  void on(const Expunged& c) {
    Mailbox* mailbox = edit(c.mailbox);
    if (mailbox == nullptr) return;
    mailbox->messages -= static_cast<std::uint32_t>(c.uids.size());
    mailbox->unseen -= c.unseen;
    mailbox->deleted -= c.deleted;
    mailbox->bytes -= c.bytes;
    version_.bytes -= c.bytes;
    touch(*mailbox);
    if (mailbox->columns) mailbox->columns = mailbox->columns->remove(c.uids, entry_.modseq);
    for (auto& [user, marks] : mailbox->private_marks) forget(marks, c.uids);
  }

  void on(const PrivateFlagsChanged& c) {
    Mailbox* mailbox = edit(c.mailbox);
    if (mailbox == nullptr) return;
    auto& all = mailbox->private_marks;
    auto it = std::lower_bound(all.begin(), all.end(), c.user, [](const auto& m, AccountId u) { return m.first < u; });
    if (it == all.end() || it->first != c.user) it = all.insert(it, {c.user, std::make_shared<const PrivateMarks>()});
    auto marks = std::make_shared<PrivateMarks>();
    std::copy_if(it->second->begin(), it->second->end(), std::back_inserter(*marks),
                 [&](const PrivateMark& m) { return !c.uids.contains(m.uid); });
    c.uids.for_each([&](Uid uid) { marks->push_back({uid, c.system, entry_.modseq}); });
    std::sort(marks->begin(), marks->end(), [](const auto& a, const auto& b) { return a.uid < b.uid; });
    it->second = std::move(marks);
    touch(*mailbox);
  }

  void on(const QuotaSet& c) { version_.quota_bytes = c.bytes; }

  void on(const SpecialUseSet& c) {
    if (Mailbox* mailbox = edit(c.mailbox)) mailbox->special_use = c.special_use;
  }

  void on(const EpochRaised& c) {
    version_.epoch += 1;
    last_edited_ = nullptr;
    version_.next_uid_validity = std::max(version_.next_uid_validity, c.next_uid_validity);
    for (auto& shared : version_.mailboxes) {
      auto mailbox = std::make_shared<Mailbox>(*shared);
      mailbox->uid_validity = version_.next_uid_validity;
      version_.next_uid_validity = version_.next_uid_validity.next();
      shared = std::move(mailbox);
    }
  }

  void on(const UidsTakenOver& c) {
    Mailbox* mailbox = edit(c.mailbox);
    if (mailbox == nullptr) return;
    if (c.uid_next < mailbox->uid_next) return refuse("UIDs are given out again");
    if (c.uid_validity != mailbox->uid_validity) {
      const bool is_new = c.uid_validity >= version_.next_uid_validity;
      const bool is_older = c.uid_validity < version_.first_uid_validity && mailbox->uid_next == Uid(1);
      if (!is_new && !is_older) return refuse("a UIDVALIDITY is given out again");
      mailbox->uid_validity = c.uid_validity;
      version_.next_uid_validity = std::max(version_.next_uid_validity, c.uid_validity.next());
    }
    mailbox->uid_next = c.uid_next;
  }

  /// A copy of the mailbox, in place of the shared one; null and an error where there is none.
  Mailbox* edit(MailboxId id) {
    if (last_edited_ != nullptr && last_edited_->id == id) return last_edited_;
    const auto it = std::lower_bound(version_.mailboxes.begin(), version_.mailboxes.end(), id,
                                     [](const auto& m, MailboxId i) { return m->id < i; });
    if (it == version_.mailboxes.end() || (*it)->id != id) {
      refuse("a mailbox is not there");
      return nullptr;
    }
    auto copy = std::make_shared<Mailbox>(**it);
    last_edited_ = copy.get();
    *it = std::move(copy);
    return last_edited_;
  }

  void touch(Mailbox& mailbox) { mailbox.highest_modseq = entry_.modseq; }

  static void forget(std::shared_ptr<const PrivateMarks>& marks, const UidSet& uids) {
    auto kept = std::make_shared<PrivateMarks>();
    std::copy_if(marks->begin(), marks->end(), std::back_inserter(*kept),
                 [&](const PrivateMark& m) { return !uids.contains(m.uid); });
    marks = std::move(kept);
  }

  void refuse(std::string why) { error_ = std::move(why); }

  Version& version_;
  const LogEntry& entry_;
  Mailbox* last_edited_ = nullptr;
  std::string error_;
};

}  // namespace

Result<std::shared_ptr<Version>> fold(const Version& before, const LogEntry& entry) {
  if (entry.modseq != before.modseq.next())
    return fail(Code::damaged,
                fmt::format("log entry {} does not follow on {}", entry.modseq.value(), before.modseq.value()));
  auto after = std::make_shared<Version>(before);
  after->modseq = entry.modseq;
  after->time = std::max(before.time, entry.time);
  if (auto done = Folder(*after, entry).run(); !done) return fail(done);
  return after;
}

Columns fold_columns(Columns columns, MailboxId mailbox, const LogEntry& entry) {
  for (const auto& change : entry.changes) {
    if (const auto* added = std::get_if<Added>(&change); added && added->mailbox == mailbox) {
      Placement placement = added->placement;
      placement.modseq = entry.modseq;
      columns = columns.append(placement);
    } else if (const auto* flags = std::get_if<FlagsChanged>(&change); flags && flags->mailbox == mailbox) {
      columns = columns.change_flags(flags->uids, flags->op, flags->flags, entry.modseq);
    } else if (const auto* expunged = std::get_if<Expunged>(&change); expunged && expunged->mailbox == mailbox) {
      columns = columns.remove(expunged->uids, entry.modseq);
    }
  }
  return columns;
}

Placement seen_by(Placement p, const PrivateMarks* marks) {
  p.flags.system = static_cast<std::uint8_t>(p.flags.system & ~kPrivateFlags);
  if (marks == nullptr) return p;
  const auto it =
      std::lower_bound(marks->begin(), marks->end(), p.uid, [](const PrivateMark& m, Uid uid) { return m.uid < uid; });
  if (it == marks->end() || it->uid != p.uid) return p;
  p.flags.system |= it->system & kPrivateFlags;
  p.modseq = std::max(p.modseq, it->modseq);
  return p;
}

}  // namespace posthorn::mailstore
