#include "model/model.h"

#include <algorithm>

namespace posthorn::model {
namespace {

using mailstore::FlagsOp;

bool is_asked(const Operation& o, const Message& m) { return !o.uids || o.uids->contains(m.uid); }

/// A message under the mailbox's next UID.
void add(Box& box, Message message, std::uint64_t modseq) {
  message.uid = box.uid_next++;
  message.modseq = modseq;
  message.own_flags.clear();
  box.ever_used.insert(message.uid);
  box.highest_modseq = modseq;
  box.messages.push_back(std::move(message));
}

/// Makes the mailbox and what is missing above it.
void make_levels(Account& account, const std::string& name, std::uint64_t modseq) {
  for (std::size_t slash = name.find('/');; slash = name.find('/', slash + 1)) {
    const auto level = name.substr(0, slash);
    if (account.find(level) == nullptr)
      account.boxes.push_back({.id = account.next_box++,
                               .name = level,
                               .uid_validity = account.next_uid_validity++,
                               .uid_next = 1,
                               .highest_modseq = modseq,
                               .messages = {},
                               .ever_used = {}});
    if (slash == std::string::npos) return;
  }
}

template <class T>
T changed(T flags, FlagsOp op, const T& with);
template <>
std::uint8_t changed(std::uint8_t flags, FlagsOp op, const std::uint8_t& with) {
  return static_cast<std::uint8_t>(op == FlagsOp::replace ? with : op == FlagsOp::add ? flags | with : flags & ~with);
}
template <>
std::set<std::string> changed(std::set<std::string> flags, FlagsOp op, const std::set<std::string>& with) {
  if (op == FlagsOp::replace) return with;
  for (const auto& k : with) {
    if (op == FlagsOp::add)
      flags.insert(k);
    else
      flags.erase(k);
  }
  return flags;
}

bool is_below(const std::string& name, const std::string& above) { return name.starts_with(above + "/"); }

}  // namespace

Box* Account::find(const std::string& name) {
  const auto it = std::find_if(boxes.begin(), boxes.end(), [&](const Box& b) { return b.name == name; });
  return it == boxes.end() ? nullptr : &*it;
}
Box* Account::find(std::uint32_t id) {
  const auto it = std::find_if(boxes.begin(), boxes.end(), [&](const Box& b) { return b.id == id; });
  return it == boxes.end() ? nullptr : &*it;
}
std::uint64_t Account::bytes() const {
  std::uint64_t n = 0;
  for (const auto& box : boxes)
    for (const auto& m : box.messages) n += m.octets->size();
  return n;
}

void Account::note_gone(const Box& box, const Message& message) {
  gone[message.email] = {next_gone++, modseq + 1, box.id, box.name, message};
}
std::vector<Gone> Account::gone_since(std::uint64_t since, const std::string& name) const {
  std::set<std::uint64_t> living;
  for (const auto& box : boxes)
    for (const auto& m : box.messages) living.insert(m.email);
  std::vector<Gone> all;
  for (const auto& [email, g] : gone)
    if (!living.contains(email) && g.modseq > since && (name.empty() || g.name == name)) all.push_back(g);
  std::ranges::sort(all, {}, &Gone::order);
  return all;
}

std::optional<Code> Model::append(const Operation& o) {
  std::map<std::size_t, std::uint64_t> bytes;
  for (const auto& t : o.targets) {
    Account& account = accounts[t.account];
    if (!t.is_delivery && account.find(t.box) == nullptr) return Code::not_found;
    bytes.try_emplace(t.account, account.bytes()).first->second += t.octets->size();
    if (!t.is_delivery && account.quota != 0 && bytes[t.account] > account.quota) return Code::over_quota;
  }
  for (const auto& [account, n] : bytes) ++accounts[account].modseq;
  for (const auto& t : o.targets) {
    Account& account = accounts[t.account];
    Box* box = account.find(t.box);
    if (box == nullptr) box = account.find("INBOX");
    const std::set<std::string> keywords(t.keywords.begin(), t.keywords.end());
    account.keywords.insert(keywords.begin(), keywords.end());
    add(*box,
        {.uid = 0,
         .email = account.next_email++,
         .system = t.system,
         .keywords = keywords,
         .modseq = 0,
         .octets = t.octets,
         .own_flags = {}},
        account.modseq);
  }
  return std::nullopt;
}

std::optional<Code> Model::copy(const Operation& o) {
  Account& source = accounts[o.account];
  Account& target = accounts[o.targets[0].account];
  Box* from = source.find(o.box);
  Box* to = target.find(o.targets[0].box);
  if (from == nullptr || to == nullptr) return Code::not_found;
  const bool is_own = &source == &target;
  std::vector<Message> copies;
  std::uint64_t bytes = 0;
  for (const auto& m : from->messages)
    if (is_asked(o, m)) copies.push_back(m), bytes += m.octets->size();
  if ((o.kind == Operation::copy || !is_own) && target.quota != 0 && target.bytes() + bytes > target.quota)
    return Code::over_quota;
  if (copies.empty()) return std::nullopt;
  if (o.kind == Operation::move)
    for (const auto& m : copies) source.note_gone(*from, m);
  ++target.modseq;
  if (o.kind == Operation::move) {
    if (!is_own) ++source.modseq;
    std::erase_if(from->messages, [&](const Message& m) { return is_asked(o, m); });
    from->highest_modseq = source.modseq;
  }
  for (auto& m : copies) {
    if (!is_own) m.email = target.next_email++;
    target.keywords.insert(m.keywords.begin(), m.keywords.end());
    add(*to, m, target.modseq);
  }
  return std::nullopt;
}

std::optional<Code> Model::set_flags(const Operation& o) {
  Account& account = accounts[o.account];
  Box* box = account.find(o.box);
  if (box == nullptr) return Code::not_found;
  const std::set<std::string> keywords(o.keywords.begin(), o.keywords.end());
  bool touched = false;
  for (auto& m : box->messages) {
    if (!is_asked(o, m) || (o.unchanged_since && m.modseq > *o.unchanged_since)) continue;
    const auto system = changed(m.system, o.op, o.system);
    const auto now = changed(m.keywords, o.op, keywords);
    if (system == m.system && now == m.keywords) continue;
    m.system = system;
    m.keywords = now;
    m.modseq = account.modseq + 1;
    touched = true;
  }
  if (!touched) return std::nullopt;
  account.keywords.insert(keywords.begin(), keywords.end());
  box->highest_modseq = ++account.modseq;
  return std::nullopt;
}

std::optional<Code> Model::set_own_flags(const Operation& o) {
  Account& account = accounts[o.account];
  Box* box = account.find(o.box);
  if (box == nullptr) return Code::not_found;
  bool touched = false;
  const auto with = static_cast<std::uint8_t>(o.system & mailstore::kSeen);
  for (auto& m : box->messages) {
    if (!is_asked(o, m)) continue;
    const auto it = m.own_flags.find(o.user);
    const std::uint8_t own = it == m.own_flags.end() ? 0 : it->second;
    const auto now = changed(own, o.op, with);
    if (now == own) continue;
    m.own_flags[o.user] = now;
    touched = true;
  }
  account.modseq += touched;
  if (touched) box->highest_modseq = account.modseq;
  return std::nullopt;
}

std::optional<Code> Model::expunge(const Operation& o) {
  Account& account = accounts[o.account];
  Box* box = account.find(o.box);
  if (box == nullptr) return Code::not_found;
  const auto gone = std::erase_if(box->messages, [&](const Message& m) {
    const bool goes = is_asked(o, m) && (m.system & mailstore::kDeleted) != 0;
    if (goes) account.note_gone(*box, m);
    return goes;
  });
  if (gone == 0) return std::nullopt;
  box->highest_modseq = ++account.modseq;
  return std::nullopt;
}

std::optional<Code> Model::take_over(const Operation& o) {
  Account& account = accounts[o.account];
  Box* box = account.find(o.box);
  if (box == nullptr) return Code::not_found;
  const bool was_taken = account.taken_over.contains({box->name, o.number});
  if (box->uid_validity == o.number && was_taken) return std::nullopt;
  if (box->uid_validity == o.number && box->uid_next != 1) {
    box->uid_validity = account.next_uid_validity++;
    ++account.modseq;
    return std::nullopt;
  }
  const bool is_ours =
      o.number >= account.first_uid_validity && o.number < account.next_uid_validity && o.number != box->uid_validity;
  if (was_taken || is_ours || o.number == 0 || box->uid_next != 1) return std::nullopt;
  account.taken_over.emplace(box->name, o.number);
  box->uid_validity = o.number;
  account.next_uid_validity = std::max(account.next_uid_validity, o.number + 1);
  ++account.modseq;
  return std::nullopt;
}

std::optional<Code> Model::give_new_uids(const Operation& o) {
  Account& account = accounts[o.account];
  Box* box = account.find(o.box);
  if (box == nullptr) return Code::not_found;
  std::vector<Message> moved;
  for (const auto& m : box->messages)
    if (is_asked(o, m)) moved.push_back(m);
  if (o.number <= box->uid_next && moved.empty()) return std::nullopt;
  ++account.modseq;
  box->uid_next = std::max(box->uid_next, o.number);
  std::erase_if(box->messages, [&](const Message& m) { return is_asked(o, m); });
  for (auto& m : moved) add(*box, m, account.modseq);
  return std::nullopt;
}

std::optional<Code> Model::undelete(const Operation& o) {
  Account& account = accounts[o.account];
  const auto all = account.gone_since(o.base, o.name);
  if (all.empty()) return std::nullopt;
  std::uint64_t bytes = account.bytes();
  for (const auto& g : all) bytes += g.message.octets->size();
  if (account.quota != 0 && bytes > account.quota) return Code::over_quota;
  ++account.modseq;
  for (const auto& g : all) {
    if (account.find(g.box) == nullptr) make_levels(account, g.name, account.modseq);
    Box* box = account.find(g.box);
    if (box == nullptr) box = account.find(g.name);
    Message back = g.message;
    back.system = static_cast<std::uint8_t>(back.system & ~mailstore::kDeleted);
    add(*box, back, account.modseq);
  }
  return std::nullopt;
}

std::optional<Code> Model::create(const Operation& o) {
  Account& account = accounts[o.account];
  if (account.find(o.name) != nullptr) return Code::already_exists;
  make_levels(account, o.name, ++account.modseq);
  return std::nullopt;
}

std::optional<Code> Model::rename_inbox(Account& account, const std::string& to) {
  make_levels(account, to, ++account.modseq);
  Box* inbox = account.find("INBOX");
  Box* target = account.find(to);
  for (const auto& m : inbox->messages) add(*target, m, account.modseq);
  if (!inbox->messages.empty()) inbox->highest_modseq = account.modseq;
  inbox->messages.clear();
  return std::nullopt;
}

std::optional<Code> Model::rename(const Operation& o) {
  Account& account = accounts[o.account];
  if (account.find(o.new_name) != nullptr) return Code::already_exists;
  if (is_below(o.new_name, o.name)) return Code::invalid;
  if (o.name == "INBOX") return rename_inbox(account, o.new_name);
  std::vector<Box*> renamed;
  for (auto& box : account.boxes)
    if (box.name == o.name || is_below(box.name, o.name)) renamed.push_back(&box);
  if (renamed.empty()) return Code::not_found;
  for (const auto* box : renamed)
    if (account.find(o.new_name + box->name.substr(o.name.size())) != nullptr) return Code::already_exists;
  for (auto* box : renamed) {
    box->name = o.new_name + box->name.substr(o.name.size());
    if (box->uid_validity < account.first_uid_validity) box->uid_validity = account.next_uid_validity++;
  }
  ++account.modseq;
  if (const auto slash = o.new_name.rfind('/'); slash != std::string::npos)
    make_levels(account, o.new_name.substr(0, slash), account.modseq);
  return std::nullopt;
}

std::optional<Code> Model::apply(const Operation& o) {
  Account& account = accounts[o.account];
  switch (o.kind) {
    case Operation::append: return append(o);
    case Operation::copy:
    case Operation::move: return copy(o);
    case Operation::set_flags: return set_flags(o);
    case Operation::set_own_flags: return set_own_flags(o);
    case Operation::expunge: return expunge(o);
    case Operation::create: return create(o);
    case Operation::remove: {
      if (o.name == "INBOX") return Code::denied;
      const Box* box = account.find(o.name);
      if (box == nullptr) return Code::not_found;
      for (const auto& m : box->messages) account.note_gone(*box, m);
      std::erase_if(account.boxes, [&](const Box& b) { return b.name == o.name; });
      ++account.modseq;
      return std::nullopt;
    }
    case Operation::rename: return rename(o);
    case Operation::subscribe:
      account.modseq += account.subscriptions.contains(o.name) != o.subscribed;
      o.subscribed ? void(account.subscriptions.insert(o.name)) : void(account.subscriptions.erase(o.name));
      return std::nullopt;
    case Operation::take_over: return take_over(o);
    case Operation::give_new_uids: return give_new_uids(o);
    case Operation::undelete: return undelete(o);
    case Operation::set_quota:
      account.quota = o.quota;
      ++account.modseq;
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace posthorn::model
