#include "imap/syntax/search_keys.h"

#include <algorithm>

#include "imap/syntax/printer.h"

namespace posthorn::imap {

enum class Argument : std::uint8_t { none, text, keyword, header, date, modseq, number, set };

struct SearchKeyName {
  std::string_view name;
  SearchOp op;
  Argument argument;
};

static constexpr SearchKeyName kSearchKeys[] = {
    {"ALL", SearchOp::all, Argument::none},
    {"ANSWERED", SearchOp::answered, Argument::none},
    {"BCC", SearchOp::bcc, Argument::text},
    {"BEFORE", SearchOp::before, Argument::date},
    {"BODY", SearchOp::body, Argument::text},
    {"CC", SearchOp::cc, Argument::text},
    {"DELETED", SearchOp::deleted, Argument::none},
    {"DRAFT", SearchOp::draft, Argument::none},
    {"FLAGGED", SearchOp::flagged, Argument::none},
    {"FROM", SearchOp::from, Argument::text},
    {"HEADER", SearchOp::header, Argument::header},
    {"KEYWORD", SearchOp::keyword, Argument::keyword},
    {"LARGER", SearchOp::larger, Argument::number},
    {"MODSEQ", SearchOp::modseq, Argument::modseq},
    {"NEW", SearchOp::new_messages, Argument::none},
    {"OLD", SearchOp::old, Argument::none},
    {"ON", SearchOp::on, Argument::date},
    {"RECENT", SearchOp::recent, Argument::none},
    {"SEEN", SearchOp::seen, Argument::none},
    {"SENTBEFORE", SearchOp::sent_before, Argument::date},
    {"SENTON", SearchOp::sent_on, Argument::date},
    {"SENTSINCE", SearchOp::sent_since, Argument::date},
    {"SINCE", SearchOp::since, Argument::date},
    {"SMALLER", SearchOp::smaller, Argument::number},
    {"SUBJECT", SearchOp::subject, Argument::text},
    {"TEXT", SearchOp::text, Argument::text},
    {"TO", SearchOp::to, Argument::text},
    {"UID", SearchOp::uid, Argument::set},
    {"UNANSWERED", SearchOp::unanswered, Argument::none},
    {"UNDELETED", SearchOp::undeleted, Argument::none},
    {"UNDRAFT", SearchOp::undraft, Argument::none},
    {"UNFLAGGED", SearchOp::unflagged, Argument::none},
    {"UNKEYWORD", SearchOp::unkeyword, Argument::keyword},
    {"UNSEEN", SearchOp::unseen, Argument::none},
};

namespace {

/// Reads keys into the flat tree. Recursion is bounded by SearchKeys::kMaxDepth.
class KeyReader {
 public:
  KeyReader(Lexer& in, std::vector<SearchKey>& keys) : in_(in), keys_(keys) {}

  void key(int depth) {
    if (depth > SearchKeys::kMaxDepth) in_.fail("the search keys nest too deeply");
    const auto at = keys_.size();
    if (at >= SearchKeys::kMaxKeys) in_.fail("too many search keys");
    if (!in_.ok()) return;
    keys_.emplace_back();
    if (in_.peek() == '(') {
      keys_[at].op = SearchOp::all_of;
      in_.list([&] { key(depth + 1); });
    } else if (is_digit(in_.peek()) || in_.peek() == '*' || in_.peek() == '$') {
      keys_[at].op = SearchOp::sequence;
      keys_[at].argument = SequenceSet::parse(in_);
    } else {
      named_key(at, depth);
    }
    keys_[at].end = static_cast<std::uint32_t>(keys_.size());
  }

 private:
  void named_key(std::size_t at, int depth) {
    const auto name = in_.name();
    if (iequals(name, "NOT")) return operation(at, SearchOp::none_of, 1, depth);
    if (iequals(name, "OR")) return operation(at, SearchOp::one_of, 2, depth);
    const auto row = std::find_if(std::begin(kSearchKeys), std::end(kSearchKeys),
                                  [&](const auto& known) { return iequals(known.name, name); });
    if (row == std::end(kSearchKeys)) return in_.fail("unknown search key \"" + printable(name, 40) + "\"");
    keys_[at].op = row->op;
    if (row->argument == Argument::none) return;
    in_.sp();
    read_argument(keys_[at], row->argument);
  }

