// The push parser of messages: bytes in, in any pieces, one MimeTree out. RFC 5322, RFC 2045, RFC 2046 5.1.
//
// Total: every sequence of bytes is a message. Memory is bounded by the limits below whatever the message's size, and
// time is linear in it. Line ends are CRLF or LF.
//
// As RFC 2046 5.1.1 has it, a delimiter is a line that *begins* with "--" and the boundary; where several open
// boundaries fit, the longest is meant, and of equal ones the innermost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message/mime_tree.h"

namespace posthorn::message {

/// Header bytes that are looked at; those beyond are counted but have no effect.
inline constexpr std::size_t kMaxRootHeader = 256 * 1024;
inline constexpr std::size_t kMaxPartHeader = 64 * 1024;
/// Of all header sections below the root together; when it is spent, each is looked at up to kMinPartHeader.
inline constexpr std::size_t kMaxPartHeaders = 1024 * 1024;
inline constexpr std::size_t kMinPartHeader = 2 * 1024;
/// A longer boundary never fits. RFC 2046 5.1.1 allows 70.
inline constexpr std::size_t kMaxBoundary = 256;
/// The beginning of the first text, as it stands in the message, kept for the preview.
inline constexpr std::size_t kMaxText = 16 * 1024;

/// What is known of a message when its last byte was seen.
struct Parsed {
  MimeTree tree;
  std::string header;                                                 ///< the root's, up to kMaxRootHeader
  std::vector<std::pair<std::uint32_t, std::string>> nested_headers;  ///< of enclosed messages by part, in order
  std::uint32_t text_part = kNoPart;  ///< the first text that is no attachment and not in an enclosed message
  std::string text;                   ///< the beginning of its body, still encoded
  bool has_nul = false;               ///< somewhere

  /// The header section of a part that has_message_header(); empty where it was not kept.
  std::string_view header_of(std::uint32_t part) const;
};

class Parser {
 public:
  Parser();
  void feed(std::string_view chunk);
  /// Ends the message. The parser may not be used after it.
  Parsed finish();

 private:
  /// A part whose end has not been seen; they enclose one another.
  struct Open {
    std::uint32_t part = 0;
    std::uint64_t first_line = 0;  // LFs before its body
    std::string boundary;          // empty where no delimiter of its own can come (any more)
  };
  struct Delimiter {
    std::size_t level = 0;  // of the multipart in open_
    bool is_last = false;
  };

  void count_only(std::string_view chunk);
  void keep(std::string_view piece);
  void end_line(std::string_view line, std::size_t break_size);
  std::optional<Delimiter> find_delimiter(std::string_view line) const;
  void delimiter(Delimiter found);
  void begin_part(std::uint32_t parent, std::uint64_t header_start);
  void end_header(std::uint64_t body_start);
  void keep_message_header();
  void begin_text();
  void close_above(std::size_t level, std::uint64_t end, std::uint64_t end_lines);

  Part& current() { return parsed_.tree.parts[open_.back().part]; }

  Parsed parsed_;
  std::vector<Open> open_;      // never empty
  std::size_t boundaries_ = 0;  // non-empty ones in open_

  bool in_header_ = true;
  bool in_text_ = false;  // parsed_.text is being filled
  std::string header_;    // of the current part, up to header_limit_
  std::size_t header_limit_ = 0;
  std::size_t part_headers_left_ = kMaxPartHeaders;
  std::size_t header_mark_ = 0, text_mark_ = 0;  // their sizes at the start of the line

  std::uint64_t offset_ = 0;  // bytes seen
  std::uint64_t line_start_ = 0;
  std::uint64_t lines_ = 0;     // LFs before line_start_
  std::size_t last_break_ = 0;  // size of the line break before line_start_
  std::string line_;            // beginning of a line that came in pieces
  bool ends_with_cr_ = false;   // its last byte so far
};

/// Parses a message that is there as a whole.
Parsed parse(std::string_view message);

}  // namespace posthorn::message
