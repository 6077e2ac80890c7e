#include "message/compose.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "codec/base64.h"
#include "codec/quoted_printable.h"
#include "message/encoded_word.h"

namespace posthorn::message {
namespace {

constexpr std::size_t kColumns = 78;       // RFC 5322 2.1.1
constexpr std::size_t kLongestLine = 998;  // the same

void put_folded(std::string& out, std::string_view name, std::string_view value) {
  std::string line = std::string(name) + ":";
  std::string clean(value);
  std::ranges::replace_if(clean, is_ctl, ' ');
  for (const auto word : split(clean, ' ')) {
    if (word.empty()) continue;
    const bool is_first = line.size() == name.size() + 1;
    if (!is_first && line.size() + 1 + word.size() > kColumns) {
      out += line + "\r\n";
      line.clear();
    }
    line += ' ';
    line += word;
  }
  out += line + "\r\n";
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  char before = 0;
  for (const char c : text) {
    if (c == '\n' && before != '\r') out += '\r';
    out += c;
    before = c;
  }
  return out;
}

bool has_long_line(std::string_view text) {
  return std::ranges::any_of(split(text, '\n'), [](std::string_view line) { return line.size() > kLongestLine; });
}

bool is_7bit(std::string_view text) {
  if (has_8bit(text) || text.find('\0') != std::string_view::npos || has_long_line(text)) return false;
  for (auto cr = text.find('\r'); cr != std::string_view::npos; cr = text.find('\r', cr + 1))
    if (cr + 1 == text.size() || text[cr + 1] != '\n') return false;
  return true;
}

}  // namespace

Composer& Composer::field(std::string_view name, std::string_view value) {
  put_folded(header_, name, value);
  return *this;
}

Composer& Composer::text_field(std::string_view name, std::string_view utf8) {
  std::string clean(utf8);
  std::ranges::replace_if(clean, is_ctl, ' ');
  return field(name, encode_words(clean));
}

Composer& Composer::addresses(std::string_view name, const AddressList& list) {
  return field(name, print_address_list(list));
}

Composer& Composer::date(DateTime date) { return field("Date", print_date(date)); }

Composer& Composer::new_message_id(std::string_view domain) {
  message_id_ = random_name(24) + "@" + std::string(domain);
  return field("Message-ID", "<" + message_id_ + ">");
}

Composer& Composer::multipart(std::string_view subtype) {
  multipart_ = subtype;
  return *this;
}

Composer& Composer::text(std::string_view utf8) { return part("text/plain; charset=utf-8", with_crlf(utf8)); }

Composer& Composer::part(std::string_view content_type, std::string_view bytes) {
  Body body{{}, std::string(bytes)};
  put_folded(body.header, "Content-Type", content_type);
  std::string_view encoding = "7bit";
  if (istarts_with(content_type, "message/")) {
    if (has_8bit(bytes)) encoding = "8bit";
  } else if (!is_7bit(bytes)) {
    const bool is_text = istarts_with(content_type, "text/");
    encoding = is_text ? "quoted-printable" : "base64";
    body.bytes = is_text ? codec::quoted_printable_encode(bytes) : codec::base64_encode_lines(bytes);
  }
  put_folded(body.header, "Content-Transfer-Encoding", encoding);
  bodies_.push_back(std::move(body));
  return *this;
}

std::string Composer::finish() const {
  std::string out = header_ + "MIME-Version: 1.0\r\n";
  if (bodies_.size() == 1) return out + bodies_[0].header + "\r\n" + bodies_[0].bytes;
  if (bodies_.empty()) return out + "\r\n";
  // "=_" occurs in neither quoted-printable nor base64; no other body can know the rest.
  const auto boundary = "=_" + random_name(24);
  put_folded(out, "Content-Type", "multipart/" + multipart_ + "; boundary=\"" + boundary + "\"");
  out += "\r\n";
  for (const auto& body : bodies_) out += "--" + boundary + "\r\n" + body.header + "\r\n" + body.bytes + "\r\n";
  return out + "--" + boundary + "--\r\n";
}

}  // namespace posthorn::message
