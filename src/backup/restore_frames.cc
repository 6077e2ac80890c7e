#include "backup/restore_frames.h"

#include "base/bytes.h"
#include "mailstore/row_fields.h"

namespace posthorn::backup {
namespace {

Result<void> ended(const ByteReader& in) {
  if (in.ok() && in.at_end()) return {};
  return fail(Code::invalid, "a malformed frame");
}

}  // namespace

std::string encode(const MailboxToRestore& mailbox) {
  std::string out;
  put_string(out, mailbox.name);
  put_u8(out, static_cast<std::uint8_t>(mailbox.special_use));
  put_u8(out, mailbox.is_subscribed);
  return out;
}

Result<MailboxToRestore> decode_mailbox(std::string_view bytes) {
  ByteReader in(bytes);
  MailboxToRestore mailbox;
  mailbox.name = in.string();
  const auto use = in.u8();
  if (use > static_cast<std::uint8_t>(mailstore::SpecialUse::trash)) in.set_failed();
  mailbox.special_use = static_cast<mailstore::SpecialUse>(use);
  mailbox.is_subscribed = in.u8() != 0;
  if (auto good = ended(in); !good) return fail(good);
  return mailbox;
}

std::string encode(const MessageToRestore& message) {
  std::string out;
  put_string(out, message.row);
  put_u8(out, message.flags.system);
  put_varint(out, message.flags.keywords.size());
  for (const auto& keyword : message.flags.keywords) put_string(out, keyword);
  mailstore::put_time(out, message.received);
  put_string(out, message.pop3_unique_id);
  return out;
}

Result<MessageToRestore> decode_message(std::string_view bytes) {
  ByteReader in(bytes);
  MessageToRestore message;
  message.row = in.string();
  message.flags.system = in.u8();
  for (auto n = in.varint(); n > 0 && in.ok(); --n) message.flags.keywords.emplace_back(in.string());
  message.received = mailstore::get_time(in);
  message.pop3_unique_id = in.string();
  if (auto good = ended(in); !good) return fail(good);
  return message;
}

}  // namespace posthorn::backup
