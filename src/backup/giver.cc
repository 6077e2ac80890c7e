#include "backup/giver.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backup/account_record.h"
#include "backup/frames.h"
#include "base/bytes.h"
#include "mailstore/account_rows.h"
#include "mailstore/email.h"
#include "mailstore/log.h"
#include "mailstore/row_fields.h"
#include "store/keys.h"

namespace posthorn::backup {
namespace {

using mailstore::get_id;
using mailstore::put_id;

constexpr std::size_t kPiece = 1 << 20;
constexpr int kNice = 10;

/// Rows under Table::system that belong to the store's files, and not to what is in them.
constexpr std::string_view kOfTheFiles[] = {"blob_file_ids", "scrub"};

class Giver {
 public:
  Giver(mailstore::Mailstore* mailstore, const Origin& origin, migration::Channel* channel)
      : store_(mailstore->store()),
        origin_(origin),
        channel_(*channel),
        held_(mailstore->hold_bodies()),
        view_(store_.snapshot()) {}

  Result<void> run() {
    while (true) {
      const auto frame = channel_.read();
      if (!frame && frame.error().code == Code::closed) return {};
      if (!frame) return fail(frame);
      const auto done = take(*frame);
      if (done) continue;
      (void)channel_.write(kind::kError, done.error().text);
      (void)channel_.flush();
      return done;
    }
  }

 private:
  Result<void> take(const migration::Frame& frame) {
    ByteReader in(frame.payload);
    switch (frame.kind) {
      case kind::kInfo: return inform();
      case kind::kTables: return tables();
      case kind::kList: return list();
      case kind::kAccount: {
        const AccountId id(in.u32());
        const auto since = decode_since(in.rest());
        return in.ok() && since ? account(id, *since) : fail(Code::invalid, "a malformed frame");
      }
      case kind::kEmails: {
        const AccountId id(in.u32());
        return emails(id, EmailId(in.u64()));
      }
      case kind::kBody: return body(to_digest(frame.payload));
      default: return fail(Code::invalid, "an unknown frame");
    }
  }

  Result<void> inform() {
    std::string out;
    mailstore::put_time(out, wall_now());
    put_string(out, origin_.store_id);
    put_string(out, origin_.host);
    return send(channel_, kind::kInformed, out);
  }

  Result<void> tables() {
    for (const auto table : {store::Table::directory, store::Table::system}) {
      const auto prefix = store::KeyBuilder(table).take();
      if (auto done = rows(prefix, store::after_prefix(prefix)); !done) return done;
    }
    return send(channel_, kind::kEnd);
  }

  Result<void> rows(const std::string& from, const std::string& to) {
    Result<void> outcome;
    const auto scanned = view_->scan(from, to, [&](std::string_view key, std::string_view value) {
      for (const auto name : kOfTheFiles)
        if (key == store::KeyBuilder(store::Table::system).bytes(name).take()) return true;
      std::string row;
      put_row(row, key, value);
      outcome = send(channel_, kind::kRow, row);
      return outcome.has_value();
    });
    return scanned ? outcome : scanned;
  }

  Result<void> list() {
    const auto prefix = store::KeyBuilder(store::Table::account).take();
    Result<void> outcome;
    const auto scanned = view_->scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
      outcome = send(channel_, kind::kListed, key.substr(prefix.size()));
      return outcome.has_value();
    });
    if (!scanned) return scanned;
    return outcome ? send(channel_, kind::kEnd) : outcome;
  }

  Result<Digest> digest_of_row(const std::string& key) const {
    const auto row = view_->get(key);
    if (!row) return fail(row);
    return *row ? digest_of(**row) : Digest();
  }

  /// Whether this is the account that was copied up to there, and not another past of it.
  Result<bool> is_same_past(AccountId id, const Since& since) const {
    if (since.next_email.is_zero()) return false;
    const auto entry = digest_of_row(mailstore::log_key(id, since.modseq));
    if (!entry) return fail(entry);
    const bool has_entry = *entry != Digest();
    if (has_entry && since.entry != Digest() && *entry != since.entry) return false;
    if (since.last_email.is_zero()) return has_entry && *entry == since.entry;
    const auto email = digest_of_row(mailstore::email_key(id, since.last_email));
    if (!email) return fail(email);
    return *email == since.email;
  }

  Result<bool> has_changed(AccountId id, const Since& since) const {
    const auto row = mailstore::read_account_row(*view_, id);
    if (!row) return fail(row);
    if (row->base_modseq > since.modseq) return true;
    bool found = false;
    const auto scanned = view_->scan(mailstore::log_key(id, since.modseq.next()),
                                     mailstore::log_key(AccountId(id.value() + 1), ModSeq()),
                                     [&](std::string_view, std::string_view) { return !(found = true); });
    if (!scanned) return fail(scanned);
    return found;
  }

