#include "mailstore/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mailstore/account_rows.h"
#include "mailstore/check.h"
#include "mailstore/email.h"
#include "mailstore/log.h"
#include "mailstore/pages.h"
#include "mailstore/pop3_marks.h"
#include "mailstore/recent.h"
#include "mailstore/salvage.h"
#include "message/parser.h"
#include "message/summary.h"
#include "store/blob/location.h"
#include "store/blob/sweeper.h"

namespace posthorn::mailstore {
namespace {

constexpr std::size_t kRowsACommit = 2000;
constexpr std::size_t kPiece = 1 << 20;
/// More than a few commits can have given out.
constexpr std::uint32_t kSkipped = 10'000;

/// Where the bodies of emails lie, by the references that keep them.
using Digests = std::map<std::pair<AccountId, EmailId>, store::Digest>;

Result<Digests> read_references(const store::View& view) {
  Digests digests;
  const auto prefix = store::KeyBuilder(store::Table::reference).take();
  const auto done = view.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    ByteReader in(key.substr(1));
    const auto digest = store::get_digest(in);
    const AccountId account(in.u32());
    const EmailId email(in.u64());
    if (!in.ok() || !in.at_end()) return true;
    digests.emplace(std::pair(account, email), digest);
    return true;
  });
  if (!done) return fail(done);
  return digests;
}

class AccountRepair {
 public:
  AccountRepair(store::Store& store, AccountId account, const Digests& digests, const RepairAsked& asked,
                RepairReport& report)
      : store_(store),
        view_(store.snapshot()),
        account_(account),
        digests_(digests),
        mode_(asked.mode),
        lacks_commits_(asked.lacks_commits),
        report_(report) {}

  Result<void> run() {
    const auto found = check_account(*view_, account_);
    if ((found.wrong.empty() && !lacks_commits_) || is_not_made_yet()) return {};
    if (!found.wrong.empty())
      if (auto done = drop_derived(); !done) return done;
    load();
    if (auto done = mend_emails(); !done) return done;
    if (is_put_together_)
      if (auto done = recover(); !done) return done;
    if (auto done = flush(); !done) return done;
    if (!is_rebuilt_ && !lacks_commits_) return {};
    if (mode_ == RepairMode::online) {
      for (const auto& line : found.wrong) report_.lost.push_back(line + " (waits for the server to be stopped)");
      return {};
    }
    return write();
  }

 private:
  /// It is in the directory alone: whoever opens it makes it.
  bool is_not_made_yet() const {
    const auto row = view_->get(account_key(account_));
    if (!row || *row) return false;
    for (const auto table : {store::Table::base, store::Table::change, store::Table::email, store::Table::checkpoint}) {
      const auto prefix = store::KeyBuilder(table).u32(account_.value()).take();
      bool found = false;
      const auto scanned = view_->scan(prefix, store::after_prefix(prefix),
                                       [&](std::string_view, std::string_view) { return !(found = true); });
      if (!scanned || found) return false;
    }
    return true;
  }

  void mended(std::string_view what) {
    report_.mended.push_back(fmt::format("account {}: {}", account_.value(), what));
  }
  void lost(std::string_view what) { report_.lost.push_back(fmt::format("account {}: {}", account_.value(), what)); }

  /// The checkpoint, and marks of \Recent that cannot be.
  Result<void> drop_derived() {
    const auto base = read_base(*view_, account_);
    const auto whole = base ? read_whole(*view_, *base, kNewest) : fail(base);
    if (!whole) return {};  // then the checkpoint may be all that there is
    const auto has_checkpoint = view_->get(head_key(checkpoint_place(account_)));
    if (!has_checkpoint) return fail(has_checkpoint);
    if (*has_checkpoint) {
      if (auto done = erase_version(store_, checkpoint_place(account_)); !done) return done;
      mended("its checkpoint is dropped; it is made anew");
    }
    const auto marks = read_recent(*view_, account_);
    const bool is_good = marks && std::ranges::all_of(*marks, [&](const auto& mark) {
                           const auto* mailbox = (*whole)->find(mark.first);
                           return mailbox == nullptr || mark.second <= mailbox->uid_next;
                         });
    if (is_good) return {};
    const auto prefix = recent_prefix(account_);
    mended("what was told as \\Recent is forgotten");
    return store_.erase(prefix, store::after_prefix(prefix));
  }

  // Reading what there is.

