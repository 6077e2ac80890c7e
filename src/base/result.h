// Outcomes: Result<T>, the closed list of reasons for which something can fail, and what to do with them.
//
// Three kinds of error exist in Posthorn (ARCHITECTURE.md, "Errors"): syntax errors stay in a cursor's sticky error,
// outcomes are a Result<T>, and a lost connection or a bug is an exception.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace posthorn {
inline namespace base {

/// Why something failed. Closed: each protocol's error_table maps every value to its wire words.
enum class Code {
  syntax,           ///< the input does not follow its grammar
  invalid,          ///< well formed, but the value is not acceptable
  not_found,        ///< no such account, mailbox, message, key
  already_exists,   ///< the name is taken
  denied,           ///< the caller may not do this
  bad_credentials,  ///< user name or password is wrong (never says which)
  over_quota,       ///< the account's quota does not allow it
  too_big,          ///< larger than a configured limit
  too_many,         ///< more of something than a configured limit
  not_supported,    ///< understood, but not offered here
  conflict,         ///< a precondition of a commit did not hold
  full_disk,        ///< the reserve of free space would be touched
  no_memory,        ///< the ceiling of memory is near
  unavailable,      ///< cannot be done now, may work later
  timeout,          ///< a deadline passed
  cancelled,        ///< the operation was told to stop
  closed,           ///< the peer or the store is gone
  damaged,          ///< stored bytes do not match their checksum
  io,               ///< the operating system reported an error
  internal,         ///< a bug in Posthorn
};

/// The code's name in snake_case, for logs and `--json`.
std::string_view name_of(Code code);

/// Whether trying the same again later can succeed: decides between 4xx and 5xx, between NO [UNAVAILABLE] and NO.
bool is_temporary(Code code);

/// A reason, with one line of text for a person. The text holds no secrets; it may reach the peer.
struct Error {
  Code code = Code::internal;
  std::string text;

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(Code::not_found, "no such mailbox");`
inline std::unexpected<Error> fail(Code code, std::string text) {
  return std::unexpected(Error{code, std::move(text)});
}

/// Passes on the error of another Result: `if (!r) return fail(r);`
template <class T>
std::unexpected<Error> fail(const Result<T>& failed) {
  return std::unexpected(failed.error());
}

}  // namespace base
}  // namespace posthorn
