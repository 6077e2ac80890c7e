// Everything about a message that the store keeps besides its bytes, computed once at delivery.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "message/date_time.h"
#include "message/parser.h"

namespace posthorn::message {

/// All strings are valid UTF-8 or ASCII, but for `tree`.
struct Summary {
  std::uint64_t size = 0;         ///< of the message
  std::uint64_t told_size = 0;    ///< the same, but where it is rendered
  bool is_rendered = false;       ///< it has NUL and binary parts, which are told in base64 (rendition.h)
  std::uint64_t header_size = 0;  ///< of its header section with the blank line

  // As FETCH prints them, of the message as it is told, for sessions without UTF-8. RFC 9051 7.5.2.
  std::string envelope;
  std::string bodystructure;
  std::string body;

  std::string tree;  ///< encode(MimeTree)

  std::string preview;          ///< RFC 8970
  bool has_attachment = false;  ///< RFC 8621 4.1.4: a part that is one, or a file that is not shown inline

  std::optional<DateTime> sent;  ///< Date, where it can be read

  std::string message_id;                ///< without brackets, "" where there is none
  std::vector<std::string> in_reply_to;  ///< ids of In-Reply-To
  std::vector<std::string> references;   ///< ids of References, or where it has none the first of In-Reply-To
  std::string base_subject;              ///< RFC 5256 2.1, folded (codec::fold_for_search), at most kMaxSubjectKey
  bool is_reply_or_forward = false;      ///< by its subject
};

inline constexpr std::size_t kMaxSubjectKey = 200;  ///< bytes

/// Total.
Summary summarize(const Parsed& message);

}  // namespace posthorn::message