  Result<void> account(AccountId id, Since since) {
    const auto known = is_same_past(id, since);
    if (!known) return send(channel_, kind::kBroken, known.error().text);
    if (!*known) since = {};
    const auto changed = *known ? has_changed(id, since) : Result<bool>(true);
    if (!changed) return send(channel_, kind::kBroken, changed.error().text);
    if (!*changed) {
      if (auto done = send(channel_, kind::kSame); !done) return done;
    } else {
      const auto version = mailstore::read_newest(*view_, id);
      if (!version) return send(channel_, kind::kBroken, version.error().text);
      if (auto done = news(**version, since); !done) return done;
    }
    const auto beside = store::KeyBuilder(store::Table::base).u32(id.value()).u8(2).take();
    const auto end = store::after_prefix(store::KeyBuilder(store::Table::base).u32(id.value()).take());
    if (auto done = rows(beside, end); !done) return done;
    return send(channel_, kind::kEnd);
  }

  Result<void> news(const mailstore::Version& version, Since since) {
    const auto entry = digest_of_row(mailstore::log_key(version.account, version.modseq));
    if (!entry) return fail(entry);
    since.modseq = version.modseq;
    since.entry = *entry;
    // next_email stays: from there on the emails are to be asked for.
    if (auto done = send(channel_, kind::kNews, encode(since)); !done) return done;
    mailstore::StoredVersion stored{
        .version = std::make_shared<mailstore::Version>(version), .chunks = {}, .removed_at = {}};
    for (const auto& mailbox : version.mailboxes) {
      stored.chunks[mailbox->id] = {};
      stored.removed_at[mailbox->id] = mailbox->columns->removed_at();
    }
    if (auto done = send(channel_, kind::kHead, encode_head(stored)); !done) return done;
    for (const auto& mailbox : version.mailboxes)
      if (auto done = blocks(*mailbox); !done) return done;
    return {};
  }

  Result<void> blocks(const mailstore::Mailbox& mailbox) {
    std::vector<mailstore::Placement> block;
    Result<void> outcome;
    const auto flush = [&] {
      if (block.empty() || !outcome) return;
      std::string out;
      put_id(out, mailbox.id);
      put_varint(out, block.front().uid.value() / kBlockUids);
      outcome = send(channel_, kind::kBlock, out + encode_block(block));
      block.clear();
    };
    mailbox.columns->for_each(0, mailbox.columns->size(), [&](const mailstore::Placement& p) {
      if (!block.empty() && block.front().uid.value() / kBlockUids != p.uid.value() / kBlockUids) flush();
      block.push_back(p);
    });
    flush();
    return outcome;
  }

  Result<void> emails(AccountId id, EmailId from) {
    std::size_t bytes = 0, count = 0;
    Result<void> outcome;
    const auto scanned =
        view_->scan(mailstore::email_key(id, from), mailstore::email_key(AccountId(id.value() + 1), EmailId()),
                    [&](std::string_view key, std::string_view value) {
                      std::string out;
                      put_email(out, EmailId(ByteReader(key.substr(5)).u64()), value);
                      bytes += out.size();
                      outcome = send(channel_, kind::kEmail, out);
                      return outcome && bytes < kEmailPage && ++count < kMostEmailsAPage;
                    });
    if (!scanned) return scanned;
    return outcome ? send(channel_, kind::kEnd) : outcome;
  }

  Result<void> body(const Digest& digest) {
    for (std::uint64_t at = 0;;) {
      const auto piece = store_.read_blob(digest, at, kPiece, store::Wait::disk);
      if (!piece) return send(channel_, kind::kBroken, piece.error().text);
      if (auto done = piece->empty() ? Result<void>() : send(channel_, kind::kBytes, *piece); !done) return done;
      at += piece->size();
      if (piece->size() < kPiece) return send(channel_, kind::kEnd);
    }
  }

  store::Store& store_;
  const Origin origin_;
  migration::Channel& channel_;
  const std::shared_ptr<const void> held_;
  const std::shared_ptr<const store::View> view_;
};

/// Those who deliver and read mail come first. A thread's own niceness is a matter of Linux alone (setpriority(2)).
void stand_back() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNice); }

}  // namespace

Result<void> give_backup(mailstore::Mailstore* mailstore, const Origin& origin, migration::Channel* channel) {
  stand_back();
  return Giver(mailstore, origin, channel).run();
}

}  // namespace posthorn::backup
