#include "imap/syntax/section.h"

#include <algorithm>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

struct SectionTextName {
  std::string_view name;
  SectionSpec::Text text;
};

static constexpr SectionTextName kSectionTexts[] = {
    {"HEADER", SectionSpec::Text::header},
    {"HEADER.FIELDS", SectionSpec::Text::header_fields},
    {"HEADER.FIELDS.NOT", SectionSpec::Text::header_fields_not},
    {"TEXT", SectionSpec::Text::text},
    {"MIME", SectionSpec::Text::mime},
};

static bool has_fields(SectionSpec::Text text) {
  return text == SectionSpec::Text::header_fields || text == SectionSpec::Text::header_fields_not;
}

static std::string header_field_name(Lexer& in) {
  auto name = in.astring();
  const bool is_name = !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
    return is_ctl(c) || is_8bit(c) || c == ' ' || c == ':';
  });
  if (!is_name) in.fail("a name of a header field is expected");
  return name;
}

static SectionSpec::Text section_text(Lexer& in, bool has_part) {
  const auto name = in.name();
  const auto row = std::find_if(std::begin(kSectionTexts), std::end(kSectionTexts),
                                [&](const auto& known) { return iequals(known.name, name); });
  if (row == std::end(kSectionTexts)) {
    in.fail("unknown section");
    return SectionSpec::Text::all;
  }
  if (row->text == SectionSpec::Text::mime && !has_part) in.fail("MIME asks for a part number before it");
  return row->text;
}

SectionSpec SectionSpec::parse(Lexer& in) {
  SectionSpec spec;
  in.require_char('[');
  if (in.try_char(']')) return spec;
  bool more = true;
  while (more && is_digit(in.peek())) {
    spec.part.push_back(in.nz_number());
    if (spec.part.size() > kMaxDepth) in.fail("the part number is too deep");
    more = in.try_char('.');
  }
  if (more) spec.text = section_text(in, !spec.part.empty());
  if (has_fields(spec.text)) {
    in.sp();
    in.list([&] {
      spec.fields.push_back(header_field_name(in));
      if (spec.fields.size() > kMaxFields) in.fail("too many header fields");
    });
  }
  in.require_char(']');
  return in.ok() ? spec : SectionSpec{};
}

void SectionSpec::print(std::string& out) const {
  out += '[';
  for (const auto number : part) {
    if (out.back() != '[') out += '.';
    print_number(out, number);
  }
  if (text != Text::all) {
    if (!part.empty()) out += '.';
    for (const auto& known : kSectionTexts)
      if (known.text == text) out += known.name;
  }
  if (has_fields(text)) {
    out += ' ';
    print_list(out, fields, print_astring);
  }
  out += ']';
}

Partial Partial::parse(Lexer& in) {
  in.require_char('<');
  const auto offset = in.number64();
  in.require_char('.');
  const auto count = in.nz_number64();
  in.require_char('>');
  return in.ok() ? Partial{offset, count} : Partial{};
}

void Partial::print(std::string& out) const {
  out += '<';
  print_number(out, offset);
  out += '.';
  print_number(out, count);
  out += '>';
}

}  // namespace posthorn::imap
