#include "mailstore/email.h"

#include <algorithm>

#include "base/bytes.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kWithoutArrival = 1;
enum ArrivalFlag : std::uint8_t { kArrived = 1, kUtf8 = 2, kBinary = 4 };
enum SummaryFlag : std::uint8_t { kHasAttachment = 1, kIsReplyOrForward = 2, kHasSent = 4, kIsRendered = 8 };

void put_list(std::string& out, const std::vector<std::string>& list) {
  put_varint(out, list.size());
  for (const auto& s : list) put_string(out, s);
}

std::vector<std::string> get_list(ByteReader& in) {
  std::vector<std::string> list;
  for (auto n = in.varint(); n > 0 && in.ok(); --n) list.emplace_back(in.string());
  return list;
}

void put_arrival(std::string& out, const std::optional<Arrival>& a) {
  if (!a) return put_u8(out, 0);
  put_u8(out, static_cast<std::uint8_t>(kArrived | (a->is_utf8 ? kUtf8 : 0) | (a->is_binary ? kBinary : 0)));
  for (const auto* text : {&a->from, &a->to, &a->returns, &a->envelope_id, &a->notify, &a->original_recipient})
    put_string(out, *text);
}

std::optional<Arrival> get_arrival(ByteReader& in) {
  const auto flags = in.u8();
  if ((flags & kArrived) == 0) return std::nullopt;
  Arrival a;
  a.is_utf8 = flags & kUtf8;
  a.is_binary = flags & kBinary;
  for (auto* text : {&a.from, &a.to, &a.returns, &a.envelope_id, &a.notify, &a.original_recipient}) *text = in.string();
  return a;
}

void put_summary(std::string& out, const message::Summary& s) {
  put_varint(out, s.header_size);
  put_u8(out, static_cast<std::uint8_t>((s.has_attachment ? kHasAttachment : 0) |
                                        (s.is_reply_or_forward ? kIsReplyOrForward : 0) | (s.sent ? kHasSent : 0) |
                                        (s.is_rendered ? kIsRendered : 0)));
  if (s.sent) {
    put_u64(out, static_cast<std::uint64_t>(s.sent->seconds));
    put_u16(out, static_cast<std::uint16_t>(s.sent->zone_minutes));
  }
  for (const auto* text : {&s.envelope, &s.bodystructure, &s.body, &s.tree, &s.preview, &s.message_id})
    put_string(out, *text);
  put_list(out, s.in_reply_to);
  put_list(out, s.references);
  put_string(out, s.base_subject);
}

void get_summary(ByteReader& in, message::Summary& s) {
  s.header_size = in.varint();
  const auto flags = in.u8();
  s.has_attachment = flags & kHasAttachment;
  s.is_reply_or_forward = flags & kIsReplyOrForward;
  s.is_rendered = flags & kIsRendered;
  if (flags & kHasSent) {
    s.sent.emplace();
    s.sent->seconds = static_cast<std::int64_t>(in.u64());
    s.sent->zone_minutes = static_cast<std::int16_t>(in.u16());
  }
  for (auto* text : {&s.envelope, &s.bodystructure, &s.body, &s.tree, &s.preview, &s.message_id}) *text = in.string();
  s.in_reply_to = get_list(in);
  s.references = get_list(in);
  s.base_subject = in.string();
}

}  // namespace

std::string email_key(AccountId account, EmailId email) {
  return store::KeyBuilder(store::Table::email).u32(account.value()).u64(email.value()).take();
}

std::string reference_key(const store::Digest& digest, AccountId account, EmailId email) {
  return store::KeyBuilder(store::Table::reference)
      .bytes(store::view(digest))
      .u32(account.value())
      .u64(email.value())
      .take();
}

std::string encode_email(const Email& email) {
  std::string out;
  put_u8(out, kVersion);
  out += store::view(email.digest);
  put_varint(out, email.blob_size);
  put_string(out, email.prefix);
  put_varint(out, email.thread.value());
  put_u64(out, static_cast<std::uint64_t>(to_micros(email.received)));
  put_arrival(out, email.arrival);
  put_summary(out, email.summary);
  return out;
}

Result<Email> decode_email(std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  if (in.ok() && (version == 0 || version > kVersion))
    return fail(Code::not_supported, "the row of an email has a newer format");
  Email email;
  email.digest = store::get_digest(in);
  email.blob_size = in.varint();
  email.prefix = in.string();
  email.thread = ThreadId(in.varint());
  email.received = from_micros(static_cast<std::int64_t>(in.u64()));
  if (version > kWithoutArrival) email.arrival = get_arrival(in);
  get_summary(in, email.summary);
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the row of an email is damaged");
  email.summary.size = email.size();
  return email;
}

Result<std::vector<Email>> read_emails(const store::View& view, AccountId account, const std::vector<EmailId>& ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const EmailId id : ids) keys.push_back(email_key(account, id));
  const auto rows = view.multi_get(keys);
  if (!rows) return fail(rows);
  std::vector<Email> emails;
  emails.reserve(ids.size());
  for (const auto& row : *rows) {
    if (!row) return fail(Code::damaged, "the row of an email is missing");
    auto email = decode_email(*row);
    if (!email) return fail(email);
    emails.push_back(std::move(*email));
  }
  return emails;
}

Result<std::string> read_octets(const store::Store& store, const Email& email, std::uint64_t offset,
                                std::uint64_t length, store::Wait wait) {
  std::string out;
  if (offset < email.prefix.size()) {
    out = email.prefix.substr(offset, length);
    length -= out.size();
    offset = email.prefix.size();
  }
  if (length == 0 || offset >= email.size()) return out;
  offset -= email.prefix.size();
  auto bytes = email.blob ? Result<std::string>(email.blob->substr(std::min(offset, email.blob->size()), length))
                          : store.read_blob(email.digest, offset, length, wait);
  if (!bytes) return bytes;
  if (out.empty()) return bytes;
  return out + *bytes;
}

}  // namespace posthorn::mailstore
