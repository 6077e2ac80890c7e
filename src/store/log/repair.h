// The way out where a store does not open: what of its log and index can be read is kept, and what cannot is told.
//
// A frame in which one bit is wrong is put right. One that is damaged otherwise is lost, but where only a body within
// it is: then the rows are kept, and the body is reported when it is read. Frames behind it are applied as they are:
// what they say of things that the lost one made is put right above (mailstore/repair.h). Files of the
// index that are taken out of use stay in its folder `lost`.
#pragma once

#include <string>
#include <vector>

#include "store/log/log_store.h"

namespace posthorn::store::log {

struct LostFrame {
  std::uint64_t segment = 0, offset = 0;
  std::uint64_t first = 0, last = 0;  ///< the commits that were there; first > last where that is not known
  std::string payload;                ///< as damaged as it is; "" where nothing can be said of it
};

struct LogRepair {
  std::vector<std::string> mended;  ///< a line each: nothing is lost by it
  std::vector<LostFrame> lost;
  bool is_index_damaged = false;  ///< rows of any kind may be missing
};

/// Nobody has the store open. Afterwards it opens, but where `folder` is no store. Errors: already_exists (in use),
/// not_found, not_supported, io, full_disk.
Result<LogRepair> repair_log(FileSystem& files, const std::string& folder, const StoreOptions& options);

}  // namespace posthorn::store::log
