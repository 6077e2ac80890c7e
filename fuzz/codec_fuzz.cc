// Codecs: lenient decoders say the same in all pieces and give valid UTF-8, strict ones take only what they write.
// The first line of the input is a charset, the rest are the bytes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codec/base64.h"
#include "codec/charset.h"
#include "codec/compress.h"
#include "codec/crc32c.h"
#include "codec/idna.h"
#include "codec/quoted_printable.h"
#include "codec/unicode.h"
#include "codec/utf7.h"

using namespace posthorn::codec;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Decoder>
std::string decode(Decoder decoder, std::string_view bytes, std::size_t piece) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += piece) decoder.feed(bytes.substr(i, piece), out);
  decoder.finish(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto lf = input.find('\n');
  const auto charset = input.substr(0, lf);
  const auto bytes = lf == std::string_view::npos ? input : input.substr(lf + 1);

  require(is_valid_utf8(charset_to_utf8(bytes, charset)));
  require(is_valid_utf8(decode(CharsetDecoder(charset), bytes, 3)));
  require(decode(CharsetDecoder("utf-8"), bytes, 1) == to_valid_utf8(bytes));
  require(decode(CharsetDecoder(""), bytes, 1) == charset_to_utf8(bytes, ""));
  require(is_valid_utf8(fold_for_search(bytes)));
  require(to_nfc(to_nfc(bytes)) == to_nfc(bytes));

  require(decode(Base64Decoder(), bytes, 1) == decode(Base64Decoder(), bytes, size + 1));
  require(decode(QuotedPrintableDecoder(), bytes, 1) == decode(QuotedPrintableDecoder(), bytes, size + 1));
  require(base64_decode(base64_encode(bytes)).value() == bytes);
  require(decode(Base64Decoder(), base64_encode_lines(bytes), 7) == bytes);
  if (const auto decoded = base64_decode(bytes)) require(base64_encode(*decoded) == bytes);
  if (const auto name = utf7_decode(bytes)) require(is_valid_utf8(*name) && utf7_encode(*name) == bytes);
  require(utf7_decode(utf7_encode(bytes)).value() == to_valid_utf8(bytes));

  if (const auto domain = domain_to_ascii(bytes)) require(domain->size() <= kLongestDomain);
  require(is_valid_utf8(domain_to_unicode(bytes)));
  (void)zstd_decompress(bytes, 1 << 20);
  require(crc32c(bytes) == crc32c_by_tables(bytes));
  return 0;
}
