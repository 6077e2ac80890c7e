#include "message/params.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "base/text.h"
#include "codec/charset.h"
#include "codec/unicode.h"
#include "message/encoded_word.h"
#include "message/field_syntax.h"

namespace posthorn::message {
namespace {

constexpr std::size_t kSegmentColumns = 60;

/// One `name*index*=value` as it stands.
struct Segment {
  std::string name;
  std::size_t index = 0;
  bool is_extended = false;   // a star at the end
  bool is_continued = false;  // has an index
  std::string value;
};

std::string take_value(std::string_view s, std::size_t& at) {
  if (at < s.size() && s[at] == '"') return take_quoted_string(s, at);
  // Unquoted values with spaces or specials in them are common: all up to the semicolon or a comment.
  const std::size_t start = at;
  while (at < s.size() && s[at] != ';' && !(s[at] == '(' && at > start && is_wsp(s[at - 1]))) ++at;
  auto text = trim(s.substr(start, at - start));
  // A '=' or a quote in it belongs to the next parameter, whose semicolon was forgotten.
  if (text.find_first_of("=\"") != std::string_view::npos) text = text.substr(0, text.find_first_of(" \t\r\n"));
  std::string value(text);
  std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
  return value;
}

Segment make_segment(std::string_view name, std::string value) {
  Segment segment;
  if (name.ends_with('*')) {
    segment.is_extended = true;
    name.remove_suffix(1);
  }
  if (const auto star = name.rfind('*'); star != std::string_view::npos) {
    if (const auto index = parse_decimal<std::uint16_t>(name.substr(star + 1))) {
      segment.index = *index;
      segment.is_continued = true;
      name = name.substr(0, star);
    }
  }
  segment.name = to_lower(name);
  segment.value = std::move(value);
  return segment;
}

std::vector<Segment> take_segments(std::string_view s) {
  std::vector<Segment> segments;
  std::size_t at = 0;
  while (at < s.size() && segments.size() < kMaxParams) {
    skip_cfws(s, at);
    if (at == s.size()) break;
    if (s[at] == ';') {
      ++at;
      continue;
    }
    const auto name = take_token(s, at);
    skip_cfws(s, at);
    if (name.empty() || at == s.size() || s[at] != '=') {
      at = std::min(s.find(';', at), s.size());
      continue;
    }
    skip_cfws(s, ++at);
    segments.push_back(make_segment(name, take_value(s, at)));
  }
  return segments;
}

void put_percent_decoded(std::string& out, std::string_view s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%' && i + 2 < s.size() && hex_value(s[i + 1]) >= 0 && hex_value(s[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(s[i + 1]) << 4 | hex_value(s[i + 2]));
      i += 2;
    } else {
      out += s[i];
    }
  }
}

Param decode_plain(std::string name, std::string value) {
  if (value.find("=?") != std::string::npos) {
    auto decoded = decode_words(value);
    if (decoded != value) return {std::move(name), std::move(decoded), ParamForm::words};
  }
  if (has_8bit(value)) value = codec::charset_to_utf8(value, "");
  return {std::move(name), std::move(value), ParamForm::plain};
}

using Run = std::vector<const Segment*>;

// `run` is the segments of one name in order of their index.
Param assemble(const Run& run) {
  const Segment* const first = run.front();
  if (!first->is_extended && run.size() == 1) return decode_plain(first->name, first->value);
  std::string bytes;
  std::string_view charset;
  bool extended = false;
  for (const auto* segment : run) {
    std::string_view value = segment->value;
    if (segment == first && segment->is_extended) {
      const auto quote = value.find('\'');
      const auto second = quote == std::string_view::npos ? quote : value.find('\'', quote + 1);
      if (second != std::string_view::npos) {
        charset = value.substr(0, quote);
        value.remove_prefix(second + 1);
      }
    }
    extended = extended || segment->is_extended;
    if (segment->is_extended)
      put_percent_decoded(bytes, value);
    else
      bytes += value;
  }
  if (!extended) return decode_plain(first->name, std::move(bytes));
  return {first->name, codec::charset_to_utf8(bytes, charset), ParamForm::extended};
}

