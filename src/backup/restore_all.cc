#include "backup/restore_all.h"

#include <fmt/format.h>

#include "backup/saved_mail.h"
#include "base/bytes.h"
#include "mailstore/account_rows.h"
#include "mailstore/log.h"
#include "mailstore/mailboxes.h"
#include "mailstore/pop3_marks.h"
#include "mailstore/thread.h"
#include "store/blob/location.h"

namespace posthorn::backup {
namespace {

constexpr std::size_t kLargestCommit = 4 << 20;

class Restorer {
 public:
  Restorer(const Archive& archive, store::Store& store, const std::atomic<bool>* stop,
           const std::function<void(std::uint64_t)>& step)
      : archive_(archive), store_(store), stop_(stop), step_(step) {}

  Result<void> tables(const std::vector<Digest>& tables) {
    for (const auto& digest : tables) {
      const auto bytes = archive_.read(digest);
      const auto rows = bytes ? decode_rows(*bytes) : fail(bytes);
      if (!rows) {
        outcome_.lost.push_back("a part of the directory (accounts, aliases, groups): " + rows.error().text);
        continue;
      }
      for (const auto& [key, value] : *rows)
        if (auto done = put(key, value); !done) return done;
    }
    return flush();
  }

  Result<void> account(const SavedAccount& saved) {
    const auto mail = SavedMail::open(archive_, saved);
    if (!mail) {
      outcome_.lost.push_back(fmt::format(
          "{}: all of it: {}", saved.address.empty() ? fmt::format("account {}", saved.id.value()) : saved.address,
          mail.error().text));
      return {};
    }
    for (const EmailId email : (*mail)->emails()) {
      if (stop_ != nullptr && *stop_) return fail(Code::cancelled, "stopped");
      if (auto done = this->email(saved.id, email, **mail); !done) return done;
    }
    (*mail)->take_out_lost();
    for (const auto& [key, value] : (*mail)->side())
      if (auto done = put(key, value); !done) return done;
    if (auto done = flush(); !done) return done;
    if (auto done = version((*mail)->version()); !done) return done;
    for (auto& line : (*mail)->lost()) outcome_.lost.push_back(std::move(line));
    ++outcome_.accounts;
    return {};
  }

  RestoredAll take() { return std::move(outcome_); }

 private:
  Result<void> put(const std::string& key, const std::string& value) {
    commit_.put(key, value);
    weight_ += key.size() + value.size() + 16;
    return weight_ < kLargestCommit ? Result<void>() : flush();
  }

  Result<void> flush() {
    weight_ = 0;
    return commit_.rows.empty() && commit_.blobs.empty() ? Result<void>() : store_.commit(std::exchange(commit_, {}));
  }

  /// The rows and the body of one email. What the backup does not give is lost; errors are the store's.
  Result<void> email(AccountId account, EmailId id, SavedMail& mail) {
    const auto row = mail.email_row(id);
    const auto email = row ? mailstore::decode_email(*row) : fail(row);
    if (!email) {
      mail.lose(id, email.error().text);
      return {};
    }
    const auto lost = body(*email);
    if (!lost) return fail(lost);
    if (!lost->empty()) {
      mail.lose(id, *lost);
      return {};
    }
    commit_.put(mailstore::reference_key(email->digest, account, id), "");
    mailstore::put_thread_rows(commit_, account, email->summary, email->thread);
    if (step_) step_(email->blob_size);
    return put(mailstore::email_key(account, id), *row);
  }

  /// Puts the body into the commit; "", or why the backup does not give it.
  Result<std::string> body(const mailstore::Email& email) {
    const auto there = store_.get(store::blob_key(email.digest));
    if (!there) return fail(there);
    if (*there) return "";
    if (archive_.size_of(email.digest).value_or(email.blob_size) != email.blob_size) return "its body has another size";
    if (email.blob_size > store::kLargestInlineBlob) return large_body(email);
    auto bytes = archive_.read(email.digest);
    if (!bytes) return bytes.error().text;
    weight_ += bytes->size();
    commit_.add_blob(email.digest, std::make_shared<const std::string>(std::move(*bytes)));
    return "";
  }

  Result<std::string> large_body(const mailstore::Email& email) {
    auto writer = store_.new_blob();
    if (!writer) return fail(writer);
    Result<void> written;
    const auto read = archive_.read(email.digest, [&](std::string_view piece) {
      written = (*writer)->append(piece);
      return written;
    });
    if (!written) return fail(written);
    if (!read) return read.error().text;
    const auto staged = (*writer)->finish(email.digest);
    if (!staged) return fail(staged);
    commit_.add_staged_blob(email.digest, *staged);
    return "";
  }

  /// As its base, with a log of two entries: nothing, and that it was restored.
  Result<void> version(const mailstore::Version& version) {
    const AccountId id = version.account;
    const auto row = mailstore::write_base(store_, version, 0);
    if (!row) return fail(row);
    // The lost store may have given out so many more since the backup.
    const UidValidity now(static_cast<std::uint32_t>(to_seconds(wall_now())) +
                          static_cast<std::uint32_t>(mailstore::kMostMailboxes));
    const mailstore::LogEntry entry{.modseq = version.modseq.next(),
                                    .time = std::max(version.time, wall_now()),
                                    .changes = {mailstore::EpochRaised{std::max(version.next_uid_validity, now)}}};
    commit_.put(mailstore::account_key(id), mailstore::encode_account_row(*row));
    commit_.put(mailstore::log_key(id, entry.modseq), mailstore::encode_entry(entry));
    for (const auto& mailbox : version.mailboxes) outcome_.messages += mailbox->messages;
    if (auto kept = mailstore::keep_pop3_unique_ids(store_, version); !kept) {
      if (kept.error().code != Code::damaged) return kept;
      outcome_.lost.push_back(fmt::format("account {}: POP3's marks: {}", id.value(), kept.error().text));
    }
    return flush();
  }

  const Archive& archive_;
  store::Store& store_;
  const std::atomic<bool>* const stop_;
  const std::function<void(std::uint64_t)>& step_;
  store::Commit commit_;
  std::size_t weight_ = 0;
  RestoredAll outcome_;
};

}  // namespace

Result<RestoredAll> restore_all(const Archive& archive, const NamedPoint& point, store::Store& store,
                                const std::atomic<bool>* stop, const std::function<void(std::uint64_t)>& step) {
  Restorer restorer(archive, store, stop, step);
  if (auto done = restorer.tables(point.point.tables); !done) return fail(done);
  for (const auto& account : point.point.accounts)
    if (auto done = restorer.account(account); !done) return fail(done);
  auto outcome = restorer.take();
  for (const auto& line : point.point.damaged) outcome.lost.push_back("when the backup was made: " + line);
  return outcome;
}

}  // namespace posthorn::backup
