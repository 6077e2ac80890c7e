// The alphabet of POP3 (RFC 1939 3, RFC 2449 4): command lines and replies, without I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::pop3 {

/// RFC 2449 4: of a command line, with its CRLF.
inline constexpr std::size_t kLongestCommand = 255;
/// As for SMTP (RFC 4954 4): of a line within AUTH, its CRLF taken off.
inline constexpr std::size_t kLongestResponse = 12286;

/// keyword [SP arguments]
struct CommandLine {
  std::string keyword;    ///< in upper case, 3 or more letters or digits
  std::string arguments;  ///< what follows the first space, "" where there is none: PASS takes it as it is

  /// Total on any bytes. Code::syntax.
  static Result<CommandLine> parse(std::string_view line);
  friend bool operator==(const CommandLine&, const CommandLine&) = default;
};

/// The number of a message, from 1. Code::syntax.
Result<std::uint32_t> parse_message_number(std::string_view text);

/// TOP's: msg SP n. Code::syntax.
struct TopArgs {
  std::uint32_t message = 0;
  std::uint64_t lines = 0;

  static Result<TopArgs> parse(std::string_view text);
  friend bool operator==(const TopArgs&, const TopArgs&) = default;
};

/// AUTH's: mechanism [SP initial-response], RFC 5034 4.
struct AuthArgs {
  std::string mechanism;
  /// base64, "" for "=".
  std::optional<std::string> initial_response;

  static Result<AuthArgs> parse(std::string_view text);
  friend bool operator==(const AuthArgs&, const AuthArgs&) = default;
};

/// "+OK text" or "-ERR [CODE] text" (RFC 2449 8). What follows a "+OK" of several lines is printed by the command.
struct Reply {
  bool is_ok = true;
  std::string code = {};  ///< in upper case, without brackets
  std::string text = {};

  static Reply ok(std::string text) { return {true, {}, std::move(text)}; }
  static Reply error(std::string text) { return {false, {}, std::move(text)}; }

  /// On one line, whatever the text holds.
  void print(std::string& out) const;
  friend bool operator==(const Reply&, const Reply&) = default;
};

}  // namespace posthorn::pop3
