#include "store/simulated_files.h"

#include <algorithm>
#include <cstring>

namespace posthorn::store {
namespace {

constexpr std::size_t kSector = 512;

/// The path itself where it is in no folder.
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
/// Names without a '/' are in the folder "", also called ".".
bool is_in(const std::string& path, const std::string& folder) {
  if ((folder.empty() || folder == ".") && path.find('/') == std::string::npos) return true;
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/' &&
         path.find('/', folder.size() + 1) == std::string::npos;
}

}  // namespace

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedFiles& disk, std::string path, SimulatedFiles::InodePtr inode)
      : disk_(disk), path_(std::move(path)), inode_(std::move(inode)) {}

  Result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t n, Wait) const override {
    const std::lock_guard lock(disk_.mutex_);
    if (auto counted = disk_.count_read(path_); !counted) return fail(counted);
    if (offset >= inode_->now.size()) return 0;
    const std::size_t got = std::min<std::uint64_t>(n, inode_->now.size() - offset);
    std::memcpy(into, inode_->now.data() + offset, got);
    return got;
  }

  Result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(disk_.mutex_);
    bool failing = false;
    if (auto counted = disk_.count(&failing); !counted) return counted;
    const auto end = offset + bytes.size();
    if (end > inode_->now.size() && disk_.used() + end - inode_->now.size() > disk_.capacity_)
      return fail(Code::full_disk, "the simulated disk is full");
    if (failing) bytes = bytes.substr(0, bytes.size() / 2);
    put({offset, std::string(bytes), false});
    if (failing) return fail(disk_.fail_code_, "the simulated disk failed");
    return {};
  }

  Result<void> sync() override {
    const std::lock_guard lock(disk_.mutex_);
    bool failing = false;
    if (auto counted = disk_.count(&failing); !counted) return counted;
    if (failing) {
      SimulatedFiles::settle_content(*inode_, disk_.failed_syncs_);
      return fail(disk_.fail_code_, "the simulated disk failed");
    }
    for (const auto& write : inode_->unsynced) SimulatedFiles::apply(inode_->durable, write);
    inode_->unsynced.clear();
    return {};
  }

  Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_.mutex_);
    return inode_->now.size();
  }

  Result<void> truncate(std::uint64_t size) override {
    const std::lock_guard lock(disk_.mutex_);
    if (auto counted = disk_.count(); !counted) return counted;
    put({size, "", true});
    return {};
  }

 private:
  void put(SimulatedFiles::Write write) {
    SimulatedFiles::apply(inode_->now, write);
    inode_->unsynced.push_back(std::move(write));
  }

  SimulatedFiles& disk_;
  const std::string path_;  ///< under which it was opened
  SimulatedFiles::InodePtr inode_;
};

namespace {

/// Holds a lock's name for as long as it lives.
class HeldLock final : public File {
 public:
  explicit HeldLock(std::function<void()> release) : release_(std::move(release)) {}
  ~HeldLock() override { release_(); }
  Result<std::size_t> read_at(std::uint64_t, char*, std::size_t, Wait) const override { return 0; }
  Result<void> write_at(std::uint64_t, std::string_view) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() const override { return 0; }
  Result<void> truncate(std::uint64_t) override { return {}; }

 private:
  std::function<void()> release_;
};

}  // namespace

void SimulatedFiles::apply(std::string& content, const Write& write) {
  if (write.truncates) {
    content.resize(write.offset, '\0');
    return;
  }
  if (content.size() < write.offset + write.bytes.size()) content.resize(write.offset + write.bytes.size(), '\0');
  std::memcpy(content.data() + write.offset, write.bytes.data(), write.bytes.size());
}

Result<void> SimulatedFiles::count(bool* failing) {
  ++operations_;
  if (cut_at_ != 0 && operations_ >= cut_at_) return fail(Code::io, "the power is off");
  if (fail_at_ != 0 && operations_ == fail_at_) {
    if (failing == nullptr) return fail(fail_code_, "the simulated disk failed");
    *failing = true;
  }
  return {};
}

