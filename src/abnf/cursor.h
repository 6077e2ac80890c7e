// A cursor over one whole piece of input, for recursive descent with functions named after ABNF productions
// (RFC 5234).
//
// The error is sticky: the first failure is kept with its offset, later calls return empty values and consume nothing,
// and the caller asks ok() once at the end. Grammars derive from Cursor (imap/syntax/lexer.h, smtp/syntax/...).
// Views returned look into the input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace posthorn::abnf {

class Cursor {
 public:
  explicit Cursor(std::string_view input) : input_(input) {}

  bool ok() const { return error_.empty(); }
  /// The first error, "" where there is none. `error_at()` is the offset at which it arose.
  const std::string& error() const { return error_; }
  std::size_t error_at() const { return error_at_; }
  /// `value` if all went well, else a syntax error with the first message.
  template <class T>
  Result<T> result(T value) const {
    if (ok()) return value;
    return base::fail(Code::syntax, error_);
  }

  /// Keeps the first message; later ones are dropped.
  void fail(std::string_view message);

  bool at_end() const { return !ok() || at_ >= input_.size(); }
  std::size_t position() const { return at_; }
  std::string_view rest() const { return ok() ? input_.substr(at_) : std::string_view(); }

  /// The next byte, or NUL at the end (a NUL byte in the input looks the same; ask at_end()).
  char peek() const { return at_end() ? '\0' : input_[at_]; }
  char peek(std::size_t ahead) const { return ok() && at_ + ahead < input_.size() ? input_[at_ + ahead] : '\0'; }

  /// Consumes the byte if it is next.
  bool try_char(char c);
  /// Consumes the text if it is next, ignoring ASCII case.
  bool try_text(std::string_view text);
  /// As the try_ twin, but its absence is an error.
  void require_char(char c);
  void require_text(std::string_view text);
  /// Nothing may follow.
  void require_end();

  /// Any one byte; an error at the end.
  char any_char();
  /// `n` bytes; an error when fewer are left.
  std::string_view take(std::size_t n);

  /// The longest run of bytes for which `belongs` holds, perhaps empty.
  template <class Predicate>
  std::string_view take_while(Predicate belongs) {
    if (!ok()) return {};
    const std::size_t start = at_;
    while (at_ < input_.size() && belongs(input_[at_])) ++at_;
    return input_.substr(start, at_ - start);
  }

  /// 1*DIGIT up to the largest value of T; larger or no digits is an error.
  template <class T>
  T number() {
    const auto digits = take_while(is_digit);
    if (digits.empty()) fail("a number is expected");
    const auto value = parse_decimal<T>(digits);
    if (!value && ok()) fail("the number is too large");
    return value.value_or(T{});
  }

 private:
  std::string_view input_;
  std::size_t at_ = 0;
  std::string error_;
  std::size_t error_at_ = 0;
};

}  // namespace posthorn::abnf
