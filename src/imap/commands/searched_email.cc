#include "imap/commands/searched_email.h"

#include <string.h>

#include <algorithm>

#include "base/text.h"
#include "codec/charset.h"
#include "codec/unicode.h"
#include "mailstore/common_fields.h"
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

/// Looks for a needle in a part that is text.
struct PartSearch {
  PartSearch(const message::Part& part, const std::string* needle)
      : decoder(part.encoding, message::find_param(part.params, "charset")),
        finder(needle),
        is_html(part.subtype == "html" && part.body_size() <= kMostSearchedHtml),
        offset(part.body_start),
        end(part.body_end) {}

  BodyDecoder decoder;
  Finder finder;
  bool is_html;
  std::string html;  ///< so far
  std::uint64_t offset, end;
};

}  // namespace

struct SearchedEmail::BodySearch {
  const std::string* needle;
  message::MimeTree tree;
  std::uint32_t part = 0;
  std::optional<PartSearch> text;  ///< of that part, where it was begun
};

SearchedEmail::SearchedEmail(const store::Store* store, mailstore::PageCursor* pages, AccountId account, EmailId id)
    : store_(store), pages_(pages), account_(account), id_(id) {}
SearchedEmail::~SearchedEmail() = default;

const mailstore::Email* SearchedEmail::email() {
  if (!std::exchange(is_read_, true)) {
    auto emails = mailstore::read_emails(*store_, account_, {id_});
    if (emails) {
      email_ = std::move(emails->front());
    } else {
      error_ = emails.error();
    }
  }
  return email_ ? &*email_ : nullptr;
}

std::string SearchedEmail::read(std::uint64_t offset, std::uint64_t length) {
  auto octets = mailstore::read_octets(*store_, *email_, offset, length, store::Wait::disk);
  if (octets) return *std::move(octets);
  error_ = octets.error();
  return {};
}

const std::string& SearchedEmail::header() {
  if (!header_)
    header_ = email() != nullptr ? read(0, std::min(email_->summary.header_size, kMostSearchedHeader)) : std::string();
  return *header_;
}

// Printed when the mail came, so that no byte of the message has to be read for it.
const Envelope& SearchedEmail::envelope() {
  if (envelope_) return *envelope_;
  envelope_.emplace();
  auto printed = pages_->find(mailstore::PageColumn::envelope, id_);
  if (printed.empty() && email() != nullptr) printed = email_->summary.envelope;
  if (printed.empty()) return *envelope_;
  auto parsed = parse_whole<Envelope>(printed);
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

std::optional<std::int64_t> SearchedEmail::sent_day() {
  const auto value = pages_->find(mailstore::PageColumn::sent, id_);
  std::optional<message::DateTime> sent;
  if (!value.empty()) {
    sent = mailstore::Page::decode_sent(value);
  } else if (email() != nullptr) {
    sent = email_->summary.sent;
  }
  return sent ? std::optional(message::local_day(*sent)) : std::nullopt;
}

/// Where that field lies: among the common ones that a page holds, or in the header section.
std::string_view SearchedEmail::fields_with(const std::string& field) {
  const auto wanted = mailstore::common_fields_of({field});
  const auto common = wanted ? pages_->find(mailstore::PageColumn::fields, id_) : std::string_view();
  common_.clear();
  if (!common.empty() && mailstore::append_common_fields(common_, common, *wanted)) return common_;
  return header();
}

bool SearchedEmail::header_has(const std::string& field, const std::string& needle) {
  for (const message::Field& found : message::Headers(fields_with(field)))
    if (iequals(found.name, field) && has(message::decode_words(message::unfold(found.value)), needle)) return true;
  return false;
}

Truth SearchedEmail::text_has(const std::string& needle) {
  const bool is_begun = search_ != nullptr;
  return !is_begun && any_field_has(header(), needle) ? Truth::yes : body_has(needle);
}

Truth SearchedEmail::body_has(const std::string& needle) {
  if (email() == nullptr) return Truth::no;
  if (needle.empty()) return Truth::yes;
  if (!search_) {
    auto tree = message::decode_mime_tree(email_->summary.tree);
    if (!tree) {
      error_ = tree.error();
      return Truth::no;
    }
    search_ = std::make_unique<BodySearch>(BodySearch{&needle, *std::move(tree), 0, {}});
  }
  const Truth found = go_on();
  if (found != Truth::unknown) search_.reset();
  return found;
}

Truth SearchedEmail::go_on() {
  for (const auto& parts = search_->tree.parts; search_->part < parts.size(); ++search_->part) {
    if (is_turn_over()) return Truth::unknown;
    const message::Part& part = parts[search_->part];
    if (!search_->text && part_header_has(search_->part)) return Truth::yes;
    if (part.type != "text") continue;
    if (!search_->text) search_->text.emplace(part, search_->needle);
    const Truth found = go_on_in_part();
    if (found != Truth::no) return found;
    search_->text.reset();
  }
  return Truth::no;
}

bool SearchedEmail::part_header_has(std::uint32_t i) {
  if (i == 0 || !search_->tree.has_message_header(i)) return false;
  const message::Part& part = search_->tree.parts[i];
  const auto size = std::min(part.body_start - part.header_start, kMostSearchedHeader);
  return any_field_has(read(part.header_start, size), *search_->needle);
}

Truth SearchedEmail::go_on_in_part() {
  PartSearch& part = *search_->text;
  for (; part.offset <= part.end; part.offset += kPiece) {
    if (is_turn_over()) return Truth::unknown;
    const std::uint64_t length = std::min(kPiece, part.end - part.offset);
    std::string text = length == 0 ? std::string() : part.decoder.feed(read(part.offset, length));
    if (error_) return Truth::no;
    if (part.end - part.offset < kPiece) text += part.decoder.finish();
    if (part.is_html) {
      part.html += text;
    } else if (part.finder.feed(text)) {
      return Truth::yes;
    }
  }
  const bool found = part.is_html && part.finder.feed(message::html_text(part.html, kMostSearchedHtml * 4));
  return found ? Truth::yes : Truth::no;
}

}  // namespace posthorn::imap
