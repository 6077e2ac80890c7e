#include "imap/commands/fetch_section.h"

#include <algorithm>
#include <optional>

#include "imap/server/session.h"
#include "imap/syntax/printer.h"
#include "mailstore/told_message.h"
#include "message/header.h"
#include "message/section.h"

namespace posthorn::imap {
namespace {

using mailstore::Email;
using mailstore::ToldMessage;
using message::ByteRange;
using message::SectionText;

/// The section that an item names, RFC822 and its like too (RFC 3501 6.4.5).
SectionSpec section_of(const FetchItem& item) {
  switch (item.att) {
    case FetchAtt::rfc822_header: return {.part = {}, .text = SectionSpec::Text::header, .fields = {}};
    case FetchAtt::rfc822_text: return {.part = {}, .text = SectionSpec::Text::text, .fields = {}};
    case FetchAtt::rfc822: return {};
    default: return item.section;
  }
}

bool has_fields(const SectionSpec& section) {
  return section.text == SectionSpec::Text::header_fields || section.text == SectionSpec::Text::header_fields_not;
}

SectionText text_of(const SectionSpec& section) {
  switch (section.text) {
    case SectionSpec::Text::all: return SectionText::whole;
    case SectionSpec::Text::text: return SectionText::text;
    case SectionSpec::Text::mime: return SectionText::mime;
    case SectionSpec::Text::header:
    case SectionSpec::Text::header_fields:
    case SectionSpec::Text::header_fields_not: break;
  }
  return SectionText::header;
}

/// Where the section lies; nothing for a part that is not there. The whole message needs no tree.
Result<std::optional<ByteRange>> locate(const ToldMessage& told, const SectionSpec& section) {
  const SectionText text = text_of(section);
  const std::uint64_t header = std::min(told.header_size(), told.size());
  if (section.part.empty()) {
    if (text == SectionText::whole) return ByteRange{0, told.size()};
    if (text == SectionText::header) return ByteRange{0, header};
    if (text == SectionText::text) return ByteRange{header, told.size() - header};
  }
  const auto tree = told.tree();
  if (!tree) return base::fail(tree);
  return message::section_range(*tree, section.part, text);
}

ByteRange cut(ByteRange range, const std::optional<Partial>& partial) {
  if (!partial) return range;
  const std::uint64_t skipped = std::min(partial->offset, range.size);
  return {range.offset + skipped, std::min(partial->count, range.size - skipped)};
}

void append_without_nul(std::string& out, std::string_view bytes) {
  const auto start = static_cast<std::string::difference_type>(out.size());
  out += bytes;
  // As print_literal: a literal cannot hold NUL (RFC 9051 9, CHAR8).
  if (bytes.find('\0') != std::string_view::npos) std::replace(out.begin() + start, out.end(), '\0', '\x1a');
}

net::Task<Result<void>> send_range(Session* session, const ToldMessage* told, ByteRange range) {
  const std::uint64_t end = range.offset + range.size;
  bool is_begun = false;
  while (range.offset < end || !is_begun) {
    const std::uint64_t length = std::min(end - range.offset, told->best_piece(range.offset));
    const auto piece = co_await told->read(range.offset, length);
    if (!piece && is_begun) throw net::Lost(Code::io, piece.error().text);
    if (!piece) co_return base::fail(piece);
    if (!std::exchange(is_begun, true)) {
      LiteralAnnouncement{.size = range.size}.print(session->out());
      session->out() += "\r\n";
    }
    append_without_nul(session->out(), *piece);
    range.offset += length;
    if (session->is_out_full()) co_await session->flush();
  }
  co_return Result<void>();
}

net::Task<Result<void>> send_fields(Session* session, const ToldMessage* told, ByteRange range,
                                    const SectionSpec* section, std::optional<Partial> partial) {
  const auto header = co_await told->read(range.offset, std::min(range.size, kMostHeader));
  if (!header) co_return base::fail(header);
  const auto which =
      section->text == SectionSpec::Text::header_fields ? message::Fields::of_names : message::Fields::not_of_names;
  const std::string chosen = message::select_header_fields(*header, section->fields, which);
  const ByteRange asked = cut({0, chosen.size()}, partial);
  print_literal(session->out(), std::string_view(chosen).substr(asked.offset, asked.size));
  co_return Result<void>();
}

}  // namespace

bool is_section(FetchAtt att) {
  switch (att) {
    case FetchAtt::body_section:
    case FetchAtt::body_peek_section:
    case FetchAtt::rfc822:
    case FetchAtt::rfc822_header:
    case FetchAtt::rfc822_text: return true;
    default: return false;
  }
}

net::Task<Result<void>> send_section(Session* session, const FetchItem* item, const Email* email) {
  item->print_name(session->out());
  session->out() += ' ';
  const SectionSpec section = section_of(*item);
  const auto told = co_await ToldMessage::open(session->mailstore(), email);
  if (!told) {
    session->out() += "NIL";
    co_return base::fail(told);
  }
  const auto range = locate(*told, section);
  Result<void> sent = range ? Result<void>() : base::fail(range);
  if (range && *range && has_fields(section)) {
    sent = co_await send_fields(session, &*told, **range, &section, item->partial);
  } else if (range && *range) {
    sent = co_await send_range(session, &*told, cut(**range, item->partial));
  }
  if (!sent || !*range) session->out() += "NIL";
  co_return sent;
}

}  // namespace posthorn::imap
