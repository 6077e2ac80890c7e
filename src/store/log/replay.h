// Reads the log again after a stop: hands over every commit that is in force behind a position, and finds the end.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "store/file_seam.h"
#include "store/log/frame.h"

namespace posthorn::store::log {

/// Where a frame's payload lies.
struct FramePlace {
  std::uint64_t segment = 0;
  std::uint64_t payload_offset = 0;
  std::uint64_t end = 0;  ///< offset behind the frame
  std::uint64_t sequence = 0;
};
using FrameVisitor = std::function<Result<void>(const FramePlace&, std::string_view payload)>;

struct LogEnd {
  std::uint64_t segment = 0;   ///< 0: there is no segment yet
  std::uint64_t offset = 0;    ///< behind the last frame in force
  std::uint64_t sequence = 0;  ///< of the last frame in force
  std::uint64_t flushed = 0;   ///< offset in that segment before which all is known to have been flushed
  bool is_clean = true;        ///< behind `offset` there are only zeros
};

/// The segments in `folder` by number. Errors: io.
Result<std::map<std::uint64_t, std::string>> list_segments(FileSystem& files, const std::string& folder);

/// Visits every frame in force from (segment, offset) on; (0, 0) is the beginning of the log. Segments before that one
/// may be gone, later ones not. An end mark that is damaged is passed over where the frame behind it shows that nothing
/// else is missing. Errors: what `visit`
/// answers; damaged, naming segment and offset, where a frame that was durable is not readable; io.
Result<LogEnd> replay(FileSystem& files, const std::string& folder, const std::string& store_id, std::uint64_t segment,
                      std::uint64_t offset, std::uint64_t sequence, const FrameVisitor& visit);

}  // namespace posthorn::store::log
