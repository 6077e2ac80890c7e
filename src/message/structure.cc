#include "message/structure.h"

#include "base/text.h"
#include "codec/charset.h"
#include "message/encoded_word.h"
#include "message/envelope.h"

namespace posthorn::message {
namespace {

constexpr std::string_view kEmptyText = "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0";

/// Prints parts in order; what comes after a container's children waits on a stack of parts, not on the call stack.
class Printer {
 public:
  Printer(const Parsed& message, Utf8 mode, bool extended) : message_(message), mode_(mode), extended_(extended) {}

  std::string print() {
    const auto& parts = message_.tree.parts;
    out_.reserve(256 * parts.size());
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      while (!open_.empty() && open_.back() != parts[i].parent) close();
      begin(parts[i]);
      open_.push_back(i);
    }
    while (!open_.empty()) close();
    return std::move(out_);
  }

 private:
  const Part& part(std::uint32_t index) const { return message_.tree.parts[index]; }
  bool is_leaf(std::uint32_t index) const { return message_.tree.child(index, 1) == kNoPart; }

  bool is_full() const { return out_.size() > kMaxStructure; }

  void begin(const Part& p) {
    out_ += '(';
    if (!p.is_multipart()) fields(p);
  }

  void close() {
    const auto index = open_.back();
    const auto& p = part(index);
    open_.pop_back();
    if (p.is_multipart()) {
      if (is_leaf(index)) out_ += std::string(kEmptyText) + (extended_ ? " NIL NIL NIL NIL)" : ")");
      out_ += ' ';
      put_string(out_, fit_token(p.subtype, mode_));
      if (extended_) multipart_extension(p);
    } else {
      if (p.is_message()) {
        if (is_leaf(index)) empty_message();
        number(p.body_lines);
      }
      if (extended_) leaf_extension(p);
    }
    out_ += ')';
  }

  void number(std::uint64_t n) {
    out_ += ' ';
    out_ += std::to_string(n);
  }

  // body-fields, and for text its lines, for a message its envelope; its body is its child, which comes next.
  void fields(const Part& p) {
    put_string(out_, fit_token(p.type, mode_));
    out_ += ' ';
    put_string(out_, fit_token(p.subtype, mode_));
    params(p.params, p.type == "text");
    text(p.id, false);
    text(p.description, true);
    out_ += ' ';
    put_string(out_, p.encoding.empty() ? "7bit" : fit_token(p.encoding, mode_));
    number(p.body_size());
    if (p.type == "text") number(p.body_lines);
    if (!p.is_message()) return;
    out_ += ' ';
    const auto index = static_cast<std::uint32_t>(&p - message_.tree.parts.data());
    if (is_leaf(index)) return;
    const auto header = is_full() ? std::string_view() : message_.header_of(index + 1);
    out_ += print_envelope(read_envelope(header), mode_) + " ";
  }

  void empty_message() { out_ += print_envelope({}, mode_) + " " + std::string(kEmptyText) + ")"; }

  void multipart_extension(const Part& p) {
    params(p.params, false);
    disposition(p);
    languages(p);
    text(p.location, false);
  }

  void leaf_extension(const Part& p) {
    text(p.md5, false);
    disposition(p);
    languages(p);
    text(p.location, false);
  }

  void text(std::string_view s, bool may_encode) {
    out_ += ' ';
    if (s.empty())
      out_ += "NIL";
    else
      put_string(out_, may_encode ? fit_text(s, mode_) : fit_token(s, mode_));
  }

  void params(const Params& list, bool with_charset) {
    const bool add_charset = with_charset && find_param(list, "charset") == nullptr;
    if ((list.empty() && !add_charset) || is_full()) {
      out_ += " NIL";
      return;
    }
    out_ += " (";
    for (const auto& param : list) {
      one_param(param);
      out_ += ' ';
    }
    if (add_charset)
      out_ += "\"charset\" \"us-ascii\"";
    else
      out_.pop_back();
    out_ += ')';
  }

  void one_param(const Param& param) {
    const auto name = fit_token(param.name, mode_);
    const bool as_it_is = mode_ == Utf8::raw || !has_8bit(param.value);
    const bool by_words = !as_it_is && param.form != ParamForm::extended;
    put_string(out_, as_it_is || by_words ? name : name + "*");
    out_ += ' ';
    put_string(out_, as_it_is ? param.value : by_words ? encode_words(param.value) : extended_value(param.value));
  }

  void disposition(const Part& p) {
    if (p.disposition.empty()) {
      out_ += " NIL";
      return;
    }
    out_ += " (";
    put_string(out_, fit_token(p.disposition, mode_));
    params(p.disposition_params, false);
    out_ += ')';
  }

  void languages(const Part& p) {
    if (p.languages.empty()) {
      out_ += " NIL";
      return;
    }
    out_ += " (";
    for (const auto& language : p.languages) {
      put_string(out_, fit_token(language, mode_));
      out_ += ' ';
    }
    out_.back() = ')';
  }

  const Parsed& message_;
  Utf8 mode_;
  bool extended_;
  std::vector<std::uint32_t> open_;
  std::string out_;
};

}  // namespace

std::string print_bodystructure(const Parsed& message, Utf8 mode) { return Printer(message, mode, true).print(); }
std::string print_body(const Parsed& message, Utf8 mode) { return Printer(message, mode, false).print(); }

}  // namespace posthorn::message
