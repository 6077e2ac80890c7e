// One command as it was gathered, and what it is answered with.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "imap/syntax/lexer.h"
#include "imap/syntax/responses.h"

namespace posthorn::imap {

struct CommandRow;

struct Command {
  std::string tag;   ///< "" where none can be read
  std::string name;  ///< in upper case
  bool is_uid = false;
  std::string text;           ///< the whole command, literals inline, without its last CRLF
  std::size_t arguments = 0;  ///< where in `text` the name ends
  NameEncoding names = NameEncoding::modified_utf7;
  const CommandRow* row = nullptr;  ///< null where there is no such command

  /// From the space behind the name.
  std::string_view rest() const { return std::string_view(text).substr(arguments); }
};

/// The tagged line; the session prints it, commands never do.
struct Reply {
  Condition condition = Condition::ok;
  std::optional<ResponseCode> code = {};
  std::string text = {};

  static Reply ok(std::string text) { return {Condition::ok, {}, std::move(text)}; }
  static Reply no(std::string text) { return {Condition::no, {}, std::move(text)}; }
  static Reply bad(std::string text) { return {Condition::bad, {}, std::move(text)}; }
};

/// What `parse(Lexer&)` makes of the arguments, all of them. Errors: syntax, invalid.
template <class Parse>
auto arguments_by(const Command& command, Parse parse) -> Result<decltype(parse(std::declval<Lexer&>()))> {
  Lexer in(command.rest(), command.names);
  in.sp();
  auto value = parse(in);
  in.require_end();
  return in.result(std::move(value));
}

template <class T>
Result<T> arguments(const Command& command) {
  return arguments_by(command, [](Lexer& in) { return T::parse(in); });
}

}  // namespace posthorn::imap
