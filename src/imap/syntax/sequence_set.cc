#include "imap/syntax/sequence_set.h"

#include <limits>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

static constexpr std::uint32_t kStar = std::numeric_limits<std::uint32_t>::max();

/// One seq-number, nothing for `*`.
static std::optional<std::uint32_t> seq_number(Lexer& in) {
  if (in.try_char('*')) return std::nullopt;
  return in.nz_number();
}

SequenceSet SequenceSet::parse(Lexer& in) {
  SequenceSet set;
  std::vector<UidSet::Run> written;
  do {
    if (in.try_char('$')) {
      // The grammar has `$` only as the last element (RFC 9051 9, sequence-set).
      set.saved_ = true;
      break;
    }
    const auto first = seq_number(in);
    const auto last = in.try_char(':') ? seq_number(in) : first;
    if (first && last) {
      written.push_back({Uid(*first), Uid(*last)});
    } else {
      set.open_from_ = std::min(set.open_from_.value_or(kStar), first.value_or(last.value_or(kStar)));
    }
  } while (in.try_char(','));
  if (!in.ok()) return {};
  set.written_ = UidSet::from_runs(std::move(written));
  return set;
}

void SequenceSet::print(std::string& out) const {
  written_.print(out);
  if (open_from_) {
    if (!written_.empty()) out += ',';
    if (*open_from_ != kStar) {
      print_number(out, *open_from_);
      out += ':';
    }
    out += '*';
  }
  if (saved_) out += written_.empty() && !open_from_ ? "$" : ",$";
}

}  // namespace posthorn::imap
