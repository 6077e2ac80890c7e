#include "mailstore/check.h"

#include <fmt/format.h>

#include <set>

#include "mailstore/account_rows.h"
#include "mailstore/email.h"
#include "mailstore/log.h"
#include "mailstore/recent.h"
#include "store/blob/location.h"

namespace posthorn::mailstore {
namespace {

/// Checks one account and adds what it finds to the report.
class AccountCheck {
 public:
  AccountCheck(const store::View& view, AccountId account, CheckReport& report)
      : view_(view), account_(account), report_(report) {}

  void run() {
    ++report_.accounts;
    const auto base = read_base(view_, account_);
    if (!base) return wrong(base.error().text);
    const auto version = read_whole(view_, *base, kNewest);
    if (!version) return wrong(version.error().text);
    report_.entries += (*version)->modseq.value() - base->stored.version->modseq.value();
    check_version(**version);
    check_checkpoint(**version);
    check_recent(**version);
  }

 private:
  void wrong(std::string_view what) { report_.wrong.push_back(fmt::format("account {}: {}", account_.value(), what)); }
  void expect(bool holds, std::string_view what) {
    if (!holds) wrong(what);
  }

  void check_version(const Version& version) {
    std::set<std::string> names;
    std::uint64_t bytes = 0;
    std::set<EmailId> emails;
    for (const auto& mailbox : version.mailboxes) {
      expect(names.insert(mailbox->name).second, "two mailboxes are named " + mailbox->name);
      expect(mailbox->id < version.next_mailbox, "the id of " + mailbox->name + " is not below the next one");
      check_mailbox(version, *mailbox, emails);
      bytes += mailbox->bytes;
    }
    expect(bytes == version.bytes, "the mailboxes' bytes do not add up to the account's");
    for (const EmailId email : emails) check_email(email);
  }

  void check_mailbox(const Version& version, const Mailbox& mailbox, std::set<EmailId>& emails) {
    std::uint64_t bytes = 0;
    std::uint32_t unseen = 0, deleted = 0;
    Uid last;
    bool ascends = true, below = true;
    mailbox.columns->for_each(0, mailbox.columns->size(), [&](const Placement& p) {
      ascends &= p.uid > last;
      below &= p.uid < mailbox.uid_next && p.modseq <= mailbox.highest_modseq && p.email < version.next_email;
      last = p.uid;
      unseen += !p.flags.has(kSeen);
      deleted += p.flags.has(kDeleted);
      bytes += p.size;
      emails.insert(p.email);
    });
    report_.messages += mailbox.columns->size();
    expect(ascends, "UIDs do not ascend in " + mailbox.name);
    expect(below, "a UID, ModSeq or email in " + mailbox.name + " is not below the next one");
    expect(mailbox.columns->size() == mailbox.messages && unseen == mailbox.unseen && deleted == mailbox.deleted &&
               bytes == mailbox.bytes,
           "the counters of " + mailbox.name + " are not what its messages add up to");
    expect(mailbox.highest_modseq <= version.modseq, "HIGHESTMODSEQ of " + mailbox.name + " is above the account's");
  }

  void check_email(EmailId id) {
    const auto name = fmt::format("email {}", id.value());
    const auto emails = read_emails(view_, account_, {id});
    if (!emails) return wrong(name + ": " + emails.error().text);
    const Email& email = emails->front();
    const auto rows = view_.multi_get({store::blob_key(email.digest), reference_key(email.digest, account_, id)});
    if (!rows) return wrong(name + ": " + rows.error().text);
    if (!(*rows)[0]) report_.missing_bodies.push_back(email.digest);
    if (!(*rows)[0]) return wrong(name + ": its body is missing");
    expect((*rows)[1].has_value(), name + ": nothing keeps its body");
    const auto location = store::decode_location(*(*rows)[0]);
    expect(location && location->size == email.blob_size, name + ": its body has another size");
  }

  void check_checkpoint(const Version& version) {
    const auto stored = read_head(view_, checkpoint_place(account_));
    if (!stored) return wrong("checkpoint: " + stored.error().text);
    if (!*stored) return;
    const auto from_log = read_base(view_, account_);
    if (!from_log) return wrong(from_log.error().text);
    if ((*stored)->version->modseq < from_log->stored.version->modseq) return;  // left behind by a new base
    const auto folded = read_whole(view_, *from_log, (*stored)->version->modseq);
    if (!folded) return wrong("checkpoint: " + folded.error().text);
    for (const auto& mailbox : (*folded)->mailboxes) {
      const auto columns = read_columns(view_, checkpoint_place(account_), **stored, mailbox->id);
      if (!columns) return wrong("checkpoint: " + columns.error().text);
      bool same = columns->size() == mailbox->columns->size();
      for (std::uint32_t i = 0; same && i < columns->size(); ++i) same = columns->at(i) == mailbox->columns->at(i);
      expect(same, "the checkpoint of " + mailbox->name + " is not what base and log fold to");
    }
    expect((*stored)->version->modseq <= version.modseq, "the checkpoint is ahead of the log");
  }

  void check_recent(const Version& version) {
    const auto marks = read_recent(view_, account_);
    if (!marks) return wrong(marks.error().text);
    for (const auto& [id, mark] : *marks)
      if (const Mailbox* mailbox = version.find(id))
        expect(mark <= mailbox->uid_next, "more of " + mailbox->name + " was told as \\Recent than there ever was");
  }

  const store::View& view_;
  const AccountId account_;
  CheckReport& report_;
};

}  // namespace

CheckReport check_account(const store::View& view, AccountId account) {
  CheckReport report;
  AccountCheck(view, account, report).run();
  return report;
}

Result<CheckReport> check(const store::Store& store) {
  CheckReport report;
  const auto view = store.snapshot();
  std::vector<AccountId> accounts;
  const auto prefix = store::KeyBuilder(store::Table::account).take();
  const auto done = view->scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    accounts.emplace_back(ByteReader(key.substr(1)).u32());
    return true;
  });
  if (!done) return fail(done);
  for (const AccountId account : accounts) AccountCheck(*view, account, report).run();
  return report;
}

}  // namespace posthorn::mailstore
