#include "mailstore/recent.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "mailstore/row_fields.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 1;

Result<Uid> decode_recent(std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  const auto mark = get_id<Uid>(in);
  if (in.ok() && version != kVersion)
    return fail(Code::not_supported, fmt::format("a mark of \\Recent of version {}", version));
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "a mark of \\Recent is damaged");
  return mark;
}

}  // namespace

std::string recent_prefix(AccountId account) {
  return store::KeyBuilder(store::Table::base).u32(account.value()).u8('r').take();
}

std::string recent_key(AccountId account, MailboxId mailbox) {
  auto key = recent_prefix(account);
  put_u32(key, mailbox.value());
  return key;
}

std::string encode_recent(Uid mark) {
  std::string out;
  put_u8(out, kVersion);
  put_id(out, mark);
  return out;
}

Result<RecentMarks> read_recent(const store::View& view, AccountId account) {
  RecentMarks marks;
  Result<void> outcome;
  const auto prefix = recent_prefix(account);
  const auto scanned =
      view.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view value) {
        const MailboxId mailbox(ByteReader(key.substr(prefix.size())).u32());
        const auto mark = decode_recent(value);
        if (mark)
          marks.emplace(mailbox, *mark);
        else
          outcome = fail(mark);
        return outcome.has_value();
      });
  if (!scanned) return fail(scanned);
  if (!outcome) return fail(outcome);
  return marks;
}

}  // namespace posthorn::mailstore
