// The commands of SMTP, one row each: the whole protocol on one screen.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/task.h"
#include "smtp/server/config.h"
#include "smtp/syntax/reply.h"

namespace posthorn::smtp {

class Session;

/// Where a session is, RFC 5321 4.1.4.
enum class State : std::uint8_t {
  connected = 1,  ///< no EHLO or HELO yet
  ready = 2,      ///< between messages
  mail = 4,       ///< MAIL was accepted, no recipient yet
  rcpt = 8,       ///< at least one recipient was accepted
  chunks = 16,    ///< a BDAT was accepted that is not the last (RFC 3030 2)
};
constexpr std::uint8_t operator|(State a, State b) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr std::uint8_t operator|(std::uint8_t a, State b) {
  return static_cast<std::uint8_t>(a | static_cast<unsigned>(b));
}

/// Where a command is spoken.
enum class Dialect : std::uint8_t { both, smtp, lmtp };

struct Command {
  std::string_view verb;
  std::uint8_t states;      ///< those in which it may come, else 503
  bool takes_arguments;     ///< else 501 if there are any
  std::string_view syntax;  ///< for HELP, after the verb
  std::string_view source;  ///< the RFC that defines it
  Dialect dialect;
  /// Runs it. A reply with code 0 says nothing.
  net::Task<Reply> (*run)(Session* session, std::string arguments);

  bool is_of(Service service) const {
    return dialect == Dialect::both || (dialect == Dialect::lmtp) == (service == Service::lmtp);
  }
};

std::span<const Command> command_table();
/// Null if there is none. Any case.
const Command* find_command(std::string_view verb);

}  // namespace posthorn::smtp
