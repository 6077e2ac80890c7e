#include "pop3/command_table.h"

#include "pop3/commands.h"

namespace posthorn::pop3 {
namespace {

constexpr std::uint8_t kAny = 1 | 2;
constexpr std::uint8_t kAuth = static_cast<std::uint8_t>(State::authorization);
constexpr std::uint8_t kTrans = static_cast<std::uint8_t>(State::transaction);
constexpr auto kNone = Arguments::none, kMaybe = Arguments::optional, kSome = Arguments::required;

// clang-format off
constexpr CommandRow kTable[] = {
    // keyword states  arguments password  source          function
    {"CAPA",   kAny,   kNone,    false,    "RFC 2449 5",   commands::capa},
    {"QUIT",   kAny,   kNone,    false,    "RFC 1939 6",   commands::quit},
    {"LANG",   kAny,   kMaybe,   false,    "RFC 6856 3",   commands::lang},

    {"STLS",   kAuth,  kNone,    false,    "RFC 2595 4",   commands::stls},
    {"UTF8",   kAuth,  kNone,    false,    "RFC 6856 2",   commands::utf8},
    {"USER",   kAuth,  kSome,    true,     "RFC 1939 7",   commands::user},
    {"PASS",   kAuth,  kSome,    true,     "RFC 1939 7",   commands::pass},
    {"AUTH",   kAuth,  kMaybe,   true,     "RFC 5034 4",   commands::auth},

    {"STAT",   kTrans, kNone,    false,    "RFC 1939 5",   commands::stat},
    {"LIST",   kTrans, kMaybe,   false,    "RFC 1939 5",   commands::list},
    {"UIDL",   kTrans, kMaybe,   false,    "RFC 1939 7",   commands::uidl},
    {"RETR",   kTrans, kSome,    false,    "RFC 1939 5",   commands::retr},
    {"TOP",    kTrans, kSome,    false,    "RFC 1939 7",   commands::top},
    {"DELE",   kTrans, kSome,    false,    "RFC 1939 5",   commands::dele},
    {"RSET",   kTrans, kNone,    false,    "RFC 1939 5",   commands::rset},
    {"NOOP",   kTrans, kNone,    false,    "RFC 1939 5",   commands::noop},
};
// clang-format on

}  // namespace

std::span<const CommandRow> command_table() { return kTable; }

const CommandRow* find_command(std::string_view keyword) {
  for (const CommandRow& row : kTable)
    if (row.keyword == keyword) return &row;
  return nullptr;
}

}  // namespace posthorn::pop3
