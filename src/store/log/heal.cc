// A body that is damaged or missing comes back from elsewhere.
#include "codec/digest.h"
#include "store/blob/sweeper.h"
#include "store/log/log_store.h"

namespace posthorn::store::log {

Result<void> LogStore::heal(const Digest& digest, const std::function<Result<std::string>()>& bytes) {
  auto writer = new_blob();
  if (!writer) return fail(writer);
  codec::Digest sum(codec::Hash::sha256);
  while (true) {
    const auto piece = bytes();
    if (!piece) return fail(piece);
    if (piece->empty()) break;
    sum.update(*piece);
    if (auto done = (*writer)->append(*piece); !done) return done;
  }
  if (sum.finish() != view(digest)) return fail(Code::invalid, "the bytes are not those of the digest");
  const auto staged = (*writer)->finish(digest);
  if (!staged) return fail(staged);
  const auto row = get(blob_key(digest));
  if (!row) return fail(row);
  Commit commit;
  commit.add_staged_blob(digest, *staged);
  commit.blobs.back().is_moved = true;
  commit.put(doomed_key(wall_now(), digest), "");  // it may have lost its last reference meanwhile
  const auto before = *row ? decode_location(**row) : fail(Code::not_found, "");
  if (before && before->kind == BlobLocation::in_file)
    commit.erase(blob_file_key(before->file_id)).put(removed_file_key(before->file_id), "");
  return this->commit(std::move(commit));
}

}  // namespace posthorn::store::log
