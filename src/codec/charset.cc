#include "codec/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"
#include "codec/unicode.h"

namespace posthorn::codec {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kPooled = 8;

// 0x80 to 0x9f of windows-1252; the five that it leaves open are the C1 controls of iso-8859-1, as browsers have it.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
                                                   0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

char32_t windows_1252(char byte) {
  const auto c = static_cast<unsigned char>(byte);
  return c >= 0x80 && c < 0xa0 ? kWindows1252[c - 0x80] : c;
}

constexpr std::array<std::string_view, 5> kGuessed = {"", "us-ascii", "ascii", "unknown-8bit", "x-unknown"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kAliases = {{
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"ansi", "windows-1252"},
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"ks_c_5601-1987", "windows-949"},
    {"euc-kr", "windows-949"},
    {"iso-8859-8-i", "iso-8859-8"},
    {"x-sjis", "windows-31j"},
}};

std::string canonical(std::string_view charset) {
  auto name = to_lower(trim(charset.substr(0, kLongestName + 1)));
  for (const auto& [alias, meant] : kAliases)
    if (name == alias) return std::string(meant);
  return name;
}

// Opening a converter looks its name up among thousands: the last few that were used are kept.
struct Pool {
  std::vector<std::pair<std::string, UConverter*>> converters;
  ~Pool() {
    for (auto& [name, converter] : converters) ucnv_close(converter);
  }
};
thread_local Pool pool;

// Asks the table of aliases first: ucnv_open looks for a file of any other name, reads options after a comma, and takes
// an empty name for the machine's own charset.
bool is_in_table(const std::string& name) {
  const auto is_plain = [](char c) {
    return is_alnum(c) || std::string_view("-_.:+()").find(c) != std::string_view::npos;
  };
  if (name.empty() || name.size() > kLongestName || !std::ranges::all_of(name, is_plain)) return false;
  UErrorCode status = U_ZERO_ERROR;
  return ucnv_countAliases(name.c_str(), &status) > 0 && U_SUCCESS(status);
}

UConverter* open(const std::string& name) {
  for (auto it = pool.converters.begin(); it != pool.converters.end(); ++it) {
    if (it->first != name) continue;
    auto* converter = it->second;
    pool.converters.erase(it);
    return converter;
  }
  if (!is_in_table(name)) return nullptr;
  UErrorCode status = U_ZERO_ERROR;
  auto* converter = ucnv_open(name.c_str(), &status);
  return U_FAILURE(status) ? nullptr : converter;
}

bool is_guessed(std::string_view name) { return std::ranges::find(kGuessed, name) != kGuessed.end(); }

// The number of bytes at the end of `s` that begin a sequence which more bytes could complete: 0 to 3.
std::size_t unfinished(std::string_view s) {
  for (std::size_t n = 1; n <= 3 && n <= s.size(); ++n) {
    const auto c = static_cast<unsigned char>(s[s.size() - n]);
    if (c >= 0xc0) return (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) > n ? n : 0;
    if (c < 0x80) return 0;
  }
  return 0;
}

// U+FFFD itself is three valid bytes; as the answer for an ill-formed piece it stands for fewer.
void put_guessed(std::string& out, std::string_view s) {
  while (!s.empty()) {
    auto rest = s;
    const char32_t c = take_utf8(rest);
    const auto piece = s.substr(0, s.size() - rest.size());
    if (c == 0xfffd && piece != "\uFFFD")
      for (const char byte : piece) put_utf8(out, windows_1252(byte));
    else
      out += piece;
    s = rest;
  }
}

}  // namespace

void CharsetDecoder::GiveBack::operator()(UConverter* converter) const {
  ucnv_reset(converter);
  if (pool.converters.size() == kPooled) {
    ucnv_close(pool.converters.front().second);
    pool.converters.erase(pool.converters.begin());
  }
  pool.converters.emplace_back(name, converter);
}

CharsetDecoder::CharsetDecoder(std::string_view charset) {
  const auto name = canonical(charset);
  if (is_guessed(name)) return;
  if (name == "utf-8") {
    kind_ = Kind::utf8;
    return;
  }
  converter_ = {open(name), GiveBack{name}};
  if (converter_) kind_ = Kind::icu;
}

void CharsetDecoder::feed(std::string_view bytes, std::string& out) {
  kind_ == Kind::icu ? feed_icu(bytes, false, out) : feed_utf8(bytes, false, out);
}

void CharsetDecoder::finish(std::string& out) {
  kind_ == Kind::icu ? feed_icu({}, true, out) : feed_utf8({}, true, out);
}

void CharsetDecoder::feed_utf8(std::string_view bytes, bool last, std::string& out) {
  std::string joined;
  if (!pending_.empty()) {
    joined = pending_ + std::string(bytes);
    bytes = joined;
    pending_.clear();
  }
  if (!last) {
    const auto n = unfinished(bytes);
    pending_ = bytes.substr(bytes.size() - n);
    bytes.remove_suffix(n);
  }
  if (is_valid_utf8(bytes)) {
    out += bytes;
  } else if (kind_ == Kind::guess) {
    put_guessed(out, bytes);
  } else {
    out += to_valid_utf8(bytes);
  }
}

void CharsetDecoder::feed_icu(std::string_view bytes, bool last, std::string& out) {
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  UErrorCode status = U_ZERO_ERROR;
  do {
    std::array<char16_t, 512> units;
    char16_t* target = units.data();
    status = U_ZERO_ERROR;
    ucnv_toUnicode(converter_.get(), &target, units.data() + units.size(), &source, end, nullptr, last, &status);
    for (const char16_t* unit = units.data(); unit != target; ++unit) {
      char32_t c = *unit;
      if ((c & 0xfc00) == 0xd800 && unit + 1 != target) c = 0x10000 + ((c - 0xd800) << 10) + (*++unit & 0x3ff);
      put_utf8(out, c);
    }
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  if (last) ucnv_reset(converter_.get());
}

bool is_known_charset(std::string_view charset) {
  const auto name = canonical(charset);
  if (name == "utf-8" || name == "us-ascii" || name == "ascii") return true;
  return !is_guessed(name) && is_in_table(name);
}

std::string charset_to_utf8(std::string_view bytes, std::string_view charset) {
  std::string out;
  CharsetDecoder decoder(charset);
  decoder.feed(bytes, out);
  decoder.finish(out);
  return out;
}

}  // namespace posthorn::codec
