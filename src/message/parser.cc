#include "message/parser.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "message/field_syntax.h"
#include "message/header.h"

namespace posthorn::message {
namespace {

// As much of a line as decides whether it is a delimiter, the last one included.
constexpr std::size_t kLineHead = 2 + kMaxBoundary + 2;

std::vector<std::string> parse_languages(std::string_view value) {
  std::vector<std::string> languages;
  for (std::size_t at = 0; at < value.size() && languages.size() < kMaxParams; ++at) {
    skip_cfws(value, at);
    const auto tag = take_token(value, at);
    if (!tag.empty()) languages.emplace_back(tag);
  }
  return languages;
}

std::string first_token(std::string_view value) {
  std::size_t at = 0;
  skip_cfws(value, at);
  return to_lower(take_token(value, at));
}

/// The fields of a part's header section that MIME defines; of each the first one counts.
class MimeFields {
 public:
  explicit MimeFields(Part& part) : part_(part) {}

  void read(std::string_view header) {
    for (const auto& field : Headers(header))
      if (istarts_with(field.name, "content-")) take(to_lower(field.name.substr(8)), field.value);
  }

 private:
  void take(const std::string& name, std::string_view value) {
    if (name == "type" && !std::exchange(has_type_, true)) {
      content_type(value);
    } else if (name == "transfer-encoding" && part_.encoding.empty()) {
      part_.encoding = first_token(value);
    } else if (name == "disposition" && part_.disposition.empty()) {
      if (auto disposition = parse_disposition(value)) {
        part_.disposition = std::move(disposition->type);
        part_.disposition_params = std::move(disposition->params);
      }
    } else if (name == "id" && part_.id.empty()) {
      part_.id = unfold(value);
    } else if (name == "description" && part_.description.empty()) {
      part_.description = unfold(value);
    } else if (name == "md5" && part_.md5.empty()) {
      part_.md5 = unfold(value);
    } else if (name == "language" && part_.languages.empty()) {
      part_.languages = parse_languages(value);
    } else if (name == "location" && part_.location.empty()) {
      part_.location = unfold(value);
    }
  }

  void content_type(std::string_view value) {
    auto type = parse_content_type(value);
    // RFC 2045 5.2: a field that cannot be read means text/plain; us-ascii.
    part_.type = type ? std::move(type->type) : "text";
    part_.subtype = type ? std::move(type->subtype) : "plain";
    if (type) part_.params = std::move(type->params);
  }

