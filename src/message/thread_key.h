// What threads are made of: the base subject (RFC 5256 2.1) and message ids (RFC 5256 3, RFC 5322 3.6.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace posthorn::message {

inline constexpr std::size_t kMaxReferences = 100;    ///< ids kept of one message: the first and the last ones
inline constexpr std::size_t kMaxMessageId = 1000;    ///< bytes; longer ones are no ids
inline constexpr std::size_t kMaxBaseSubject = 1000;  ///< bytes of the subject that are looked at

struct BaseSubject {
  std::string text;                  ///< UTF-8, case as written
  bool is_reply_or_forward = false;  ///< something was taken off that says so

  friend bool operator==(const BaseSubject&, const BaseSubject&) = default;
};

/// `subject` decoded and unfolded (decode_words).
BaseSubject base_subject(std::string_view subject);

/// The ids `<left@right>` in a value, without the angle brackets, white space, comments and quoting, so that equal ids
/// are equal bytes. Duplicates beyond the first are left out, at most kMaxReferences are kept.
std::vector<std::string> message_ids(std::string_view value);

}  // namespace posthorn::message
