#include "mailstore/common_fields.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/bytes.h"
#include "base/text.h"
#include "message/header.h"

namespace posthorn::mailstore {
namespace {

/// Their places are stored: new ones go to the end, up to 64. What Thunderbird, mutt, Apple Mail, K-9, Outlook,
/// Roundcube and mbsync ask for.
constexpr std::array<std::string_view, 49> kCommon = {"from",
                                                      "to",
                                                      "cc",
                                                      "bcc",
                                                      "subject",
                                                      "date",
                                                      "message-id",
                                                      "references",
                                                      "in-reply-to",
                                                      "reply-to",
                                                      "sender",
                                                      "content-type",
                                                      "content-description",
                                                      "newsgroups",
                                                      "followup-to",
                                                      "priority",
                                                      "x-priority",
                                                      "importance",
                                                      "x-msmail-priority",
                                                      "lines",
                                                      "list-id",
                                                      "list-post",
                                                      "list-subscribe",
                                                      "list-unsubscribe",
                                                      "list-unsubscribe-post",
                                                      "list-help",
                                                      "list-archive",
                                                      "mailing-list",
                                                      "x-label",
                                                      "x-original-to",
                                                      "delivered-to",
                                                      "return-path",
                                                      "x-spam-status",
                                                      "x-spam-flag",
                                                      "disposition-notification-to",
                                                      "return-receipt-to",
                                                      "auto-submitted",
                                                      "precedence",
                                                      "autocrypt",
                                                      "chat-version",
                                                      "x-k9mail-identity",
                                                      "user-agent",
                                                      "x-mailer",
                                                      "mime-version",
                                                      "content-language",
                                                      "thread-topic",
                                                      "x-universally-unique-identifier",
                                                      "x-uniform-type-identifier",
                                                      "x-apple-base-url"};
constexpr std::size_t kLongestName = 32;

std::optional<std::uint8_t> number_of(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return std::nullopt;
  const auto it =
      std::find_if(kCommon.begin(), kCommon.end(), [&](std::string_view common) { return iequals(common, name); });
  if (it == kCommon.end()) return std::nullopt;
  return static_cast<std::uint8_t>(it - kCommon.begin());
}

constexpr CommonFields bit(std::uint8_t number) { return CommonFields{1} << number; }

/// A field as it is stored: calls `visit(number, bytes)` for each. False where the bytes are damaged.
template <class Visit>
bool for_each_field(std::string_view encoded, const Visit& visit) {
  ByteReader table(encoded);
  const unsigned count = table.u8();
  ByteReader sizes(table.rest());
  for (unsigned i = 0; i < count; ++i) {
    table.u8();
    table.varint();
  }
  ByteReader bytes(table.rest());
  for (unsigned i = 0; i < count; ++i) {
    const std::uint8_t number = sizes.u8();
    const std::string_view field = bytes.bytes(sizes.varint());
    if (number >= kCommon.size()) return false;
    visit(number, field);
  }
  return table.ok() && bytes.ok() && bytes.at_end();
}

}  // namespace

std::optional<CommonFields> common_fields_of(const std::vector<std::string>& names) {
  CommonFields fields = 0;
  for (const auto& name : names) {
    const auto number = number_of(name);
    if (!number) return std::nullopt;
    fields |= bit(*number);
  }
  return fields;
}

std::string encode_common_fields(std::string_view header) {
  std::string table, bytes;
  unsigned count = 0;
  for (const message::Field& field : message::Headers(header)) {
    const auto number = number_of(field.name);
    if (!number) continue;
    if (++count > UINT8_MAX) return {};
    put_u8(table, *number);
    bytes += header.substr(field.offset, field.size);
    const bool is_ended = bytes.ends_with('\n');  // else it is the last one
    if (!is_ended) bytes += "\r\n";
    put_varint(table, field.size + (is_ended ? 0 : 2));
  }
  std::string encoded;
  put_u8(encoded, static_cast<std::uint8_t>(count));
  return encoded + table + bytes;
}

bool append_common_fields(std::string& out, std::string_view encoded, CommonFields wanted) {
  const std::size_t before = out.size();
  const bool is_whole = for_each_field(encoded, [&](std::uint8_t number, std::string_view field) {
    if (wanted & bit(number)) out += field;
  });
  if (!is_whole) out.resize(before);
  return is_whole;
}

bool print_common_fields(std::string& out, std::string_view encoded, CommonFields wanted) {
  constexpr std::string_view kEnd = "\r\n";
  std::uint64_t size = kEnd.size();
  const bool is_whole = for_each_field(encoded, [&](std::uint8_t number, std::string_view field) {
    if (wanted & bit(number)) size += field.size();
  });
  if (!is_whole) return false;
  char digits[24];
  out += '{';
  out.append(digits, std::to_chars(digits, std::end(digits), size).ptr);
  out += "}\r\n";
  append_common_fields(out, encoded, wanted);
  out += kEnd;
  return true;
}

}  // namespace posthorn::mailstore