  void load() {
    const auto base = read_base(*view_, account_);
    auto whole = base ? read_whole(*view_, *base, kNewest) : fail(base);
    if (whole) {
      version_ = std::move(*whole);
      take_placements();
      is_rebuilt_ = !adds_up();
      if (is_rebuilt_) mended("its counters are counted anew");
      return;
    }
    is_rebuilt_ = is_lossy_ = is_put_together_ = true;
    lost(whole.error().text);
    auto salvaged = salvage(*view_, account_);
    version_ = std::move(salvaged.version);
    seen_ = std::move(salvaged.seen);
    newest_row_ = salvaged.newest_row;
    for (const auto& line : salvaged.lost) lost(line);
    take_placements();
  }

  void take_placements() {
    placements_.clear();
    for (const auto& mailbox : version_->mailboxes) {
      auto& all = placements_[mailbox->id];
      mailbox->columns->for_each(0, mailbox->columns->size(), [&](const Placement& p) { all.push_back(p); });
    }
  }

  bool adds_up() const {
    std::uint64_t bytes = 0;
    for (const auto& mailbox : version_->mailboxes) {
      const auto counted = counted_of(*mailbox);
      const bool same = counted->messages == mailbox->messages && counted->unseen == mailbox->unseen &&
                        counted->deleted == mailbox->deleted && counted->bytes == mailbox->bytes &&
                        counted->uid_next == mailbox->uid_next && mailbox->highest_modseq <= version_->modseq;
      if (!same) return false;
      bytes += mailbox->bytes;
    }
    return bytes == version_->bytes;
  }

  std::shared_ptr<Mailbox> counted_of(const Mailbox& mailbox) const {
    auto counted = std::make_shared<Mailbox>(mailbox);
    counted->messages = counted->unseen = counted->deleted = 0;
    counted->bytes = 0;
    for (const auto& p : placements_.at(mailbox.id)) {
      counted->uid_next = std::max(counted->uid_next, p.uid.next());
      ++counted->messages;
      counted->unseen += !p.flags.has(kSeen);
      counted->deleted += p.flags.has(kDeleted);
      counted->bytes += p.size;
    }
    return counted;
  }

  // Emails.

  Result<void> mend_emails() {
    std::map<EmailId, std::string> gone;
    std::map<EmailId, std::uint32_t> sizes;
    for (const auto& [mailbox, all] : placements_)
      for (const auto& placement : all) {
        if (gone.contains(placement.email) || sizes.contains(placement.email)) continue;
        const auto row = view_->get(email_key(account_, placement.email));
        if (!row) return fail(row);
        const auto email = *row ? decode_email(**row) : fail(Code::damaged, "its row is missing");
        if (email) {
          if (auto done = mend_reference(placement.email, *email, **row); !done) return done;
          continue;
        }
        const auto size = parse_anew(placement);
        if (size)
          sizes[placement.email] = *size;
        else
          gone[placement.email] = email.error().text;
      }
    if (gone.empty() && sizes.empty()) return {};
    is_rebuilt_ = true;
    is_lossy_ = true;  // also where only trace fields are lost: a message never changes under its UID
    for (auto& [mailbox, all] : placements_) take_out(mailbox, all, gone, sizes);
    return {};
  }

  void take_out(MailboxId mailbox, std::vector<Placement>& all, const std::map<EmailId, std::string>& gone,
                const std::map<EmailId, std::uint32_t>& sizes) {
    std::map<std::string, std::vector<Uid>> uids;
    for (auto& p : all) {
      if (const auto why = gone.find(p.email); why != gone.end()) uids[why->second].push_back(p.uid);
      if (const auto size = sizes.find(p.email); size != sizes.end()) p.size = size->second;
    }
    std::erase_if(all, [&](const Placement& p) { return gone.contains(p.email); });
    for (const auto& [why, which] : uids)
      lost(fmt::format("{}: UID {}: {}; a backup may have it (docs/operations/repair.md)",
                       version_->find(mailbox)->name, text_of(UidSet::of(which)), why));
  }

  Result<void> mend_reference(EmailId id, const Email& email, const std::string& row) {
    const auto key = reference_key(email.digest, account_, id);
    const auto rows = view_->multi_get({key, store::blob_key(email.digest)});
    if (!rows) return fail(rows);
    if (!(*rows)[1])
      lost(fmt::format("email {}: its body is missing; it keeps its place (docs/operations/repair.md)", id.value()));
    if ((*rows)[0]) return {};
    // Unless it is erased just now.
    auto done = store_.commit(store::Commit().expect_equals(email_key(account_, id), row).put(key, ""));
    if (!done && done.error().code != Code::conflict) return done;
    mended(fmt::format("email {}: what keeps its body is there again", id.value()));
    return {};
  }

