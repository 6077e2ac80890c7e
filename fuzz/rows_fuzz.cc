// Rows as the mail model and the directory read them from the store: any bytes are read or reported as damaged. A
// change that can be read is folded into a version that can be read, which prints what can be read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "directory/entry.h"
#include "mailstore/account_rows.h"
#include "mailstore/base.h"
#include "mailstore/email.h"
#include "mailstore/fold.h"
#include "mailstore/import_marks.h"
#include "mailstore/log.h"
#include "message/mime_tree.h"

using namespace posthorn;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void fold_into(const mailstore::Version& version, const mailstore::LogEntry& entry) {
  auto next = entry;
  next.modseq = version.modseq.next();
  const auto folded = mailstore::fold(version, next);
  if (folded) require(mailstore::decode_head(mailstore::encode_head({*folded, {}, {}})).has_value());
}

/// Two rows in one input: the first byte says how long the first is, in eighths.
void fold(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto cut = 1 + (bytes.size() - 1) * (static_cast<std::uint8_t>(bytes[0]) % 8) / 8;
  const auto head = mailstore::decode_head(bytes.substr(1, cut - 1));
  const auto entry = mailstore::decode_entry(ModSeq(2), bytes.substr(cut));
  if (!entry) return;
  fold_into(mailstore::Version(), *entry);
  if (head) fold_into(*head->version, *entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)mailstore::decode_account_row(bytes);
  (void)mailstore::decode_head(bytes);
  (void)mailstore::decode_entry(ModSeq(2), bytes);
  (void)mailstore::decode_import_mark(bytes);
  (void)message::decode_mime_tree(bytes);
  if (const auto email = mailstore::decode_email(bytes))
    require(mailstore::decode_email(encode_email(*email)).has_value());
  (void)directory::decode<directory::DomainEntry>("x.test", bytes);
  (void)directory::decode<directory::AccountEntry>("a@x.test", bytes);
  (void)directory::decode<directory::AliasEntry>("a@x.test", bytes);
  (void)directory::decode<directory::GroupEntry>("a@x.test", bytes);
  (void)directory::decode<directory::AppPassword>("phone", bytes);
  fold(bytes);
  return 0;
}
