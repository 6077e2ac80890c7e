// The commands of POP3, one row each: the whole protocol on one screen.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/task.h"
#include "pop3/syntax.h"

namespace posthorn::pop3 {

class Session;

/// RFC 1939 3; UPDATE is QUIT's doing.
enum class State : std::uint8_t { authorization = 1, transaction = 2 };

enum class Arguments : std::uint8_t { none, optional, required };

struct CommandRow {
  std::string_view keyword;
  std::uint8_t states;  ///< those in which it may come
  Arguments arguments;
  bool carries_password;    ///< refused where no password may pass
  std::string_view source;  ///< the RFC that defines it
  /// The reply; what a command of several lines has to say it has said already, "+OK" first, and `reply` is nothing.
  net::Task<std::optional<Reply>> (*run)(Session* session, std::string arguments);
};

std::span<const CommandRow> command_table();
/// Null if there is none; `keyword` is in upper case.
const CommandRow* find_command(std::string_view keyword);

}  // namespace posthorn::pop3
