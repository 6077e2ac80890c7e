#include "imap/commands/search_program.h"

#include "codec/charset.h"
#include "codec/unicode.h"
#include "imap/commands/searched_email.h"

namespace posthorn::imap {
namespace {

using mailstore::SystemFlag;

std::int64_t day_of(WallTime t) { return std::chrono::floor<std::chrono::days>(t).time_since_epoch().count(); }

bool needs_email(SearchOp op) {
  switch (op) {
    case SearchOp::bcc:
    case SearchOp::body:
    case SearchOp::cc:
    case SearchOp::from:
    case SearchOp::header:
    case SearchOp::sent_before:
    case SearchOp::sent_on:
    case SearchOp::sent_since:
    case SearchOp::subject:
    case SearchOp::text:
    case SearchOp::to: return true;
    default: return false;
  }
}

bool by_email(SearchOp op, const std::string& field, const std::string& needle, std::int64_t day,
              SearchedEmail& email) {
  switch (op) {
    case SearchOp::bcc: return email.bcc_has(needle);
    case SearchOp::cc: return email.cc_has(needle);
    case SearchOp::from: return email.from_has(needle);
    case SearchOp::to: return email.to_has(needle);
    case SearchOp::subject: return email.subject_has(needle);
    case SearchOp::header: return email.header_has(field, needle);
    case SearchOp::body: return email.body_has(needle);
    case SearchOp::text: return email.text_has(needle);
    case SearchOp::sent_before: return email.sent_day() && *email.sent_day() < day;
    case SearchOp::sent_on: return email.sent_day() == day;
    case SearchOp::sent_since: return email.sent_day() && *email.sent_day() >= day;
    default: return false;
  }
}

Truth truth(bool holds) { return holds ? Truth::yes : Truth::no; }

}  // namespace

Result<SearchProgram> SearchProgram::compile(const SearchKeys& keys, const Selected& selected,
                                             const mailstore::KeywordTable& keywords) {
  if (!keys.charset.empty() && !iequals(keys.charset, "US-ASCII") && !codec::is_known_charset(keys.charset))
    return base::fail(Code::not_supported, "The charset is not known");
  const auto needle = [&](const std::string& text) {
    return codec::fold_for_search(codec::charset_to_utf8(text, keys.charset));
  };
  SearchProgram program;
  for (const SearchKey& key : keys.keys) {
    Node node{.op = key.op, .end = key.end, .needle = {}, .field = {}, .keyword = {}, .messages = {}};
    const bool is_keyword = key.op == SearchOp::keyword || key.op == SearchOp::unkeyword;
    if (const auto* text = std::get_if<std::string>(&key.argument)) {
      if (is_keyword) {
        node.keyword = keywords.find(*text);
      } else {
        node.needle = needle(*text);
      }
    } else if (const auto* header = std::get_if<HeaderText>(&key.argument)) {
      node.field = header->field;
      node.needle = needle(header->text);
    } else if (const auto* date = std::get_if<Date>(&key.argument)) {
      node.day = std::chrono::sys_days(date->day).time_since_epoch().count();
    } else if (const auto* number = std::get_if<std::uint64_t>(&key.argument)) {
      node.size = *number;
    } else if (const auto* set = std::get_if<SequenceSet>(&key.argument)) {
      const auto messages = selected.resolve(*set, key.op == SearchOp::uid);
      if (!messages) return base::fail(messages);
      node.messages = to_run_set(uids_of(*messages));
    }
    program.nodes_.push_back(std::move(node));
  }
  return program;
}

// What is known already decides before an email is opened for the others: that of the cheaper keys comes for nothing.
Truth SearchProgram::all_of(const Node& node, std::uint32_t at, const Subject& subject, SearchedEmail* email) const {
  bool has_unknown = false;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end) {
    const Truth t = evaluate(child, subject, nullptr);
    if (t == Truth::no) return Truth::no;
    has_unknown |= t == Truth::unknown;
  }
  if (!has_unknown) return Truth::yes;
  if (email == nullptr) return Truth::unknown;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end)
    if (evaluate(child, subject, email) == Truth::no) return Truth::no;
  return Truth::yes;
}

Truth SearchProgram::one_of(const Node& node, std::uint32_t at, const Subject& subject, SearchedEmail* email) const {
  bool has_unknown = false;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end) {
    const Truth t = evaluate(child, subject, nullptr);
    if (t == Truth::yes) return Truth::yes;
    has_unknown |= t == Truth::unknown;
  }
  if (!has_unknown) return Truth::no;
  if (email == nullptr) return Truth::unknown;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end)
    if (evaluate(child, subject, email) == Truth::yes) return Truth::yes;
  return Truth::no;
}

Truth SearchProgram::evaluate(std::uint32_t at, const Subject& subject, SearchedEmail* email) const {
  const Node& node = nodes_[at];
  if (node.op == SearchOp::all_of) return all_of(node, at, subject, email);
  if (node.op == SearchOp::one_of) return one_of(node, at, subject, email);
  if (node.op == SearchOp::none_of) {
    const Truth t = evaluate(at + 1, subject, email);
    return t == Truth::unknown ? t : truth(t == Truth::no);
  }
  if (!needs_email(node.op)) return truth(by_columns(node, subject));
  if (email == nullptr) return Truth::unknown;
  return truth(by_email(node.op, node.field, node.needle, node.day, *email));
}

bool SearchProgram::by_columns(const Node& node, const Subject& subject) const {
  const auto& row = subject.row;
  switch (node.op) {
    case SearchOp::answered: return row.flags.has(SystemFlag::kAnswered);
    case SearchOp::deleted: return row.flags.has(SystemFlag::kDeleted);
    case SearchOp::draft: return row.flags.has(SystemFlag::kDraft);
    case SearchOp::flagged: return row.flags.has(SystemFlag::kFlagged);
    case SearchOp::seen: return row.flags.has(SystemFlag::kSeen);
    case SearchOp::unanswered: return !row.flags.has(SystemFlag::kAnswered);
    case SearchOp::undeleted: return !row.flags.has(SystemFlag::kDeleted);
    case SearchOp::undraft: return !row.flags.has(SystemFlag::kDraft);
    case SearchOp::unflagged: return !row.flags.has(SystemFlag::kFlagged);
    case SearchOp::unseen: return !row.flags.has(SystemFlag::kSeen);
    case SearchOp::keyword: return node.keyword && row.flags.keywords.has(*node.keyword);
    case SearchOp::unkeyword: return !node.keyword || !row.flags.keywords.has(*node.keyword);
    case SearchOp::recent: return subject.is_recent;
    case SearchOp::old: return !subject.is_recent;
    case SearchOp::new_messages: return subject.is_recent && !row.flags.has(SystemFlag::kSeen);
    case SearchOp::before: return day_of(row.received) < node.day;
    case SearchOp::on: return day_of(row.received) == node.day;
    case SearchOp::since: return day_of(row.received) >= node.day;
    case SearchOp::larger: return row.size > node.size;
    case SearchOp::smaller: return row.size < node.size;
    case SearchOp::modseq: return row.modseq.value() >= node.size;
    case SearchOp::sequence:
    case SearchOp::uid: return node.messages.contains(row.uid);
    default: return true;
  }
}

}  // namespace posthorn::imap
