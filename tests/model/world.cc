#include "model/world.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "mailstore/append.h"
#include "mailstore/check.h"
#include "mailstore/copy.h"
#include "mailstore/expunge.h"
#include "mailstore/fold.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"
#include "net/run_for_test.h"

namespace posthorn::model {

using namespace mailstore;

namespace {

constexpr std::size_t kMostSessions = 6;
constexpr const char* kFolder = "top/store";
constexpr std::string_view kPrefix = "Received: here\r\n";

AccountId id_of(std::size_t account) { return AccountId(static_cast<std::uint32_t>(account + 1)); }

UidSet uid_set(const std::optional<std::set<std::uint32_t>>& uids) {
  UidSet set;
  if (uids)
    for (const auto uid : *uids) set.append(Uid(uid));
  return set;
}

template <class T>
Result<void> without_value(const Result<T>& result) {
  if (!result) return fail(result);
  return {};
}

store::log::StoreOptions small_store() {
  return {.index = {.block_cache_bytes = 1 << 20, .write_buffer_bytes = 256 << 10},
          .segment_bytes = 2 << 20,
          .reserve_bytes = 0};
}

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

template <class T>
T World::run(net::Task<T> task) {
  return net::result_for_test(context_, std::move(task));
}

World::World(std::uint64_t seed, bool on_disk) : seed_(seed), random_(seed), how_many_(seed % 4 == 3 ? 100 : 5) {
  if (on_disk) {
    disk_ = std::make_unique<store::SimulatedFiles>();
    REQUIRE(disk_->make_folder("top"));
    REQUIRE(disk_->sync_folder(""));
  } else {
    memory_ = std::make_unique<store::MemoryStore>();
  }
  open();
  for (std::size_t i = 0; i < how_many_; ++i) REQUIRE(mail_->create_account(id_of(i)));
  close();
  open();
  for (const auto& account : accounts_) {
    const auto v = account->published();
    Account a{.modseq = 1,
              .next_box = v->next_mailbox.value(),
              .next_uid_validity = v->next_uid_validity.value(),
              .keywords = {},
              .subscriptions = *v->subscriptions,
              .boxes = {}};
    for (const auto& m : v->mailboxes)
      a.boxes.push_back({.id = m->id.value(),
                         .name = m->name,
                         .uid_validity = m->uid_validity.value(),
                         .highest_modseq = 1,
                         .messages = {},
                         .ever_used = {}});
    model_.accounts.push_back(std::move(a));
  }
}

World::~World() { close(); }

void World::open() {
  if (disk_) {
    auto opened = store::log::LogStore::open(*disk_, kFolder, small_store());
    INFO("seed " << seed_ << " operation " << counts_.operations << " " << (opened ? "" : opened.error().text));
    REQUIRE(opened);
    log_ = std::move(*opened);
    store_ = log_.get();
  } else {
    store_ = memory_.get();
  }
  offload_ = std::make_unique<net::Offload>(1);
  mail_ = std::make_unique<Mailstore>(*store_, *offload_,
                                      MailstoreOptions{.entries_a_checkpoint = 20, .grace = Duration(0)});
  for (std::size_t i = 0; i < how_many_; ++i)
    if (auto account = mail_->open_now(id_of(i))) accounts_.push_back(*account);
}

void World::close() {
  sessions_.clear();
  accounts_.clear();
  mail_.reset();
  offload_.reset();
  log_.reset();
}

Result<void> World::append(const Operation& o) {
  std::map<Octets, NewMessagePtr> messages;
  std::vector<Addition> additions;
  for (const auto& t : o.targets) {
    auto& message = messages[t.octets];
    if (!message) {
      MessageWriter writer(*mail_, std::string(kPrefix));
      writer.feed(std::string_view(*t.octets).substr(kPrefix.size()));
      auto finished = run(writer.finish());
      if (!finished) return fail(finished);
      message = std::move(*finished);
    }
    additions.push_back(
        {message, {accounts_[t.account], MailboxId(t.box), {t.system, t.keywords}, wall_now(), t.is_delivery}});
  }
  return without_value(run(mailstore::append(mail_.get(), std::move(additions))));
}

Result<void> World::on_mailbox(const Operation& o) {
  const auto open = mail_->open_mailbox_now(accounts_[o.account], MailboxId(o.box));
  if (!open) return fail(open);
  Mailstore* mail = mail_.get();
  const FlagNames flags{o.system, o.keywords};
  std::optional<ModSeq> since;
  if (o.unchanged_since) since = ModSeq(*o.unchanged_since);
  const FlagsAsked asked{uid_set(o.uids), o.op, flags, since};
  switch (o.kind) {
    case Operation::set_flags: return without_value(run(mailstore::set_flags(mail, *open, asked)));
    case Operation::set_own_flags: return without_value(run(set_private_flags(mail, *open, AccountId(o.user), asked)));
    case Operation::expunge:
      return without_value(
          run(mailstore::expunge(mail, *open, o.uids ? std::optional(uid_set(o.uids)) : std::nullopt)));
    default:
      return without_value(run(mailstore::copy(mail, *open, uid_set(o.uids), accounts_[o.targets[0].account],
                                               MailboxId(o.targets[0].box), o.kind == Operation::move)));
  }
}

Result<void> World::on_names(const Operation& o) {
  Mailstore* mail = mail_.get();
  const auto& account = accounts_[o.account];
  switch (o.kind) {
    case Operation::create: return without_value(run(create_mailbox(mail, account, o.name)));
    case Operation::remove: return run(delete_mailbox(mail, account, o.name));
    case Operation::rename: return run(rename_mailbox(mail, account, o.name, o.new_name));
    case Operation::subscribe: return run(set_subscribed(mail, account, o.name, o.subscribed));
    default:
      return without_value(run(mail->change(account, [q = o.quota](const Version&, WallTime) -> Result<Prepared> {
        return Prepared{{QuotaSet{q}}, {}};
      })));
  }
}

Result<void> World::execute(const Operation& o) {
  if (o.kind == Operation::append) return append(o);
  if (o.kind <= Operation::expunge) return on_mailbox(o);
  return on_names(o);
}

bool World::may_fail(const Error& error) const {
  return armed_ && (error.code == Code::io || error.code == Code::full_disk || error.code == Code::closed);
}

void World::operate() {
  const auto o = random_operation(random_, model_);
  ++counts_.operations;
  const auto outcome = execute(o);
  if (!outcome && may_fail(outcome.error())) {
    ++counts_.failed;
    // A cut that comes only now may be what kept the commit from being declared void.
    if (is_cut()) return reopen_after_cut(o);
    return mend();
  }
  const auto expected = model_.apply(o);
  INFO("seed " << seed_ << " operation " << counts_.operations << " of kind " << o.kind << ": "
               << (outcome ? "done" : outcome.error().text) << ", expected "
               << (expected ? name_of(*expected) : std::string_view("done")));
  REQUIRE(outcome.has_value() == !expected.has_value());
  if (expected) REQUIRE(outcome.error().code == *expected);
  ++(outcome ? counts_.done : counts_.refused);
  REQUIRE(accounts_[o.account]->published()->modseq.value() == model_.accounts[o.account].modseq);
  if (is_cut()) reopen_after_cut(std::nullopt);
}

void World::mend() {
  armed_ = false;
  if (memory_) return memory_->fail_next_group(false);
  disk_->cut_power_after(0);
  disk_->fail_once_after(0, Code::io);
  disk_->fail_read_after(0, Code::io);
}

void World::break_something() {
  armed_ = true;
  if (memory_) return memory_->fail_next_group();
  const auto n = 1 + random_.below(60);
  switch (random_.below(3)) {
    case 0: return disk_->fail_once_after(n, random_.one_in(2) ? Code::io : Code::full_disk);
    case 1: return disk_->fail_read_after(n, Code::io);
    default: ++counts_.cuts; return disk_->cut_power_after(n);
  }
}

void World::reopen_after_cut(const std::optional<Operation>& pending) {
  close();
  disk_->restart(random_);
  armed_ = false;
  ++counts_.reopened;
  open();
  REQUIRE(accounts_.size() == how_many_);
  bool is_as_before = true;
  for (std::size_t i = 0; i < accounts_.size(); ++i)
    is_as_before &= accounts_[i]->published()->modseq.value() == model_.accounts[i].modseq;
  if (!is_as_before) {
    // What was not acknowledged is in force nevertheless: then whole, and just once.
    INFO("seed " << seed_ << " operation " << counts_.operations);
    REQUIRE(pending);
    REQUIRE_FALSE(model_.apply(*pending));
    ++counts_.in_force_unacknowledged;
  }
  compare();
}

void World::truncate_some() {
  const auto i = random_.below(accounts_.size());
  const auto newest = accounts_[i]->published()->modseq.value();
  const auto outcome =
      mail_->truncate_log(id_of(i), ModSeq(newest - random_.below(std::min<std::uint64_t>(newest, 30))));
  INFO("seed " << seed_ << " operation " << counts_.operations << " " << (outcome ? "" : outcome.error().text));
  REQUIRE((outcome || outcome.error().code == Code::invalid || may_fail(outcome.error())));
  ++counts_.truncated;
  if (is_cut()) reopen_after_cut(std::nullopt);
}

void World::disturb() {
  const auto n = random_.below(1000);
  if (n < 200) {
    if (sessions_.size() < kMostSessions) begin_session();
  } else if (n < 240) {
    if (!sessions_.empty())
      sessions_.erase(sessions_.begin() + static_cast<std::ptrdiff_t>(random_.below(sessions_.size())));
  } else if (n < 280) {
    mail_->tidy();
    if (is_cut()) reopen_after_cut(std::nullopt);
  } else if (n < 290) {
    truncate_some();
  } else if (n < 294) {
    mend();
    close();
    if (disk_) disk_->restart(random_);
    ++counts_.reopened;
    open();
  } else if (n < 310) {
    break_something();
  } else if (n < 320) {
    if (armed_ && !is_cut()) mend();
  } else if (n < 322) {
    compare();
  }
}

void World::step() {
  if (is_cut()) reopen_after_cut(std::nullopt);
  operate();
  for (auto& session : sessions_)
    if (random_.one_in(4)) update(session, random_.one_in(2));
  // A mailbox that is gone closes its sessions.
  std::erase_if(sessions_,
                [this](const Session& s) { return model_.accounts[s.account].find(s.open->id().value()) == nullptr; });
  disturb();
}

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
  for (const auto& p : news.changed) {
    Mailbox unmarked = mailbox;
    unmarked.private_marks.clear();
    told_changed += line(p, unmarked, *version->keywords);
  }
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
  const auto emails = read_emails(*store_, id_of(account), {EmailId(m.email)});
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
