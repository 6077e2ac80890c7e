#include "mta/local_intake.h"

#include <doctest/doctest.h>

#include "mailstore/email.h"
#include "net/run_for_test.h"
#include "store/memory/memory_store.h"

using namespace posthorn;

namespace {

/// A server's mail with two accounts, and one SMTP session's intake.
struct World {
  World() {
    CHECK(directory.add_domain("x.test"));
    for (const char* name : {"a@x.test", "b@x.test"}) {
      const auto entry = directory.add_account(name, "");
      REQUIRE(entry);
      CHECK(mail.create_account(entry->id));
    }
    session.id = "s1";
    session.hello = "client.test";
    session.is_extended = true;
    session.peer = *net::Endpoint::parse("192.0.2.1:4000");
  }

  template <class T>
  T run(net::Task<T> task) {
    return net::result_for_test(std::move(task));
  }

  Result<std::string> send(const std::vector<std::string>& recipients, std::string_view text) {
    CHECK(run(intake.mail(*smtp::ReversePath::parse("<s@y.test>"), {})));
    for (const auto& r : recipients)
      if (auto ok = run(intake.rcpt(*smtp::ForwardPath::parse(r), {})); !ok) return fail(ok);
    CHECK(run(intake.data()));
    intake.body(text);
    return run(intake.end());
  }
  void set_quota(std::uint32_t account, std::uint64_t bytes) {
    const auto to = [bytes](const auto&, WallTime) -> Result<mailstore::Prepared> {
      return mailstore::Prepared{{mailstore::QuotaSet{bytes}}, {}};
    };
    CHECK(mail.change_now(*mail.open_now(AccountId(account)), to));
  }
  std::uint32_t messages(std::uint32_t account) {
    return (*mail.open_now(AccountId(account)))->published()->find("INBOX")->messages;
  }
  std::string octets(std::uint32_t account, std::uint64_t email) {
    const auto emails = mailstore::read_emails(store, AccountId(account), {EmailId(email)});
    REQUIRE(emails);
    return *mailstore::read_octets(store, emails->front(), 0, UINT64_MAX, store::Wait::disk);
  }

  store::MemoryStore store;
  net::Offload offload{1};
  mailstore::Mailstore mail{store, offload};
  directory::Directory directory{store};
  smtp::SessionInfo session;
  mta::LocalMail local{"mx.x.test", "b@x.test", &mail, &directory, nullptr};
  mta::LocalIntake intake{&local, &session};
};

}  // namespace

TEST_CASE("local intake: a message is in the mailbox, byte for byte behind the trace fields") {
  World w;
  const std::string text = "Subject: hi\r\n\r\n.leading dot\r\n\xff\r\n";
  REQUIRE(w.send({"<A@X.test>"}, text));
  CHECK(w.messages(1) == 1);
  const auto octets = w.octets(1, 1);
  CHECK(octets.ends_with("\r\n" + text));
  CHECK(octets.starts_with("Return-Path: <s@y.test>\r\nReceived: from client.test ([192.0.2.1])\r\n\tby mx.x.test"));
  CHECK(octets.find("\tfor <A@X.test>; ") != std::string::npos);
}

TEST_CASE("local intake: several recipients get one message, none is named to the others") {
  World w;
  REQUIRE(w.send({"<a@x.test>", "<b@x.test>", "<a@x.test>"}, "Subject: hi\r\n\r\n"));
  CHECK(w.messages(1) == 1);
  CHECK(w.messages(2) == 1);
  CHECK(w.octets(2, 1).find("for <") == std::string::npos);
}

TEST_CASE("local intake: strangers are refused, and nothing is kept of a refused message") {
  World w;
  CHECK(w.send({"<nobody@x.test>"}, "").error().code == Code::not_found);
  w.intake.reset();
  CHECK(w.send({"<a@elsewhere.test>"}, "").error().code == Code::denied);
  w.intake.reset();
  w.store.fail_next_group();
  CHECK(w.send({"<a@x.test>"}, "x").error().code == Code::io);
  CHECK(w.messages(1) == 0);
}

TEST_CASE("local intake: there is a postmaster, of the server and of every domain") {
  World w;
  CHECK(w.send({"<Postmaster>"}, "x"));
  CHECK(w.send({"<postmaster@X.test>"}, "x"));
  CHECK(w.send({"<POSTMASTER@mx.x.test>"}, "x"));
  CHECK(w.messages(2) == 3);
  CHECK(w.send({"<postmaster@y.test>"}, "x").error().code == Code::denied);
}

TEST_CASE("local intake: what does not fit into the quota is refused at RCPT, for its recipient alone") {
  World w;
  w.set_quota(1, 3000);
  const auto announce = [&](std::optional<std::uint64_t> size) {
    w.intake.reset();
    CHECK(w.run(w.intake.mail(*smtp::ReversePath::parse("<s@y.test>"), {.size = size, .body = {}, .auth = {}})));
  };
  const auto rcpt = [&](const char* to) { return w.run(w.intake.rcpt(*smtp::ForwardPath::parse(to), {})); };
  announce(3001);
  CHECK(rcpt("<a@x.test>").error().code == Code::over_quota);
  CHECK(rcpt("<b@x.test>"));
  announce(2000);
  CHECK(rcpt("<a@x.test>"));
  CHECK(rcpt("<A@x.test>"));  // the same room
  announce(3000);
  CHECK(rcpt("<a@x.test>"));  // RSET gave it back
  w.intake.reset();
  CHECK(w.send({"<a@x.test>"}, std::string(4000, 'x')));  // announced no size
  CHECK(w.messages(1) == 1);
  CHECK(w.send({"<a@x.test>"}, "x").error().code == Code::over_quota);
}

TEST_CASE("local intake: a full disk is said before anything is written") {
  World w;
  w.store.set_room(false);
  CHECK(w.run(w.intake.mail(*smtp::ReversePath::parse("<>"), {})).error().code == Code::full_disk);
}
