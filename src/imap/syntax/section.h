// What stands between the brackets of BODY[...] and the piece of it that is asked for (RFC 9051 6.4.5, 9 section).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// section: the part, and what of it. Empty brackets are the whole message.
struct SectionSpec {
  enum class Text : std::uint8_t { all, header, header_fields, header_fields_not, text, mime };
  static constexpr std::size_t kMaxDepth = 100;
  static constexpr std::size_t kMaxFields = 500;

  /// Part numbers from the outermost inwards; empty for the message itself. Text::mime asks for a part.
  std::vector<std::uint32_t> part;
  Text text = Text::all;
  /// Only with header_fields and header_fields_not, then not empty: names as the client wrote them, printable ASCII
  /// without ":" (RFC 5322 2.2).
  std::vector<std::string> fields;

  /// With its brackets.
  static SectionSpec parse(Lexer& in);
  /// With its brackets, both in a request and in the response, which must repeat the header list.
  void print(std::string& out) const;
  friend bool operator==(const SectionSpec&, const SectionSpec&) = default;
};

/// `<offset.count>` of a request, in bytes; the response tells the offset alone.
struct Partial {
  std::uint64_t offset = 0;
  /// At least 1.
  std::uint64_t count = 1;

  static Partial parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const Partial&, const Partial&) = default;
};

}  // namespace posthorn::imap
