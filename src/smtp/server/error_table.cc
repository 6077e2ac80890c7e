#include "smtp/server/error_table.h"

namespace posthorn::smtp {
namespace {

struct Row {
  Code code;
  Phase phase;  // `any` stands for the phases that have no row of their own, and comes last
  std::uint16_t reply;
  EnhancedCode enhanced;
};

// RFC 5321 4.2.2 and 4.3.2, RFC 3463, RFC 4954 6 (auth).
// clang-format off
constexpr Row kRows[] = {
    {Code::syntax,          Phase::end,     554, {5, 6, 0}},
    {Code::syntax,          Phase::auth,    501, {5, 5, 2}},
    {Code::syntax,          Phase::any,     501, {5, 5, 4}},
    {Code::invalid,         Phase::mail,    553, {5, 1, 7}},
    {Code::invalid,         Phase::rcpt,    553, {5, 1, 3}},
    {Code::invalid,         Phase::end,     554, {5, 6, 0}},
    {Code::invalid,         Phase::any,     554, {5, 5, 0}},
    {Code::not_found,       Phase::mail,    550, {5, 1, 8}},
    {Code::not_found,       Phase::any,     550, {5, 1, 1}},
    {Code::already_exists,  Phase::any,     554, {5, 5, 0}},
    {Code::denied,          Phase::connect, 554, {5, 7, 1}},
    {Code::denied,          Phase::auth,    535, {5, 7, 8}},
    {Code::denied,          Phase::any,     550, {5, 7, 1}},
    {Code::bad_credentials, Phase::any,     535, {5, 7, 8}},
    {Code::over_quota,      Phase::any,     452, {4, 2, 2}},
    {Code::too_big,         Phase::any,     552, {5, 3, 4}},
    {Code::too_many,        Phase::connect, 421, {4, 7, 0}},
    {Code::too_many,        Phase::rcpt,    452, {4, 5, 3}},
    {Code::too_many,        Phase::auth,    454, {4, 7, 0}},
    {Code::too_many,        Phase::any,     450, {4, 7, 1}},
    {Code::not_supported,   Phase::auth,    504, {5, 5, 4}},
    {Code::not_supported,   Phase::mail,    555, {5, 5, 4}},
    {Code::not_supported,   Phase::rcpt,    555, {5, 5, 4}},
    {Code::not_supported,   Phase::any,     554, {5, 5, 4}},
    {Code::conflict,        Phase::auth,    454, {4, 7, 0}},
    {Code::conflict,        Phase::any,     451, {4, 3, 0}},
    {Code::full_disk,       Phase::any,     452, {4, 3, 1}},
    {Code::no_memory,       Phase::any,     452, {4, 3, 1}},
    {Code::unavailable,     Phase::connect, 421, {4, 3, 2}},
    {Code::unavailable,     Phase::auth,    454, {4, 7, 0}},
    {Code::unavailable,     Phase::any,     451, {4, 3, 0}},
    {Code::timeout,         Phase::connect, 421, {4, 4, 2}},
    {Code::timeout,         Phase::auth,    454, {4, 7, 0}},
    {Code::timeout,         Phase::any,     451, {4, 3, 0}},
    {Code::cancelled,       Phase::any,     421, {4, 3, 2}},
    {Code::closed,          Phase::any,     451, {4, 3, 2}},
    {Code::damaged,         Phase::any,     451, {4, 3, 0}},
    {Code::io,              Phase::any,     451, {4, 3, 0}},
    {Code::internal,        Phase::any,     451, {4, 3, 0}},
};
// clang-format on

/// What went wrong inside tells of files and rows: it is for the log and not for the peer.
bool is_ours(Code code) { return code == Code::damaged || code == Code::io || code == Code::internal; }

}  // namespace

Reply reply_to(Phase phase, const Error& error) {
  const std::string text = is_ours(error.code) ? "Local error, please try again later" : error.text;
  for (const Row& row : kRows)
    if (row.code == error.code && (row.phase == phase || row.phase == Phase::any))
      return {row.reply, row.enhanced, text};
  return {451, {4, 3, 0}, text};
}

}  // namespace posthorn::smtp
