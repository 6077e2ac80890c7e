#include "imap/server/command_table.h"

#include "imap/commands/commands.h"

namespace posthorn::imap {
namespace {

constexpr std::uint8_t kNot = 1;  // State::not_authenticated
constexpr std::uint8_t kAny = 1 | 2 | 4;
constexpr std::uint8_t kAuth = 2 | 4;  // once logged in
constexpr std::uint8_t kSel = 4;       // State::selected

constexpr std::uint8_t kArgs = kTakesArguments;
constexpr std::uint8_t kHold = kNumbersHold;
constexpr std::uint8_t kWrite = kNeedsWritable;
constexpr std::uint8_t kSecret = kCarriesPassword;
constexpr std::uint8_t kNews = kTellsNewsItself;

// clang-format off
constexpr CommandRow kTable[] = {
    // name          states  flags                  source            function
    {"CAPABILITY",   kAny,   0,                     "RFC 9051 6.1.1", commands::capability},
    {"NOOP",         kAny,   0,                     "RFC 9051 6.1.2", commands::noop},
    {"LOGOUT",       kAny,   0,                     "RFC 9051 6.1.3", commands::logout},
    {"ID",           kAny,   kArgs,                 "RFC 2971 3.1",   commands::id},

    {"STARTTLS",     kNot,   0,                     "RFC 9051 6.2.1", commands::starttls},
    {"AUTHENTICATE", kNot,   kArgs|kSecret,         "RFC 9051 6.2.2", commands::authenticate},
    {"LOGIN",        kNot,   kArgs|kSecret,         "RFC 9051 6.2.3", commands::login},

    {"ENABLE",       kAuth,  kArgs,                 "RFC 5161 3.1",   commands::enable},
    {"SELECT",       kAuth,  kArgs,                 "RFC 9051 6.3.2", commands::select},
    {"EXAMINE",      kAuth,  kArgs,                 "RFC 9051 6.3.3", commands::examine},
    {"CREATE",       kAuth,  kArgs,                 "RFC 9051 6.3.4", commands::create},
    {"DELETE",       kAuth,  kArgs,                 "RFC 9051 6.3.5", commands::delete_},
    {"RENAME",       kAuth,  kArgs,                 "RFC 9051 6.3.6", commands::rename},
    {"SUBSCRIBE",    kAuth,  kArgs,                 "RFC 9051 6.3.7", commands::subscribe},
    {"UNSUBSCRIBE",  kAuth,  kArgs,                 "RFC 9051 6.3.8", commands::unsubscribe},
    {"LIST",         kAuth,  kArgs,                 "RFC 3501 6.3.8", commands::list},
    {"LSUB",         kAuth,  kArgs,                 "RFC 3501 6.3.9", commands::lsub},
    {"NAMESPACE",    kAuth,  0,                     "RFC 9051 6.3.10", commands::namespace_},
    {"STATUS",       kAuth,  kArgs,                 "RFC 9051 6.3.11", commands::status},
    {"APPEND",       kAuth,  kArgs|kStreamsLiteral, "RFC 9051 6.3.12", commands::append},
    {"IDLE",         kAuth,  0,                     "RFC 9051 6.3.13", commands::idle},

    {"CHECK",        kSel,   0,                     "RFC 3501 6.4.1", commands::check},
    {"CLOSE",        kSel,   0,                     "RFC 9051 6.4.1", commands::close},
    {"UNSELECT",     kSel,   0,                     "RFC 9051 6.4.2", commands::unselect},
    {"EXPUNGE",      kSel,   kWrite,                "RFC 9051 6.4.3", commands::expunge},
    {"UID EXPUNGE",  kSel,   kArgs|kWrite,          "RFC 9051 6.4.9", commands::uid_expunge},
    {"SEARCH",       kSel,   kArgs|kHold,           "RFC 9051 6.4.4", commands::search},
    {"UID SEARCH",   kSel,   kArgs|kNews,           "RFC 9051 6.4.9", commands::search},
    {"FETCH",        kSel,   kArgs|kHold,           "RFC 9051 6.4.5", commands::fetch},
    {"UID FETCH",    kSel,   kArgs,                 "RFC 9051 6.4.9", commands::fetch},
    {"STORE",        kSel,   kArgs|kHold|kWrite,    "RFC 9051 6.4.6", commands::store},
    {"UID STORE",    kSel,   kArgs|kWrite,          "RFC 9051 6.4.9", commands::store},
    {"COPY",         kSel,   kArgs,                 "RFC 9051 6.4.7", commands::copy},
    {"UID COPY",     kSel,   kArgs,                 "RFC 9051 6.4.9", commands::copy},
    {"MOVE",         kSel,   kArgs|kWrite,          "RFC 9051 6.4.8", commands::move},
    {"UID MOVE",     kSel,   kArgs|kWrite,          "RFC 9051 6.4.9", commands::move},
};
// clang-format on

}  // namespace

std::span<const CommandRow> command_table() { return kTable; }

const CommandRow* find_command(std::string_view name, bool is_uid) {
  for (const CommandRow& row : kTable) {
    if (is_uid ? row.name.starts_with("UID ") && row.name.substr(4) == name : row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace posthorn::imap
