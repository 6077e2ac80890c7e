#include "posthorn/figures.h"

#include <sys/statvfs.h>

#include "posthorn/version.h"

namespace posthorn::program {

std::uint64_t bytes_below(const std::filesystem::path& folder) {
  std::error_code error;
  std::uint64_t bytes = 0;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, error); !error && it != end(it);
       it.increment(error)) {
    std::error_code gone;
    const auto size = it->is_regular_file(gone) ? it->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

std::uint64_t FolderSize::bytes() {
  const auto begun = steady_now();
  if (begun < count_again_) return bytes_;
  bytes_ = bytes_below(folder_);
  const auto ended = steady_now();
  count_again_ = ended + (ended - begun) * 100;
  return bytes_;
}

StoreFigures::StoreFigures(World& world)
    : world_(world),
      log_(world.config.data / "log"),
      blobs_(world.config.data / "blobs"),
      derived_(world.config.data / "derived") {}

void StoreFigures::fill(admin::Figures& f) {
  const auto statistics = world_.store->statistics();
  f.version = version();
  f.is_store_failing = statistics.is_failing;
  f.has_room = world_.store->has_room();
  f.reserve_bytes = world_.config.reserve_bytes;
  struct statvfs disk{};
  if (::statvfs(world_.config.data.c_str(), &disk) == 0) {
    f.free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    f.disk_bytes = std::uint64_t{disk.f_blocks} * disk.f_frsize;
  }
  f.log_bytes = log_.bytes();
  f.blob_bytes = blobs_.bytes();
  f.derived_bytes = derived_.bytes();
  f.index_bytes = statistics.index.files;
  f.index_memory = statistics.index.memory;
  f.block_cache = statistics.index.block_cache;
  f.commits = statistics.commits;
  f.flushes = statistics.flushes;
  f.loaded_accounts = world_.mail.loaded_accounts();
}

}  // namespace posthorn::program
