#include "message/html_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "codec/unicode.h"

namespace posthorn::message {
namespace {

// Elements whose contents are not shown.
constexpr std::array<std::string_view, 7> kHidden = {"script", "style", "head", "title", "template", "noscript", "svg"};

constexpr std::array<std::string_view, 31> kBlocks = {
    "address", "article", "aside", "blockquote", "br",    "center", "dd", "div", "dl", "dt",   "footer",
    "form",    "h1",      "h2",    "h3",         "h4",    "h5",     "h6", "hr",  "li", "main", "ol",
    "option",  "p",       "pre",   "section",    "table", "td",     "th", "tr",  "ul"};

// U+00A0 to U+00FF in order.
constexpr std::array<std::string_view, 96> kLatin1 = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",
    "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",
    "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave",
    "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",
    "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",
    "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute",
    "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
    "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide",
    "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

constexpr std::array<std::pair<std::string_view, char32_t>, 23> kNamed = {
    {{"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
     {"euro", 0x20ac},   {"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019},
     {"sbquo", 0x201a},  {"ldquo", 0x201c}, {"rdquo", 0x201d}, {"bdquo", 0x201e}, {"bull", 0x2022},
     {"hellip", 0x2026}, {"trade", 0x2122}, {"zwnj", 0x200c},  {"zwj", 0x200d},   {"lsaquo", 0x2039},
     {"rsaquo", 0x203a}, {"minus", 0x2212}, {"rarr", 0x2192}}};

constexpr std::size_t kLongestReference = 10;

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::ranges::any_of(list, [name](std::string_view item) { return iequals(item, name); });
}

char32_t numeric_reference(std::string_view digits) {
  const bool is_hex = !digits.empty() && to_lower(digits.front()) == 'x';
  if (is_hex) digits.remove_prefix(1);
  const char32_t base = is_hex ? 16 : 10;
  char32_t value = 0;
  for (const char c : digits) {
    const int digit = hex_value(c);
    if (digit < 0 || static_cast<char32_t>(digit) >= base) return 0;
    value = value * base + static_cast<char32_t>(digit);
  }
  return value <= 0x10ffff ? value : 0;
}

// 0 where it is none that we know.
char32_t reference(std::string_view name) {
  if (name.starts_with('#')) return numeric_reference(name.substr(1));
  for (const auto& [known, c] : kNamed)
    if (name == known) return c;
  const auto* const it = std::ranges::find(kLatin1, name);
  return it == kLatin1.end() ? 0 : 0xa0 + static_cast<char32_t>(it - kLatin1.begin());
}

/// Reads from left to right; each byte is looked at a bounded number of times.
class Stripper {
 public:
  Stripper(std::string_view html, std::size_t limit) : rest_(html), limit_(limit) {}

  std::string strip() {
    while (!rest_.empty() && out_.size() < limit_) {
      const auto special = std::min({rest_.find_first_of("<&"), rest_.size(), limit_ - out_.size()});
      out_ += rest_.substr(0, special);
      rest_.remove_prefix(special);
      if (rest_.starts_with('<'))
        tag();
      else if (rest_.starts_with('&'))
        character_reference();
    }
    return std::move(out_);
  }

 private:
  void skip_behind(std::string_view end, std::size_t from) {
    const auto at = rest_.find(end, from);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
  }

  void tag() {
    if (rest_.starts_with("<!--")) return skip_behind("-->", 4);
    const bool is_end = rest_.starts_with("</");
    const auto inside = rest_.substr(is_end ? 2 : 1);
    if (inside.empty() || (!is_alpha(inside.front()) && inside.front() != '!' && inside.front() != '?')) {
      out_ += '<';
      rest_.remove_prefix(1);
      return;
    }
    const auto length = std::ranges::find_if_not(inside, is_alnum) - inside.begin();
    const auto name = inside.substr(0, static_cast<std::size_t>(length));
    skip_behind(">", 1);
    if (is_in(kBlocks, name)) out_ += '\n';
    if (!is_end && is_in(kHidden, name)) skip_element(name);
  }

  void skip_element(std::string_view name) {
    const auto at = ifind(rest_, "</" + std::string(name));
    rest_.remove_prefix(std::min(at, rest_.size()));
    if (!rest_.empty()) skip_behind(">", 0);
  }

  void character_reference() {
    const auto end = rest_.substr(0, kLongestReference).find(';');
    const char32_t c = end == std::string_view::npos ? 0 : reference(rest_.substr(1, end - 1));
    if (c == 0) {
      out_ += '&';
      rest_.remove_prefix(1);
      return;
    }
    codec::put_utf8(out_, c);
    rest_.remove_prefix(end + 1);
  }

  std::string_view rest_;
  std::size_t limit_;
  std::string out_;
};

}  // namespace

std::string html_text(std::string_view html, std::size_t limit) { return Stripper(html, limit).strip(); }

}  // namespace posthorn::message
