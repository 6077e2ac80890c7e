#include "message/summary.h"

#include <algorithm>

#include "codec/charset.h"
#include "codec/unicode.h"
#include "message/encoded_word.h"
#include "message/envelope.h"
#include "message/preview.h"
#include "message/structure.h"
#include "message/thread_key.h"

namespace posthorn::message {
namespace {

std::string key(std::string_view text) {
  const auto folded = codec::fold_for_search(codec::cut_utf8(text, kMaxSortKey));
  return std::string(codec::cut_utf8(folded, kMaxSortKey));
}

const Address* first_mailbox(const AddressList& list) {
  const auto it = std::ranges::find(list, Address::Kind::mailbox, &Address::kind);
  return it == list.end() ? nullptr : &*it;
}

std::string mailbox_key(const AddressList& list) {
  const auto* address = first_mailbox(list);
  return address == nullptr ? std::string() : key(codec::charset_to_utf8(address->mailbox, ""));
}

std::string display_key(const AddressList& list) {
  const auto* address = first_mailbox(list);
  if (address == nullptr) return {};
  return key(address->name.empty() ? codec::charset_to_utf8(addr_spec(*address), "") : decode_words(address->name));
}

bool is_attachment(const Part& part) {
  if (part.is_multipart() || part.disposition == "inline") return false;
  if (part.is_attachment()) return true;
  const bool has_name =
      find_param(part.disposition_params, "filename") != nullptr || find_param(part.params, "name") != nullptr;
  return has_name || part.is_message();
}

void threading(const Envelope& envelope, Summary& summary) {
  auto own = message_ids(envelope.message_id.value_or(""));
  if (!own.empty()) summary.message_id = std::move(own.front());
  summary.in_reply_to = message_ids(envelope.in_reply_to.value_or(""));
  summary.references = message_ids(envelope.references.value_or(""));
  if (summary.references.empty() && !summary.in_reply_to.empty())
    summary.references.push_back(summary.in_reply_to.front());
  auto base = base_subject(summary.subject);
  summary.base_subject = key(base.text);
  summary.is_reply_or_forward = base.is_reply_or_forward;
}

void addresses(const Envelope& envelope, Summary& summary) {
  summary.from = readable(envelope.from);
  summary.to = readable(envelope.to);
  summary.cc = readable(envelope.cc);
  summary.bcc = readable(envelope.bcc);
  summary.reply_to = readable(envelope.reply_to);
  summary.sort_from = mailbox_key(envelope.from);
  summary.sort_to = mailbox_key(envelope.to);
  summary.sort_cc = mailbox_key(envelope.cc);
  summary.display_from = display_key(envelope.from);
  summary.display_to = display_key(envelope.to);
}

}  // namespace

Summary summarize(const Parsed& message) {
  Summary summary;
  const auto envelope = read_envelope(message.header);
  summary.size = message.tree.size;
  summary.header_size = message.tree.root().body_start;
  summary.envelope = print_envelope(envelope, Utf8::encode);
  summary.bodystructure = print_bodystructure(message, Utf8::encode);
  summary.body = print_body(message, Utf8::encode);
  summary.tree = encode(message.tree);
  summary.preview = preview(message);
  summary.has_attachment = std::ranges::any_of(message.tree.parts, is_attachment);
  summary.sent = parse_date(envelope.date.value_or(""));
  summary.subject = decode_words(envelope.subject.value_or(""));
  threading(envelope, summary);
  addresses(envelope, summary);
  return summary;
}

}  // namespace posthorn::message
