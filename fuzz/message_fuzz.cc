// Any bytes are a message: the parser says the same of them in all pieces, its offsets lie within them, and what is
// printed of them is well-formed IMAP.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "codec/unicode.h"
#include "message/header.h"
#include "message/section.h"
#include "message/structure.h"
#include "message/summary.h"

using namespace posthorn;
using namespace posthorn::message;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Balanced parentheses, atoms, quoted strings and literals (RFC 9051 9).
void require_well_formed(std::string_view s) {
  int depth = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '(') ++depth;
    if (s[i] == ')') require(--depth >= 0);
    if (s[i] == '"') {
      for (++i; require(i < s.size()), s[i] != '"'; ++i) {
        require(s[i] != '\r' && s[i] != '\n' && s[i] != '\0');
        if (s[i] == '\\') ++i;
      }
    } else if (s[i] == '{') {
      const auto end = s.find("}\r\n", i);
      require(end != s.npos);
      const auto size = parse_decimal<std::size_t>(s.substr(i + 1, end - i - 1));
      require(size && end + 3 + *size <= s.size());
      i = end + 2 + *size;
    } else {
      require(is_alnum(s[i]) || s[i] == ' ' || s[i] == '(' || s[i] == ')');
    }
  }
  require(depth == 0);
}

Parsed parse_in_pieces(std::string_view bytes, std::size_t size) {
  Parser parser;
  for (std::size_t i = 0; i < bytes.size(); i += size) parser.feed(bytes.substr(i, size));
  return parser.finish();
}

void require_sound(const MimeTree& tree, std::string_view bytes) {
  require(tree.size == bytes.size() && !tree.parts.empty() && tree.parts.size() <= kMaxParts);
  for (const auto& part : tree.parts) {
    require(part.header_start <= part.body_start && part.body_start <= part.body_end && part.body_end <= tree.size);
    if (part.parent == kNoPart) continue;
    const auto& parent = tree.parts[part.parent];
    require(part.header_start >= parent.body_start && part.body_end <= parent.body_end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = parse(bytes);
  require_sound(whole.tree, bytes);
  const auto pieces = parse_in_pieces(bytes, size % 7 + 1);
  require(pieces.tree == whole.tree && pieces.text == whole.text && pieces.header == whole.header &&
          pieces.nested_headers == whole.nested_headers);

  const auto summary = summarize(whole);
  for (const auto* printed : {&summary.envelope, &summary.bodystructure, &summary.body}) {
    require(!has_8bit(*printed));
    require_well_formed(*printed);
  }
  require_well_formed(print_bodystructure(whole, Utf8::raw));
  require(codec::is_valid_utf8(print_bodystructure(whole, Utf8::raw)));
  for (const auto* text : {&summary.preview, &summary.base_subject, &summary.message_id})
    require(codec::is_valid_utf8(*text));

  const auto again = decode_mime_tree(summary.tree);
  require(again && *again == whole.tree);
  for (std::uint32_t i = 1; i < 4; ++i)
    for (const auto what : {SectionText::whole, SectionText::header, SectionText::text, SectionText::mime}) {
      const std::uint32_t path[] = {i, 1, 1};
      for (std::size_t n = 0; n <= 3; ++n)
        if (const auto range = section_range(whole.tree, {path, n}, what)) require(range->offset + range->size <= size);
    }
  const auto both = select_header_fields(whole.header, {"to", "x"}, Fields::of_names).size() +
                    select_header_fields(whole.header, {"to", "x"}, Fields::not_of_names).size();
  require(both <= whole.header.size() + 8);

  // The stored form, from bytes that never were one.
  if (const auto tree = decode_mime_tree(bytes))
    require(encode(*tree).size() <= bytes.size() + 32 * tree->parts.size());
  return 0;
}
