#include "backup/taker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "backup/account_record.h"
#include "backup/frames.h"
#include "base/bytes.h"
#include "base/text.h"
#include "codec/crc32c.h"
#include "directory/entry.h"
#include "mailstore/email.h"
#include "mailstore/row_fields.h"

namespace posthorn::backup {
namespace {

using mailstore::get_id;

constexpr std::size_t kBodiesAtOnce = 64;
constexpr std::uint64_t kLargestBatch = 1 << 20;
constexpr std::size_t kLargestRowRecord = 1 << 20;
/// Emails that were expunged stay in batches until they are so many more than the living.
constexpr std::uint64_t kMostDead = 1024;
/// One row in so many ends a record of rows, whichever rows stand before it: so a row that comes changes one record.
constexpr std::uint32_t kRowsARecord = 64;

/// Gathers rows into records that stay the same where the rows do.
class RowRecords {
 public:
  explicit RowRecords(Archive& archive) : archive_(archive) {}

  Result<void> add(std::string_view key, std::string_view value) {
    put_row(pending_, key, value);
    const bool ends = codec::crc32c(key) % kRowsARecord == 0 || pending_.size() > kLargestRowRecord;
    return ends ? flush() : Result<void>();
  }
  Result<void> flush() {
    if (pending_.empty()) return {};
    const auto digest = archive_.add(std::exchange(pending_, {}));
    if (!digest) return fail(digest);
    records_.push_back(*digest);
    return {};
  }
  std::vector<Digest> take() { return std::move(records_); }

 private:
  Archive& archive_;
  std::string pending_;
  std::vector<Digest> records_;
};

class Taker {
 public:
  Taker(Archive& archive, migration::Channel& channel, const BackupAsked& asked, const Copied& copied)
      : archive_(archive), channel_(channel), asked_(asked), copied_(copied) {}

  Result<BackedUp> run() {
    for (auto step : {&Taker::inform, &Taker::find_last, &Taker::tables, &Taker::accounts, &Taker::own_files})
      if (auto done = (this->*step)(); !done) return fail(done);
    const auto name = name_of_point(point_.time, last_name_);
    outcome_.point = name;
    outcome_.accounts = point_.accounts.size();
    outcome_.messages = point_.messages;
    outcome_.bytes = point_.bytes;
    std::ranges::copy(point_.damaged, std::back_inserter(outcome_.damaged));
    if (auto done = archive_.write_point(name, encode(point_)); !done) return fail(done);
    outcome_.written = archive_.written();
    return std::move(outcome_);
  }

 private:
  Result<migration::Frame> next() {
    if (asked_.stop != nullptr && *asked_.stop) return fail(Code::cancelled, "stopped");
    return receive(channel_);
  }

  /// Frames of `kind` up to kEnd.
  Result<void> each(char kind, const std::function<Result<void>(std::string_view)>& visit) {
    while (true) {
      const auto frame = next();
      if (!frame) return fail(frame);
      if (frame->kind == kind::kEnd) return {};
      if (frame->kind != kind) return unexpected();
      if (auto done = visit(frame->payload); !done) return done;
    }
  }

  static std::unexpected<Error> unexpected() { return fail(Code::invalid, "the server says what was not asked"); }

  Result<void> inform() {
    if (auto done = send(channel_, kind::kInfo); !done) return done;
    const auto frame = next();
    if (!frame) return fail(frame);
    ByteReader in(frame->payload);
    point_.time = mailstore::get_time(in);
    point_.store_id = in.string();
    point_.host = in.string();
    point_.program = asked_.program;
    return frame->kind == kind::kInformed && in.ok() ? Result<void>() : unexpected();
  }

  Result<void> find_last() {
    const auto names = archive_.point_names();
    if (!names) return fail(names);
    if (names->empty()) return {};
    last_name_ = names->back();
    const auto last = read_point(archive_, "");
    if (!last && last.error().code == Code::not_supported) return fail(last);
    if (!last) return {};
    if (last->point.store_id != point_.store_id) return {};
    for (const auto& account : last->point.accounts) last_[account.id] = account.record;
    return {};
  }

