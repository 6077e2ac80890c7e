#include "model/world.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "mailstore/account_rows.h"
#include "mailstore/append.h"
#include "mailstore/copy.h"
#include "mailstore/expunge.h"
#include "mailstore/mailboxes.h"
#include "mailstore/set_flags.h"
#include "mailstore/take_over.h"
#include "mailstore/undo.h"
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
              .first_uid_validity = v->first_uid_validity.value(),
              .next_uid_validity = v->next_uid_validity.value(),
              .taken_over = {},
              .keywords = {},
              .subscriptions = *v->subscriptions,
              .boxes = {},
              .gone = {}};
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
    case Operation::give_new_uids:
      return without_value(run(mailstore::give_new_uids(mail, *open, Uid(o.number), uid_set(o.uids))));
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
    case Operation::take_over:
      return without_value(run(take_over_uid_validity(mail, account, MailboxId(o.box),
                                                      std::to_string(account->id().value()), UidValidity(o.number))));
    case Operation::undelete: return without_value(mailstore::undelete(*mail, account, {.mailbox = o.name}));
    case Operation::subscribe: return run(set_subscribed(mail, account, o.name, o.subscribed));
    default:
      return without_value(run(mail->change(account, [q = o.quota](const Version&, WallTime) -> Result<Prepared> {
        return Prepared{{QuotaSet{q}}, {}};
      })));
  }
}

Result<void> World::execute(const Operation& o) {
  if (o.kind == Operation::append) return append(o);
  if (o.kind <= Operation::expunge || o.kind == Operation::give_new_uids) return on_mailbox(o);
  return on_names(o);
}

bool World::may_fail(const Error& error) const {
  return armed_ && (error.code == Code::io || error.code == Code::full_disk || error.code == Code::closed);
}

void World::operate() {
  auto o = random_operation(random_, model_);
  if (o.kind == Operation::undelete) {
    const auto row = read_account_row(mail_->store(), id_of(o.account));
    if (!row) return mend();
    o.base = row->base_modseq.value();
  }
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

}  // namespace posthorn::model
