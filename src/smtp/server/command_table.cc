#include "smtp/server/command_table.h"

#include "base/text.h"
#include "smtp/commands/commands.h"

namespace posthorn::smtp {
namespace {

constexpr std::uint8_t kInMail = State::mail | State::rcpt;
constexpr std::uint8_t kGreeted = kInMail | State::ready | State::chunks;
constexpr std::uint8_t kAlways = kGreeted | State::connected;
constexpr std::uint8_t kReady = static_cast<std::uint8_t>(State::ready);

constexpr std::string_view kMailSyntax =
    "FROM:<path> [SIZE=n] [BODY=type] [SMTPUTF8] [RET=what] [ENVID=id] [AUTH=address]";
constexpr std::string_view kRcptSyntax = "TO:<path> [NOTIFY=when] [ORCPT=type;address]";

using enum Dialect;

// The commonest first: a message is MAIL, RCPT, DATA. BDAT looks at the state itself, as its octets follow in any.
// clang-format off
constexpr Command kTable[] = {
    // verb      states    arguments  syntax                          source             dialect  function
    {"MAIL",     kReady,   true,  kMailSyntax,                        "RFC 5321 4.1.1.2", both, commands::mail},
    {"RCPT",     kInMail,  true,  kRcptSyntax,                        "RFC 5321 4.1.1.3", both, commands::rcpt},
    {"DATA",     kInMail,  false, "",                                 "RFC 5321 4.1.1.4", both, commands::data},
    {"BDAT",     kAlways,  true,  "octets [LAST]",                    "RFC 3030 2",       both, commands::bdat},
    {"EHLO",     kAlways,  true,  "name",                             "RFC 5321 4.1.1.1", smtp, commands::ehlo},
    {"HELO",     kAlways,  true,  "name",                             "RFC 5321 4.1.1.1", smtp, commands::helo},
    {"LHLO",     kAlways,  true,  "name",                             "RFC 2033 4.1",     lmtp, commands::ehlo},
    {"RSET",     kAlways,  false, "",                                 "RFC 5321 4.1.1.5", both, commands::rset},
    {"NOOP",     kAlways,  true,  "[anything]",                       "RFC 5321 4.1.1.9", both, commands::noop},
    {"QUIT",     kAlways,  false, "",                                 "RFC 5321 4.1.1.10", both, commands::quit},
    {"AUTH",     kReady,   true,  "mechanism [response]",             "RFC 4954 4",       both, commands::auth},
    {"STARTTLS", kGreeted, false, "",                                 "RFC 3207 4",       both, commands::starttls},
    {"VRFY",     kAlways,  true,  "address [SMTPUTF8]",               "RFC 5321 4.1.1.6", both, commands::vrfy},
    {"HELP",     kAlways,  true,  "",                                 "RFC 5321 4.1.1.8", both, commands::help},
    {"EXPN",     kAlways,  true,  "",                                 "RFC 5321 4.1.1.7", both, commands::not_offered},
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
