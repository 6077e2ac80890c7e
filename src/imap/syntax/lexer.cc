#include "imap/syntax/lexer.h"

#include <limits>

#include "codec/unicode.h"

namespace posthorn::imap {

static constexpr std::uint64_t kLargestNumber64 = std::numeric_limits<std::int64_t>::max();

bool is_atom_char(char c) {
  return c != ' ' && !is_ctl(c) && !is_8bit(c) && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }

void Lexer::refuse(std::string_view message) {
  if (ok()) refused_ = true;
  fail(message);
}

void Lexer::sp() { require_char(' '); }

std::uint32_t Lexer::number() { return Cursor::number<std::uint32_t>(); }

std::uint32_t Lexer::nz_number() {
  if (peek() == '0') fail("a number above zero is expected");
  return number();
}

std::uint64_t Lexer::number64() {
  const auto value = Cursor::number<std::uint64_t>();
  if (value <= kLargestNumber64) return value;
  fail("the number is too large");
  return 0;
}

std::uint64_t Lexer::nz_number64() {
  if (peek() == '0') fail("a number above zero is expected");
  return number64();
}

std::string_view Lexer::atom() {
  const auto text = take_while(is_atom_char);
  if (text.empty()) fail("an atom is expected");
  return text;
}

std::string_view Lexer::tag() {
  const auto text = take_while([](char c) { return is_astring_char(c) && c != '+'; });
  if (text.empty()) fail("a tag is expected");
  if (text.size() > kMaxTag) fail("the tag is too long");
  return ok() ? text : std::string_view();
}

std::string_view Lexer::name() {
  return take_while([](char c) { return is_alnum(c) || c == '.' || c == '-'; });
}

std::string Lexer::quoted() {
  require_char('"');
  std::string text;
  while (ok()) {
    text += take_while([](char c) { return c != '"' && c != '\\' && c != '\r' && c != '\n' && c != '\0'; });
    if (try_char('"')) {
      if (!codec::is_valid_utf8(text)) fail("a quoted string holds bytes that are not UTF-8");
      return ok() ? text : std::string();
    }
    if (try_char('\\')) {
      text += any_char();
      if (ok() && text.back() != '"' && text.back() != '\\') fail("only \\ and \" may follow a \\");
    } else {
      fail(at_end() ? "the quoted string does not end" : "a quoted string may not hold CR, LF or NUL");
    }
  }
  return {};
}

LiteralAnnouncement Lexer::literal_announcement() {
  LiteralAnnouncement announced;
  announced.binary = try_char('~');
  require_char('{');
  announced.size = number64();
  announced.synchronising = !try_char('+');
  require_char('}');
  return ok() ? announced : LiteralAnnouncement{};
}

std::string Lexer::literal() {
  const auto announced = literal_announcement();
  require_text("\r\n");
  const auto bytes = take(announced.size);
  if (!announced.binary && bytes.find('\0') != std::string_view::npos) fail("a literal may not hold NUL");
  return ok() ? std::string(bytes) : std::string();
}

std::string Lexer::string() {
  if (peek() == '"') return quoted();
  if (peek() == '{' || (peek() == '~' && peek(1) == '{')) return literal();
  fail("a string is expected");
  return {};
}

std::string Lexer::astring() {
  if (peek() == '"' || peek() == '{') return string();
  const auto text = take_while(is_astring_char);
  if (text.empty()) fail("a string is expected");
  return std::string(text);
}

std::optional<std::string> Lexer::nstring() {
  if (peek() != '"' && try_text("NIL")) return std::nullopt;
  return string();
}

std::string Lexer::list_mailbox() {
  if (peek() == '"' || peek() == '{') return string();
  const auto text = take_while([](char c) { return is_astring_char(c) || c == '%' || c == '*'; });
  if (text.empty()) fail("a mailbox pattern is expected");
  return std::string(text);
}

void Lexer::open() {
  require_char('(');
  if (++depth_ > kMaxNesting) fail("the parentheses nest too deeply");
}

void Lexer::close() {
  require_char(')');
  --depth_;
}

}  // namespace posthorn::imap
