// Looking after a folder of backups: checking every byte of it, and giving back the disk of what no point needs.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "backup/archive.h"
#include "backup/point.h"

namespace posthorn::backup {

struct Verified {
  std::uint64_t packs = 0, points = 0, records = 0, bytes = 0;
  std::vector<std::string> wrong;  ///< a line each: damaged files, and what of which point cannot be restored
};
/// Reads everything. With `mends`, what is good of damaged packs is written anew, so that a backup that asks for all
/// finds out what is missing. Errors: io, not_supported, cancelled.
Result<Verified> verify(Archive& archive, bool mends, const std::atomic<bool>* stop,
                        const std::function<void(std::uint64_t bytes)>& step);

struct Pruned {
  std::uint64_t points = 0;  ///< removed
  std::uint64_t bytes = 0;   ///< freed
};
/// Keeps the newest `keep` points (at least 1), and what they need. Errors: damaged where what they need cannot be
/// told: nothing is removed but points then; full_disk, io.
Result<Pruned> prune(Archive& archive, std::size_t keep);

}  // namespace posthorn::backup