  Part& part_;
  bool has_type_ = false;
};

}  // namespace

std::string_view Parsed::header_of(std::uint32_t part) const {
  if (part == 0) return header;
  const auto it = std::ranges::lower_bound(nested_headers, part, {}, [](const auto& nested) { return nested.first; });
  return it != nested_headers.end() && it->first == part ? std::string_view(it->second) : std::string_view();
}

Parser::Parser() { begin_part(kNoPart, 0); }

void Parser::feed(std::string_view chunk) {
  if (!parsed_.has_nul) parsed_.has_nul = chunk.find('\0') != std::string_view::npos;
  while (!chunk.empty()) {
    if (!in_header_ && boundaries_ == 0 && !in_text_ && line_start_ == offset_) return count_only(chunk);
    const auto* lf = static_cast<const char*>(std::memchr(chunk.data(), '\n', chunk.size()));
    const auto piece = chunk.substr(0, lf == nullptr ? chunk.size() : static_cast<std::size_t>(lf - chunk.data()) + 1);
    chunk.remove_prefix(piece.size());
    const bool is_whole = lf != nullptr && line_start_ == offset_;
    keep(piece);
    offset_ += piece.size();
    if (!is_whole) line_ += piece.substr(0, kLineHead - std::min(kLineHead, line_.size()));
    if (lf != nullptr) {
      const bool crlf = piece.size() > 1 ? piece[piece.size() - 2] == '\r' : ends_with_cr_;
      end_line(is_whole ? piece : std::string_view(line_), crlf ? 2 : 1);
      line_.clear();
    }
    ends_with_cr_ = piece.back() == '\r';
  }
}

// Where no delimiter can come, lines matter only by their number.
void Parser::count_only(std::string_view chunk) {
  lines_ += static_cast<std::uint64_t>(std::ranges::count(chunk, '\n'));
  offset_ += chunk.size();
  line_start_ = offset_;
}

void Parser::keep(std::string_view piece) {
  if (in_header_) {
    header_ += piece.substr(0, header_limit_ - header_.size());
  } else if (in_text_) {
    parsed_.text += piece.substr(0, kMaxText - parsed_.text.size());
  }
}

// `line` is the line with its break, or the first kLineHead bytes of it.
void Parser::end_line(std::string_view line, std::size_t break_size) {
  const auto found = boundaries_ > 0 && line.starts_with("--") ? find_delimiter(line) : std::nullopt;
  const bool is_blank = offset_ - line_start_ == break_size;
  if (found) delimiter(*found);
  lines_ += break_size > 0 ? 1 : 0;
  if (!found && in_header_ && is_blank) end_header(offset_);
  line_start_ = offset_;
  last_break_ = break_size;
  header_mark_ = header_.size();
  text_mark_ = parsed_.text.size();
  if (parsed_.text.size() == kMaxText) in_text_ = false;
}

std::optional<Parser::Delimiter> Parser::find_delimiter(std::string_view line) const {
  line.remove_prefix(2);
  std::optional<Delimiter> found;
  std::size_t longest = 0;
  for (std::size_t level = open_.size(); level-- > 0;) {
    const auto& boundary = open_[level].boundary;
    if (boundary.size() <= longest || !line.starts_with(boundary)) continue;
    longest = boundary.size();
    found = Delimiter{level, line.substr(longest).starts_with("--")};
  }
  if (found && !found->is_last && parsed_.tree.parts.size() >= kMaxParts) return std::nullopt;
  return found;
}

void Parser::delimiter(Delimiter found) {
  header_.resize(std::min(header_.size(), header_mark_));
  parsed_.text.resize(std::min(parsed_.text.size(), text_mark_));
  while (in_header_ && found.level + 1 < open_.size()) {
    in_header_ = false;
    end_header(line_start_);
  }
  in_header_ = in_text_ = false;
  close_above(found.level, line_start_ - last_break_, lines_ - (last_break_ > 0 ? 1 : 0));
  if (!found.is_last) return begin_part(open_.back().part, offset_);
  open_.back().boundary.clear();
  --boundaries_;
}

void Parser::begin_part(std::uint32_t parent, std::uint64_t header_start) {
  Part part;
  part.parent = parent;
  part.header_start = header_start;
  if (parent != kNoPart && parsed_.tree.parts[parent].is("multipart", "digest")) {
    part.type = "message";  // RFC 2046 5.1.5
    part.subtype = "rfc822";
  }
  open_.push_back({static_cast<std::uint32_t>(parsed_.tree.parts.size()), 0, {}});
  parsed_.tree.parts.push_back(std::move(part));
  header_.clear();
  header_limit_ =
      parent == kNoPart ? kMaxRootHeader : std::max(kMinPartHeader, std::min(kMaxPartHeader, part_headers_left_));
  in_header_ = true;
}

void Parser::end_header(std::uint64_t body_start) {
  auto& part = current();
  MimeFields(part).read(header_);
  if (open_.size() > 1) part_headers_left_ -= std::min(part_headers_left_, header_.size());
  part.body_start = part.body_end = body_start;
  open_.back().first_line = lines_;
  in_header_ = false;
  keep_message_header();
  if (!part.is_multipart() && !part.is_message()) return begin_text();
  if (open_.size() > kMaxNesting || (part.is_message() && parsed_.tree.parts.size() >= kMaxParts)) {
    part.type = "application";
    part.subtype = "octet-stream";
    part.params.clear();
  } else if (part.is_message()) {
    begin_part(open_.back().part, body_start);
  } else if (const auto* boundary = find_param(part.params, "boundary");
             boundary != nullptr && !boundary->empty() && boundary->size() <= kMaxBoundary) {
    open_.back().boundary = *boundary;
    ++boundaries_;
  }
}

void Parser::keep_message_header() {
  const auto part = open_.back().part;
  if (part == 0) {
    parsed_.header = std::move(header_);
  } else if (parsed_.tree.has_message_header(part)) {
    parsed_.nested_headers.emplace_back(part, header_);
  }
  header_.clear();
}

void Parser::begin_text() {
  const auto& part = current();
  if (parsed_.text_part != kNoPart || part.type != "text" || part.is_attachment()) return;
  const auto is_message = [this](const Open& open) { return parsed_.tree.parts[open.part].is_message(); };
  if (std::ranges::any_of(open_, is_message)) return;
  parsed_.text_part = open_.back().part;
  in_text_ = true;
}

void Parser::close_above(std::size_t level, std::uint64_t end, std::uint64_t end_lines) {
  for (; open_.size() > level + 1; open_.pop_back()) {
    auto& part = current();
    // The break before a delimiter may be the one that ends an empty part's header section: then it belongs to that,
    // and what encloses the part cannot end before it.
    if (part.body_start > end) {
      end = part.body_start;
      end_lines = lines_;
    }
    part.body_end = end;
    part.body_lines = end_lines - open_.back().first_line;
    if (!open_.back().boundary.empty()) --boundaries_;
  }
}

Parsed Parser::finish() {
  if (offset_ > line_start_) end_line(line_, 0);
  while (in_header_) end_header(offset_);
  close_above(0, offset_, lines_);
  auto& root = current();
  root.body_end = offset_;
  root.body_lines = lines_ - open_.front().first_line;
  parsed_.tree.size = offset_;
  return std::move(parsed_);
}

Parsed parse(std::string_view message) {
  Parser parser;
  parser.feed(message);
  return parser.finish();
}

}  // namespace posthorn::message
