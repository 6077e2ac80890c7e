// The commands of IMAP, one row each: the whole protocol on one screen.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "imap/server/command.h"
#include "net/task.h"

namespace posthorn::imap {

class Session;

/// Where a session is, RFC 9051 3.
enum class State : std::uint8_t { not_authenticated = 1, authenticated = 2, selected = 4 };

/// Bits of CommandRow::flags.
enum CommandFlag : std::uint8_t {
  kTakesArguments = 1,    ///< else BAD where there are any
  kNumbersHold = 2,       ///< message numbers may not change while it runs: no EXPUNGE is told (RFC 9051 7.5.1)
  kNeedsWritable = 4,     ///< refused in a mailbox opened by EXAMINE
  kStreamsLiteral = 8,    ///< its message is not gathered: the command reads it itself
  kCarriesPassword = 16,  ///< refused where no password may pass
  kTellsNewsItself = 32,  ///< by UID, yet it has to be read before the news may be told
};

struct CommandRow {
  std::string_view name;    ///< with "UID " where it has it
  std::uint8_t states;      ///< those in which it may come, else BAD
  std::uint8_t flags;       ///< of CommandFlag
  std::string_view source;  ///< the RFC that defines it
  net::Task<Reply> (*run)(Session* session, Command command);

  bool has(CommandFlag flag) const { return (flags & flag) != 0; }
};

std::span<const CommandRow> command_table();
/// Null if there is none; `name` is in upper case.
const CommandRow* find_command(std::string_view name, bool is_uid);

}  // namespace posthorn::imap