  void operation(std::size_t at, SearchOp op, int children, int depth) {
    keys_[at].op = op;
    for (int i = 0; i < children; ++i) {
      in_.sp();
      key(depth + 1);
    }
  }

  void read_argument(SearchKey& to, Argument kind) {
    switch (kind) {
      case Argument::text: to.argument = in_.astring(); break;
      case Argument::keyword: to.argument = std::string(in_.atom()); break;
      case Argument::date: to.argument = Date::parse(in_); break;
      case Argument::modseq: to.argument = modseq(); break;
      case Argument::number: to.argument = in_.number64(); break;
      case Argument::set: to.argument = SequenceSet::parse(in_); break;
      case Argument::header: {
        HeaderText header{in_.astring(), {}};
        in_.sp();
        header.text = in_.astring();
        to.argument = std::move(header);
        break;
      }
      case Argument::none: break;
    }
  }

  // RFC 7162 3.1.5: the name of a flag may stand before the number; who keeps one mod-sequence a message ignores it.
  std::uint64_t modseq() {
    if (in_.peek() == '"') {
      in_.quoted();
      in_.sp();
      in_.atom();
      in_.sp();
    }
    return in_.number64();
  }

  Lexer& in_;
  std::vector<SearchKey>& keys_;
};

struct ArgumentPrinter {
  std::string& out;
  bool is_keyword;

  void operator()(std::monostate) const {}
  void operator()(const std::string& text) const {
    out += ' ';
    if (is_keyword) {
      out += text;
    } else {
      print_astring(out, text);
    }
  }
  void operator()(const HeaderText& header) const {
    (*this)(header.field);
    (*this)(header.text);
  }
  void operator()(std::uint64_t number) const {
    out += ' ';
    print_number(out, number);
  }
  void operator()(const auto& value) const {
    out += ' ';
    value.print(out);
  }
};

}  // namespace

static void print_leaf(std::string& out, const SearchKey& key) {
  if (key.op == SearchOp::sequence) return std::get<SequenceSet>(key.argument).print(out);
  const auto& row = *std::find_if(std::begin(kSearchKeys), std::end(kSearchKeys),
                                  [&](const auto& known) { return known.op == key.op; });
  out += row.name;
  std::visit(ArgumentPrinter{out, row.argument == Argument::keyword}, key.argument);
}

SearchKeys SearchKeys::parse(Lexer& in) {
  SearchKeys search;
  if (in.try_text(" CHARSET ")) {
    search.charset = in.astring();
    if (search.charset.size() > kMaxCharset) in.fail("the name of the charset is too long");
  }
  search.keys.push_back({.op = SearchOp::all_of, .argument = {}, .end = 0});
  KeyReader reader(in, search.keys);
  do {
    in.sp();
    reader.key(1);
  } while (in.peek() == ' ');
  search.keys[0].end = static_cast<std::uint32_t>(search.keys.size());
  return in.ok() ? search : SearchKeys{};
}

void SearchKeys::print(std::string& out) const {
  if (!charset.empty()) {
    out += " CHARSET ";
    print_astring(out, charset);
  }
  std::vector<std::size_t> open_lists;
  bool after_parenthesis = false;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (!after_parenthesis) out += ' ';
    after_parenthesis = keys[i].op == SearchOp::all_of;
    switch (keys[i].op) {
      case SearchOp::all_of:
        out += '(';
        open_lists.push_back(keys[i].end);
        break;
      case SearchOp::none_of: out += "NOT"; break;
      case SearchOp::one_of: out += "OR"; break;
      default: print_leaf(out, keys[i]);
    }
    for (; !open_lists.empty() && open_lists.back() == i + 1; open_lists.pop_back()) out += ')';
  }
}

}  // namespace posthorn::imap