  Result<void> tables() {
    if (auto done = send(channel_, kind::kTables); !done) return done;
    RowRecords records(archive_);
    const auto done = each(kind::kRow, [&](std::string_view payload) -> Result<void> {
      ByteReader in(payload);
      const auto key = in.string(), value = in.string();
      if (!in.ok()) return unexpected();
      note_address(key, value);
      return records.add(key, value);
    });
    if (!done) return done;
    if (auto flushed = records.flush(); !flushed) return flushed;
    point_.tables = records.take();
    return {};
  }

  void note_address(std::string_view key, std::string_view value) {
    const auto prefix = directory::account_key("");
    if (!key.starts_with(prefix)) return;
    const auto entry = directory::decode<directory::AccountEntry>(std::string(key.substr(prefix.size())), value);
    if (entry) addresses_[entry->id] = entry->address;
  }

  Result<void> accounts() {
    if (auto done = send(channel_, kind::kList); !done) return done;
    std::vector<AccountId> ids;
    const auto listed = each(kind::kListed, [&](std::string_view payload) -> Result<void> {
      ids.emplace_back(ByteReader(payload).u32());
      return {};
    });
    if (!listed) return listed;
    for (const AccountId id : ids)
      if (auto done = account(id); !done) return done;
    return {};
  }

  std::string called(AccountId id) const {
    const auto it = addresses_.find(id);
    return it == addresses_.end() ? fmt::format("account {}", id.value()) : it->second;
  }

  /// What was copied the last time; an empty one where it cannot be built upon.
  AccountRecord last_of(AccountId id) const {
    const auto it = last_.find(id);
    if (it == last_.end() || asked_.asks_for_all) return {};
    const auto bytes = archive_.read(it->second);
    auto account = bytes ? decode_account(*bytes) : fail(bytes);
    if (!account || !account->missing.empty()) return {};
    for (const auto& batch : account->batches)
      if (!archive_.has(batch.rows) || !archive_.has(batch.bodies)) return {};
    return std::move(*account);
  }

  Result<void> account(AccountId id) {
    auto last = last_of(id);
    std::string request;
    put_u32(request, id.value());
    if (auto done = send(channel_, kind::kAccount, request + encode(last.since)); !done) return done;
    auto frame = next();
    if (!frame) return fail(frame);
    if (frame->kind == kind::kBroken) return keep_last(id, frame->payload);
    AccountRecord now;
    if (frame->kind == kind::kSame) {
      now = std::move(last);
    } else {
      const auto since = frame->kind == kind::kNews ? decode_since(frame->payload) : unexpected();
      if (!since) return fail(since);
      now.since = *since;
      if (!since->next_email.is_zero()) now.batches = std::move(last.batches);
    }
    const bool has_news = frame->kind == kind::kNews;
    if (auto done = parts(now); !done) return done;
    if (has_news && is_mostly_dead(now)) now = without_emails(std::move(now));
    if (has_news)
      if (auto done = emails(id, now); !done) return done;
    return finish(id, now);
  }

  /// Head and blocks, where there are any, and rows beside the mail.
  Result<void> parts(AccountRecord& now) {
    RowRecords records(archive_);
    while (true) {
      auto frame = next();
      if (!frame) return fail(frame);
      ByteReader in(frame->payload);
      if (frame->kind == kind::kEnd) break;
      if (frame->kind == kind::kHead) {
        now.head = std::move(frame->payload);
      } else if (frame->kind == kind::kBlock) {
        const auto mailbox = get_id<MailboxId>(in);
        const auto number = static_cast<std::uint32_t>(in.varint());
        const auto digest = in.ok() ? archive_.add(in.rest()) : unexpected();
        if (!digest) return fail(digest);
        if (now.mailboxes.empty() || now.mailboxes.back().first != mailbox) now.mailboxes.push_back({mailbox, {}});
        now.mailboxes.back().second.push_back({number, *digest});
      } else if (frame->kind == kind::kRow) {
        const auto key = in.string(), value = in.string();
        if (!in.ok()) return unexpected();
        if (auto done = records.add(key, value); !done) return done;
      } else {
        return unexpected();
      }
    }
    if (auto done = records.flush(); !done) return done;
    now.side = records.take();
    return {};
  }