// Extended before plain, then by index: the run that is kept is the first one of a name.
int rank(const Segment& s) { return s.is_extended || s.is_continued ? 0 : 1; }

bool is_attribute_char(char c) {
  return is_alnum(c) || std::string_view("!#$&+-.^_`{|}~").find(c) != std::string_view::npos;
}

}  // namespace

const std::string* find_param(const Params& params, std::string_view name) {
  for (const auto& param : params)
    if (param.name == name) return &param.value;
  return nullptr;
}

Params parse_params(std::string_view rest) {
  const auto segments = take_segments(rest);
  Params params;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (find_param(params, segments[i].name) != nullptr) continue;
    Run run;
    for (std::size_t j = i; j < segments.size(); ++j)
      if (segments[j].name == segments[i].name) run.push_back(&segments[j]);
    std::ranges::sort(run, std::less(), [](const Segment* s) { return std::tuple(rank(*s), s->index, s); });
    // A whole value, extended or not, is alone; continuations are those that count up from the first.
    std::size_t n = 1;
    while (run[0]->is_continued && n < run.size() && run[n]->is_continued && run[n]->index == run[n - 1]->index + 1)
      ++n;
    run.resize(n);
    params.push_back(assemble(run));
  }
  return params;
}

std::optional<ContentType> parse_content_type(std::string_view value) {
  std::size_t at = 0;
  skip_cfws(value, at);
  const auto type = take_token(value, at);
  skip_cfws(value, at);
  if (type.empty() || at == value.size() || value[at] != '/') return std::nullopt;
  skip_cfws(value, ++at);
  const auto subtype = take_token(value, at);
  if (subtype.empty() || has_8bit(type) || has_8bit(subtype)) return std::nullopt;
  at = std::min(value.find(';', at), value.size());
  return ContentType{to_lower(type), to_lower(subtype), parse_params(value.substr(at))};
}

std::optional<Disposition> parse_disposition(std::string_view value) {
  std::size_t at = 0;
  skip_cfws(value, at);
  const auto type = take_token(value, at);
  if (type.empty() || has_8bit(type)) return std::nullopt;
  at = std::min(value.find(';', at), value.size());
  return Disposition{to_lower(type), parse_params(value.substr(at))};
}

static void put_extended(std::string& out, std::string_view s) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : s) {
    if (is_attribute_char(c))
      out += c;
    else
      out += {'%', kHex[static_cast<unsigned char>(c) >> 4], kHex[static_cast<unsigned char>(c) & 15]};
  }
}

std::string extended_value(std::string_view utf8) {
  std::string out = "utf-8''";
  put_extended(out, utf8);
  return out;
}

std::string print_param(std::string_view name, std::string_view utf8, std::string_view separator) {
  std::size_t token_end = 0;
  const auto head = std::string(name);
  if (!utf8.empty() && take_token(utf8, token_end) == utf8 && !has_8bit(utf8)) return head + "=" + std::string(utf8);
  const bool is_ascii = std::ranges::none_of(utf8, [](char c) { return is_8bit(c) || is_ctl(c); });
  if (is_ascii && utf8.size() <= kSegmentColumns) return head + "=" + quoted_string(utf8);
  const auto value = extended_value(utf8);
  if (value.size() <= kSegmentColumns) return head + "*=" + value;
  std::string out;
  std::string_view rest = value;
  for (int index = 0; !rest.empty(); ++index) {
    auto n = std::min(rest.size(), kSegmentColumns);
    // A %XX is not cut.
    if (n < rest.size()) {
      if (rest[n - 1] == '%')
        n -= 1;
      else if (rest[n - 2] == '%')
        n -= 2;
    }
    if (index > 0) out += separator;
    out += head + "*" + std::to_string(index) + "*=" + std::string(rest.substr(0, n));
    rest.remove_prefix(n);
  }
  return out;
}

}  // namespace posthorn::message
