#include "mailstore/account_rows.h"

#include "base/bytes.h"
#include "base/log.h"
#include "codec/digest.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 1;

/// Sets the columns of every mailbox of a fresh version from its stored chunks.
Result<void> read_all_columns(const store::View& view, const Start& start, Version& version) {
  for (auto& shared : version.mailboxes) {
    auto columns = read_columns(view, start.place, start.stored, shared->id);
    if (!columns) return fail(columns);
    auto mailbox = std::make_shared<Mailbox>(*shared);
    mailbox->columns = std::move(*columns);
    shared = std::move(mailbox);
  }
  return {};
}

/// A base that was switched after `upto` was read off a version in memory.
Result<void> reaches(const Start& start, ModSeq upto) {
  if (start.stored.version->modseq <= upto) return {};
  return fail(Code::unavailable, "the log was dropped meanwhile");
}

Result<std::shared_ptr<Version>> fold_log(const store::View& view, std::shared_ptr<Version> version, ModSeq upto) {
  const auto done = read_log(view, version->account, version->modseq, upto, [&](const LogEntry& entry) -> Result<void> {
    auto next = fold(*version, entry);
    if (!next) return fail(next);
    version = std::move(*next);
    return {};
  });
  if (!done) return fail(done);
  return version;
}

Result<Columns> read_mailbox_from(const store::View& view, const Start& start, MailboxId mailbox, ModSeq upto) {
  if (auto done = reaches(start, upto); !done) return fail(done);
  auto columns = read_columns(view, start.place, start.stored, mailbox);
  if (!columns) return columns;
  const auto fold_entry = [&](const LogEntry& entry) -> Result<void> {
    *columns = fold_columns(std::move(*columns), mailbox, entry);
    return {};
  };
  if (auto done = read_log(view, start.stored.version->account, start.stored.version->modseq, upto, fold_entry); !done)
    return fail(done);
  return columns;
}

}  // namespace

std::string account_key(AccountId account) {
  return store::KeyBuilder(store::Table::account).u32(account.value()).take();
}

std::string encode_account_row(const AccountRow& row) {
  std::string out;
  put_u8(out, kVersion);
  put_u8(out, row.generation);
  put_u64(out, row.base_modseq.value());
  out += row.head_digest;
  return out;
}

Result<AccountRow> decode_account_row(std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  AccountRow row{.generation = in.u8(), .base_modseq = ModSeq(in.u64()), .head_digest = std::string(in.bytes(32))};
  if (in.ok() && version != kVersion) return fail(Code::not_supported, "the row of an account has a newer format");
  if (!in.ok() || !in.at_end() || row.generation > 1) return fail(Code::damaged, "the row of an account is damaged");
  return row;
}

Result<AccountRow> read_account_row(const store::View& view, AccountId account) {
  const auto bytes = view.get(account_key(account));
  if (!bytes) return fail(bytes);
  if (!*bytes) return fail(Code::not_found, "no such account");
  return decode_account_row(**bytes);
}

GoneUidValidities GoneUidValidities::with(const Version& gone) const {
  const UidValidity began = std::max(gone.first_uid_validity, UidValidity(1));
  return {next.is_zero() ? began : std::min(first, began), std::max(next, gone.next_uid_validity)};
}

std::string gone_uid_validities_key() {
  return store::KeyBuilder(store::Table::system).bytes("next_uid_validity").take();
}

std::string encode_gone_uid_validities(const GoneUidValidities& gone) {
  std::string value;
  put_u32(value, gone.next.value());
  put_u32(value, gone.first.value());
  return value;
}

Result<GoneUidValidities> read_gone_uid_validities(const store::View& view) {
  const auto bytes = view.get(gone_uid_validities_key());
  if (!bytes) return fail(bytes);
  if (!*bytes) return GoneUidValidities();
  ByteReader in(**bytes);
  const UidValidity next(in.u32());
  return GoneUidValidities{in.at_end() ? UidValidity(1) : UidValidity(in.u32()), next};
}

Result<AccountRow> write_base(store::Store& store, const Version& version, std::uint8_t generation) {
  AccountRow row{.generation = generation, .base_modseq = version.modseq, .head_digest = {}};
  const Place place = base_place(version.account, row);
  if (auto done = erase_version(store, place); !done) return fail(done);
  if (auto done = write_version(store, place, version, nullptr); !done) return fail(done);
  const auto head = store.get(head_key(place));
  if (!head) return fail(head);
  if (!*head) return fail(Code::damaged, "the base of an account was not written");
  row.head_digest = codec::sha256(**head);
  return row;
}

Result<Start> read_base(const store::View& view, AccountId account) {
  const auto row = read_account_row(view, account);
  if (!row) return fail(row);
  const Place place = base_place(account, *row);
  const auto head = view.get(head_key(place));
  if (!head) return fail(head);
  if (!*head || codec::sha256(**head) != row->head_digest)
    return fail(Code::damaged, "the base of account " + std::to_string(account.value()) + " does not match its digest");
  auto stored = decode_head(**head);
  if (!stored) return fail(stored);
  return Start{place, std::move(*stored)};
}

Result<Start> read_start(const store::View& view, AccountId account, ModSeq upto) {
  auto base = read_base(view, account);
  if (!base) return base;
  const Place place = checkpoint_place(account);
  auto checkpoint = read_head(view, place);
  if (!checkpoint) {
    base::log::Line(base::log::warning, "mailstore", "checkpoint.ignored")
        .with("account", account.value())
        .with("error", checkpoint.error().text);
    return base;
  }
  if (!*checkpoint) return base;
  const ModSeq at = (*checkpoint)->version->modseq;
  if (at < base->stored.version->modseq || at > upto) return base;
  return Start{place, std::move(**checkpoint)};
}

Result<std::shared_ptr<Version>> read_version(const store::View& view, AccountId account, ModSeq upto) {
  auto start = read_start(view, account, upto);
  if (!start) return fail(start);
  if (auto done = reaches(*start, upto); !done) return fail(done);
  return fold_log(view, std::move(start->stored.version), upto);
}

Result<Columns> read_mailbox(const store::View& view, AccountId account, MailboxId mailbox, ModSeq upto) {
  const auto start = read_start(view, account, upto);
  if (!start) return fail(start);
  auto columns = read_mailbox_from(view, *start, mailbox, upto);
  if (columns || columns.error().code != Code::damaged || start->place.table != store::Table::checkpoint)
    return columns;
  base::log::Line(base::log::warning, "mailstore", "checkpoint.ignored")
      .with("account", account.value())
      .with("error", columns.error().text);
  const auto base = read_base(view, account);
  if (!base) return fail(base);
  return read_mailbox_from(view, *base, mailbox, upto);
}

Result<std::shared_ptr<Version>> read_whole(const store::View& view, const Start& start, ModSeq upto) {
  auto version = std::make_shared<Version>(*start.stored.version);
  if (auto done = read_all_columns(view, start, *version); !done) return fail(done);
  return fold_log(view, std::move(version), upto);
}

Result<std::shared_ptr<Version>> read_newest(const store::View& view, AccountId account) {
  const auto start = read_start(view, account, kNewest);
  if (!start) return fail(start);
  auto version = read_whole(view, *start, kNewest);
  if (version || start->place.table != store::Table::checkpoint) return version;
  const auto base = read_base(view, account);
  if (!base) return fail(base);
  return read_whole(view, *base, kNewest);
}

}  // namespace posthorn::mailstore
