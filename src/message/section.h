// Where the parts of a message lie that FETCH BODY[section] names. RFC 9051 6.4.5.1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "message/mime_tree.h"

namespace posthorn::message {

enum class SectionText {
  whole,   ///< BODY[] or BODY[1.2]: the message, or a part's body
  header,  ///< HEADER (and HEADER.FIELDS, out of these bytes): of the message or of an enclosed one
  text,    ///< TEXT: the body of the message or of an enclosed one
  mime,    ///< MIME: a part's own header section
};

/// Bytes [offset, offset + size) of the message.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// The index of the part with those numbers, each counted from 1; no number is the root. Part 1 of a message that is no
/// multipart is its body. kNoPart where there is none.
std::uint32_t find_part(const MimeTree& tree, std::span<const std::uint32_t> path);

/// Nothing for a part that is not there, HEADER and TEXT of what is not a message, MIME without a path.
std::optional<ByteRange> section_range(const MimeTree& tree, std::span<const std::uint32_t> path, SectionText what);

}  // namespace posthorn::message
