// The write path of LogStore: commits in line become one group, one write, one flush.
#include <fmt/format.h>

#include "base/log.h"
#include "base/metrics.h"
#include "store/blob/blob_file.h"
#include "store/log/log_store.h"

namespace posthorn::store::log {
namespace {

constexpr std::size_t kLargestGroup = 4 << 20;
constexpr auto kQuietTime = std::chrono::milliseconds(50);
constexpr std::chrono::milliseconds kReopenAgain(1000);

metrics::Histogram commit_time(
    "posthorn_store_commit_seconds", "From a commit's being put in line until it is on disk.",
    {100, 250, 500, 1000, 2500, 5000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 10'000'000}, 1e-6);
metrics::Histogram group_size("posthorn_store_group_commits", "Commits that shared one flush.",
                              {1, 2, 4, 8, 16, 32, 64, 128, 256});
metrics::Counter written_bytes("posthorn_store_written_bytes_total", "Bytes written to the commit log.");
metrics::Counter failed_groups("posthorn_store_failures_total", "Writes and flushes of commits that failed.");

void count(SteadyTime since) {
  const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(steady_now() - since);
  commit_time.observe(static_cast<std::uint64_t>(waited.count()));
}

}  // namespace

void LogStore::enqueue(Commit commit, CommitDone done) {
  // Also while closing: those who are told that their commit was cancelled put it in line again.
  const std::lock_guard lock(mutex_);
  queue_.push_back({std::move(commit), std::move(done), steady_now()});
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
  const auto ready = mend();
  Group group(*index_);
  group.commits = take_group();
  if (group.commits.empty()) return;
  group.outcomes.resize(group.commits.size());
  ready ? write_and_apply(group) : refuse_group(group, ready.error());
  for (const auto i : group.written)
    if (group.outcomes[i]) count(group.commits[i].since);
  for (std::size_t i = 0; i < group.commits.size(); ++i) group.commits[i].done(std::move(group.outcomes[i]));
  for (const auto id : group.surplus_files)
    if (auto removed = files_.remove(blob_file_path(folder_ + "/blobs", id));
        !removed && removed.error().code != Code::not_found)
      base::log::Line(base::log::warning, "store", "blob.remove_failed").with("error", removed.error().text);
}

/// After a failure: what it left in the log is void before the log is read again, and the index is opened anew.
Result<void> LogStore::mend() {
  if (broken_)
    if (auto done = begin_segment(); !done) return done;
  if (!index_->is_given_up() && (!index_->has_failed() || steady_now() < may_reopen_at_)) return {};
  may_reopen_at_ = steady_now() + kReopenAgain;
  return reopen_index();
}

void LogStore::write_and_apply(Group& group) {
  if (auto ready = make_room(group.commits); !ready) return refuse_group(group, ready.error());
  group.frames_at = writer_->offset();
  prepare(group);
  if (group.written.empty()) return;
  if (auto done = writer_->write(group.frames); !done) return void_group(group, done.error());
  auto done = apply(group);
  if (!done && (done = reopen_index())) done = apply(group);
  if (!done) {
    index_->give_up();
    return void_group(group, done.error());
  }
  sequence_ += group.written.size();
  commits_ += group.written.size();
  ++flushes_;
  is_failing_ = false;
  group_size.observe(group.written.size());
  written_bytes.add(group.frames.size());
  const std::lock_guard lock(mutex_);
  mark_due_ = true;
}

Result<void> LogStore::make_room(const std::vector<Pending>& commits) {
  std::size_t bytes = 0;
  for (const auto& pending : commits) bytes += pending.commit.weight() + kFrameHeaderSize + kFrameAlignment;
  return writer_->has_room(bytes) ? Result<void>() : begin_segment();
}

Result<void> LogStore::begin_segment() {
  auto done = writer_->begin_segment(sequence_ + 1);
  broken_ = !done;
  return done;
}

void LogStore::prepare(Group& group) {
  const bool room = look_for_room();
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
  // Nothing of the group may change before it is certain that this commit is in it.
  BodyRows bodies(*index_, &group.bodies);
  std::vector<std::uint64_t> surplus;
  if (auto done = resolve_rows(bodies, commit); !done) return done;
  if (auto done = resolve_blobs(bodies, commit, surplus); !done) return done;
  const std::size_t start = group.frames.size();
  group.frames.resize(start + kFrameHeaderSize);
  const auto blobs = encode_commit(group.frames, commit);
  const std::uint64_t payload_at = writer_->offset() + start + kFrameHeaderSize;
  seal_frame(group.frames, start, writer_->salt(), FrameKind::commit, sequence_ + 1 + group.written.size(), sequence_);
  for (const auto& row : commit.rows) row.value ? group.batch.put(row.key, *row.value) : group.batch.erase(row.key);
  for (const auto& blob : blobs) {
    const auto location = locate(blob, writer_->segment(), payload_at);
    group.batch.put(blob_key(blob.digest), encode(location));
    bodies.correct(view(blob.digest), location);
  }
  group.bodies.merge(bodies);
  group.surplus_files.insert(group.surplus_files.end(), surplus.begin(), surplus.end());
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

Result<void> LogStore::resolve_rows(BodyRows& bodies, Commit& commit) const {
  std::vector<std::uint64_t> removed;
  for (const auto& row : commit.rows) {
    const auto digest = digest_in(row.key);
    if (digest.empty()) continue;
    if (row.value) return fail(Code::invalid, "rows of bodies are put by adding bodies");
    const auto known = bodies.find(digest);
    if (!known) return fail(known);
    if (*known && (*known)->kind == BlobLocation::in_file) removed.push_back((*known)->file_id);
    if (auto done = bodies.set(digest, std::nullopt); !done) return done;
  }
  for (const auto id : removed) commit.erase(blob_file_key(id)).put(removed_file_key(id), "");
  return {};
}

Result<void> LogStore::resolve_blobs(BodyRows& bodies, Commit& commit, std::vector<std::uint64_t>& surplus) const {
  std::vector<Commit::Blob> fresh;
  for (auto& blob : commit.blobs) {
    const auto digest = view(blob.digest);
    const auto known = bodies.find(digest);
    if (!known) return fail(known);
    if (*known && !blob.is_moved) {
      const bool is_it = (*known)->kind == BlobLocation::in_file && (*known)->file_id == blob.staged.file_id;
      if (!blob.bytes && !is_it) surplus.push_back(blob.staged.file_id);
      continue;
    }
    BlobLocation location;
    if (blob.bytes) {
      if (blob.bytes->size() > kLargestInlineBlob) return fail(Code::too_big, "a body too large for a commit");
      location.segment = writer_->segment();
      location.stored = location.size = blob.bytes->size();
      fresh.push_back(std::move(blob));
    } else {
      const auto there = files_.exists(blob_file_path(folder_ + "/blobs", blob.staged.file_id));
      if (!there) return fail(there);
      const auto removed = index_->get(removed_file_key(blob.staged.file_id));
      if (!removed) return fail(removed);
      if (!*there || *removed) return fail(Code::unavailable, "a staged body is gone");
      location = {.kind = BlobLocation::in_file, .size = blob.staged.size, .file_id = blob.staged.file_id};
      commit.put(blob_key(blob.digest), encode(location));
      commit.put(blob_file_key(blob.staged.file_id), std::string(digest));
    }
    if (auto done = bodies.set(digest, location); !done) return done;
  }
  commit.blobs = std::move(fresh);
  return {};
}

Result<void> LogStore::apply(Group& group) {
  living_.add(group.bodies.living(), group.batch);
  const auto sequence = sequence_ + group.written.size();
  return index_->apply(group.batch, {writer_->segment(), writer_->offset(), sequence});
}

/// What reached the disk of its frames must never be in force: the next segment says that this one ended before them.
void LogStore::void_group(Group& group, const Error& error) {
  refuse_group(group, error);
  writer_->take_back(group.frames_at);
  (void)begin_segment();  // or later, by mend()
}

void LogStore::refuse_group(Group& group, const Error& error) {
  base::log::Line(base::log::error, "store", "commit.failed")
      .with("error", error.text)
      .with("commits", group.commits.size());
  is_failing_ = true;
  failed_groups.add();
  ++epoch_;
  for (auto& outcome : group.outcomes)
    if (outcome) outcome = std::unexpected(error);
  group.surplus_files.clear();
}

void LogStore::write_end_mark() {
  if (broken_ || !writer_->has_room(kFrameHeaderSize)) return;
  std::string frame(kFrameHeaderSize, '\0');
  seal_frame(frame, 0, writer_->salt(), FrameKind::end_mark, sequence_, sequence_);
  if (auto done = writer_->write_lazily(frame); !done)
    base::log::Line(base::log::warning, "store", "end_mark.failed").with("error", done.error().text);
}

}  // namespace posthorn::store::log
