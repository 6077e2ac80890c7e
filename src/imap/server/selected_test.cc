#include "imap/server/selected.h"

#include <doctest/doctest.h>

#include "net/run_for_test.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using namespace posthorn::imap;

namespace {

// A mailbox with the given UIDs, opened without any commit: the view is all that these tests look at.
mailstore::Mailbox mailbox_of(MailboxId id, std::initializer_list<std::uint32_t> uids) {
  mailstore::Mailbox mailbox;
  mailbox.id = id;
  mailbox.uid_validity = UidValidity(9);
  mailbox.columns.emplace();
  for (const std::uint32_t uid : uids) {
    mailstore::Placement row;
    row.uid = Uid(uid);
    mailbox.columns = mailbox.columns->append(row);
    mailbox.uid_next = Uid(uid + 1);
    ++mailbox.messages;
  }
  return mailbox;
}

struct View {
  View(std::initializer_list<std::uint32_t> uids) {
    auto version = std::make_shared<mailstore::Version>();
    version->mailboxes.push_back(std::make_shared<mailstore::Mailbox>(mailbox_of(MailboxId(1), uids)));
    account = std::make_shared<mailstore::Account>(AccountId(1), version);
    account->hold(MailboxId(1));
    selected.emplace(std::make_shared<mailstore::OpenMailbox>(account, MailboxId(1)), *version, false);
  }

  std::string resolve(std::string_view set, bool is_uid) {
    const auto messages = selected->resolve(parse_whole<SequenceSet>(set).value(), is_uid);
    if (!messages) return messages.error().text;
    std::string text;
    for (const Stretch& s : *messages)
      text += std::to_string(s.msn.value()) + "=" + std::to_string(s.uid.value()) + "+" + std::to_string(s.count) + " ";
    return text;
  }

  mailstore::AccountPtr account;
  std::optional<Selected> selected;
};

}  // namespace

TEST_CASE("selected: sets become stretches of messages") {
  View view({2, 3, 4, 8, 9, 20});
  struct Row {
    const char* set;
    const char* by_number;
    const char* by_uid;
  };
  const Row rows[] = {
      {"1:*", "1=2+3 4=8+2 6=20+1 ", "1=2+3 4=8+2 6=20+1 "},
      {"*", "6=20+1 ", "6=20+1 "},
      {"2:4", "2=3+2 4=8+1 ", "1=2+3 "},
      {"3,5", "3=4+1 5=9+1 ", "2=3+1 "},
      {"1,3,6", "1=2+1 3=4+1 6=20+1 ", "2=3+1 "},
      {"3:9", "there is no message of that number", "2=3+2 4=8+2 "},
      {"30:*", "6=20+1 ", "6=20+1 "},
      {"7", "there is no message of that number", ""},
      {"4294967295", "there is no message of that number", ""},
      {"$", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.set);
    CHECK(view.resolve(row.set, false) == row.by_number);
    CHECK(view.resolve(row.set, true) == row.by_uid);
  }
  View empty({});
  CHECK(empty.resolve("1:*", false) == "");
  CHECK(empty.resolve("*", true) == "");
  CHECK(empty.resolve("1", false) == "there is no message of that number");
}

TEST_CASE("selected: a walk goes through every message once") {
  View view({2, 3, 4, 8, 9, 20});
  const Stretches all = view.selected->all();
  std::string walked;
  for (MessageWalk walk(&all); !walk.at_end(); walk.advance())
    walked += std::to_string(walk.msn().value()) + "=" + std::to_string(walk.uid().value()) + " ";
  CHECK(walked == "1=2 2=3 3=4 4=8 5=9 6=20 ");
  CHECK(uids_of(all).to_vector().size() == 6);
  MsnCursor numbers(&view.selected->told().uids());
  CHECK(numbers.find(Uid(1)) == Msn());
  CHECK(numbers.find(Uid(3)) == Msn(2));
  CHECK(numbers.find(Uid(5)) == Msn());
  CHECK(numbers.find(Uid(9)) == Msn(5));
  CHECK(numbers.find(Uid(20)) == Msn(6));
  CHECK(numbers.find(Uid(21)) == Msn());
}
