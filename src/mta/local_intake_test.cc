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
    const auto receipt = run(intake.end());
    if (!receipt) return fail(receipt);
    return receipt->text;
  }
  std::uint32_t messages(std::uint32_t account) {
    return (*mail.open_now(AccountId(account)))->published()->find("INBOX")->messages;
  }
  std::string octets(std::uint32_t account, std::uint64_t email) {
    return *mailstore::read_octets(store, this->email(account, email), 0, UINT64_MAX, store::Wait::disk);
  }

  mailstore::Email email(std::uint32_t account, std::uint64_t id) {
    const auto emails = mailstore::read_emails(store, AccountId(account), {EmailId(id)});
    REQUIRE(emails);
    return emails->front();
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

TEST_CASE("local intake: a full disk is said before anything is written") {
  World w;
  w.store.set_room(false);
  CHECK(w.run(w.intake.mail(*smtp::ReversePath::parse("<>"), {})).error().code == Code::full_disk);
}

namespace {

/// Sessions beside one another, and an account whose quota has room for two messages of kSize and not for three.
struct Quota : World {
  static constexpr std::uint64_t kSize = 10'000;

  Quota() { set_quota(1, 2 * kSize + 1000); }
  void set_quota(std::uint32_t account, std::uint64_t bytes) {
    REQUIRE(mail.change_now(*mail.open_now(AccountId(account)),
                            [bytes](const mailstore::Version&, WallTime) -> Result<mailstore::Prepared> {
                              return mailstore::Prepared{{mailstore::QuotaSet{bytes}}, {}};
                            }));
  }
  std::unique_ptr<mta::LocalIntake> begin(std::optional<std::uint64_t> size) {
    auto one = std::make_unique<mta::LocalIntake>(&local, &session);
    smtp::MailParameters parameters;
    parameters.size = size;
    REQUIRE(run(one->mail(*smtp::ReversePath::parse("<s@y.test>"), parameters)));
    return one;
  }
  /// What RCPT answers: ok, or the name of the error.
  std::string rcpt(mta::LocalIntake& one, const char* to = "<a@x.test>") {
    const auto done = run(one.rcpt(*smtp::ForwardPath::parse(to), {}));
    return done ? "ok" : std::string(name_of(done.error().code));
  }
  std::string data(mta::LocalIntake& one, std::uint64_t size) {
    REQUIRE(run(one.data()));
    one.body(std::string(size, 'x'));
    const auto done = run(one.end());
    return done ? "ok" : std::string(name_of(done.error().code));
  }
  std::uint64_t bytes(std::uint32_t account) { return (*mail.open_now(AccountId(account)))->published()->bytes; }
};

}  // namespace

TEST_CASE("local intake: sessions beside one another are not promised the same room") {
  Quota w;
  const auto one = w.begin(Quota::kSize), two = w.begin(Quota::kSize), three = w.begin(Quota::kSize);
  CHECK(w.rcpt(*one) == "ok");
  CHECK(w.rcpt(*two) == "ok");
  CHECK(w.rcpt(*three) == "over_quota");
  CHECK(w.rcpt(*three, "<b@x.test>") == "ok");
  CHECK(w.data(*one, Quota::kSize) == "ok");
  CHECK(w.rcpt(*three) == "over_quota");
  CHECK(w.data(*two, Quota::kSize) == "ok");
  CHECK(w.rcpt(*three) == "over_quota");
  CHECK(w.data(*three, Quota::kSize) == "ok");
  CHECK(w.messages(1) == 2);
  CHECK(w.messages(2) == 1);
  CHECK(w.bytes(1) <= 2 * Quota::kSize + 1000);
}

TEST_CASE("local intake: promised room is given back however the transaction ends") {
  Quota w;
  w.set_quota(1, Quota::kSize + 1000);
  auto one = w.begin(Quota::kSize), two = w.begin(Quota::kSize);
  const auto is_free = [&] {
    const bool free = w.rcpt(*two) == "ok";
    two = w.begin(Quota::kSize);
    return free;
  };
  CHECK(w.rcpt(*one) == "ok");
  CHECK_FALSE(is_free());
  one->reset();
  CHECK(is_free());

  one = w.begin(Quota::kSize);
  CHECK(w.rcpt(*one) == "ok");
  REQUIRE(w.run(one->data()));
  one->body("half of it");
  CHECK_FALSE(is_free());
  one.reset();  // the connection was lost
  CHECK(is_free());

  one = w.begin(Quota::kSize);
  CHECK(w.rcpt(*one) == "ok");
  w.store.fail_next_group();
  CHECK(w.data(*one, Quota::kSize) == "io");
  CHECK(is_free());

  one = w.begin(Quota::kSize);
  CHECK(w.rcpt(*one) == "ok");
  CHECK(w.rcpt(*one) == "ok");  // named twice, and it gets one
  CHECK(w.data(*one, 1000) == "ok");
  CHECK_FALSE(is_free());
  w.set_quota(1, 2 * Quota::kSize);
  CHECK(is_free());
}

TEST_CASE("local intake: a full account is refused at RCPT, whatever is declared") {
  Quota w;
  const auto one = w.begin({});
  CHECK(w.rcpt(*one) == "ok");
  CHECK(w.data(*one, 2 * Quota::kSize) == "ok");
  w.set_quota(1, w.bytes(1));
  CHECK(w.rcpt(*w.begin({})) == "over_quota");
  CHECK(w.rcpt(*w.begin(0)) == "over_quota");
  CHECK(w.rcpt(*w.begin(1)) == "over_quota");
}

TEST_CASE("local intake: what was not declared is refused at its end, where nobody has room for it") {
  Quota w;
  auto one = w.begin({});
  CHECK(w.rcpt(*one) == "ok");
  CHECK(w.data(*one, 3 * Quota::kSize) == "over_quota");
  CHECK(w.messages(1) == 0);
  one = w.begin(1);
  CHECK(w.rcpt(*one) == "ok");
  CHECK(w.data(*one, 3 * Quota::kSize) == "over_quota");
  // One 250 cannot refuse one recipient.
  one = w.begin({});
  CHECK(w.rcpt(*one) == "ok");
  CHECK(w.rcpt(*one, "<b@x.test>") == "ok");
  CHECK(w.data(*one, 3 * Quota::kSize) == "ok");
  CHECK(w.messages(1) == 1);
  CHECK(w.messages(2) == 1);
  // All of it was let go.
  w.set_quota(1, w.bytes(1) + Quota::kSize);
  CHECK(w.rcpt(*w.begin(Quota::kSize - 1000)) == "ok");
}

namespace {

/// What `end` says of each recipient: ok, or the name of the error; one entry where it is one answer for all.
std::vector<std::string> words(const Result<smtp::Receipt>& receipt) {
  if (!receipt) return {std::string(name_of(receipt.error().code))};
  if (receipt->recipients.empty()) return {"ok"};
  std::vector<std::string> all;
  for (const auto& one : receipt->recipients) all.emplace_back(one ? "ok" : name_of(one.error().code));
  return all;
}

/// A session by LMTP or SMTP, after MAIL.
struct Exchange {
  Exchange(Quota& world, smtp::Service service, smtp::MailParameters parameters = {}, const char* from = "<s@y.test>")
      : w(world), session(session_of(world, service)), intake(&w.local, &session) {
    REQUIRE(w.run(intake.mail(*smtp::ReversePath::parse(from), std::move(parameters))));
  }
  static smtp::SessionInfo session_of(const Quota& world, smtp::Service service) {
    smtp::SessionInfo info = world.session;
    info.service = service;
    return info;
  }
  void rcpt(const char* to, smtp::RcptParameters parameters = {}) {
    REQUIRE(w.run(intake.rcpt(*smtp::ForwardPath::parse(to), std::move(parameters))));
  }
  std::vector<std::string> data(std::string_view text) {
    REQUIRE(w.run(intake.data()));
    intake.body(text);
    return words(w.run(intake.end()));
  }

  Quota& w;
  smtp::SessionInfo session;
  mta::LocalIntake intake;
};

using Words = std::vector<std::string>;

smtp::MailParameters with_report(smtp::Return returns) {
  smtp::MailParameters parameters;
  parameters.is_utf8 = true;
  parameters.returns = returns;
  parameters.envelope_id = "id 1";
  return parameters;
}

smtp::RcptParameters on_success() {
  return {.notify = smtp::Notify{.success = true}, .original = smtp::OriginalRecipient{"rfc822", "A+b@X.test"}};
}

}  // namespace

TEST_CASE("local intake: LMTP answers each recipient, and each duplicate") {
  Quota w;
  Exchange lmtp(w, smtp::Service::lmtp);
  for (const char* to : {"<b@x.test>", "<a@x.test>", "<b@x.test>"}) lmtp.rcpt(to);
  CHECK(lmtp.data(std::string(3 * Quota::kSize, 'x')) == Words{"ok", "over_quota", "ok"});
  CHECK(w.messages(1) == 0);
  CHECK(w.messages(2) == 1);
}

TEST_CASE("local intake: an account that has gone is its own trouble with LMTP, and a reason to wait with SMTP") {
  Quota w;
  for (const auto service : {smtp::Service::lmtp, smtp::Service::relay}) {
    const bool is_lmtp = service == smtp::Service::lmtp;
    const auto entry = w.directory.add_account(is_lmtp ? "c@x.test" : "d@x.test", "");
    REQUIRE(w.mail.create_account(entry->id));
    Exchange exchange(w, service);
    exchange.rcpt("<b@x.test>");
    exchange.rcpt(is_lmtp ? "<c@x.test>" : "<d@x.test>");
    REQUIRE(w.mail.delete_account(entry->id));
    CHECK(exchange.data("x") == (is_lmtp ? Words{"ok", "not_found"} : Words{"conflict"}));
    CHECK(w.messages(2) == 1);
  }
}

TEST_CASE("local intake: the store's failure is everybody's") {
  Quota w;
  Exchange lmtp(w, smtp::Service::lmtp);
  lmtp.rcpt("<a@x.test>");
  lmtp.rcpt("<b@x.test>");
  w.store.fail_next_group();
  CHECK(lmtp.data("x") == Words{"io", "io"});
  CHECK(w.messages(1) + w.messages(2) == 0);
}

TEST_CASE("local intake: the envelope is kept with each recipient's message") {
  Quota w;
  Exchange smtp(w, smtp::Service::relay, with_report(smtp::Return::headers));
  smtp.rcpt("<A@x.test>", on_success());
  smtp.rcpt("<b@x.test>", {.notify = smtp::Notify{}, .original = {}});
  CHECK(smtp.data("x") == Words{"ok"});
  CHECK(w.email(1, 1).arrival == mailstore::Arrival{.from = "s@y.test",
                                                    .to = "A@x.test",
                                                    .returns = "HDRS",
                                                    .envelope_id = "id 1",
                                                    .notify = "SUCCESS",
                                                    .original_recipient = "rfc822;A+2Bb@X.test",
                                                    .is_utf8 = true,
                                                    .is_binary = false});
  CHECK(w.email(2, 1).arrival->notify == "NEVER");
  CHECK(w.email(2, 1).arrival->to == "b@x.test");
}

TEST_CASE("local intake: a local sender hears of success where it asked for it") {
  Quota w;
  Exchange smtp(w, smtp::Service::submission, with_report(smtp::Return::full), "<b@x.test>");
  smtp.rcpt("<a@x.test>", on_success());
  smtp.rcpt("<postmaster@x.test>");
  CHECK(smtp.data("Subject: hi\r\nTo: a\r\n\r\nthe body\r\n") == Words{"ok"});
  REQUIRE(w.messages(2) == 2);
  const auto report = w.octets(2, 2);
  CAPTURE(report);
  for (const char* part :
       {"Return-Path: <>\r\n", "From: Mail Delivery System <postmaster@mx.x.test>\r\n", "To: <b@x.test>\r\n",
        "multipart/report; report-type=delivery-status", "\r\nOriginal-Envelope-Id: id 1\r\n",
        "Reporting-MTA: dns; mx.x.test\r\n", "\r\n\r\nOriginal-Recipient: rfc822;A+b@X.test\r\n",
        "Final-Recipient: rfc822;a@x.test\r\nAction: delivered\r\nStatus: 2.0.0\r\n",
        "\r\n\r\nSubject: hi\r\nTo: a\r\n\r\n--"})
    CHECK_MESSAGE(report.find(part) != std::string::npos, part);
  CHECK(report.find("the body") == std::string::npos);
  CHECK(report.find("postmaster@x.test") == std::string::npos);
}

TEST_CASE("local intake: nobody is told of success who did not ask, is unknown here, or is nobody") {
  Quota w;
  Exchange not_asked(w, smtp::Service::submission, {}, "<b@x.test>");
  not_asked.rcpt("<a@x.test>", {.notify = smtp::Notify{.failure = true}, .original = {}});
  CHECK(not_asked.data("x") == Words{"ok"});
  Exchange elsewhere(w, smtp::Service::relay);
  elsewhere.rcpt("<a@x.test>", on_success());
  CHECK(elsewhere.data("x") == Words{"ok"});
  Exchange nobody(w, smtp::Service::relay, {}, "<>");
  nobody.rcpt("<a@x.test>", on_success());
  CHECK(nobody.data("x") == Words{"ok"});
  CHECK(w.messages(1) == 3);
  CHECK(w.messages(2) == 0);
}

TEST_CASE("local intake: a Return-Path that comes along stays below ours") {
  World w;
  REQUIRE(w.send({"<a@x.test>"}, "Return-Path: <forged@z.test>\r\nSubject: hi\r\n\r\n"));
  const auto octets = w.octets(1, 1);
  CHECK(octets.starts_with("Return-Path: <s@y.test>\r\nReceived: from "));
  CHECK(octets.ends_with("\r\nReturn-Path: <forged@z.test>\r\nSubject: hi\r\n\r\n"));
}

TEST_CASE("local intake: one address may have so many connections and messages, LMTP any number") {
  World w;
  mta::PeerLimits limits(1, 1);
  w.local.limits = &limits;
  mta::LocalIntake one(&w.local, &w.session), two(&w.local, &w.session);
  CHECK(w.run(one.connect()));
  CHECK(w.run(two.connect()).error().code == Code::too_many);
  CHECK(w.run(one.mail({}, {})));
  one.reset();
  CHECK(w.run(one.mail({}, {})).error().code == Code::too_many);
  smtp::SessionInfo session = w.session;
  session.service = smtp::Service::lmtp;
  mta::LocalIntake lmtp(&w.local, &session);
  CHECK(w.run(lmtp.connect()));
  CHECK(w.run(lmtp.mail({}, {})));
}

TEST_CASE("local intake: who stands behind an address gets the message once, in the mailbox of its detail") {
  World w;
  REQUIRE(w.directory.add_alias({"info@x.test", {"a@x.test", "b@x.test"}}));
  REQUIRE(w.directory.add_group({"team@x.test", "", directory::GroupSenders::anyone, {"info@x.test", "a@x.test"}}));
  REQUIRE(w.send({"<team@x.test>", "<info@x.test>", "<a@x.test>"}, "Subject: hi\r\n\r\n"));
  CHECK(w.messages(1) == 1);
  CHECK(w.messages(2) == 1);
  REQUIRE(w.directory.change_account("a@x.test", [](auto& entry) -> Result<void> {
    entry.detail = directory::DetailRule::mailbox;
    return {};
  }));
  REQUIRE(w.send({"<a+trash@x.test>"}, "Subject: hi\r\n\r\n"));
  REQUIRE(w.send({"<a+nowhere@x.test>"}, "Subject: hi\r\n\r\n"));
  CHECK(w.messages(1) == 2);
  CHECK((*w.mail.open_now(AccountId(1)))->published()->find("Trash")->messages == 1);
}

TEST_CASE("local intake: a group gets its mail although one of it has no room") {
  Quota w;
  REQUIRE(w.directory.add_group({"team@x.test", "", directory::GroupSenders::anyone, {"a@x.test", "b@x.test"}}));
  w.set_quota(1, 1);
  CHECK(w.send({"<a@x.test>"}, "x").error().code == Code::over_quota);
  REQUIRE(w.send({"<team@x.test>"}, "x"));
  CHECK(w.messages(2) == 1);
  w.set_quota(2, 1);
  CHECK(w.send({"<team@x.test>"}, "x").error().code == Code::over_quota);
}