  /// The row of an email out of its body; what stood before the body, the trace fields, is lost. Answers the size.
  std::optional<std::uint32_t> parse_anew(const Placement& placement) {
    const auto digest = digests_.find({account_, placement.email});
    if (digest == digests_.end() || mode_ == RepairMode::online) return std::nullopt;
    Email email;
    email.digest = digest->second;
    message::Parser parser;
    while (true) {
      const auto piece = store_.read_blob(email.digest, email.blob_size, kPiece, store::Wait::disk);
      if (!piece) return std::nullopt;
      parser.feed(*piece);
      email.blob_size += piece->size();
      if (piece->size() < kPiece) break;
    }
    email.thread = ThreadId(placement.email.value());
    email.received = placement.received;
    email.summary = message::summarize(parser.finish());
    const auto size = static_cast<std::uint32_t>(email.summary.told_size);
    commit_.put(email_key(account_, placement.email), encode_email(email));
    mended(
        fmt::format("email {}: its row is made anew from its body, without its trace fields", placement.email.value()));
    return flush_at(kRowsACommit) ? std::optional(size) : std::nullopt;
  }

  /// Emails that nothing names, not even as expunged since, go to a mailbox of their own.
  Result<void> recover() {
    std::vector<Placement> found;
    const auto scanned =
        view_->scan(email_key(account_, EmailId()), email_key(AccountId(account_.value() + 1), EmailId()),
                    [&](std::string_view key, std::string_view value) {
                      const EmailId id(ByteReader(key.substr(5)).u64());
                      version_->next_email = std::max(version_->next_email, id.next());
                      const auto email = decode_email(value);
                      if (seen_.contains(id) || !email) return true;
                      found.push_back({.uid = {},
                                       .email = id,
                                       .flags = {},
                                       .modseq = {},
                                       .size = static_cast<std::uint32_t>(email->summary.told_size),
                                       .received = from_seconds(to_seconds(email->received)),
                                       .saved = from_seconds(to_seconds(wall_now()))});
                      return true;
                    });
    if (!scanned) return scanned;
    if (found.empty()) return {};
    const auto id = recovered_mailbox(version_, wall_now());
    auto& all = placements_[id];
    for (auto& p : found) {
      p.uid = std::max(version_->find(id)->uid_next, all.empty() ? Uid(1) : all.back().uid.next());
      p.modseq = version_->modseq;
      all.push_back(p);
    }
    mended(fmt::format("{} messages that no mailbox names are in {}", found.size(), kRecovered));
    return {};
  }

  // Writing.

  bool flush_at(std::size_t rows) { return commit_.rows.size() < rows || flush().has_value(); }
  Result<void> flush() { return commit_.rows.empty() ? Result<void>() : store_.commit(std::exchange(commit_, {})); }

  /// Nothing that clients were told of is ever said of something else.
  void skip_ahead() {
    version_->modseq = ModSeq(version_->modseq.value() + kSkipped);
    version_->next_email = EmailId(version_->next_email.value() + kSkipped);
    version_->next_mailbox = MailboxId(version_->next_mailbox.value() + kSkipped);
    version_->next_uid_validity = UidValidity(version_->next_uid_validity.value() + kSkipped);
    for (auto& shared : version_->mailboxes) {
      auto mailbox = std::make_shared<Mailbox>(*shared);
      mailbox->uid_next = Uid(mailbox->uid_next.value() + std::min(kSkipped, UINT32_MAX - mailbox->uid_next.value()));
      shared = std::move(mailbox);
    }
  }

  void put_together() {
    version_->modseq = std::max(version_->modseq, newest_row_);
    if (lacks_commits_) skip_ahead();
    version_->bytes = 0;
    for (auto& shared : version_->mailboxes) {
      auto mailbox = counted_of(*shared);
      mailbox->columns = Columns();
      for (const auto& p : placements_[mailbox->id]) mailbox->columns = mailbox->columns->append(p);
      mailbox->columns->set_removed_at(version_->modseq);
      mailbox->highest_modseq = version_->modseq;
      version_->bytes += mailbox->bytes;
      shared = std::move(mailbox);
    }
  }

