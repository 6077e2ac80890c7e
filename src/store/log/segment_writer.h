// Writes frames into the log's last segment and begins the next one when it is full.
//
// The next segment is prepared once this one is half full: filled with zeros and flushed by a thread of its own, since
// overwriting a block flushes twice as fast as appending one; in small pieces, so that commits need not wait for it.
// Threads: one at a time, but for the preparing thread inside.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.h"
#include "store/file_seam.h"
#include "store/log/frame.h"
#include "store/log/replay.h"

namespace posthorn::store::log {

class SegmentWriter {
 public:
  /// Segments have `segment_bytes`, a multiple of 64 KiB. Call go_on() first.
  SegmentWriter(FileSystem& files, std::string folder, std::string store_id, std::uint64_t segment_bytes);
  ~SegmentWriter();

  /// Goes on behind the end of the log: in its last segment if nothing was left there behind it, else in a new one.
  /// Frames that may never have been flushed are on disk when it returns. Errors: io, full_disk.
  Result<void> go_on(const LogEnd& end);

  /// Starts a new segment, whose header declares that the current one ends behind its last successful write() that
  /// was not taken back. On disk when it returns. After an error the same call may be repeated.
  Result<void> begin_segment(std::uint64_t first_sequence);

  /// Where the next frames will go, and in which segment.
  std::uint64_t segment() const { return number_; }
  std::uint64_t offset() const { return offset_; }
  std::uint64_t salt() const { return salt_of(store_id_, number_); }
  bool has_room(std::size_t bytes) const { return offset_ + bytes <= segment_bytes_; }

  /// Writes whole frames at offset() and flushes them. After an error nothing is known of them: void them with
  /// begin_segment().
  Result<void> write(std::string_view frames);
  /// What was written from `offset` on is void, by the header that the next begin_segment() writes.
  void take_back(std::uint64_t offset) { durable_end_ = std::min(durable_end_, offset); }
  /// Writes without flushing; for end marks.
  Result<void> write_lazily(std::string_view frames);
  /// Flushes what was written lazily.
  Result<void> sync() { return file_->sync(); }

 private:
  std::string path_of(std::uint64_t number) const { return folder_ + "/" + segment_name(number); }
  Result<std::unique_ptr<File>> take_prepared();
  Result<void> prepare();
  bool pause(SteadyClock::duration busy);
  void prepare_ahead();
  void ask_for_next();

  FileSystem& files_;
  const std::string folder_;
  const std::string store_id_;
  const std::uint64_t segment_bytes_;
  std::uint64_t number_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t durable_end_ = 0;
  std::unique_ptr<File> file_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool prepared_ = false;
  bool wanted_ = false;
  bool urgent_ = false;         ///< somebody waits for it
  std::uint64_t asked_in_ = 0;  ///< the segment in which the next one was asked for ahead
  bool stopping_ = false;
  Result<void> prepare_outcome_;
  std::thread preparer_;
};

}  // namespace posthorn::store::log
