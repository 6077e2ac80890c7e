#include "imap/syntax/list_pattern.h"

namespace posthorn::imap {

static constexpr std::size_t kWordBits = 64;
static constexpr std::size_t kInboxLength = 5;

ListPattern::ListPattern(std::string_view reference, std::string_view pattern) {
  const std::size_t words = (reference.size() + pattern.size()) / kWordBits + 1;
  stays_at_star_.resize(words);
  stays_at_percent_.resize(words);
  rows_.assign(1, std::vector<Word>(words));
  for (const auto text : {reference, pattern})
    for (const char c : text) {
      if (c == '*' || c == '%') {
        add_wildcard(c);
      } else {
        add_literal(c);
      }
    }
}

void ListPattern::add_literal(char c) {
  auto& row = row_of_[static_cast<unsigned char>(c)];
  if (row == 0) {
    row = static_cast<std::uint16_t>(rows_.size());
    rows_.push_back(std::vector<Word>(stays_at_star_.size()));
  }
  rows_[row][literals_ / kWordBits] |= Word{1} << literals_ % kWordBits;
  ++literals_;
}

void ListPattern::add_wildcard(char c) {
  auto& stays = c == '*' ? stays_at_star_ : stays_at_percent_;
  stays[literals_ / kWordBits] |= Word{1} << literals_ % kWordBits;
}

void ListPattern::step(std::vector<Word>& places, char c, bool ignore_case) const {
  const auto& row = rows_[row_of_[static_cast<unsigned char>(c)]];
  const auto& other = rows_[row_of_[static_cast<unsigned char>(ignore_case ? base::to_lower(c) : c)]];
  Word carry = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Word here = places[i];
    const Word advanced = here & (row[i] | other[i]);
    const Word stays = stays_at_star_[i] | (c == MailboxName::kSeparator ? 0 : stays_at_percent_[i]);
    places[i] = advanced << 1 | carry | (here & stays);
    carry = advanced >> (kWordBits - 1);
  }
}

bool ListPattern::matches(const MailboxName& name) const {
  const std::string_view text = name.utf8();
  const bool is_inbox = text.substr(0, text.find(MailboxName::kSeparator)) == "INBOX";
  return matches(text, is_inbox ? kInboxLength : 0);
}

bool ListPattern::matches(std::string_view text, std::size_t folded) const {
  std::vector<Word> places(stays_at_star_.size());
  places[0] = 1;
  for (std::size_t i = 0; i < text.size(); ++i) step(places, text[i], i < folded);
  return (places[literals_ / kWordBits] >> literals_ % kWordBits & 1) != 0;
}

}  // namespace posthorn::imap
