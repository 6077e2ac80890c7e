// How far a long command is: a bar on a terminal, else a line now and then, on standard error.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace posthorn::program {

/// "12.3 MB"
std::string print_bytes(std::uint64_t bytes);
/// "1:02:03", "4:05"
std::string print_time(std::int64_t seconds);

class ProgressBar {
 public:
  ProgressBar();
  /// Ends the bar's line.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// 0 for what is not known.
  void set_total(std::uint64_t messages, std::uint64_t bytes);
  void step(std::uint64_t messages, std::uint64_t bytes);
  /// A whole line of its own.
  void say(const std::string& line);
  /// So far.
  double seconds() const;

 private:
  void show();
  void clear();
  std::string text() const;

  const bool is_terminal_;
  const SteadyTime began_;
  SteadyTime shown_;
  bool is_drawn_ = false;
  std::uint64_t messages_ = 0, bytes_ = 0;
  std::uint64_t all_messages_ = 0, all_bytes_ = 0;
};

}  // namespace posthorn::program