  static std::uint64_t living(const AccountRecord& account) {
    const auto head = mailstore::decode_head(account.head);
    std::uint64_t messages = 0;
    if (head)
      for (const auto& mailbox : head->version->mailboxes) messages += mailbox->messages;
    return messages;
  }

  static bool is_mostly_dead(const AccountRecord& account) {
    std::uint64_t emails = 0;
    for (const auto& batch : account.batches) emails += batch.count;
    return emails > 2 * living(account) + kMostDead;
  }

  static AccountRecord without_emails(AccountRecord account) {
    account.batches.clear();
    account.since.next_email = {};
    account.since.last_email = {};
    account.since.email = {};
    return account;
  }

  Result<void> emails(AccountId id, AccountRecord& now) {
    auto from = now.since.next_email;
    while (true) {
      std::string request;
      put_u32(request, id.value());
      put_u64(request, from.value());
      if (auto done = send(channel_, kind::kEmails, request); !done) return done;
      Batch batch;
      std::string rows, bodies;
      std::vector<BodyOfEmail> wanted;
      const auto paged = each(kind::kEmail, [&](std::string_view payload) -> Result<void> {
        ByteReader in(payload);
        const auto email_id = get_id<EmailId>(in);
        const auto row = in.string();
        if (!in.ok() || email_id < from) return unexpected();
        const auto email = mailstore::decode_email(row);
        if (!email) {
          outcome_.damaged.push_back(fmt::format("{}: email {}: {}", called(id), email_id.value(), email.error().text));
          now.missing.emplace_back(email_id, email.error().text);
        } else {
          rows += payload;
          const BodyOfEmail body{email_id, email->digest, email->blob_size};
          put_body(bodies, body);
          if (batch.count++ == 0) batch.first = email_id;
          batch.last = email_id;
          if (!archive_.has(body.digest)) wanted.push_back(body);
        }
        from = email_id.next();
        now.since.last_email = email_id;
        now.since.email = digest_of(row);
        return {};
      });
      if (!paged) return paged;
      const bool is_last = now.since.next_email == from;
      now.since.next_email = from;
      if (batch.count != 0) {
        if (auto done = copy_bodies(id, wanted, now); !done) return done;
        absorb_batches(batch, rows, bodies, now);
        if (auto done = add_batch(batch, rows, bodies, now); !done) return done;
      }
      if (is_last) break;
    }
    if (now.since.next_email.is_zero()) now.since.next_email = EmailId(1);
    return {};
  }

  Result<void> add_batch(Batch& batch, const std::string& rows, const std::string& bodies, AccountRecord& now) {
    batch.bytes = rows.size();
    const auto of_rows = archive_.add(rows);
    if (!of_rows) return fail(of_rows);
    const auto of_bodies = archive_.add(bodies);
    if (!of_bodies) return fail(of_bodies);
    batch.rows = *of_rows;
    batch.bodies = *of_bodies;
    now.batches.push_back(batch);
    return {};
  }

  /// Puts what the last runs brought before it, so that many small runs do not leave many small batches: each is larger
  /// than all behind it, or as large as they get. One that cannot be read stays as it is; whoever restores it tells.
  void absorb_batches(Batch& batch, std::string& rows, std::string& bodies, AccountRecord& now) const {
    while (!now.batches.empty()) {
      const Batch& before = now.batches.back();
      if (before.count > 2 * batch.count || before.bytes + rows.size() > kLargestBatch) return;
      if (!archive_.has(before.rows) || !archive_.has(before.bodies)) return;
      auto some_rows = archive_.read(before.rows);
      auto some_bodies = archive_.read(before.bodies);
      if (!some_rows || !some_bodies) return;
      rows.insert(0, *some_rows);
      bodies.insert(0, *some_bodies);
      batch.first = before.first;
      batch.count += before.count;
      now.batches.pop_back();
    }
  }

