#include "imap/commands/searched_email.h"

#include <string.h>

#include <algorithm>

#include "base/text.h"
#include "codec/charset.h"
#include "codec/unicode.h"
#include "message/encoded_word.h"
#include "message/header.h"
#include "message/html_text.h"
#include "message/transfer_decoder.h"

namespace posthorn::imap {
namespace {

constexpr std::uint64_t kPiece = 64 * 1024;

/// In linear time, unlike std::string::find(): both come from a client, and long runs of one letter would take hours.
bool contains(std::string_view text, std::string_view needle) {
  return ::memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
}

bool has(std::string_view utf8, const std::string& needle) {
  return needle.empty() || contains(codec::fold_for_search(utf8), needle);
}

/// As people write them: "Name <local@domain>, ...".
std::string readable(const std::vector<EnvelopeAddress>& addresses) {
  std::string text;
  for (const EnvelopeAddress& address : addresses) {
    if (!text.empty()) text += ", ";
    if (address.name) text += message::decode_words(*address.name) + " ";
    text += "<" + address.mailbox.value_or("") + (address.host ? "@" + *address.host : "") + ">";
  }
  return text;
}

bool any_field_has(std::string_view header, const std::string& needle) {
  for (const message::Field& field : message::Headers(header)) {
    const std::string line = std::string(field.name) + ": " + message::decode_words(message::unfold(field.value));
    if (has(line, needle)) return true;
  }
  return false;
}

/// Looks for the needle in text that comes in pieces of whole characters.
class Finder {
 public:
  explicit Finder(const std::string* needle) : needle_(needle) {}

  bool feed(std::string_view utf8) {
    window_ += codec::fold_for_search(utf8);
    if (contains(window_, *needle_)) return true;
    // A match that straddles two pieces begins in the last bytes of the first.
    const std::size_t kept = std::min(window_.size(), needle_->size() - 1);
    window_.erase(0, window_.size() - kept);
    return false;
  }

 private:
  const std::string* needle_;
  std::string window_;
};

/// Undoes a transfer encoding and a charset piece by piece.
class BodyDecoder {
 public:
  BodyDecoder(const std::string& encoding, const std::string* charset)
      : transfer_(encoding), charset_(charset != nullptr ? *charset : "us-ascii") {}

  std::string feed(std::string_view bytes) {
    std::string decoded, utf8;
    transfer_.feed(bytes, decoded);
    charset_.feed(decoded, utf8);
    return utf8;
  }
  std::string finish() {
    std::string decoded, utf8;
    transfer_.finish(decoded);
    charset_.feed(decoded, utf8);
    charset_.finish(utf8);
    return utf8;
  }

 private:
  message::TransferDecoder transfer_;
  codec::CharsetDecoder charset_;
};

}  // namespace

SearchedEmail::SearchedEmail(const store::Store* store, AccountId account, EmailId id) : store_(store) {
  auto emails = mailstore::read_emails(*store, account, {id});
  if (emails) {
    email_ = std::move(emails->front());
  } else {
    error_ = emails.error();
  }
}

std::string SearchedEmail::read(std::uint64_t offset, std::uint64_t length) {
  auto octets = mailstore::read_octets(*store_, *email_, offset, length, store::Wait::disk);
  if (octets) return *std::move(octets);
  error_ = octets.error();
  return {};
}

const std::string& SearchedEmail::header() {
  if (!header_) header_ = email_ ? read(0, std::min(email_->summary.header_size, kMostSearchedHeader)) : std::string();
  return *header_;
}

// Printed when the mail came, so that no byte of the message has to be read for it.
const Envelope& SearchedEmail::envelope() {
  if (envelope_) return *envelope_;
  envelope_.emplace();
  if (!email_) return *envelope_;
  auto parsed = parse_whole<Envelope>(email_->summary.envelope);
  if (parsed) {
    envelope_ = *std::move(parsed);
  } else {
    error_ = parsed.error();
  }
  return *envelope_;
}

bool SearchedEmail::subject_has(const std::string& needle) {
  return has(message::decode_words(envelope().subject.value_or("")), needle);
}
bool SearchedEmail::from_has(const std::string& needle) { return has(readable(envelope().from), needle); }
bool SearchedEmail::to_has(const std::string& needle) { return has(readable(envelope().to), needle); }
bool SearchedEmail::cc_has(const std::string& needle) { return has(readable(envelope().cc), needle); }
bool SearchedEmail::bcc_has(const std::string& needle) { return has(readable(envelope().bcc), needle); }

std::optional<std::int64_t> SearchedEmail::sent_day() const {
  if (!email_ || !email_->summary.sent) return std::nullopt;
  return message::local_day(*email_->summary.sent);
}

bool SearchedEmail::header_has(const std::string& field, const std::string& needle) {
  for (const message::Field& found : message::Headers(header()))
    if (iequals(found.name, field) && has(message::decode_words(message::unfold(found.value)), needle)) return true;
  return false;
}

bool SearchedEmail::text_has(const std::string& needle) { return any_field_has(header(), needle) || body_has(needle); }

bool SearchedEmail::body_has(const std::string& needle) {
  if (!email_) return false;
  if (needle.empty()) return true;
  const auto tree = message::decode_mime_tree(email_->summary.tree);
  if (!tree) {
    error_ = tree.error();
    return false;
  }
  for (std::uint32_t i = 0; i < tree->parts.size(); ++i) {
    const message::Part& part = tree->parts[i];
    if (i > 0 && tree->has_message_header(i)) {
      const auto size = std::min(part.body_start - part.header_start, kMostSearchedHeader);
      if (any_field_has(read(part.header_start, size), needle)) return true;
    }
    if (part.type == "text" && part_has(part, needle)) return true;
  }
  return false;
}

bool SearchedEmail::part_has(const message::Part& part, const std::string& needle) {
  BodyDecoder decoder(part.encoding, message::find_param(part.params, "charset"));
  const bool is_html = part.subtype == "html" && part.body_size() <= kMostSearchedHtml;
  Finder finder(&needle);
  std::string html;
  for (std::uint64_t offset = part.body_start; offset <= part.body_end; offset += kPiece) {
    const std::uint64_t length = std::min(kPiece, part.body_end - offset);
    std::string text = length == 0 ? std::string() : decoder.feed(read(offset, length));
    if (error_) return false;
    if (part.body_end - offset < kPiece) text += decoder.finish();
    if (is_html) {
      html += text;
    } else if (finder.feed(text)) {
      return true;
    }
  }
  return is_html && finder.feed(message::html_text(html, kMostSearchedHtml * 4));
}

}  // namespace posthorn::imap
