// A backup's files: any bytes are read, and what was read is written as it was.
#include <cstdlib>

#include "backup/account_record.h"
#include "backup/point.h"
#include "backup/restore_frames.h"

using namespace posthorn::backup;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto account = decode_account(text)) {
    const auto written = encode(*account);
    const auto again = decode_account(written);
    if (!again || encode(*again) != written) std::abort();
  }
  // Its digest is what no fuzzer finds.
  if (const auto point = decode_point(text + posthorn::codec::sha256(text)))
    if (encode(*point) != text + posthorn::codec::sha256(text) && !decode_point(encode(*point))) std::abort();
  (void)decode_block(text);
  (void)decode_emails(text);
  (void)decode_bodies(text);
  (void)decode_rows(text);
  (void)decode_since(text);
  (void)decode_mailbox(text);
  (void)decode_message(text);
  return 0;
}
