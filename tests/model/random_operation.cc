// What the model test does next.
#include <fmt/format.h>

#include "model/world.h"

namespace posthorn::model {
namespace {

constexpr const char* kNames[] = {"a", "a/b", "a/b/c", "b", "b/x", "old", "old/1", "INBOX/in", "Sent", "Archive"};
constexpr const char* kKeywords[] = {"work", "$Todo", "home", "$Junk", "k1", "k2", "k3"};

class Dice {
 public:
  Dice(SeededRandom& random, Model& model) : random_(random), model_(model) {}

  Operation throw_one() {
    Operation o;
    o.account = random_.below(model_.accounts.size());
    o.box = box_of(o.account);
    const auto n = random_.below(100);
    if (const auto& a = model_.accounts[o.account]; n < 38 && messages(a) > 400) return mark_all_deleted(o);
    if (n < 30) return deliver(o);
    if (n < 38) return append(o);
    if (n < 50) return copy(o);
    if (n < 70) return flags(o);
    if (n < 74) return own_flags(o);
    if (n < 87) return expunge(o);
    if (n < 89) return take_over(o);
    return other(o);
  }

 private:
  std::uint32_t box_of(std::size_t account) {
    auto& a = model_.accounts[account];
    if (random_.one_in(60)) return a.next_box + 5;
    if (random_.one_in(2)) return a.find("INBOX")->id;
    return a.boxes[random_.below(a.boxes.size())].id;
  }

  Octets octets() {
    const auto n = random_.one_in(5) ? random_.below(20) : random_.next();
    std::string text = fmt::format("Received: here\r\nFrom: a@b.c\r\nSubject: s{}\r\nMessage-ID: <{}@x>\r\n", n % 7, n);
    if (random_.one_in(3)) text += fmt::format("References: <{}@x>\r\n", random_.below(20));
    text += fmt::format("\r\nBody {}\r\n", n);
    SeededRandom filler(n);
    const std::uint64_t sizes[] = {0, 0, 0, 0, 300, 300, 3000, random_.one_in(60) ? 90'000U : 1000U};
    text.append(sizes[filler.below(8)], static_cast<char>('a' + n % 26));
    return std::make_shared<const std::string>(std::move(text));
  }

  std::uint8_t system() { return static_cast<std::uint8_t>(random_.below(32)); }
  std::vector<std::string> keywords() {
    std::vector<std::string> names;
    for (auto n = random_.one_in(3) ? 1 + random_.below(2) : 0; n > 0; --n)
      names.emplace_back(kKeywords[random_.below(7)]);
    return names;
  }
  std::string name() { return kNames[random_.below(std::size(kNames))]; }
  std::set<std::uint32_t> uids(const Operation& o) {
    std::set<std::uint32_t> set;
    const Box* box = model_.accounts[o.account].find(o.box);
    if (box == nullptr) return set;
    for (const auto& m : box->messages)
      if (random_.one_in(box->messages.size() > 40 ? 8 : 3)) set.insert(m.uid);
    if (random_.one_in(3)) set.insert(1 + static_cast<std::uint32_t>(random_.below(box->uid_next + 3)));
    return set;
  }

  static std::size_t messages(const Account& account) {
    std::size_t n = 0;
    for (const auto& box : account.boxes) n += box.messages.size();
    return n;
  }
  static Operation mark_all_deleted(Operation o) {
    o.kind = Operation::set_flags;
    o.uids.emplace();
    for (std::uint32_t uid = 1; uid < 100'000; uid += 1 + uid / 3000) o.uids->insert(uid);
    o.op = mailstore::FlagsOp::add;
    o.system = mailstore::kDeleted;
    return o;
  }

  Operation deliver(Operation o) {
    o.kind = Operation::append;
    const auto text = octets();
    const auto n = random_.one_in(8) ? 1 + random_.below(random_.one_in(4) ? 100 : 10) : 1;
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto account = random_.below(model_.accounts.size());
      o.targets.push_back({account, box_of(account), true, text, 0, {}});
    }
    o.account = o.targets[0].account;
    return o;
  }
  Operation append(Operation o) {
    o.kind = Operation::append;
    for (auto n = 1 + random_.below(4); n > 0; --n)
      o.targets.push_back({o.account, o.box, false, octets(), system(), keywords()});
    return o;
  }
  Operation copy(Operation o) {
    o.kind = random_.one_in(2) ? Operation::copy : Operation::move;
    const auto account = random_.one_in(3) ? random_.below(model_.accounts.size()) : o.account;
    o.targets.push_back({account, box_of(account), false, nullptr, 0, {}});
    o.uids = uids(o);
    return o;
  }
  Operation flags(Operation o) {
    o.kind = Operation::set_flags;
    o.uids = uids(o);
    o.op = static_cast<mailstore::FlagsOp>(random_.below(3));
    o.system = system();
    o.keywords = keywords();
    if (random_.one_in(4)) o.unchanged_since = random_.below(model_.accounts[o.account].modseq + 2);
    return o;
  }
  Operation own_flags(Operation o) {
    o.kind = Operation::set_own_flags;
    o.uids = uids(o);
    o.op = static_cast<mailstore::FlagsOp>(random_.below(3));
    o.system = system();
    o.user = 90 + static_cast<std::uint32_t>(random_.below(3));
    return o;
  }
  Operation expunge(Operation o) {
    o.kind = Operation::expunge;
    if (random_.one_in(3)) o.uids = uids(o);
    return o;
  }
  Operation take_over(Operation o) {
    const auto& account = model_.accounts[o.account];
    if (const Box* box = model_.accounts[o.account].find(o.box); random_.one_in(2)) {
      o.kind = Operation::give_new_uids;
      o.uids = uids(o);
      o.number = (box == nullptr ? 1 : box->uid_next) + static_cast<std::uint32_t>(random_.below(20));
      return o;
    }
    o.kind = Operation::take_over;
    o.box = account.boxes[random_.below(account.boxes.size())].id;
    const auto spread = static_cast<std::uint32_t>(random_.below(8));
    o.number = random_.one_in(4) ? account.next_uid_validity - 4 + spread : account.first_uid_validity - spread;
    return o;
  }
  Operation other(Operation o) {
    o.name = random_.one_in(20) ? "INBOX" : name();
    o.new_name = name();
    const auto n = random_.below(13);
    o.kind = n < 4    ? Operation::create
             : n < 7  ? Operation::remove
             : n < 9  ? Operation::rename
             : n < 11 ? Operation::subscribe
             : n < 12 ? Operation::undelete
                      : Operation::set_quota;
    if (o.kind == Operation::undelete && random_.one_in(2)) o.name.clear();
    o.subscribed = random_.one_in(2);
    o.quota = random_.one_in(3) ? 0 : random_.below(400'000);
    return o;
  }

  SeededRandom& random_;
  Model& model_;
};

}  // namespace

Operation random_operation(SeededRandom& random, Model& model) { return Dice(random, model).throw_one(); }

}  // namespace posthorn::model
