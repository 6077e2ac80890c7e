#include "store/memory/memory_store.h"

#include "store/blob/location.h"

namespace posthorn::store {
namespace {

template <class Rows>
std::optional<std::string> find(const Rows& rows, std::string_view key) {
  const auto it = rows.find(key);
  return it == rows.end() ? std::nullopt : std::optional(it->second);
}

template <class Rows>
void walk(const Rows& rows, std::string_view from, std::string_view to, const RowVisitor& visit) {
  for (auto it = rows.lower_bound(from); it != rows.end() && (to.empty() || it->first < to); ++it)
    if (!visit(it->first, it->second)) return;
}

template <class Rows>
class MemoryView final : public View {
 public:
  explicit MemoryView(std::shared_ptr<const Rows> rows) : rows_(std::move(rows)) {}
  Result<std::optional<std::string>> get(std::string_view key, Wait) const override { return find(*rows_, key); }
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override {
    std::vector<std::optional<std::string>> out;
    out.reserve(keys.size());
    for (const auto& key : keys) out.push_back(find(*rows_, key));
    return out;
  }
  Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const override {
    walk(*rows_, from, to, visit);
    return {};
  }

 private:
  std::shared_ptr<const Rows> rows_;
};

}  // namespace

class MemoryBlobWriter final : public BlobWriter {
 public:
  explicit MemoryBlobWriter(MemoryStore& store) : store_(store) {}
  Result<void> append(std::string_view bytes) override {
    bytes_ += bytes;
    return {};
  }
  Result<StagedBlob> finish(const Digest&) override {
    const std::lock_guard lock(store_.mutex_);
    const auto id = store_.next_staged_++;
    const auto size = bytes_.size();
    store_.staged_[id] = std::make_shared<const std::string>(std::move(bytes_));
    return StagedBlob{id, size};
  }

 private:
  MemoryStore& store_;
  std::string bytes_;
};

std::shared_ptr<const View> MemoryStore::snapshot() const {
  const std::lock_guard lock(mutex_);
  return std::make_shared<MemoryView<Rows>>(rows_);
}

Result<std::optional<std::string>> MemoryStore::get(std::string_view key, Wait) const {
  const std::lock_guard lock(mutex_);
  return find(*rows_, key);
}

Result<std::vector<std::optional<std::string>>> MemoryStore::multi_get(const std::vector<std::string>& keys) const {
  return snapshot()->multi_get(keys);
}

Result<void> MemoryStore::scan(std::string_view from, std::string_view to, const RowVisitor& visit) const {
  return snapshot()->scan(from, to, visit);
}

std::uint64_t MemoryStore::epoch() const {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

void MemoryStore::enqueue(Commit commit, CommitDone done) {
  const std::lock_guard lock(mutex_);
  queue_.push_back({std::move(commit), std::move(done)});
}

void MemoryStore::kick(bool) {
  std::unique_lock lock(mutex_);
  if (running_) return;
  running_ = true;
  while (!queue_.empty()) {
    auto pending = std::move(queue_.front());
    queue_.pop_front();
    auto outcome = run(pending.commit);
    if (!outcome && pending.commit.epoch != 0 && outcome.error().code != Code::cancelled) ++epoch_;
    lock.unlock();
    pending.done(std::move(outcome));
    lock.lock();
  }
  running_ = false;
}

MemoryStore::Rows& MemoryStore::own_rows() {
  if (rows_.use_count() > 1) rows_ = std::make_shared<Rows>(*rows_);  // a snapshot keeps the old ones
  return *rows_;
}

bool MemoryStore::holds(const Commit::Expectation& expected) const {
  const auto value = find(*rows_, expected.key);
  switch (expected.kind) {
    case Commit::Expectation::equals: return value == expected.value;
    case Commit::Expectation::absent: return !value;
    case Commit::Expectation::empty_prefix: {
      const auto it = rows_->lower_bound(expected.key);
      return it == rows_->end() || !it->first.starts_with(expected.key);
    }
  }
  return false;
}

Result<void> MemoryStore::run(Commit& commit) {
  if (std::exchange(fail_next_, false)) return fail(Code::io, "the disk failed");
  if (commit.epoch != 0 && commit.epoch != epoch_) return fail(Code::cancelled, "prepared on a change that failed");
  if (!room_ && !commit.blobs.empty()) return fail(Code::full_disk, "the disk is nearly full");
  for (const auto& expected : commit.expectations)
    if (!holds(expected)) return fail(Code::conflict, "a precondition of the commit does not hold");
  for (const auto& blob : commit.blobs) {
    if (blob.bytes && blob.bytes->size() > kLargestInlineBlob)
      return fail(Code::too_big, "a body too large for a commit");
    if (!blob.bytes && !blobs_.contains(view(blob.digest)) && !staged_.contains(blob.staged.file_id))
      return fail(Code::unavailable, "a staged body is gone");
  }
  auto& rows = own_rows();
  for (auto& row : commit.rows) {
    if (row.value)
      rows[row.key] = std::move(*row.value);
    else
      rows.erase(row.key);
    if (!row.value && row.key.starts_with(static_cast<char>(Table::blob))) blobs_.erase(row.key.substr(1));
  }
  for (auto& blob : commit.blobs) {
    auto& kept = blobs_[std::string(view(blob.digest))];
    if (!kept) kept = blob.bytes ? blob.bytes : staged_[blob.staged.file_id];
    rows[blob_key(blob.digest)] = encode(BlobLocation{.size = kept->size()});
  }
  for (const auto& blob : commit.blobs) staged_.erase(blob.staged.file_id);
  return {};
}

Result<std::string> MemoryStore::read_blob(const Digest& digest, std::uint64_t offset, std::uint64_t length,
                                           Wait) const {
  const std::lock_guard lock(mutex_);
  const auto it = blobs_.find(view(digest));
  if (it == blobs_.end()) return fail(Code::not_found, "no such body");
  return offset >= it->second->size() ? std::string() : it->second->substr(offset, length);
}

Result<std::unique_ptr<BlobWriter>> MemoryStore::new_blob() { return std::make_unique<MemoryBlobWriter>(*this); }

Result<void> MemoryStore::put_derived(const std::string& folder, const std::string& name, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (!room_) return fail(Code::full_disk, "the disk is nearly full");
  derived_[folder][name] = bytes;
  return {};
}

Result<std::string> MemoryStore::read_derived(const std::string& folder, const std::string& name, std::uint64_t offset,
                                              std::uint64_t length, Wait) const {
  const std::lock_guard lock(mutex_);
  const auto objects = derived_.find(folder);
  if (objects == derived_.end() || !objects->second.contains(name)) return fail(Code::not_found, "no such object");
  const std::string& bytes = objects->second.at(name);
  return offset < bytes.size() ? bytes.substr(offset, length) : std::string();
}

Result<void> MemoryStore::erase_derived(const std::string& folder, const std::string& name) {
  const std::lock_guard lock(mutex_);
  derived_[folder].erase(name);
  return {};
}

Result<std::vector<std::string>> MemoryStore::list_derived(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  if (const auto objects = derived_.find(folder); objects != derived_.end())
    for (const auto& [name, bytes] : objects->second) names.push_back(name);
  return names;
}

bool MemoryStore::has_room() const {
  const std::lock_guard lock(mutex_);
  return room_;
}

void MemoryStore::fail_next_group(bool fails) {
  const std::lock_guard lock(mutex_);
  fail_next_ = fails;
}

void MemoryStore::set_room(bool room) {
  const std::lock_guard lock(mutex_);
  room_ = room;
}

}  // namespace posthorn::store
