#include "codec/idna.h"

#include <unicode/uidna.h>

#include <array>

#include "base/text.h"
#include "codec/unicode.h"

namespace posthorn::codec {
namespace {

// In UTF-8 a label of 63 bytes as A-label has at most 4 * 63; longer input cannot be a domain.
constexpr std::size_t kLongestUtf8 = 4 * kLongestDomain;

const UIDNA* uts46() {
  static const UIDNA* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    return uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
        &status);
  }();
  return instance;
}

using Convert = std::int32_t (*)(const UIDNA*, const char*, std::int32_t, char*, std::int32_t, UIDNAInfo*, UErrorCode*);

// Empty where IDNA finds an error.
std::string convert(Convert function, std::string_view domain) {
  std::array<char, 2 * kLongestUtf8> out;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode status = U_ZERO_ERROR;
  const auto n = function(uts46(), domain.data(), static_cast<std::int32_t>(domain.size()), out.data(),
                          static_cast<std::int32_t>(out.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0 || n < 0 || static_cast<std::size_t>(n) > out.size()) return {};
  return {out.data(), static_cast<std::size_t>(n)};
}

}  // namespace

Result<std::string> domain_to_ascii(std::string_view utf8) {
  if (utf8.empty() || utf8.size() > kLongestUtf8) return fail(Code::invalid, "the domain is empty or too long");
  auto ascii = has_8bit(utf8) ? convert(uidna_nameToASCII_UTF8, utf8) : to_lower(utf8);
  if (ascii.empty()) return fail(Code::invalid, "the domain is not a valid internationalised name");
  if (ascii.size() > kLongestDomain) return fail(Code::invalid, "the domain is too long");
  return ascii;
}

std::string domain_to_unicode(std::string_view domain) {
  auto lower = to_lower(domain);
  if (ifind(lower, "xn--") == std::string_view::npos && !has_8bit(lower)) return lower;
  std::string out;
  for (const auto label : split(lower, '.')) {
    if (!out.empty() || label.data() != lower.data()) out += '.';
    const auto decoded = label.size() <= kLongestDomain ? convert(uidna_labelToUnicodeUTF8, label) : std::string();
    out += decoded.empty() ? to_valid_utf8(label) : decoded;
  }
  return out;
}

}  // namespace posthorn::codec
