#include "imap/server/error_table.h"

namespace posthorn::imap {
namespace {

struct Row {
  Code code;
  Phase phase;  // `any` stands for the phases that have no row of their own, and comes last
  Condition condition;
  const char* response_code;  // "" for none
};

// RFC 9051 7.1, RFC 5530 3, RFC 4469 5.1 (TOOBIG).
// clang-format off
constexpr Row kRows[] = {
    {Code::syntax,          Phase::any,    Condition::bad, "CLIENTBUG"},
    {Code::invalid,         Phase::any,    Condition::no,  "CANNOT"},
    {Code::not_found,       Phase::login,  Condition::no,  "AUTHORIZATIONFAILED"},
    {Code::not_found,       Phase::target, Condition::no,  "TRYCREATE"},
    {Code::not_found,       Phase::any,    Condition::no,  "NONEXISTENT"},
    {Code::already_exists,  Phase::any,    Condition::no,  "ALREADYEXISTS"},
    {Code::denied,          Phase::login,  Condition::no,  "AUTHORIZATIONFAILED"},
    {Code::denied,          Phase::any,    Condition::no,  "NOPERM"},
    {Code::bad_credentials, Phase::any,    Condition::no,  "AUTHENTICATIONFAILED"},
    {Code::over_quota,      Phase::any,    Condition::no,  "OVERQUOTA"},
    {Code::too_big,         Phase::any,    Condition::no,  "TOOBIG"},
    {Code::too_many,        Phase::login,  Condition::no,  "UNAVAILABLE"},
    {Code::too_many,        Phase::any,    Condition::no,  "LIMIT"},
    {Code::not_supported,   Phase::any,    Condition::no,  "CANNOT"},
    {Code::conflict,        Phase::any,    Condition::no,  "INUSE"},
    {Code::full_disk,       Phase::any,    Condition::no,  "UNAVAILABLE"},
    {Code::no_memory,       Phase::any,    Condition::no,  "UNAVAILABLE"},
    {Code::unavailable,     Phase::any,    Condition::no,  "UNAVAILABLE"},
    {Code::timeout,         Phase::any,    Condition::no,  "UNAVAILABLE"},
    {Code::cancelled,       Phase::any,    Condition::no,  "UNAVAILABLE"},
    {Code::closed,          Phase::any,    Condition::no,  "UNAVAILABLE"},
    {Code::damaged,         Phase::any,    Condition::no,  "CORRUPTION"},
    {Code::io,              Phase::any,    Condition::no,  "SERVERBUG"},
    {Code::internal,        Phase::any,    Condition::no,  "SERVERBUG"},
};
// clang-format on

}  // namespace

Reply reply_to(const Error& error, Phase phase) {
  for (const Row& row : kRows)
    if (row.code == error.code && (row.phase == phase || row.phase == Phase::any))
      return {row.condition, ResponseCode{row.response_code}, error.text};
  return {Condition::no, ResponseCode{"SERVERBUG"}, error.text};
}

}  // namespace posthorn::imap
