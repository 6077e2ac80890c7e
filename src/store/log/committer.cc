// The write path of LogStore: commits in line become one group, one write, one flush.
#include <fmt/format.h>

#include "base/log.h"
#include "store/blob/blob_file.h"
#include "store/log/log_store.h"

namespace posthorn::store::log {
namespace {

constexpr std::size_t kLargestGroup = 4 << 20;
constexpr auto kQuietTime = std::chrono::milliseconds(50);
constexpr auto kApplyAgain = std::chrono::milliseconds(100);

}  // namespace

void LogStore::enqueue(Commit commit, CommitDone done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back({std::move(commit), std::move(done)});
      return;
    }
  }
  done(fail(Code::closed, "the store is closing"));
}

void LogStore::kick(bool may_lead) {
  std::unique_lock lock(mutex_);
  if (leading_ || queue_.empty()) return;
  // A lone writer commits by itself; under load a group gathers while the committer's thread flushes the one before.
  if (!may_lead || last_group_ > 1 || queue_.size() > 1) {
    wake_.notify_one();
    return;
  }
  leading_ = true;
  lock.unlock();
  run_group();
  lock.lock();
  leading_ = false;
  if (!queue_.empty() || (mark_due_ && sleeping_)) wake_.notify_one();
}

void LogStore::committer() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto ready = [this] { return (!queue_.empty() && !leading_) || stopping_; };
    sleeping_ = !mark_due_;
    const bool woken = mark_due_ ? wake_.wait_for(lock, kQuietTime, ready)
                                 : (wake_.wait(lock, [&] { return ready() || mark_due_; }), true);
    sleeping_ = false;
    if (leading_) {
      if (stopping_) wake_.wait_for(lock, std::chrono::milliseconds(1));
      continue;
    }
    if (queue_.empty() && !stopping_ && woken) continue;
    leading_ = true;
    const bool quiet = queue_.empty();
    const bool mark = quiet && mark_due_;
    if (mark) mark_due_ = false;
    const bool last = quiet && stopping_;
    lock.unlock();
    if (mark) write_end_mark();
    if (!quiet) run_group();
    lock.lock();
    leading_ = false;
    if (last) return;
  }
}

