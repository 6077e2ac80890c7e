#include "posthorn/commands/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace posthorn::program {
namespace {

constexpr Duration kRedraw = std::chrono::milliseconds(200);
constexpr Duration kLineEvery = std::chrono::seconds(5);
constexpr std::size_t kWidth = 24;

}  // namespace

std::string print_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double n = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; n >= 999.95 && unit < 4; ++unit) n /= 1000;
  return fmt::format("{:.1f} {}", n, std::string_view(" kMGT").substr(unit, 1)) + "B";
}

std::string print_time(std::int64_t seconds) {
  const auto minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

ProgressBar::ProgressBar() : is_terminal_(::isatty(STDERR_FILENO) == 1), began_(steady_now()), shown_(began_) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::set_total(std::uint64_t messages, std::uint64_t bytes) {
  all_messages_ = messages;
  all_bytes_ = bytes;
}

double ProgressBar::seconds() const { return std::chrono::duration<double>(steady_now() - began_).count(); }

void ProgressBar::step(std::uint64_t messages, std::uint64_t bytes) {
  messages_ += messages;
  bytes_ += bytes;
  if (steady_now() - shown_ >= (is_terminal_ ? kRedraw : kLineEvery)) show();
}

std::string ProgressBar::text() const {
  const double passed = std::max(seconds(), 0.001);
  // By whichever is known; messages that were passed over count as done.
  double share = 0;
  if (all_messages_ != 0) share = static_cast<double>(messages_) / static_cast<double>(all_messages_);
  if (all_messages_ == 0 && all_bytes_ != 0) share = static_cast<double>(bytes_) / static_cast<double>(all_bytes_);
  share = std::min(share, 1.0);
  std::string bar;
  if (share > 0) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kWidth));
    bar = fmt::format("[{}{}] {:3.0f} %  ", std::string(full, '#'), std::string(kWidth - full, '.'), share * 100);
  }
  std::string left;
  if (share > 0.001) left = "  " + print_time(static_cast<std::int64_t>(passed * (1 - share) / share)) + " left";
  return fmt::format("{}{} messages  {}  {:.0f}/s{}", bar, messages_, print_bytes(bytes_),
                     static_cast<double>(messages_) / passed, left);
}

void ProgressBar::show() {
  shown_ = steady_now();
  if (!is_terminal_) {
    std::cerr << "posthorn: " << text() << std::endl;
    return;
  }
  std::cerr << "\r\x1b[K" << text() << std::flush;
  is_drawn_ = true;
}

void ProgressBar::clear() {
  if (is_drawn_) std::cerr << "\r\x1b[K" << std::flush;
  is_drawn_ = false;
}

void ProgressBar::say(const std::string& line) {
  clear();
  std::cerr << "posthorn: " << line << std::endl;
}

}  // namespace posthorn::program
