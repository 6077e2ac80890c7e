#include "message/section.h"

namespace posthorn::message {
namespace {

ByteRange header_of(const Part& part) { return {part.header_start, part.body_start - part.header_start}; }
ByteRange body_of(const Part& part) { return {part.body_start, part.body_size()}; }

}  // namespace

std::uint32_t find_part(const MimeTree& tree, std::span<const std::uint32_t> path) {
  std::uint32_t part = 0;
  // A message and its body share an index where the body is no multipart: the first step then stays.
  bool is_message = true;
  for (const std::uint32_t number : path) {
    if (number == 0) return kNoPart;
    if (!is_message && tree.parts[part].is_message()) {
      part = tree.child(part, 1);
      if (part == kNoPart) return kNoPart;
      is_message = true;
    }
    if (tree.parts[part].is_multipart())
      part = tree.child(part, number);
    else if (!is_message || number != 1)
      return kNoPart;
    if (part == kNoPart) return kNoPart;
    is_message = false;
  }
  return part;
}

std::optional<ByteRange> section_range(const MimeTree& tree, std::span<const std::uint32_t> path, SectionText what) {
  const auto index = find_part(tree, path);
  if (index == kNoPart) return std::nullopt;
  const auto& part = tree.parts[index];
  if (path.empty()) {
    switch (what) {
      case SectionText::whole: return ByteRange{0, tree.size};
      case SectionText::header: return header_of(part);
      case SectionText::text: return body_of(part);
      case SectionText::mime: return std::nullopt;
    }
  }
  if (what == SectionText::whole) return body_of(part);
  if (what == SectionText::mime) return header_of(part);
  const auto message = part.is_message() ? tree.child(index, 1) : kNoPart;
  if (message == kNoPart) return std::nullopt;
  return what == SectionText::header ? header_of(tree.parts[message]) : body_of(tree.parts[message]);
}

}  // namespace posthorn::message
