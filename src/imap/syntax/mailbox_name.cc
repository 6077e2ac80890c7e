#include "imap/syntax/mailbox_name.h"

#include <algorithm>

#include "codec/unicode.h"
#include "codec/utf7.h"
#include "imap/syntax/printer.h"

namespace posthorn::imap {

static constexpr std::string_view kInbox = "INBOX";

static bool is_forbidden(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029; }

static bool has_forbidden(std::string_view text) {
  while (!text.empty())
    if (is_forbidden(codec::take_utf8(text))) return true;
  return false;
}

static const char* fault_in(std::string_view text) {
  if (text.empty()) return "a mailbox name may not be empty";
  if (text.size() > MailboxName::kMaxBytes) return "the mailbox name is too long";
  if (has_forbidden(text)) return "a mailbox name may not hold control characters";
  if (text.front() == MailboxName::kSeparator || text.back() == MailboxName::kSeparator ||
      text.find("//") != std::string_view::npos)
    return "a mailbox name may not have an empty level";
  if (std::count(text.begin(), text.end(), MailboxName::kSeparator) >= MailboxName::kMaxDepth)
    return "the mailbox name has too many levels";
  return nullptr;
}

static Result<std::string> in_normal_form(std::string_view utf8) {
  if (!has_8bit(utf8)) return std::string(utf8);
  if (!codec::is_valid_utf8(utf8)) return base::fail(Code::invalid, "the mailbox name is not UTF-8");
  return codec::to_nfc(utf8);
}

Result<MailboxName> MailboxName::from_utf8(std::string_view utf8) {
  auto text = in_normal_form(utf8);
  if (!text) return base::fail(text);
  if (const char* fault = fault_in(*text)) return base::fail(Code::invalid, fault);
  if (iequals(text->substr(0, text->find(kSeparator)), kInbox)) text->replace(0, kInbox.size(), kInbox);
  MailboxName name;
  name.text_ = *std::move(text);
  return name;
}

Result<MailboxName> MailboxName::from_wire(std::string_view text, NameEncoding encoding) {
  const auto utf8 = name_text_from_wire(text, encoding);
  return utf8 ? from_utf8(*utf8) : base::fail(utf8);
}

std::string MailboxName::to_wire(NameEncoding encoding) const {
  return encoding == NameEncoding::utf8 ? text_ : codec::utf7_encode(text_);
}

int MailboxName::depth() const { return 1 + static_cast<int>(std::count(text_.begin(), text_.end(), kSeparator)); }

std::optional<MailboxName> MailboxName::parent() const {
  const auto at = text_.rfind(kSeparator);
  if (at == std::string::npos) return std::nullopt;
  MailboxName above;
  above.text_ = text_.substr(0, at);
  return above;
}

bool MailboxName::is_under(const MailboxName& ancestor) const {
  return text_.size() > ancestor.text_.size() && text_.starts_with(ancestor.text_) &&
         text_[ancestor.text_.size()] == kSeparator;
}

static MailboxName checked(Lexer& in, std::string_view wire) {
  if (!in.ok()) return {};
  auto name = MailboxName::from_wire(wire, in.name_encoding());
  if (name) return *std::move(name);
  in.refuse(name.error().text);
  return {};
}

MailboxName MailboxName::parse(Lexer& in) { return checked(in, in.astring()); }

MailboxName MailboxName::parse_created(Lexer& in) {
  std::string wire = in.astring();
  if (wire.size() > 1 && wire.back() == kSeparator) wire.pop_back();
  return checked(in, wire);
}

void MailboxName::print(std::string& out, NameEncoding encoding) const { print_name_text(out, text_, encoding); }

Result<std::string> name_text_from_wire(std::string_view text, NameEncoding encoding) {
  if (encoding == NameEncoding::utf8) return in_normal_form(text);
  const auto utf8 = codec::utf7_decode(text);
  if (!utf8) return base::fail(Code::invalid, "the mailbox name is not modified UTF-7: " + utf8.error().text);
  return in_normal_form(*utf8);
}

void print_name_text(std::string& out, std::string_view utf8, NameEncoding encoding) {
  if (encoding == NameEncoding::modified_utf7) return print_astring(out, codec::utf7_encode(utf8));
  if (has_8bit(utf8)) return print_quoted(out, utf8);
  print_astring(out, utf8);
}

}  // namespace posthorn::imap
