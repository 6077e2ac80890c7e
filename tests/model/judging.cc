// What the mail store must show of what the model says: to sessions as it goes, and as a whole.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "mailstore/check.h"
#include "mailstore/email.h"
#include "mailstore/fold.h"
#include "model/world.h"

namespace posthorn::model {

using namespace mailstore;

namespace {

std::string line(const Message& m, const std::set<std::uint32_t>& users) {
  std::string text = fmt::format("{} e{} f{} m{} s{}", m.uid, m.email, m.system, m.modseq, m.octets->size());
  for (const auto& k : m.keywords) text += " " + k;
  for (const auto user : users)
    if (const auto it = m.own_flags.find(user); it != m.own_flags.end() && it->second != 0)
      text += fmt::format(" u{}", user);
  return text + "\n";
}

const std::set<std::uint32_t> kUsers{90, 91, 92};

/// The same of a row of the real thing; octets are compared elsewhere.
std::string line(const Placement& p, const Mailbox& mailbox, const KeywordTable& table) {
  std::string text =
      fmt::format("{} e{} f{} m{} s{}", p.uid.value(), p.email.value(), p.flags.system, p.modseq.value(), p.size);
  std::set<std::string> keywords;
  p.flags.keywords.for_each([&](KeywordId id) { keywords.insert(table.name(id)); });
  for (const auto& k : keywords) text += " " + k;
  for (const auto user : kUsers)
    if (seen_by(p, marks_of(mailbox, AccountId(user))).flags.has(kSeen)) text += fmt::format(" u{}", user);
  return text + "\n";
}

}  // namespace

void World::begin_session() {
  const auto i = random_.below(accounts_.size());
  auto& account = model_.accounts[i];
  const auto& box = account.boxes[random_.below(account.boxes.size())];
  auto open = mail_->open_mailbox_now(accounts_[i], MailboxId(box.id));
  if (!open && may_fail(open.error())) return;
  REQUIRE(open);
  const auto version = (*open)->version();
  Session session{
      i, *open, Told(*version->find(MailboxId(box.id))), box.messages, box.highest_modseq, box.highest_modseq};
  check_view(session);
  sessions_.push_back(std::move(session));
}

void World::update(Session& s, bool may_renumber) {
  const Box* box = model_.accounts[s.account].find(s.open->id().value());
  if (box == nullptr) return;
  ++counts_.updates;
  INFO("seed " << seed_ << " operation " << counts_.operations << " account " << s.account << " mailbox " << box->name);
  const auto is_there = [&](std::uint32_t uid) {
    return std::any_of(box->messages.begin(), box->messages.end(), [&](const Message& m) { return m.uid == uid; });
  };
  std::string expunged, changed;
  bool holds_back = false;
  std::vector<Message> view;
  for (const auto& m : s.view) {
    const bool gone = !is_there(m.uid);
    if (gone && may_renumber)
      expunged += fmt::format("{} ", view.size() + 1);
    else
      view.push_back(m);
    holds_back |= gone && !may_renumber;
  }
  const std::uint32_t last = s.view.empty() ? 0 : s.view.back().uid;
  bool grown = false;
  for (const auto& m : box->messages) {
    if (m.uid > last) view.push_back(m), grown = true;
    if (m.uid <= last && m.modseq > s.flags_modseq) changed += line(m, {});
  }
  s.view = std::move(view);
  s.flags_modseq = box->highest_modseq;
  const auto version = s.open->version();
  const Mailbox& mailbox = *version->find(s.open->id());
  const auto news = s.told.update(mailbox, may_renumber);
  std::string told_expunged, told_changed;
  for (const auto msn : news.expunged) told_expunged += fmt::format("{} ", msn.value());
  news.changed.for_each([&](Uid uid) {
    Mailbox unmarked = mailbox;
    unmarked.private_marks.clear();
    told_changed += line(*mailbox.columns->find(uid), unmarked, *version->keywords);
  });
  REQUIRE(told_expunged == expunged);
  REQUIRE(told_changed == changed);
  REQUIRE(news.grown == grown);
  // What may be told as HIGHESTMODSEQ stays below what was held back. It may also stay low for the sake of messages
  // that came and went untold.
  if (may_renumber) REQUIRE(s.told.modseq().value() == box->highest_modseq);
  if (holds_back) REQUIRE(s.told.modseq().value() <= s.modseq);
  REQUIRE(s.told.modseq().value() <= box->highest_modseq);
  REQUIRE(s.told.modseq().value() >= s.modseq);
  s.modseq = s.told.modseq().value();
  check_view(s);
}

void World::check_view(Session& s) {
  REQUIRE(s.told.messages() == s.view.size());
  for (std::uint32_t i = 0; i < s.view.size(); ++i) {
    REQUIRE(s.told.uid_of(Msn(i + 1)) == Uid(s.view[i].uid));
    REQUIRE(s.told.msn_of(Uid(s.view[i].uid)) == Msn(i + 1));
    const auto row = s.open->find(Uid(s.view[i].uid));
    REQUIRE(row);
    REQUIRE(row->email.value() == s.view[i].email);
  }
  REQUIRE(s.told.uid_of(Msn(static_cast<std::uint32_t>(s.view.size()) + 1)).is_zero());
}

std::string World::describe_model(std::size_t i) {
  Account& a = model_.accounts[i];
  std::string text = fmt::format("modseq {} boxes {} quota {} bytes {} emails {}\n", a.modseq, a.next_box, a.quota,
                                 a.bytes(), a.next_email);
  for (const auto& s : a.subscriptions) text += s + "\n";
  for (const auto& box : a.boxes) {
    std::size_t unseen = 0, deleted = 0;
    std::uint64_t bytes = 0;
    for (const auto& m : box.messages) {
      unseen += !(m.system & kSeen);
      deleted += (m.system & kDeleted) != 0;
      bytes += m.octets->size();
    }
    text += fmt::format("{} {} v{} n{} h{}: {} {} {} {}\n", box.id, box.name, box.uid_validity, box.uid_next,
                        box.highest_modseq, box.messages.size(), unseen, deleted, bytes);
    for (const auto& m : box.messages) text += line(m, kUsers);
  }
  return text;
}

std::string World::describe_real(std::size_t i) {
  const auto& account = accounts_[i];
  const auto v = account->published();
  std::string text = fmt::format("modseq {} boxes {} quota {} bytes {} emails {}\n", v->modseq.value(),
                                 v->next_mailbox.value(), v->quota_bytes, v->bytes, v->next_email.value());
  for (const auto& s : *v->subscriptions) text += s + "\n";
  for (const auto& m : v->mailboxes) {
    text += fmt::format("{} {} v{} n{} h{}: {} {} {} {}\n", m->id.value(), m->name, m->uid_validity.value(),
                        m->uid_next.value(), m->highest_modseq.value(), m->messages, m->unseen, m->deleted, m->bytes);
    const auto open = mail_->open_mailbox_now(account, m->id);
    REQUIRE(open);
    const auto now = (*open)->version();
    const Mailbox& mailbox = *now->find(m->id);
    mailbox.columns->for_each(0, mailbox.columns->size(),
                              [&](const Placement& p) { text += line(p, mailbox, *now->keywords); });
  }
  return text;
}

void World::check_octets(const Message& m, std::size_t account) {
  const auto emails = read_emails(*store_, accounts_[account]->id(), {EmailId(m.email)});
  INFO("seed " << seed_ << " operation " << counts_.operations << " email " << m.email
               << (emails ? "" : emails.error().text));
  REQUIRE(emails);
  const auto octets = read_octets(*store_, emails->front(), 0, UINT64_MAX, store::Wait::disk);
  REQUIRE(octets);
  REQUIRE((*octets == *m.octets));
}

void World::compare() {
  if (is_cut()) return reopen_after_cut(std::nullopt);
  mend();
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    const auto real = describe_real(i);
    const auto expected = describe_model(i);
    INFO("seed " << seed_ << " operation " << counts_.operations << " account " << i);
    REQUIRE(real == expected);
    for (const auto& box : model_.accounts[i].boxes)
      for (const auto& m : box.messages) check_octets(m, i);
  }
  if (log_) {
    const auto wrong = log_->check();
    INFO("seed " << seed_ << " operation " << counts_.operations << " " << (wrong->empty() ? "" : wrong->front()));
    REQUIRE(wrong->empty());
  }
  const auto report = check(*store_);
  REQUIRE(report);
  INFO("seed " << seed_ << " operation " << counts_.operations << " "
               << (report->wrong.empty() ? "" : report->wrong.front()));
  REQUIRE(report->wrong.empty());
}

}  // namespace posthorn::model
