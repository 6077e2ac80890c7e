// HopCounter: how many servers a message has passed, by its Received fields (RFC 5321 6.3), in any pieces and constant
// memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace posthorn::smtp {

class HopCounter {
 public:
  /// Bytes of the message from its beginning, without dots. What follows the header has no effect.
  void feed(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size() && !is_body_; ++i) {
      if (at_ == kPassed) {
        i = bytes.find('\n', i);
        if (i == std::string_view::npos) return;
      }
      take(bytes[i]);
    }
  }
  std::uint32_t hops() const { return hops_; }

 private:
  static constexpr std::string_view kName = "received:";
  /// The line is none, or has been counted.
  static constexpr std::uint8_t kPassed = 255;

  void take(char c) {
    if (c == '\n') {
      is_body_ = at_ == 0;
      at_ = 0;
    } else if (at_ == 0 && c == '\r') {
      // The empty line, if LF follows.
    } else if (at_ != kPassed) {
      at_ = to_lower(c) == kName[at_] ? at_ + 1 : kPassed;
      if (at_ != kName.size()) return;
      ++hops_;
      at_ = kPassed;
    }
  }

  std::uint32_t hops_ = 0;
  std::uint8_t at_ = 0;  ///< how much of kName the line has shown
  bool is_body_ = false;
};

}  // namespace posthorn::smtp
