#include "message/address_list.h"

#include <algorithm>

#include "base/text.h"
#include "codec/charset.h"
#include "message/encoded_word.h"
#include "message/field_syntax.h"

namespace posthorn::message {
namespace {

bool is_space(char c) { return is_wsp(c) || c == '\r' || c == '\n'; }

/// Reads one list from left to right. Words are gathered until a special character tells what they were.
class ListParser {
 public:
  ListParser(std::string_view s, AddressList& list) : s_(s), list_(list) {}

  void parse() {
    while (at_ < s_.size() && list_.size() < kMaxAddresses) step();
    end_address();
    end_group();
  }

 private:
  struct Word {
    std::string text;
    bool is_apart = false;  // white space or a comment before it
  };

  void step() {
    const std::size_t before = at_;
    skip_space();
    is_apart_ = is_apart_ || at_ > before;
    if (at_ == s_.size()) return;
    const char c = s_[at_];
    switch (c) {
      case ',': ++at_; return end_address();
      case ';':
        ++at_;
        end_address();
        return end_group();
      case ':': ++at_; return colon();
      case '<': ++at_; return angle_addr();
      case '@': ++at_; return at_sign();
      case '"': return add_word(take_quoted_string(s_, at_));
      default: break;
    }
    if (is_atext(c) || c == '.') return add_word(std::string(take_atoms()));
    ++at_;
  }

  // White space and comments; the last comment of an address may serve as its name.
  void skip_space() {
    while (at_ < s_.size()) {
      if (is_space(s_[at_])) {
        ++at_;
      } else if (s_[at_] == '(') {
        comment_ = trim(take_comment(s_, at_));
      } else {
        return;
      }
    }
  }

  std::string_view take_atoms() {
    const std::size_t start = at_;
    while (at_ < s_.size() && (is_atext(s_[at_]) || s_[at_] == '.')) ++at_;
    return s_.substr(start, at_ - start);
  }

  void add_word(std::string text) {
    words_.push_back({std::move(text), is_apart_ && !words_.empty()});
    is_apart_ = false;
  }

  // words_[from..to) with a space where there was white space, or without any.
  std::string join(std::size_t from, std::size_t to, bool spaced) const {
    std::string out;
    for (std::size_t i = from; i < to; ++i) {
      if (spaced && i > from && words_[i].is_apart) out += ' ';
      out += words_[i].text;
    }
    return out;
  }

  void colon() {
    if (in_group_ || complete_ || words_.empty()) return;
    list_.push_back({Address::Kind::group_start, join(0, words_.size(), true), {}, {}, {}});
    in_group_ = true;
    clear();
  }

  void at_sign() {
    if (complete_) {
      take_domain();
      return;
    }
    // RFC 5322 4.4 allows white space around the dots of a local part; other words apart from it are a name whose
    // angle brackets were forgotten.
    std::size_t local = words_.empty() ? 0 : words_.size() - 1;
    while (local > 0 &&
           (!words_[local].is_apart || words_[local].text.starts_with('.') || words_[local - 1].text.ends_with('.')))
      --local;
    address_.name = join(0, local, true);
    address_.mailbox = join(local, words_.size(), false);
    address_.domain = take_domain();
    complete_ = true;
  }

  std::string take_domain() {
    std::string domain;
    while (true) {
      skip_space();
      if (at_ == s_.size()) return domain;
      if (s_[at_] == '[' && domain.empty()) return take_literal();
      const bool may_follow = domain.empty() || domain.ends_with('.') || s_[at_] == '.';
      const auto atoms = may_follow ? take_atoms() : std::string_view();
      if (atoms.empty()) {
        is_apart_ = true;
        return domain;
      }
      domain += atoms;
    }
  }

  std::string take_literal() {
    const auto end = std::min(s_.find_first_of("]<>,;", at_), s_.size());
    const auto literal = s_.substr(at_, end - at_ + (end < s_.size() && s_[end] == ']' ? 1 : 0));
    at_ += literal.size();
    std::string out(literal);
    std::erase_if(out, is_space);
    return out;
  }

