#include "abnf/cursor.h"

namespace posthorn::abnf {

void Cursor::fail(std::string_view message) {
  if (!ok()) return;
  error_ = message;
  error_at_ = at_;
}

bool Cursor::try_char(char c) {
  if (at_end() || input_[at_] != c) return false;
  ++at_;
  return true;
}

bool Cursor::try_text(std::string_view text) {
  if (!ok() || !istarts_with(input_.substr(at_), text)) return false;
  at_ += text.size();
  return true;
}

void Cursor::require_char(char c) {
  if (try_char(c)) return;
  fail(c == ' ' ? std::string("a space is expected") : std::string("'") + c + "' is expected");
}

void Cursor::require_text(std::string_view text) {
  if (!try_text(text)) fail(std::string("\"").append(text).append("\" is expected"));
}

void Cursor::require_end() {
  if (!at_end()) fail("unexpected text after the end: \"" + printable(rest(), 40) + "\"");
}

char Cursor::any_char() {
  if (at_end()) {
    fail("the input ends too early");
    return '\0';
  }
  return input_[at_++];
}

std::string_view Cursor::take(std::size_t n) {
  if (!ok()) return {};
  if (n > input_.size() - at_) {
    fail("the input ends too early");
    return {};
  }
  at_ += n;
  return input_.substr(at_ - n, n);
}

}  // namespace posthorn::abnf
