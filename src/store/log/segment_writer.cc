#include "store/log/segment_writer.h"

namespace posthorn::store::log {
namespace {

constexpr std::string_view kPreparedName = "prepared";
constexpr std::size_t kFillPiece = 64 << 10;
constexpr std::size_t kFlushPiece = 1 << 20;

/// Writes again what is there, as a flush that failed may have left it in the page cache alone, and flushes it.
Result<void> flush_again(File& file, std::uint64_t from, std::uint64_t to) {
  std::string bytes(to - from, '\0');
  const auto got = file.read_at(from, bytes.data(), bytes.size(), Wait::disk);
  if (!got) return fail(got);
  bytes.resize(*got);
  if (auto done = file.write_at(from, bytes); !done) return done;
  return file.sync();
}

}  // namespace

SegmentWriter::SegmentWriter(FileSystem& files, std::string folder, std::string store_id, std::uint64_t segment_bytes)
    : files_(files), folder_(std::move(folder)), store_id_(std::move(store_id)), segment_bytes_(segment_bytes) {
  preparer_ = std::thread([this] { prepare_ahead(); });
}

SegmentWriter::~SegmentWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  preparer_.join();
}

Result<void> SegmentWriter::prepare() {
  auto file = files_.open(folder_ + "/" + std::string(kPreparedName), Open::renew);
  if (!file) return fail(file);
  const std::string zeros(kFillPiece, '\0');
  auto start = steady_now();
  for (std::uint64_t at = 0; at < segment_bytes_; at += kFillPiece) {
    if (auto done = (*file)->write_at(at, zeros); !done) return done;
    if ((at + kFillPiece) % kFlushPiece != 0) continue;
    if (auto done = (*file)->sync(); !done) return done;
    if (!pause(steady_now() - start)) return fail(Code::cancelled, "the log is closing");
    start = steady_now();
  }
  return (*file)->sync();
}

/// Leaves the disk to commits for twice as long as it was taken from them, unless one waits for the segment.
bool SegmentWriter::pause(SteadyClock::duration busy) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, 2 * busy, [this] { return urgent_ || stopping_; });
  return !stopping_ || urgent_;
}

void SegmentWriter::prepare_ahead() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    auto outcome = prepare();
    lock.lock();
    wanted_ = false;
    prepared_ = outcome.has_value();
    prepare_outcome_ = std::move(outcome);
    changed_.notify_all();
  }
}

Result<std::unique_ptr<File>> SegmentWriter::take_prepared() {
  std::unique_lock lock(mutex_);
  if (!prepared_) {
    wanted_ = urgent_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !wanted_; });
    urgent_ = false;
  }
  if (!prepared_) return fail(prepare_outcome_);
  return files_.open(folder_ + "/" + std::string(kPreparedName), Open::write);
}

Result<void> SegmentWriter::go_on(const LogEnd& end) {
  number_ = end.segment;
  offset_ = durable_end_ = end.offset;
  if (number_ == 0) return begin_segment(end.sequence + 1);
  auto file = files_.open(path_of(number_), Open::write);
  if (!file) return fail(file);
  if (end.flushed < end.offset)
    if (auto done = flush_again(**file, end.flushed, end.offset); !done) return done;
  if (auto done = files_.sync_folder(folder_); !done) return done;
  const auto size = (*file)->size();
  if (!size) return fail(size);
  if (!end.is_clean || *size != segment_bytes_) return begin_segment(end.sequence + 1);
  file_ = std::move(*file);
  return {};
}

Result<void> SegmentWriter::begin_segment(std::uint64_t first_sequence) {
  auto file = take_prepared();
  if (!file) return fail(file);
  const SegmentHeader header{.store_id = store_id_,
                             .number = number_ + 1,
                             .first_sequence = first_sequence,
                             .previous_number = number_,
                             .previous_end = durable_end_};
  if (auto done = (*file)->write_at(0, encode_header(header)); !done) return done;
  if (auto done = (*file)->sync(); !done) return done;
  if (auto done = files_.rename(folder_ + "/" + std::string(kPreparedName), path_of(header.number)); !done) return done;
  {
    const std::lock_guard lock(mutex_);
    prepared_ = false;
  }
  // The name may already be on disk although the flush failed: the number is spent either way.
  file_ = std::move(*file);
  number_ = header.number;
  offset_ = durable_end_ = kHeaderSize;
  return files_.sync_folder(folder_);
}

Result<void> SegmentWriter::write(std::string_view frames) {
  if (auto done = file_->write_at(offset_, frames); !done) return done;
  if (auto done = file_->sync(); !done) return done;
  durable_end_ = offset_ += frames.size();
  ask_for_next();
  return {};
}

/// Once a segment: if it fails, the next is prepared when it is needed, and the failure told then.
void SegmentWriter::ask_for_next() {
  if (offset_ < segment_bytes_ / 2 || asked_in_ == number_) return;
  asked_in_ = number_;
  const std::lock_guard lock(mutex_);
  wanted_ = !prepared_;
  changed_.notify_all();
}

Result<void> SegmentWriter::write_lazily(std::string_view frames) {
  if (auto done = file_->write_at(offset_, frames); !done) return done;
  offset_ += frames.size();
  return {};
}

}  // namespace posthorn::store::log