Result<void> SimulatedFiles::count_read(const std::string& path) const {
  ++reads_;
  if (!unreadable_.empty() && path.find(unreadable_) != std::string::npos)
    return fail(Code::io, "the simulated disk cannot read " + path);
  if (fail_read_at_ != 0 && reads_ == fail_read_at_) return fail(fail_read_code_, "the simulated disk cannot read");
  return {};
}

void SimulatedFiles::change_name(NameChange change) {
  if (!change.from.empty()) now_.erase(change.from);
  if (!change.to.empty()) now_[change.to] = change.inode;
  unsynced_names_.push_back(std::move(change));
}

Result<SimulatedFiles::InodePtr> SimulatedFiles::find(const std::string& path) const {
  const auto it = now_.find(path);
  if (it == now_.end()) return fail(Code::not_found, "no file " + path);
  return it->second;
}

std::uint64_t SimulatedFiles::used() const {
  std::uint64_t bytes = 0;
  for (const auto& [path, inode] : now_)
    if (inode) bytes += inode->now.size();
  return bytes;
}

Result<std::unique_ptr<File>> SimulatedFiles::open(const std::string& path, Open mode) {
  const std::lock_guard lock(mutex_);
  auto inode = find(path);
  if (inode && mode == Open::create) return fail(Code::already_exists, path + " exists");
  if (!inode && (mode == Open::read || mode == Open::write)) return fail(inode);
  if (!inode || mode == Open::renew) {
    if (auto counted = count(); !counted) return fail(counted);
    if (!inode) {
      inode = std::make_shared<Inode>();
      change_name({"", path, *inode});
    }
    const Write emptied{0, "", true};
    apply((*inode)->now, emptied);
    (*inode)->unsynced.push_back(emptied);
  }
  return std::make_unique<SimulatedFile>(*this, path, *inode);
}

Result<void> SimulatedFiles::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto counted = count(); !counted) return counted;
  if (!now_.contains(path)) return fail(Code::not_found, "no file " + path);
  change_name({path, "", nullptr});
  return {};
}

Result<void> SimulatedFiles::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (auto counted = count(); !counted) return counted;
  auto inode = find(from);
  if (!inode) return fail(inode);
  change_name({from, to, *inode});
  return {};
}

Result<void> SimulatedFiles::make_folder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto counted = count(); !counted) return counted;
  if (!now_.contains(path)) change_name({"", path, nullptr});
  return {};
}

Result<void> SimulatedFiles::sync_folder(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (auto counted = count(); !counted) return counted;
  std::erase_if(durable_, [&](const auto& entry) { return is_in(entry.first, path); });
  for (const auto& [name, inode] : now_)
    if (is_in(name, path)) durable_[name] = inode;
  std::erase_if(unsynced_names_, [&](const NameChange& c) { return is_in(c.to.empty() ? c.from : c.to, path); });
  return {};
}

Result<std::vector<std::string>> SimulatedFiles::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!now_.contains(path) || now_.at(path) != nullptr) return fail(Code::not_found, "no folder " + path);
  std::vector<std::string> names;
  for (const auto& [name, inode] : now_)
    if (is_in(name, path)) names.push_back(name.substr(path.size() + 1));
  return names;
}

Result<bool> SimulatedFiles::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return now_.contains(path);
}

Result<std::uint64_t> SimulatedFiles::free_bytes(const std::string&) {
  const std::lock_guard lock(mutex_);
  const auto bytes = used();
  return bytes < capacity_ ? capacity_ - bytes : 0;
}

Result<std::unique_ptr<File>> SimulatedFiles::lock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!locks_.insert(path).second) return fail(Code::already_exists, path + " is locked");
  return std::make_unique<HeldLock>([this, path] {
    const std::lock_guard inner(mutex_);
    locks_.erase(path);
  });
}

void SimulatedFiles::cut_power_after(std::uint64_t operations) {
  const std::lock_guard lock(mutex_);
  operations_ = 0;
  cut_at_ = operations;
}