  /// A new base takes the place of all that the account had.
  Result<void> write() {
    put_together();
    const auto before = read_account_row(*view_, account_);
    const auto row = write_base(store_, *version_, static_cast<std::uint8_t>(before ? 1 - before->generation : 0));
    if (!row) return fail(row);
    store::Commit commit;
    commit.put(account_key(account_), encode_account_row(*row));
    const LogEntry entry{
        .modseq = version_->modseq.next(),
        .time = std::max(version_->time, wall_now()),
        .changes = {EpochRaised{
            std::max(version_->next_uid_validity, UidValidity(static_cast<std::uint32_t>(to_seconds(wall_now()))))}}};
    if (is_lossy_) commit.put(log_key(account_, entry.modseq), encode_entry(entry));
    if (auto done = store_.commit(std::move(commit)); !done) return done;
    if (is_lossy_)
      if (auto done = keep_pop3_unique_ids(store_, *version_); !done) return done;
    if (auto done = store_.erase(log_key(account_, ModSeq()), log_key(account_, version_->modseq.next())); !done)
      return done;
    if (auto done = erase_version(store_, checkpoint_place(account_)); !done) return done;
    if (auto done = erase_pages(store_, account_); !done) return done;
    Place other = base_place(account_, *row);
    other.generation = static_cast<std::uint8_t>(1 - other.generation);
    return erase_version(store_, other);
  }

  store::Store& store_;
  const std::shared_ptr<const store::View> view_;
  const AccountId account_;
  const Digests& digests_;
  const RepairMode mode_;
  const bool lacks_commits_;
  RepairReport& report_;
  std::shared_ptr<Version> version_;
  std::map<MailboxId, std::vector<Placement>> placements_;
  ModSeq newest_row_;
  bool is_rebuilt_ = false;  ///< the version is not what base and log say
  bool is_lossy_ = false;    ///< and lacks something that it had
  bool is_put_together_ = false;
  std::set<EmailId> seen_;  ///< that were in a mailbox at some time
  store::Commit commit_;
};

/// References of emails that are gone keep their bodies for nothing.
Result<void> drop_dangling(store::Store& store, const Digests& digests, RepairReport& report) {
  const auto view = store.snapshot();
  std::size_t dropped = 0;
  for (const auto& [owner, digest] : digests) {
    const auto key = email_key(owner.first, owner.second);
    const auto row = view->get(key);
    if (!row) return fail(row);
    if (*row) continue;
    const auto done = store.commit(store::Commit()
                                       .expect_absent(key)
                                       .erase(reference_key(digest, owner.first, owner.second))
                                       .put(store::doomed_key(wall_now(), digest), ""));
    if (!done && done.error().code != Code::conflict) return done;
    ++dropped;
  }
  if (dropped != 0) report.mended.push_back(fmt::format("{} references to emails that are gone are dropped", dropped));
  return {};
}

Result<std::set<AccountId>> accounts_of(const store::View& view) {
  std::set<AccountId> accounts;
  const auto prefix = store::KeyBuilder(store::Table::account).take();
  const auto done = view.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    accounts.insert(AccountId(ByteReader(key.substr(1)).u32()));
    return true;
  });
  if (!done) return fail(done);
  return accounts;
}

}  // namespace

Result<RepairReport> repair(store::Store& store, const RepairAsked& asked) {
  RepairReport report;
  const auto digests = read_references(*store.snapshot());
  if (!digests) return fail(digests);
  auto accounts = accounts_of(*store.snapshot());
  if (!accounts) return fail(accounts);
  accounts->insert(asked.known.begin(), asked.known.end());
  for (const AccountId account : *accounts)
    if (auto done = AccountRepair(store, account, *digests, asked, report).run(); !done) return fail(done);
  // Online, an email whose row is lost still waits for what its reference tells.
  if (asked.mode == RepairMode::offline)
    if (auto done = drop_dangling(store, *digests, report); !done) return fail(done);
  return report;
}

std::string describe_commit(std::string_view payload) {
  ByteReader in(payload);
  in.u8();
  std::string text;
  for (auto n = in.varint(); n > 0 && in.ok(); --n) {
    const auto kind = in.u8();
    const auto key = in.string();
    const auto value = kind == 1 ? in.string() : std::string_view();
    if (!in.ok() || kind == 0 || kind > 2) break;
    if (!key.starts_with(static_cast<char>(store::Table::change)) || key.size() != 13) continue;
    ByteReader of_key(key.substr(1));
    const auto account = of_key.u32();
    const auto entry = decode_entry(ModSeq(of_key.u64()), value);
    text += fmt::format("{}account {}", text.empty() ? "" : ", ", account);
    for (const auto& change : entry ? entry->changes : std::vector<Change>())
      if (const auto* added = std::get_if<Added>(&change))
        text += fmt::format(" UID {} of mailbox {}", added->placement.uid.value(), added->mailbox.value());
  }
  return text;
}

}  // namespace posthorn::mailstore
