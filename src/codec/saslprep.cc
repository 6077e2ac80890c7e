#include "codec/saslprep.h"

#include <unicode/usprep.h>

#include <algorithm>

#include "base/text.h"
#include "codec/unicode.h"

namespace posthorn::codec {
namespace {

constexpr std::size_t kLongest = 4096;

const UStringPrepProfile* profile() {
  static const UStringPrepProfile* const opened = [] {
    UErrorCode status = U_ZERO_ERROR;
    return usprep_openByType(USPREP_RFC4013_SASLPREP, &status);
  }();
  return opened;
}

std::unexpected<Error> prohibited() { return fail(Code::invalid, "SASLprep (RFC 4013) does not allow this text"); }

}  // namespace

Result<std::string> saslprep(std::string_view utf8) {
  if (utf8.size() > kLongest || !is_valid_utf8(utf8)) return prohibited();
  if (!has_8bit(utf8)) {
    if (std::ranges::any_of(utf8, is_ctl)) return prohibited();
    return std::string(utf8);
  }
  const auto wide = to_utf16(utf8);
  // NFKC makes of one code point 18 at most (Unicode 15, Annex 15 9).
  std::u16string out(18 * wide.size(), u'\0');
  UErrorCode status = U_ZERO_ERROR;
  const auto n = usprep_prepare(profile(), wide.data(), static_cast<std::int32_t>(wide.size()), out.data(),
                                static_cast<std::int32_t>(out.size()), USPREP_ALLOW_UNASSIGNED, nullptr, &status);
  if (U_FAILURE(status)) return prohibited();
  return to_utf8(std::u16string_view(out).substr(0, static_cast<std::size_t>(n)));
}

}  // namespace posthorn::codec
