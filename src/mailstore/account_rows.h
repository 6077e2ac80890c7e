// An account at rest: its row, and a version of it as of any ModSeq since its base.
//
// The row, key Table::account and the account, says which base is in force:
//   version(1) generation(1) base_modseq(8) SHA-256 of the base's head row(32)
#pragma once

#include <optional>

#include "mailstore/base.h"

namespace posthorn::mailstore {

struct AccountRow {
  std::uint8_t generation = 0;
  ModSeq base_modseq;
  std::string head_digest;
};

std::string account_key(AccountId account);
std::string encode_account_row(const AccountRow& row);
Result<AccountRow> decode_account_row(std::string_view bytes);

/// Errors: not_found, damaged, io.
Result<AccountRow> read_account_row(const store::View& view, AccountId account);
inline Place base_place(AccountId account, const AccountRow& row) {
  return {store::Table::base, account, row.generation};
}
inline Place checkpoint_place(AccountId account) { return {store::Table::checkpoint, account, 0}; }

/// Writes `version`, with its columns, as the base of that generation; in force once the row that this answers is
/// committed. Blocks. Errors: the store's.
Result<AccountRow> write_base(store::Store& store, const Version& version, std::uint8_t generation);

/// Between which bounds the accounts that are gone gave out their UIDVALIDITYs, as an address may come back (RFC 9051
/// 2.3.1.1): those of new accounts count up from `next`, and none from `first` on is taken over from another server.
/// Both 0 while none is gone.
struct GoneUidValidities {
  UidValidity first, next;
  GoneUidValidities with(const Version& gone) const;
};
/// Its row: next(4) first(4); as long as the second was missing, 1 was the first.
std::string gone_uid_validities_key();
std::string encode_gone_uid_validities(const GoneUidValidities& gone);
Result<GoneUidValidities> read_gone_uid_validities(const store::View& view);

/// A stored version and where it lies.
struct Start {
  Place place;
  StoredVersion stored;
};
/// The base in force, its digest verified.
Result<Start> read_base(const store::View& view, AccountId account);
/// The newest stored version not above `upto`: the checkpoint, else the base. A checkpoint that is damaged or behind
/// the base is passed over, as it is derived.
Result<Start> read_start(const store::View& view, AccountId account, ModSeq upto);

/// The account's version at `upto` (kNewest: the last), without columns. Errors of these three: damaged, io;
/// unavailable where the log up to there is dropped already.
Result<std::shared_ptr<Version>> read_version(const store::View& view, AccountId account, ModSeq upto);
/// The placements of one mailbox at `upto`. A checkpoint whose chunks are damaged is passed over too.
Result<Columns> read_mailbox(const store::View& view, AccountId account, MailboxId mailbox, ModSeq upto);
/// The version at `upto` with the columns of every mailbox, from `start`.
Result<std::shared_ptr<Version>> read_whole(const store::View& view, const Start& start, ModSeq upto);
/// The same of the newest version, from where is best: a checkpoint that is damaged anywhere is passed over.
Result<std::shared_ptr<Version>> read_newest(const store::View& view, AccountId account);

}  // namespace posthorn::mailstore
