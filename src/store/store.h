// Where bytes rest: rows ordered by key, bodies named by their digest, and one durable commit at a time of both.
//
// Two stores pass one suite (store/store_suite.h): LogStore (log/log_store.h, the real one) and MemoryStore
// (memory/memory_store.h, for tests).
//
// Threads: everything may be called from any thread. Functions that take a Wait return Code::unavailable instead of
// waiting for the disk when told Wait::never; the caller then repeats them with Wait::disk inside net::offload.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/commit.h"
#include "store/file_seam.h"

namespace posthorn::store {

/// Called with each row in key order; returns false to stop.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

/// Rows as they are at one moment.
class View {
 public:
  virtual ~View() = default;
  /// nullopt where there is no such row. Errors: damaged, io, unavailable.
  virtual Result<std::optional<std::string>> get(std::string_view key, Wait wait = Wait::disk) const = 0;
  /// As many answers as keys, in their order.
  virtual Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const = 0;
  /// Every row with from <= key < to, streamed. An empty `to` is the end of all keys.
  virtual Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const = 0;
};

/// Streams a body of any size to disk; see Store::new_blob.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual Result<void> append(std::string_view bytes) = 0;
  /// The bytes are on disk when this returns. The staged blob is swept away if no commit adopts it before the next
  /// opening of the store.
  virtual Result<StagedBlob> finish(const Digest& digest) = 0;
};

/// Called once, in the order of the commits, on the thread that committed. Must be quick and may not call the store's
/// commit functions other than enqueue().
using CommitDone = std::move_only_function<void(Result<void>)>;

class Store : public View {
 public:
  /// Puts the commit in line. Those enqueued first are in force first; `done` is called when it is on disk, or has
  /// been refused: conflict, cancelled (see Commit::epoch), too_big, full_disk, io, closed. Nothing happens before
  /// someone calls kick().
  virtual void enqueue(Commit commit, CommitDone done) = 0;
  /// Sees to it that what is in line is committed: by this very thread if the store is idle and `may_lead`, else by
  /// the committer's. Call it without locks held.
  virtual void kick(bool may_lead) = 0;
  /// Counts up whenever a commit that names an epoch is refused, so that those prepared on top of it are refused too.
  /// From 1.
  virtual std::uint64_t epoch() const = 0;
  /// enqueue, kick and wait. Not for threads that run sessions.
  Result<void> commit(Commit commit);
  /// Every row with from <= key < to, in as many commits as it takes: one that fails leaves the later rows. Blocks.
  Result<void> erase(std::string_view from, std::string_view to);

  /// All rows as they are now, for as long as the result lives.
  virtual std::shared_ptr<const View> snapshot() const = 0;

  /// Bytes [offset, offset + length) of a body, checked against its checksums; shorter only where the body ends.
  /// Errors: not_found, damaged, io, unavailable.
  virtual Result<std::string> read_blob(const Digest& digest, std::uint64_t offset, std::uint64_t length,
                                        Wait wait) const = 0;
  /// A writer for a body that is too large for a commit.
  virtual Result<std::unique_ptr<BlobWriter>> new_blob() = 0;

  /// Derived objects: bytes under a name, which can be made again whenever they are gone. They ride in no commit, a
  /// crash may lose or tear them, and nothing checks them: whoever puts one gives it checksums of its own. `folder` and
  /// `name` are of letters, digits and '.', not beginning with '.'. Putting replaces. Errors: full_disk (also where
  /// has_room() is false), io.
  virtual Result<void> put_derived(const std::string& folder, const std::string& name, std::string_view bytes) = 0;
  /// Fewer bytes only where the object ends. Errors: not_found, io, unavailable.
  virtual Result<std::string> read_derived(const std::string& folder, const std::string& name, std::uint64_t offset,
                                           std::uint64_t length, Wait wait) const = 0;
  /// It is no error if there is none. Errors: io.
  virtual Result<void> erase_derived(const std::string& folder, const std::string& name) = 0;
  /// Names in the folder, sorted; none where it is not there. Errors: io.
  virtual Result<std::vector<std::string>> list_derived(const std::string& folder) const = 0;

  /// Whether the reserve of free space is untouched; false means 452 or NO before anything is written.
  virtual bool has_room() const = 0;

  /// Work of the background: gives back the disk that erased bodies take. Blocks. Errors: the commits', io, damaged.
  virtual Result<void> collect() = 0;
};

}  // namespace posthorn::store