  // After '<': an address, with a route perhaps, until '>', or what must be beyond it.
  void angle_addr() {
    if (!complete_ && address_.name.empty()) address_.name = join(0, words_.size(), true);
    if (complete_ && address_.name.empty()) address_.name = addr_spec(address_);
    address_.mailbox.clear();
    address_.domain.clear();
    words_.clear();
    complete_ = true;
    route();
    while (at_ < s_.size()) {
      skip_space();
      if (at_ == s_.size()) break;
      const char c = s_[at_];
      if (c == ',' || c == ';') break;
      if (c == '"') {
        address_.mailbox += take_quoted_string(s_, at_);
      } else if (is_atext(c) || c == '.') {
        address_.mailbox += take_atoms();
      } else if (c == '@') {
        ++at_;
        address_.domain = take_domain();
      } else {
        ++at_;
        if (c == '>') break;
      }
    }
  }

  // RFC 5322 4.4 obs-route: `@a,@b:`.
  void route() {
    std::size_t end = at_;
    while (end < s_.size() && is_space(s_[end])) ++end;
    if (end == s_.size() || s_[end] != '@') return;
    const auto stop = s_.find_first_of(":<>;\"", end);
    if (stop == std::string_view::npos || s_[stop] != ':') return;
    address_.route = s_.substr(end, stop - end);
    std::erase_if(address_.route, is_space);
    at_ = stop + 1;
  }

  void end_address() {
    if (complete_ || !words_.empty()) {
      // One word without '@' is a local user; several are a name without an address.
      if (!complete_) (words_.size() == 1 ? address_.mailbox : address_.name) = join(0, words_.size(), true);
      if (address_.name.empty()) address_.name = std::move(comment_);
      list_.push_back(std::move(address_));
    }
    clear();
  }

  void end_group() {
    if (in_group_) list_.push_back({Address::Kind::group_end, {}, {}, {}, {}});
    in_group_ = false;
  }

  void clear() {
    address_ = {};
    words_.clear();
    comment_.clear();
    is_apart_ = complete_ = false;
  }

  std::string_view s_;
  AddressList& list_;
  std::size_t at_ = 0;
  std::vector<Word> words_;
  std::string comment_;
  Address address_;        // what is known of the one being read
  bool complete_ = false;  // its mailbox has been read
  bool in_group_ = false;
  bool is_apart_ = false;
};

bool is_dot_atom(std::string_view s) {
  if (s.empty() || s.front() == '.' || s.back() == '.' || s.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(s, [](char c) { return is_atext(c) || c == '.'; });
}

std::string to_utf8(std::string_view s) { return has_8bit(s) ? codec::charset_to_utf8(s, "") : std::string(s); }

std::string phrase(std::string_view name) {
  auto words = encode_words(decode_words(name));
  const bool is_safe = std::ranges::all_of(words, [](char c) { return is_atext(c) || c == ' '; });
  return is_safe ? words : quoted_string(words);
}

}  // namespace

void parse_address_list(std::string_view value, AddressList& list) { ListParser(value, list).parse(); }

AddressList parse_address_list(std::string_view value) {
  AddressList list;
  parse_address_list(value, list);
  return list;
}

std::string addr_spec(const Address& address) {
  auto local =
      is_dot_atom(address.mailbox) || address.domain.empty() ? address.mailbox : quoted_string(address.mailbox);
  return address.domain.empty() ? local : local + "@" + address.domain;
}

std::string print_address_list(const AddressList& list) {
  std::string out;
  bool first = true;
  for (const auto& address : list) {
    if (address.kind == Address::Kind::group_end) {
      out += ';';
      first = false;
      continue;
    }
    if (!first) out += ", ";
    first = address.kind == Address::Kind::group_start;
    if (first)
      out += phrase(address.name) + ": ";
    else if (address.name.empty())
      out += to_utf8(addr_spec(address));
    else
      out += phrase(address.name) + " <" + to_utf8(addr_spec(address)) + ">";
  }
  return out;
}

}  // namespace posthorn::message
