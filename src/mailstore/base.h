// A version of an account at rest: the base, which with the log after it is the truth, and checkpoints, which are
// derived and may be deleted at any time.
//
// Both have one form: a head row (the Version without columns, and for every chunk of placements its key and CRC32C)
// and chunk rows. Keys, behind Table::base or Table::checkpoint and the account:
//   generation(1) 'h'                                     head; generation is 0 or 1 for a base, 0 for a checkpoint
//   generation(1) 'c' mailbox(4) first_uid(4) modseq(8)   chunk, as it was written at `modseq`
// (recent.h has rows of its own behind Table::base and the account.)
// Which generation of base is in force is told by the account's row (account_rows.h), switched in one commit.
//
// Format of a chunk: version(1) touched rows placement*. Format of a head: version(1), which is 2, fields of Version
// and its mailboxes, the chunk list, SHA-256 of all before. Numbers are varints.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "mailstore/version.h"
#include "store/keys.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// Where a version rests.
struct Place {
  store::Table table = store::Table::base;
  AccountId account;
  std::uint8_t generation = 0;
};

struct ChunkRef {
  Uid first_uid;
  ModSeq modseq;  ///< at which it was written
  std::uint32_t rows = 0;
  ModSeq touched;
  std::uint32_t crc = 0;
  friend bool operator==(const ChunkRef&, const ChunkRef&) = default;
};

struct StoredVersion {
  std::shared_ptr<Version> version;                   ///< without columns
  std::map<MailboxId, std::vector<ChunkRef>> chunks;  ///< by mailbox, in UID order
  std::map<MailboxId, ModSeq> removed_at;
};

std::string head_key(const Place& place);
std::string chunk_key(const Place& place, MailboxId mailbox, const ChunkRef& ref);
std::string place_prefix(const Place& place);

std::string encode_head(const StoredVersion& stored);
/// Total on any bytes. Errors: damaged, not_supported.
Result<StoredVersion> decode_head(std::string_view bytes);

/// The version at `place`, without columns; nullopt where nothing is there. Errors: damaged, io.
Result<std::optional<StoredVersion>> read_head(const store::View& view, const Place& place);
/// The placements of one mailbox as they were at stored.version->modseq. Errors: damaged, io.
Result<Columns> read_columns(const store::View& view, const Place& place, const StoredVersion& stored,
                             MailboxId mailbox);

/// Writes `version`, whose every mailbox has columns, to `place`, reusing chunk rows of `previous` that are the same.
/// Rows go in commits of bounded size, the head last, so that a stop in the middle leaves what was there in force;
/// then rows that no head names are erased. Blocks; not for threads that run sessions.
Result<void> write_version(store::Store& store, const Place& place, const Version& version,
                           const StoredVersion* previous);
/// Erases all rows of `place`.
Result<void> erase_version(store::Store& store, const Place& place);

}  // namespace posthorn::mailstore