std::vector<LogStore::Pending> LogStore::take_group() {
  std::vector<Pending> group;
  std::size_t weight = 0;
  const std::lock_guard lock(mutex_);
  while (!queue_.empty()) {
    const Commit& next = queue_.front().commit;
    weight += next.weight() + kFrameHeaderSize + kFrameAlignment;
    // Expectations are about rows in the index, which holds nothing of this group yet.
    if (!group.empty() &&
        (weight > std::min<std::uint64_t>(kLargestGroup, options_.segment_bytes / 2) || !next.expectations.empty()))
      break;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  last_group_ = group.size();
  return group;
}

void LogStore::run_group() {
  Group group;
  group.commits = take_group();
  if (group.commits.empty()) return;
  group.outcomes.resize(group.commits.size());
  const auto before = sequence_;
  auto done = make_room(group.commits);
  if (done) {
    prepare(group);
    if (!group.written.empty()) done = write_group(group);
  }
  if (!done) {
    sequence_ = before;
    void_group(group, done.error());
  } else if (!group.written.empty()) {
    apply(group);
  }
  for (std::size_t i = 0; i < group.commits.size(); ++i) group.commits[i].done(std::move(group.outcomes[i]));
  for (const auto id : group.surplus_files)
    if (auto removed = files_.remove(blob_file_path(folder_ + "/blobs", id)); !removed)
      base::log::Line(base::log::warning, "store", "blob.remove_failed").with("error", removed.error().text);
}

Result<void> LogStore::make_room(const std::vector<Pending>& commits) {
  std::size_t bytes = 0;
  for (const auto& pending : commits) bytes += pending.commit.weight() + kFrameHeaderSize + kFrameAlignment;
  if (!broken_ && writer_->has_room(bytes)) return {};
  auto done = writer_->begin_segment(sequence_ + 1);
  broken_ = !done;
  return done;
}

void LogStore::prepare(Group& group) {
  const bool room = has_room();
  for (std::size_t i = 0; i < group.commits.size(); ++i) {
    auto& commit = group.commits[i].commit;
    auto outcome =
        !room && !commit.blobs.empty() ? fail(Code::full_disk, "the disk is nearly full") : prepare_one(group, commit);
    if (outcome)
      group.written.push_back(i);
    else if (commit.epoch != 0 && outcome.error().code != Code::cancelled)
      ++epoch_;
    group.outcomes[i] = std::move(outcome);
  }
}

Result<void> LogStore::prepare_one(Group& group, Commit& commit) {
  if (commit.epoch != 0 && commit.epoch != epoch()) return fail(Code::cancelled, "prepared on a change that failed");
  const auto most = std::min<std::uint64_t>(kLargestPayload, options_.segment_bytes / 2);
  if (commit.weight() > most)
    return fail(Code::too_big, fmt::format("a commit of {} bytes; the most is {}", commit.weight(), most));
  if (auto done = check_expectations(commit); !done) return done;
  if (auto done = resolve_blobs(group, commit); !done) return done;
  const std::size_t start = group.frames.size();
  group.frames.resize(start + kFrameHeaderSize);
  const auto blobs = encode_commit(group.frames, commit);
  const std::uint64_t payload_at = writer_->offset() + start + kFrameHeaderSize;
  seal_frame(group.frames, start, writer_->segment(), FrameKind::commit, sequence_ + 1 + group.written.size(),
             sequence_);
  for (const auto& row : commit.rows)
    apply_rows(group.batch, row.key, row.value ? std::string_view(*row.value) : std::string_view(), !row.value);
  for (const auto& blob : blobs) {
    const BlobLocation location{.kind = BlobLocation::in_log,
                                .size = blob.size,
                                .codec = blob.codec,
                                .key_id = blob.key_id,
                                .segment = writer_->segment(),
                                .offset = payload_at + blob.offset,
                                .stored = blob.stored,
                                .crc = blob.crc};
    group.batch.put(blob_key(blob.digest), encode(location));
    group.new_blobs[std::string(view(blob.digest))] = location;
  }
  return {};
}

Result<void> LogStore::check_expectations(const Commit& commit) const {
  for (const auto& expected : commit.expectations) {
    bool holds = true;
    if (expected.kind == Commit::Expectation::empty_prefix) {
      const auto done = index_->scan(expected.key, after_prefix(expected.key),
                                     [&](std::string_view, std::string_view) { return holds = false; });
      if (!done) return done;
    } else {
      const auto row = index_->get(expected.key);
      if (!row) return fail(row);
      holds = expected.kind == Commit::Expectation::absent ? !*row : *row && **row == expected.value;
    }
    if (!holds) return fail(Code::conflict, "a precondition of the commit does not hold");
  }
  return {};
}

Result<std::optional<BlobLocation>> LogStore::find_blob(const Group& group, const Digest& digest) const {
  if (const auto it = group.new_blobs.find(std::string(view(digest))); it != group.new_blobs.end()) return it->second;
  const auto row = index_->get(blob_key(digest));
  if (!row) return fail(row);
  if (!*row) return std::nullopt;
  const auto location = decode_location(**row);
  if (!location) return fail(location);
  return *location;
}

Result<void> LogStore::resolve_blobs(Group& group, Commit& commit) {
  std::vector<Commit::Blob> fresh;
  for (auto& blob : commit.blobs) {
    const auto known = find_blob(group, blob.digest);
    if (!known) return fail(known);
    if (*known) {
      if (!blob.bytes) group.surplus_files.push_back(blob.staged.file_id);
    } else if (blob.bytes) {
      if (blob.bytes->size() > kLargestInlineBlob) return fail(Code::too_big, "a body too large for a commit");
      fresh.push_back(std::move(blob));
    } else {
      const BlobLocation location{
          .kind = BlobLocation::in_file, .size = blob.staged.size, .file_id = blob.staged.file_id};
      commit.put(blob_key(blob.digest), encode(location));
      commit.put(blob_file_key(blob.staged.file_id), std::string(view(blob.digest)));
      group.new_blobs[std::string(view(blob.digest))] = location;
    }
  }
  commit.blobs = std::move(fresh);
  return {};
}

Result<void> LogStore::write_group(Group& group) {
  if (auto done = writer_->write(group.frames); !done) return done;
  sequence_ += group.written.size();
  commits_ += group.written.size();
  ++flushes_;
  const std::lock_guard lock(mutex_);
  mark_due_ = true;
  return {};
}

void LogStore::void_group(Group& group, const Error& error) {
  base::log::Line(base::log::error, "store", "commit.failed")
      .with("error", error.text)
      .with("commits", group.commits.size());
  ++epoch_;
  for (auto& outcome : group.outcomes)
    if (outcome) outcome = std::unexpected(error);
  group.surplus_files.clear();
  // What reached the disk of these frames must never be in force: the next segment says where this one ended.
  broken_ = !writer_->begin_segment(sequence_ + 1);
}

void LogStore::apply(Group& group) {
  std::uint64_t stored = 0;
  for (const auto& [digest, location] : group.new_blobs) stored += location.stored;
  count_living(group.batch, writer_->segment(), static_cast<std::int64_t>(stored));
  const rocks::Position position{writer_->segment(), writer_->offset(), sequence_};
  // The commits are in force. An index that cannot take them now (a full disk) makes writers wait, not fail.
  for (auto done = index_->apply(group.batch, position); !done; done = index_->apply(group.batch, position)) {
    base::log::Line(base::log::error, "store", "index.apply_failed").with("error", done.error().text);
    std::this_thread::sleep_for(kApplyAgain);
  }
}

void LogStore::apply_rows(rocks::Batch& batch, std::string_view key, std::string_view value, bool erase) {
  if (!erase) {
    batch.put(key, value);
    return;
  }
  if (!key.empty() && key.front() == static_cast<char>(Table::blob)) {
    const auto row = index_->get(key);
    const auto location = row && *row ? decode_location(**row) : fail(Code::not_found, "");
    if (location && location->kind == BlobLocation::in_log)
      count_living(batch, location->segment, -static_cast<std::int64_t>(location->stored));
  }
  batch.erase(key);
}

void LogStore::count_living(rocks::Batch& batch, std::uint64_t segment, std::int64_t change) {
  auto& living = living_[segment];
  living += static_cast<std::uint64_t>(change);
  std::string value;
  put_u64(value, living);
  batch.put(segment_key(segment), value);
}

void LogStore::write_end_mark() {
  if (broken_ || !writer_->has_room(kFrameHeaderSize)) return;
  std::string frame(kFrameHeaderSize, '\0');
  seal_frame(frame, 0, writer_->segment(), FrameKind::end_mark, sequence_, sequence_);
  if (auto done = writer_->write_lazily(frame); !done)
    base::log::Line(base::log::warning, "store", "end_mark.failed").with("error", done.error().text);
}

}  // namespace posthorn::store::log
