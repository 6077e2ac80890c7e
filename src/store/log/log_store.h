// The store: a commit log of our own, RocksDB as its index, small bodies in the log, large ones in files.
//
// Folder:  format (version and id)  lock  log/ (log/frame.h)  index/ (RocksDB)  blobs/ (blob/blob_file.h)  derived/
//
// A commit is on disk when its frame is; then it is applied to the index, then `done` is called. The index may lag on
// disk: at the next opening, frames behind its position row are applied again (log/replay.h).
//
// After a failed write or flush nothing is known of the frames it held: they are declared void by the header of a new
// segment, the commits in line are refused, and only then are new ones taken. The same where the index does not take
// what was flushed. An index that can no longer write is opened anew and fed from the log, while the old one still
// answers readers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "store/commit_codec.h"
#include "store/log/body_rows.h"
#include "store/log/derived_files.h"
#include "store/log/replay.h"
#include "store/log/segment_reader.h"
#include "store/log/segment_writer.h"
#include "store/log/staged_files.h"
#include "store/rocks/index.h"
#include "store/store.h"

namespace posthorn::store::log {

struct StoreOptions {
  rocks::IndexOptions index;
  std::uint64_t segment_bytes = 64 << 20;   ///< of a log segment, a multiple of 64 KiB
  std::uint64_t reserve_bytes = 256 << 20;  ///< free space that is never used: below it has_room() is false
};

class LogStore final : public Store {
 public:
  /// Opens the store in `folder`, made if absent. Errors: already_exists (in use), not_supported (written by a newer
  /// program), damaged (with segment and offset), io, full_disk.
  static Result<std::unique_ptr<LogStore>> open(FileSystem& files, const std::string& folder,
                                                const StoreOptions& options);
  /// Commits what is in line, then flushes the index, so that the next opening has nothing to apply.
  ~LogStore() override;

  Result<std::optional<std::string>> get(std::string_view key, Wait wait = Wait::disk) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const override;
  void enqueue(Commit commit, CommitDone done) override;
  void kick(bool may_lead) override;
  std::uint64_t epoch() const override { return epoch_.load(std::memory_order_acquire); }
  std::shared_ptr<const View> snapshot() const override;
  Result<std::string> read_blob(const Digest& digest, std::uint64_t offset, std::uint64_t length,
                                Wait wait) const override;
  Result<std::unique_ptr<BlobWriter>> new_blob() override;
  Result<void> put_derived(const std::string& folder, const std::string& name, std::string_view bytes) override;
  Result<std::string> read_derived(const std::string& folder, const std::string& name, std::uint64_t offset,
                                   std::uint64_t length, Wait wait) const override;
  Result<void> erase_derived(const std::string& folder, const std::string& name) override;
  Result<std::vector<std::string>> list_derived(const std::string& folder) const override;
  bool has_room() const override;  // asks the disk, if it had room, a few times a second only
  Result<void> collect() override;

  /// How much the index's cache may hold from now on; as in the options once it was opened anew.
  void set_cache_bytes(std::uint64_t bytes) { index()->set_cache_bytes(bytes); }

  /// Figures for `store stats`.
  struct Statistics {
    std::uint64_t commits = 0;
    std::uint64_t flushes = 0;
    std::uint64_t replayed = 0;  ///< commits applied again at opening
    bool is_failing = false;     ///< the last group could not be written
    rocks::IndexFigures index;
  };
  Statistics statistics() const;
  /// Reads all that is stored and checks every checksum; what is wrong is told line by line, and bodies that are
  /// damaged in `bodies`. Errors: io.
  Result<std::vector<std::string>> check(std::vector<Digest>* bodies = nullptr) const;
  /// Reads every block of the index. Errors: damaged, io.
  Result<void> verify_index() const { return index()->verify(); }
  /// Puts a body that is damaged or missing in its place again: `bytes` in pieces, up to an empty one. In heal.cc.
  /// Errors: invalid where they are not those of the digest; the commits'.
  Result<void> heal(const Digest& digest, const std::function<Result<std::string>()>& bytes);

