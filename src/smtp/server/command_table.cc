#include "smtp/server/command_table.h"

#include "base/text.h"
#include "smtp/commands/commands.h"

namespace posthorn::smtp {
namespace {

constexpr std::uint8_t kAlways = State::connected | State::ready | State::mail | State::rcpt;
constexpr std::uint8_t kGreeted = State::ready | State::mail | State::rcpt;
constexpr std::uint8_t kReady = static_cast<std::uint8_t>(State::ready);
constexpr std::uint8_t kInMail = State::mail | State::rcpt;

// The commonest first: a message is MAIL, RCPT, DATA.
// clang-format off
constexpr Command kTable[] = {
    // verb      states    arguments  syntax                          source              function
    {"MAIL",     kReady,   true,  "FROM:<path> [SIZE=n] [BODY=type]", "RFC 5321 4.1.1.2", commands::mail},
    {"RCPT",     kInMail,  true,  "TO:<path>",                        "RFC 5321 4.1.1.3", commands::rcpt},
    {"DATA",     kInMail,  false, "",                                 "RFC 5321 4.1.1.4", commands::data},
    {"EHLO",     kAlways,  true,  "name",                             "RFC 5321 4.1.1.1", commands::ehlo},
    {"HELO",     kAlways,  true,  "name",                             "RFC 5321 4.1.1.1", commands::helo},
    {"RSET",     kAlways,  false, "",                                 "RFC 5321 4.1.1.5", commands::rset},
    {"NOOP",     kAlways,  true,  "[anything]",                       "RFC 5321 4.1.1.9", commands::noop},
    {"QUIT",     kAlways,  false, "",                                 "RFC 5321 4.1.1.10", commands::quit},
    {"AUTH",     kReady,   true,  "mechanism [response]",             "RFC 4954 4",       commands::auth},
    {"STARTTLS", kGreeted, false, "",                                 "RFC 3207 4",       commands::starttls},
    {"VRFY",     kAlways,  true,  "address",                          "RFC 5321 4.1.1.6", commands::vrfy},
    {"HELP",     kAlways,  true,  "",                                 "RFC 5321 4.1.1.8", commands::help},
    {"EXPN",     kAlways,  true,  "",                                 "RFC 5321 4.1.1.7", commands::not_offered},
    {"BDAT",     kAlways,  true,  "",                                 "RFC 3030 2",       commands::not_offered},
};
// clang-format on

}  // namespace

std::span<const Command> command_table() { return kTable; }

const Command* find_command(std::string_view verb) {
  for (const Command& command : kTable)
    if (iequals(command.verb, verb)) return &command;
  return nullptr;
}

}  // namespace posthorn::smtp
