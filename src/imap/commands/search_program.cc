#include "imap/commands/search_program.h"

#include "codec/charset.h"
#include "codec/unicode.h"

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

bool reads_body(SearchOp op) { return op == SearchOp::body || op == SearchOp::text; }

Truth truth(bool holds) { return holds ? Truth::yes : Truth::no; }

Truth by_email(SearchOp op, const std::string& field, const std::string& needle, std::int64_t day,
               SearchedEmail& email) {
  switch (op) {
    case SearchOp::bcc: return truth(email.bcc_has(needle));
    case SearchOp::cc: return truth(email.cc_has(needle));
    case SearchOp::from: return truth(email.from_has(needle));
    case SearchOp::to: return truth(email.to_has(needle));
    case SearchOp::subject: return truth(email.subject_has(needle));
    case SearchOp::header: return truth(email.header_has(field, needle));
    case SearchOp::body: return email.body_has(needle);
    case SearchOp::text: return email.text_has(needle);
    case SearchOp::sent_before: return truth(email.sent_day() && *email.sent_day() < day);
    case SearchOp::sent_on: return truth(email.sent_day() == day);
    case SearchOp::sent_since: return truth(email.sent_day() && *email.sent_day() >= day);
    default: return Truth::no;
  }
}

}  // namespace

Result<SearchProgram> SearchProgram::compile(const SearchKeys& keys, const Selected& selected,
                                             const mailstore::KeywordTable& keywords) {
  if (!keys.charset.empty() && !iequals(keys.charset, "US-ASCII") && !codec::is_known_charset(keys.charset))
    return base::fail(Code::not_supported, "The charset is not known");
  const auto needle = [&](const std::string& text) {
    return codec::fold_for_search(codec::charset_to_utf8(text, keys.charset));
  };
  SearchProgram program;
  program.saved_ = selected.saved_result();
  for (const SearchKey& key : keys.keys) {
    Node node{.op = key.op, .end = key.end, .needle = {}, .field = {}, .keyword = {}, .numbers = {}, .uids = {}};
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
      const bool is_uid = key.op == SearchOp::uid;
      if (const auto there = selected.check_numbers(*set, is_uid); !there) return base::fail(there);
      if (is_uid) {
        node.uids = set->resolve(selected.told().largest());
      } else {
        node.numbers = set->resolve(Msn(selected.told().messages()));
      }
      node.names_saved = set->uses_saved_result();
    }
    program.reads_bodies_ |= reads_body(node.op);
    program.nodes_.push_back(std::move(node));
  }
  return program;
}

// What is known already decides before an email is opened for the others: that of the cheaper keys comes for nothing.
Truth SearchProgram::all_of(const Node& node, std::uint32_t at, const Subject& subject, const Opened* opened) const {
  bool has_unknown = false;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end) {
    const Truth t = evaluate(child, subject, nullptr);
    if (t == Truth::no) return Truth::no;
    has_unknown |= t == Truth::unknown;
  }
  if (!has_unknown) return Truth::yes;
  if (opened == nullptr) return Truth::unknown;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end)
    if (const Truth t = evaluate(child, subject, opened); t != Truth::yes) return t;
  return Truth::yes;
}

Truth SearchProgram::one_of(const Node& node, std::uint32_t at, const Subject& subject, const Opened* opened) const {
  bool has_unknown = false;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end) {
    const Truth t = evaluate(child, subject, nullptr);
    if (t == Truth::yes) return Truth::yes;
    has_unknown |= t == Truth::unknown;
  }
  if (!has_unknown) return Truth::no;
  if (opened == nullptr) return Truth::unknown;
  for (std::uint32_t child = at + 1; child < node.end; child = nodes_[child].end)
    if (const Truth t = evaluate(child, subject, opened); t != Truth::no) return t;
  return Truth::no;
}

Truth SearchProgram::evaluate(std::uint32_t at, const Subject& subject, const Opened* opened) const {
  const Node& node = nodes_[at];
  if (node.op == SearchOp::all_of) return all_of(node, at, subject, opened);
  if (node.op == SearchOp::one_of) return one_of(node, at, subject, opened);
  if (node.op == SearchOp::none_of) {
    const Truth t = evaluate(at + 1, subject, opened);
    return t == Truth::unknown ? t : truth(t == Truth::no);
  }
  if (!needs_email(node.op)) return truth(by_columns(node, subject));
  if (opened == nullptr) return Truth::unknown;
  Truth& settled = opened->settled[at];
  if (settled == Truth::unknown && !(reads_body(node.op) && opened->email->is_turn_over()))
    settled = by_email(node.op, node.field, node.needle, node.day, *opened->email);
  return settled;
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
    case SearchOp::uid:
      return node.numbers.contains(subject.msn) || node.uids.contains(row.uid) ||
             (node.names_saved && saved_.contains(row.uid));
    default: return true;
  }
}

}  // namespace posthorn::imap
