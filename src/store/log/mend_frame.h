// A frame of the log in which one bit is wrong, put right: its CRC tells which.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace posthorn::store::log {

/// The frame that begins at `bytes` as it was written, where one bit of it, wherever that is, is another; nullopt where
/// more is wrong. Among frames of n bits, one that is damaged otherwise passes for such a one once in 2^32 / n times.
std::optional<std::string> mend_frame(std::string_view bytes, std::uint64_t salt);

}  // namespace posthorn::store::log
