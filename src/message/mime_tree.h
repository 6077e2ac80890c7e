// The MIME structure of a message: its parts with their places in the bytes. RFC 2045, RFC 2046.
//
// A part is a header section and a body. Offsets count bytes from the start of the message as received. The tree is
// made by Parser and kept by the store in the form of encode().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "message/params.h"

namespace posthorn::message {

inline constexpr std::size_t kMaxParts = 1000;   ///< later delimiters count as text of the last part
inline constexpr std::size_t kMaxNesting = 100;  ///< a container deeper than this is a leaf application/octet-stream
inline constexpr std::uint32_t kNoPart = 0xffffffff;

struct Part {
  std::uint32_t parent = kNoPart;  ///< index of the enclosing part; kNoPart for the root, which is part 0

  std::uint64_t header_start = 0;  ///< of the part's own header section
  std::uint64_t body_start = 0;    ///< behind the blank line, which belongs to the header section
  std::uint64_t body_end = 0;      ///< before the line break that belongs to the next delimiter
  std::uint64_t body_lines = 0;    ///< LFs in the body

  std::string type = "text";      ///< lower-case
  std::string subtype = "plain";  ///< lower-case
  Params params;                  ///< of Content-Type
  std::string encoding;           ///< Content-Transfer-Encoding, lower-case; "" where there is none
  std::string id;                 ///< Content-ID, on one line, as it is
  std::string description;        ///< Content-Description, on one line, encoded words as they are
  std::string md5;                ///< Content-MD5
  std::string disposition;        ///< lower-case; "" where there is none
  Params disposition_params;
  std::vector<std::string> languages;  ///< Content-Language, RFC 3282
  std::string location;                ///< Content-Location, RFC 2557

  std::uint64_t body_size() const { return body_end - body_start; }
  bool is(std::string_view t, std::string_view s) const { return type == t && subtype == s; }
  bool is_multipart() const { return type == "multipart"; }
  /// Its body is a message, whose own header section and body are its one child.
  bool is_message() const { return type == "message" && (subtype == "rfc822" || subtype == "global"); }
  bool is_attachment() const { return disposition == "attachment"; }

  friend bool operator==(const Part&, const Part&) = default;
};

/// Parts in depth-first order: a part's descendants follow it directly. There is always a root.
struct MimeTree {
  std::vector<Part> parts;
  std::uint64_t size = 0;  ///< of the message

  const Part& root() const { return parts.front(); }
  /// Index of the `number`th child (from 1) of a part, or kNoPart.
  std::uint32_t child(std::uint32_t part, std::uint32_t number) const;
  /// Whether the part's header section is that of a message: the root, and children of is_message().
  bool has_message_header(std::uint32_t part) const;

  friend bool operator==(const MimeTree&, const MimeTree&) = default;
};

/// The compact form for the store, with a version in front.
std::string encode(const MimeTree& tree);
/// Total on any bytes. What it returns obeys all that is said above: order, limits, offsets that rise within size.
/// Errors: damaged; not_supported for a later version.
Result<MimeTree> decode_mime_tree(std::string_view bytes);

}  // namespace posthorn::message