 private:
  struct Pending {
    Commit commit;
    CommitDone done;
    SteadyTime since;  ///< when it was put in line
  };
  /// An index that holds all that the log does.
  struct OpenedIndex {
    std::shared_ptr<rocks::Index> index;
    LivingBytes living;
    LogEnd end;
    std::uint64_t replayed = 0;
  };
  /// What one flush brings to disk.
  struct Group {
    explicit Group(const rocks::Index& index) : bodies(index, nullptr) {}
    std::vector<Pending> commits;
    std::vector<Result<void>> outcomes;
    std::vector<std::size_t> written;  ///< indexes of those that have a frame
    std::string frames;
    std::uint64_t frames_at = 0;  ///< their offset in the segment
    rocks::Batch batch;
    BodyRows bodies;
    std::vector<std::uint64_t> surplus_files;  ///< staged files whose body is stored already
  };

  LogStore(FileSystem& files, std::string folder, const StoreOptions& options);

  // Opening, in opening.cc.
  Result<void> start();
  Result<void> read_format();
  Result<void> open_log();
  Result<OpenedIndex> open_index(std::uint64_t upto) const;
  Result<void> reopen_index();

  std::shared_ptr<rocks::Index> index() const;
  Result<std::string> read_located(const Digest& digest, std::string_view row, std::uint64_t offset,
                                   std::uint64_t length, Wait wait) const;
  void check_bodies(const View& view, std::map<std::uint64_t, std::uint64_t>& living, std::vector<std::string>& wrong,
                    std::vector<Digest>& damaged) const;

  // Collecting, in collect.cc.
  static std::string removed_file_key(std::uint64_t id);
  Result<void> remove_blob_files();
  Result<void> commit_all(Commit rows);
  Result<void> collect_segments();
  Result<std::uint64_t> living_bytes(std::uint64_t segment) const;
  Result<void> remove_segment(std::uint64_t number, const std::string& path);
  Result<void> gather_living(const DecodedCommit& frame, std::uint64_t segment, std::uint64_t payload_at,
                             std::string_view payload, Commit& move) const;
  Result<void> move_bodies(std::uint64_t number, const std::string& path);

  // Writing, in committer.cc.
  void committer();
  void run_group();
  void write_and_apply(Group& group);
  std::vector<Pending> take_group();
  void prepare(Group& group);
  Result<void> prepare_one(Group& group, Commit& commit);
  Result<void> check_expectations(const Commit& commit) const;
  Result<void> resolve_rows(BodyRows& bodies, Commit& commit) const;
  Result<void> resolve_blobs(BodyRows& bodies, Commit& commit, std::vector<std::uint64_t>& surplus) const;
  Result<void> mend();
  Result<void> make_room(const std::vector<Pending>& commits);
  bool look_for_room() const;
  Result<void> begin_segment();
  Result<void> apply(Group& group);
  void void_group(Group& group, const Error& error);
  void refuse_group(Group& group, const Error& error);
  void write_end_mark();

  FileSystem& files_;
  const std::string folder_;
  const StoreOptions options_;
  std::string store_id_;
  std::unique_ptr<File> lock_;
  mutable std::mutex index_mutex_;
  std::shared_ptr<rocks::Index> index_;  ///< set by who leads, who may also read it without the mutex
  SteadyTime may_reopen_at_;
  std::unique_ptr<SegmentWriter> writer_;
  std::uint64_t sequence_ = 0;  ///< of the last frame written
  LivingBytes living_;
  bool broken_ = false;  ///< the last write failed and no new segment could be begun since
  std::atomic<std::uint64_t> epoch_{1};
  std::mutex collect_mutex_;
  SegmentReader segments_;
  StagedFiles staged_;
  DerivedFiles derived_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  bool leading_ = false;
  bool stopping_ = false;
  bool sleeping_ = false;  ///< the committer's thread waits without a time limit
  bool mark_due_ = false;  ///< frames were written since the last end mark
  std::size_t last_group_ = 0;
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> flushes_{0};
  std::atomic<bool> is_failing_{false};
  mutable std::atomic<SteadyTime> had_room_{SteadyTime()};
  std::uint64_t replayed_ = 0;
  std::thread committer_;
};

}  // namespace posthorn::store::log
