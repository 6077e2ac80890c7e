#include "store/log/staged_files.h"

#include "base/log.h"
#include "store/blob/location.h"
#include "store/keys.h"

namespace posthorn::store::log {
namespace {

constexpr std::uint64_t kFileIdsAtOnce = 1 << 20;
constexpr std::uint64_t kFilesAFolder = 4096;

std::string file_ids_key() { return KeyBuilder(Table::system).bytes("blob_file_ids").take(); }

/// Numbers of blob files reserved since the last opening: [begin, end).
struct FileIds {
  std::uint64_t begin = 1;
  std::uint64_t end = 1;
};
std::string encode(const FileIds& ids) {
  std::string out;
  put_u64(out, ids.begin);
  put_u64(out, ids.end);
  return out;
}
Result<FileIds> decode_file_ids(const std::optional<std::string>& value) {
  if (!value) return FileIds();
  ByteReader in(*value);
  const FileIds ids{.begin = in.u64(), .end = in.u64()};
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the row of blob file numbers is damaged");
  return ids;
}

}  // namespace

Result<std::uint64_t> StagedFiles::new_id() {
  const std::lock_guard lock(mutex_);
  if (next_ == end_) {
    const FileIds more{.begin = begin_, .end = end_ + kFileIdsAtOnce};
    if (auto done = store_.commit(Commit().put(file_ids_key(), encode(more))); !done) return fail(done);
    end_ = more.end;
  }
  return next_++;
}

Result<std::unique_ptr<BlobWriter>> StagedFiles::begin() {
  const auto id = new_id();
  if (!id) return fail(id);
  if (auto done = folders_.need(*id); !done) return fail(done);
  return write_blob_file(files_, folder_, *id);
}

Result<void> StagedFiles::sweep_folder(std::uint64_t file_id) {
  const auto names = files_.list(blob_file_folder(folder_, file_id));
  if (!names) return fail(names);
  for (const auto& name : *names) {
    const auto id = std::strtoull(name.c_str(), nullptr, 16);
    const auto owner = store_.get(blob_file_key(id));
    if (!owner) return fail(owner);
    if (*owner) continue;
    if (auto done = files_.remove(blob_file_path(folder_, id)); !done)
      base::log::Line(base::log::warning, "store", "orphan.remove_failed").with("error", done.error().text);
  }
  return {};
}

Result<void> StagedFiles::sweep() {
  const auto row = store_.get(file_ids_key());
  if (!row) return fail(row);
  const auto used = decode_file_ids(*row);
  if (!used) return fail(used);
  const auto first_folder = used->begin - used->begin % kFilesAFolder;
  for (auto id = first_folder; id < used->end; id += kFilesAFolder) {
    const auto done = sweep_folder(id);
    if (!done && done.error().code == Code::not_found) break;  // folders are made in the order of their numbers
    if (!done) return done;
  }
  next_ = begin_ = end_ = used->end;
  return {};
}

}  // namespace posthorn::store::log
