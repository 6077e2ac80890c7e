// What a message's line ends may be (RFC 5321 2.3.8), and their repair. Where one server sees a line's end and another
// does not, a second message is smuggled inside the first.
#pragma once

#include <string_view>
#include <utility>

namespace posthorn::smtp {

/// What no message by DATA may hold, RFC 5321 2.3.8 and 4.5.2.
enum class LineFault { none, bare_cr, bare_lf, nul };

/// Finds the first fault of a text that comes in any pieces.
class LineChecker {
 public:
  void feed(std::string_view bytes) {
    for (const char c : bytes) {
      const bool is_after_cr = std::exchange(is_after_cr_, c == '\r');
      if (is_after_cr && c != '\n') set(LineFault::bare_cr);
      if (!is_after_cr && c == '\n') set(LineFault::bare_lf);
      if (c == '\0') set(LineFault::nul);
    }
  }
  /// The text has ended.
  void finish() {
    if (is_after_cr_) set(LineFault::bare_cr);
  }
  LineFault fault() const { return fault_; }

 private:
  void set(LineFault fault) {
    if (fault_ == LineFault::none) fault_ = fault;
  }

  bool is_after_cr_ = false;
  LineFault fault_ = LineFault::none;
};

/// Makes CRLF of bare CR and bare LF, and drops NUL, in a text that comes in any pieces. `push(string_view)` gets the
/// outcome in pieces.
class LineMender {
 public:
  template <class Push>
  void feed(std::string_view bytes, Push push) {
    std::size_t run = 0;
    const auto pass_on = [&](std::size_t end) {
      if (end > run) push(bytes.substr(run, end - run));
      run = end + 1;
    };
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const char c = bytes[i];
      const bool is_after_cr = std::exchange(is_after_cr_, c == '\r');
      if (is_after_cr) push(kCrlf);
      if (c != '\r' && c != '\n' && c != '\0') continue;
      pass_on(i);
      if (c == '\n' && !is_after_cr) push(kCrlf);
    }
    pass_on(bytes.size());
  }
  template <class Push>
  void finish(Push push) {
    if (std::exchange(is_after_cr_, false)) push(kCrlf);
  }

 private:
  static constexpr std::string_view kCrlf = "\r\n";

  bool is_after_cr_ = false;
};

}  // namespace posthorn::smtp
