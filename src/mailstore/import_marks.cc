#include "mailstore/import_marks.h"

#include "codec/digest.h"
#include "mailstore/row_fields.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kDigestSize = 16;

Result<void> check_version(ByteReader& in) {
  const auto version = in.u8();
  if (in.ok() && version != kVersion) return fail(Code::not_supported, "a mark of an import of a later version");
  return {};
}

}  // namespace

std::string import_prefix(AccountId account, std::string_view source) {
  return store::KeyBuilder(store::Table::base)
      .u32(account.value())
      .u8('i')
      .bytes(std::string_view(codec::sha256(source)).substr(0, kDigestSize))
      .take();
}

std::string import_mark_key(const std::string& prefix, std::string_view message_key) {
  return prefix + codec::sha256(message_key).substr(0, kDigestSize);
}

std::string encode_import_mark(const ImportMark& mark) {
  std::string out;
  put_u8(out, kVersion);
  put_id(out, mark.mailbox);
  put_id(out, mark.uid);
  put_u32(out, mark.flags);
  return out;
}

Result<ImportMark> decode_import_mark(std::string_view bytes) {
  ByteReader in(bytes);
  if (auto good = check_version(in); !good) return fail(good);
  ImportMark mark;
  mark.mailbox = get_id<MailboxId>(in);
  mark.uid = get_id<Uid>(in);
  mark.flags = in.u32();
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "a mark of an import is damaged");
  return mark;
}

std::string encode_import_text(std::string_view text) {
  std::string out;
  put_u8(out, kVersion);
  out += text;
  return out;
}

Result<std::string> read_import_text(const store::View& view, const std::string& prefix) {
  const auto row = view.get(prefix);
  if (!row) return fail(row);
  if (!*row) return "";
  ByteReader in(**row);
  if (auto good = check_version(in); !good) return fail(good);
  return std::string(in.rest());
}

Result<bool> has_import_marks(const store::View& view, const std::string& prefix) {
  bool found = false;
  const auto scanned = view.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    found = key.size() > prefix.size();
    return !found;
  });
  if (!scanned) return fail(scanned);
  return found;
}

}  // namespace posthorn::mailstore
