#include "message/summary.h"

#include <algorithm>

#include "codec/unicode.h"
#include "message/encoded_word.h"
#include "message/envelope.h"
#include "message/preview.h"
#include "message/rendition.h"
#include "message/structure.h"
#include "message/thread_key.h"

namespace posthorn::message {
namespace {

std::string subject_key(std::string_view text) {
  const auto folded = codec::fold_for_search(codec::cut_utf8(text, kMaxSubjectKey));
  return std::string(codec::cut_utf8(folded, kMaxSubjectKey));
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
  const auto base = base_subject(decode_words(envelope.subject.value_or("")));
  summary.base_subject = subject_key(base.text);
  summary.is_reply_or_forward = base.is_reply_or_forward;
}

void print_structure(const Parsed& message, Summary& summary) {
  if (summary.is_rendered) {
    Parsed told = message;
    told.tree = Rendition(message.tree).tree();
    summary.told_size = told.tree.size;
    summary.bodystructure = print_bodystructure(told, Utf8::encode);
    summary.body = print_body(told, Utf8::encode);
  } else {
    summary.bodystructure = print_bodystructure(message, Utf8::encode);
    summary.body = print_body(message, Utf8::encode);
  }
}

}  // namespace

Summary summarize(const Parsed& message) {
  Summary summary;
  const auto envelope = read_envelope(message.header);
  summary.size = summary.told_size = message.tree.size;
  summary.is_rendered = message.has_nul && has_binary_part(message.tree);
  summary.header_size = message.tree.root().body_start;
  summary.envelope = print_envelope(envelope, Utf8::encode);
  print_structure(message, summary);
  summary.tree = encode(message.tree);
  summary.preview = preview(message);
  summary.has_attachment = std::ranges::any_of(message.tree.parts, is_attachment);
  summary.sent = parse_date(envelope.date.value_or(""));
  threading(envelope, summary);
  return summary;
}

}  // namespace posthorn::message
