#include "message/rendition.h"

#include <algorithm>

#include "base/text.h"
#include "message/header.h"

namespace posthorn::message {
namespace {

constexpr std::uint64_t kBytesALine = 57;  // 76 characters
constexpr std::uint64_t kLine = 78;        // with its CRLF

bool is_told_in_base64(const Part& part) {
  return part.encoding == kBinary && !part.is_multipart() && !part.is_message();
}

/// Of so many bytes in base64, lines parted by CRLF, none behind the last.
std::uint64_t encoded_size(std::uint64_t size) {
  if (size == 0) return 0;
  const std::uint64_t characters = (size + 2) / 3 * 4;
  return characters + (characters - 1) / 76 * 2;
}

std::uint64_t encoded_lines(std::uint64_t size) { return size == 0 ? 0 : ((size + 2) / 3 * 4 - 1) / 76; }

}  // namespace

bool has_binary_part(const MimeTree& tree) { return std::ranges::any_of(tree.parts, is_told_in_base64); }

std::size_t find_binary_word(std::string_view header) {
  const auto field = Headers(header).find("Content-Transfer-Encoding");
  if (!field) return std::string_view::npos;
  const auto at = ifind(field->value, kBinary);
  if (at == std::string_view::npos) return at;
  return static_cast<std::size_t>(field->value.data() - header.data()) + at;
}

Rendition::Rendition(const MimeTree& tree) : tree_(tree) {
  std::vector<const Part*> encoded;
  for (const Part& part : tree.parts)
    if (is_told_in_base64(part)) encoded.push_back(&part);
  std::uint64_t start = 0, told = 0;
  const auto add = [&](std::uint64_t end, bool is_base64) {
    const std::uint64_t size = end - start;
    const Piece piece{told, is_base64 ? encoded_size(size) : size, start, size, is_base64};
    if (size > 0) pieces_.push_back(piece);
    start = end;
    told += piece.told_size;
  };
  for (const Part* part : encoded) {
    add(part->body_start, false);
    add(part->body_end, true);
  }
  add(tree.size, false);

  const auto told_at = [&](std::uint64_t offset) {
    std::uint64_t at = offset;
    for (const Part* part : encoded)
      if (part->body_end <= offset) at += encoded_size(part->body_size()) - part->body_size();
    return at;
  };
  for (std::uint32_t i = 0; i < tree_.parts.size(); ++i) {
    const Part& from = tree.parts[i];
    Part& to = tree_.parts[i];
    to.header_start = told_at(from.header_start);
    to.body_start = told_at(from.body_start);
    to.body_end = told_at(from.body_end);
    if (!is_told_in_base64(from)) continue;
    to.encoding = kBase64;
    const std::uint64_t lines = encoded_lines(from.body_size());
    for (std::uint32_t holder = tree.parts[i].parent; holder != kNoPart; holder = tree.parts[holder].parent)
      tree_.parts[holder].body_lines = tree_.parts[holder].body_lines + lines - from.body_lines;
    to.body_lines = lines;
  }
  tree_.size = told;
}

const Rendition::Piece& Rendition::piece_at(std::uint64_t offset) const {
  return *std::prev(std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                                     [](std::uint64_t at, const Piece& piece) { return at < piece.told_start; }));
}

Rendition::Source Rendition::source_of(const Piece& piece, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t within = offset - piece.told_start;
  if (!piece.is_base64) return {piece.start + within, std::min(size, piece.told_size - within), 0};
  const std::uint64_t first_line = within / kLine, end_line = (within + size + kLine - 1) / kLine;
  const std::uint64_t from = first_line * kBytesALine;
  return {piece.start + from, std::min(end_line * kBytesALine, piece.size) - from, within - first_line * kLine};
}

}  // namespace posthorn::message
