// DotDecoder: however the bytes are cut, content, end and fault are the same; nothing is passed on that holds a NUL.
// LineMender: however the bytes are cut, the outcome is the same, and LineChecker finds nothing in it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smtp/syntax/dot_decoder.h"

using posthorn::smtp::DotDecoder;
using posthorn::smtp::LineChecker;
using posthorn::smtp::LineFault;
using posthorn::smtp::LineMender;

namespace {

struct Outcome {
  std::string content;
  std::size_t used = 0;
  DotDecoder decoder;
};

Outcome decode(std::string_view bytes, std::size_t piece) {
  Outcome o;
  for (std::size_t at = 0; at < bytes.size() && !o.decoder.is_done(); at += piece)
    o.used += o.decoder.feed(bytes.substr(at, piece), [&](std::string_view s) { o.content += s; });
  return o;
}

std::string mend(std::string_view bytes, std::size_t piece) {
  DotDecoder decoder(true);
  LineMender mender;
  std::string mended;
  const auto keep = [&](std::string_view s) { mended += s; };
  for (std::size_t at = 0; at < bytes.size() && !decoder.is_done(); at += piece)
    decoder.feed(bytes.substr(at, piece), [&](std::string_view s) { mender.feed(s, keep); });
  mender.finish(keep);
  LineChecker checker;
  checker.feed(mended);
  checker.finish();
  if (checker.fault() != LineFault::none) std::abort();
  return mended;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = decode(bytes, size + 1);
  for (const std::size_t piece : {1, 2, 3, 7}) {
    const Outcome cut = decode(bytes, piece);
    if (cut.used != whole.used || cut.decoder.is_done() != whole.decoder.is_done()) std::abort();
    if (cut.decoder.fault() != whole.decoder.fault()) std::abort();
    // After a fault the pieces before it may have been passed on or not.
    if (cut.decoder.fault() == DotDecoder::Fault::none && cut.content != whole.content) std::abort();
    if (cut.content.find('\0') != std::string::npos) std::abort();
    if (mend(bytes, piece) != mend(bytes, size + 1)) std::abort();
  }
  return 0;
}