void SimulatedFiles::fail_once_after(std::uint64_t operations, Code code) {
  const std::lock_guard lock(mutex_);
  operations_ = 0;
  fail_at_ = operations;
  fail_code_ = code;
}

std::uint64_t SimulatedFiles::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

void SimulatedFiles::set_capacity(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

std::uint64_t SimulatedFiles::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return used();
}

std::vector<std::string> SimulatedFiles::paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, inode] : now_)
    if (inode) paths.push_back(path);
  return paths;
}

void SimulatedFiles::fail_read_after(std::uint64_t reads, Code code) {
  const std::lock_guard lock(mutex_);
  reads_ = 0;
  fail_read_at_ = reads;
  fail_read_code_ = code;
}

void SimulatedFiles::fail_reads_of(const std::string& part) {
  const std::lock_guard lock(mutex_);
  unreadable_ = part;
}

std::uint64_t SimulatedFiles::reads() const {
  const std::lock_guard lock(mutex_);
  return reads_;
}

bool SimulatedFiles::is_cut() const {
  const std::lock_guard lock(mutex_);
  return cut_at_ != 0 && operations_ >= cut_at_;
}

void SimulatedFiles::settle_names(SeededRandom& random) {
  std::map<std::string, std::size_t> kept;  // by folder
  for (const auto& change : unsynced_names_) ++kept[folder_of(change.to.empty() ? change.from : change.to)];
  for (auto& [folder, changes] : kept) changes = random.below(changes + 1);
  for (const auto& change : unsynced_names_) {
    auto& left = kept[folder_of(change.to.empty() ? change.from : change.to)];
    if (left == 0) continue;
    --left;
    if (!change.from.empty()) durable_.erase(change.from);
    if (!change.to.empty()) durable_[change.to] = change.inode;
  }
  unsynced_names_.clear();
  // A file in a folder that did not survive is gone with it. Sorted by path, a folder comes before what is in it.
  for (auto it = durable_.begin(); it != durable_.end();) {
    const auto folder = folder_of(it->first);
    const bool has_folder = folder == it->first || folder.empty() || durable_.contains(folder);
    it = has_folder ? std::next(it) : durable_.erase(it);
  }
}

void SimulatedFiles::settle_content(Inode& inode, SeededRandom& random) {
  for (auto& write : inode.unsynced) {
    if (random.one_in(3)) continue;
    if (write.truncates || !random.one_in(3)) {
      apply(inode.durable, write);
      continue;
    }
    for (std::size_t at = 0; at < write.bytes.size(); at += kSector)
      if (random.one_in(2)) apply(inode.durable, {write.offset + at, write.bytes.substr(at, kSector), false});
  }
  inode.unsynced.clear();
}

void SimulatedFiles::restart(SeededRandom& random) {
  const std::lock_guard lock(mutex_);
  settle_names(random);
  for (auto& [path, inode] : durable_) {
    if (!inode) continue;
    settle_content(*inode, random);
    inode->now = inode->durable;
  }
  now_ = durable_;
  cut_at_ = fail_at_ = operations_ = 0;
  fail_read_at_ = reads_ = 0;
}

std::unique_ptr<SimulatedFiles> SimulatedFiles::clone() const {
  const std::lock_guard lock(mutex_);
  auto other = std::make_unique<SimulatedFiles>();
  for (const auto& [path, inode] : now_)
    other->now_[path] = inode ? std::make_shared<Inode>(Inode{inode->now, inode->now, {}}) : nullptr;
  other->durable_ = other->now_;
  return other;
}

Result<void> SimulatedFiles::flip_bit(const std::string& path, std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  const auto inode = find(path);
  if (!inode) return fail(inode);
  for (auto* content : {&(*inode)->now, &(*inode)->durable})
    if (offset < content->size()) (*content)[offset] = static_cast<char>((*content)[offset] ^ 4);
  return {};
}

}  // namespace posthorn::store
