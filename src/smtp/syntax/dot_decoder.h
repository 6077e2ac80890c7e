// DotDecoder: takes the dots out of DATA and finds its end (RFC 5321 4.5.2), in any pieces and constant memory.
//
// Invariant: only CRLF "." CRLF ends the data; a line begins only after CRLF. Bare CR, bare LF and NUL (RFC 5321 2.3.8,
// 4.5.2) are a fault: from there on nothing is passed on, and the rest is read to its true end. What one server takes
// for the end of a message and another for its middle is how mail is smuggled. Dots are taken from lines that begin
// after CRLF, and from no other.
#pragma once

#include <cstring>
#include <string_view>

#include "smtp/syntax/line_endings.h"

namespace posthorn::smtp {

class DotDecoder {
 public:
  using Fault = LineFault;

  /// `passes_faults`: what follows a fault is passed on as well, for a LineMender.
  explicit DotDecoder(bool passes_faults = false) : passes_faults_(passes_faults) {}

  /// Decodes up to the end of the data or of `bytes`; returns how many bytes belonged to the data. `push(string_view)`
  /// gets the content in pieces that look into `bytes`.
  template <class Push>
  std::size_t feed(std::string_view bytes, Push push);

  bool is_done() const { return at_ == At::end; }
  Fault fault() const { return fault_; }

 private:
  enum class At { line_start, text, cr, dot, dot_cr, end };

  void set_fault(Fault fault) {
    if (fault_ == Fault::none) fault_ = fault;
  }
  const char* text(const char* p, const char* end);

  const bool passes_faults_;
  At at_ = At::line_start;
  Fault fault_ = Fault::none;
};

// Passes over a line's text, up to and with its CR if there is one.
inline const char* DotDecoder::text(const char* p, const char* end) {
  const void* cr = std::memchr(p, '\r', static_cast<std::size_t>(end - p));
  const char* stop = cr != nullptr ? static_cast<const char*>(cr) : end;
  const auto n = static_cast<std::size_t>(stop - p);
  const void* lf = std::memchr(p, '\n', n);
  const void* nul = std::memchr(p, '\0', n);
  if (lf != nullptr && (nul == nullptr || lf < nul)) set_fault(Fault::bare_lf);
  if (nul != nullptr) set_fault(Fault::nul);
  at_ = cr != nullptr ? At::cr : At::text;
  return cr != nullptr ? stop + 1 : end;
}

template <class Push>
std::size_t DotDecoder::feed(std::string_view bytes, Push push) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* p = begin;
  const char* run = begin;
  const auto pass_on = [&](const char* to) {
    if (to > run && (fault_ == Fault::none || passes_faults_))
      push(std::string_view(run, static_cast<std::size_t>(to - run)));
  };
  while (p < end && at_ != At::end) {
    switch (at_) {
      case At::line_start:
        if (*p != '.') {
          p = text(p, end);
          break;
        }
        pass_on(p);
        run = ++p;
        at_ = At::dot;
        break;
      case At::text: p = text(p, end); break;
      case At::cr:
        at_ = *p == '\n' ? At::line_start : At::text;
        if (at_ == At::line_start)
          ++p;
        else
          set_fault(Fault::bare_cr);
        break;
      case At::dot:
        at_ = *p == '\r' ? At::dot_cr : At::text;
        if (at_ == At::dot_cr) run = ++p;
        break;
      case At::dot_cr:
        at_ = *p == '\n' ? At::end : At::text;
        if (at_ == At::end) {
          run = ++p;
        } else {
          set_fault(Fault::bare_cr);
          if (passes_faults_) push(std::string_view("\r"));
        }
        break;
      case At::end: break;
    }
  }
  pass_on(p);
  return static_cast<std::size_t>(p - begin);
}

}  // namespace posthorn::smtp
