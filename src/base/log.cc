#include "base/log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/text.h"

namespace posthorn {
inline namespace base {
namespace log {
namespace {

std::atomic<Level> lowest_level{info};
std::atomic<Format> line_format{Format::text};
std::atomic<int> output{STDERR_FILENO};

constexpr std::string_view kLevelNames[] = {"debug", "info", "warning", "error"};
constexpr std::size_t kLongestValue = 1024;

metrics::Counters lines("posthorn_log_lines_total", "Events, whether or not log.level has them written.",
                        {"level", {std::begin(kLevelNames), std::end(kLevelNames)}});

std::string timestamp() {
  const auto now = wall_now();
  const auto whole = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     (now - whole).count());
}

bool needs_quotes(std::string_view s) {
  if (s.empty()) return true;
  for (const char c : s)
    if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f || is_8bit(c)) return true;
  return false;
}

void append_quoted(std::string& out, std::string_view s) {
  out += '"';
  for (const char c : s) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_ctl(c) || is_8bit(c)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void configure(Level lowest, Format format) {
  lowest_level = lowest;
  line_format = format;
}

bool is_on(Level level) { return level >= lowest_level.load(std::memory_order_relaxed); }

void redirect(int fd) { output = fd; }

Line::Line(Level level, std::string_view area, std::string_view event) : on_(is_on(level)), format_(line_format) {
  lines.add(level);
  if (!on_) return;
  out_.reserve(256);
  if (format_ == Format::json) out_ += '{';
  with("time", timestamp()).with("level", kLevelNames[level]).with("area", area).with("event", event);
}

Line::~Line() {
  if (!on_) return;
  out_ += format_ == Format::json ? "}\n" : "\n";
  const int fd = output.load(std::memory_order_relaxed);
  if (fd >= 0) [[maybe_unused]]
    const auto written = ::write(fd, out_.data(), out_.size());
}

void Line::key(std::string_view key) {
  const bool first = out_.size() <= 1;
  if (format_ == Format::json) {
    if (!first) out_ += ',';
    append_quoted(out_, key);
    out_ += ':';
  } else {
    if (!first) out_ += ' ';
    out_ += key;
    out_ += '=';
  }
}

Line& Line::with(std::string_view k, std::string_view value) {
  if (!on_) return *this;
  key(k);
  value = value.substr(0, kLongestValue);
  if (format_ == Format::json || needs_quotes(value))
    append_quoted(out_, value);
  else
    out_ += value;
  return *this;
}

Line& Line::number(std::string_view k, std::int64_t value) {
  if (!on_) return *this;
  key(k);
  fmt::format_to(std::back_inserter(out_), "{}", value);
  return *this;
}

}  // namespace log
}  // namespace base
}  // namespace posthorn