  Result<void> copy_bodies(AccountId id, const std::vector<BodyOfEmail>& wanted, AccountRecord& now) {
    for (std::size_t begin = 0; begin < wanted.size(); begin += kBodiesAtOnce) {
      const auto end = std::min(wanted.size(), begin + kBodiesAtOnce);
      for (auto i = begin; i < end; ++i)
        if (auto done = send(channel_, kind::kBody, store::view(wanted[i].digest)); !done) return done;
      for (auto i = begin; i < end; ++i)
        if (auto done = copy_body(id, wanted[i], now); !done) return done;
    }
    return {};
  }

  Result<void> copy_body(AccountId id, const BodyOfEmail& body, AccountRecord& now) {
    std::string why;
    const bool is_new = archive_.is_new(body.digest);  // not one of two of the same page
    if (is_new)
      if (auto done = archive_.begin(body.digest, body.size); !done) return done;
    while (true) {
      const auto frame = next();
      if (!frame) return fail(frame);
      if (frame->kind == kind::kBroken) why = frame->payload;
      if (frame->kind == kind::kEnd || frame->kind == kind::kBroken) break;
      if (frame->kind != kind::kBytes) return unexpected();
      if (!is_new) continue;
      if (auto done = archive_.append(frame->payload); !done) return done;
    }
    if (!is_new) return {};
    if (why.empty()) {
      const auto good = archive_.end();
      if (!good) return fail(good);
      if (!*good) why = "its body does not match its digest";
    } else {
      archive_.drop();
    }
    if (why.empty()) {
      ++outcome_.new_bodies;
      if (copied_) copied_(body.size);
      return {};
    }
    outcome_.damaged.push_back(fmt::format("{}: email {}: {}", called(id), body.email.value(), why));
    now.missing.emplace_back(body.email, why);
    return {};
  }

  Result<void> finish(AccountId id, const AccountRecord& now) {
    const auto head = mailstore::decode_head(now.head);
    if (!head) return fail(head);
    for (const auto& mailbox : head->version->mailboxes) {
      point_.messages += mailbox->messages;
      point_.bytes += mailbox->bytes;
    }
    const auto digest = archive_.add(encode(now));
    if (!digest) return fail(digest);
    const auto address = addresses_.find(id);
    point_.accounts.push_back({id, address == addresses_.end() ? "" : address->second, *digest});
    return {};
  }

  /// The account cannot be read: what the last run copied is better than nothing.
  Result<void> keep_last(AccountId id, const std::string& why) {
    const auto it = last_.find(id);
    const bool has_last = it != last_.end() && archive_.has(it->second);
    point_.damaged.push_back(fmt::format("{}: {}{}", called(id), why,
                                         has_last ? "; kept as the last backup has it" : "; it is not in this backup"));
    if (!has_last) return {};
    const auto address = addresses_.find(id);
    point_.accounts.push_back({id, address == addresses_.end() ? "" : address->second, it->second});
    return {};
  }

  Result<void> own_files() {
    for (const auto& file : asked_.files) {
      const auto digest = archive_.add(file.content);
      if (!digest) return fail(digest);
      point_.files.push_back({file.path, file.mode, *digest});
    }
    return {};
  }

  Archive& archive_;
  migration::Channel& channel_;
  const BackupAsked& asked_;
  const Copied& copied_;
  std::string last_name_;
  std::map<AccountId, Digest> last_;
  std::map<AccountId, std::string> addresses_;
  Point point_;
  BackedUp outcome_;
};

}  // namespace

Result<BackedUp> take_backup(Archive& archive, migration::Channel& channel, const BackupAsked& asked,
                             const Copied& copied) {
  return Taker(archive, channel, asked, copied).run();
}

}  // namespace posthorn::backup
