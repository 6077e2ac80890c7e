#include "script/imap_world.h"

#include <sstream>

#include "mailstore/append.h"
#include "net/run_for_test.h"

namespace posthorn::script {
namespace {

constexpr AccountId kAlice(1), kBob(2);

const char* const kPlain =
    "Date: Thu, 1 Jan 2026 10:00:00 +0000\r\n"
    "From: Fred Foobar <fred@example.org>\r\n"
    "To: alice@example.net\r\n"
    "Subject: afternoon meeting\r\n"
    "Message-ID: <1@example.org>\r\n"
    "\r\n"
    "Hello Alice,\r\ndo you think we can meet at 3:30 tomorrow?\r\n";

// Of two parts: text in quoted-printable, and an attachment.
const char* const kMixed =
    "Date: Fri, 2 Jan 2026 23:30:00 -0500\r\n"
    "From: =?utf-8?q?J=C3=BCrgen?= <juergen@example.org>\r\n"
    "To: alice@example.net\r\n"
    "Cc: carol@example.net\r\n"
    "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"
    "Message-ID: <2@example.org>\r\n"
    "In-Reply-To: <1@example.org>\r\n"
    "X-Spam: no\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"b1\"\r\n"
    "\r\n"
    "preamble\r\n"
    "--b1\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "sch=F6ne Gr=FC=\r\n=DFe\r\n"
    "--b1\r\n"
    "Content-Type: application/octet-stream; name=data.bin\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename=data.bin\r\n"
    "\r\n"
    "AAECAw==\r\n"
    "--b1--\r\n";

// One that encloses another.
const char* const kForwarded =
    "Date: Sat, 3 Jan 2026 08:00:00 +0100\r\n"
    "From: bob@example.org\r\n"
    "To: alice@example.net\r\n"
    "Subject: Fwd: inner\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b2\r\n"
    "\r\n"
    "--b2\r\n"
    "Content-Type: text/html\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "PHA+QSA8Yj5ib2xkPC9iPiBzdGF0ZW1lbnQ8L3A+\r\n"
    "--b2\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "From: inner@example.org\r\n"
    "Subject: inner\r\n"
    "\r\n"
    "inner body\r\n"
    "--b2--\r\n";

const char* const kDelivered =
    "Date: Sun, 4 Jan 2026 09:00:00 +0000\r\n"
    "From: dave@example.org\r\n"
    "Subject: news\r\n"
    "\r\n"
    "Something happened.\r\n";

imap::Config config_of(const net::TlsCertificateSlot* tls, bool allows_clear, bool is_implicit) {
  imap::Config config;
  config.hostname = "mail.test";
  config.tls = tls;
  config.allows_clear_login = allows_clear;
  config.is_implicit_tls = is_implicit;
  config.longest_message = 100'000;
  config.longest_command = 8'192;
  config.most_literals = 16'384;
  config.most_literals_before_login = 1'024;
  config.most_dropped = 200'000;
  config.most_dropped_before_login = 4'096;
  config.failed_login_pause = Duration(0);
  return config;
}

net::Task<> append_one(mailstore::Mailstore* mailstore, AccountId id, std::string mailbox, std::string bytes,
                       WallTime received, std::uint8_t flags) {
  const auto account = co_await mailstore->open(id);
  const auto version = (*account)->published();
  const auto* target = version->find(mailbox);
  if (target == nullptr) throw std::logic_error("no mailbox " + mailbox);
  mailstore::MessageWriter writer(*mailstore, "");
  if (!writer.feed(bytes)) co_await writer.drained();
  auto message = co_await writer.finish();
  std::vector<mailstore::Addition> additions;
  additions.push_back(
      {*message,
       {.account = *account, .mailbox = target->id, .flags = {.system = flags, .keywords = {}}, .received = received}});
  const auto added = co_await mailstore::append(mailstore, std::move(additions));
  if (!added) throw std::logic_error(added.error().text);
}

}  // namespace

net::Task<Result<sasl::Identity>> ImapLogin::verify_password(sasl::Origin, std::string, std::string user,
                                                             std::string password) {
  if (user == "busy") co_return fail(Code::unavailable, "Try again later");
  if (user == "bug") throw std::logic_error("a bug in the login");
  const bool is_known = user == "alice" || user == "bob" || user == "lost";
  if (!is_known || password != "secret") co_return fail(Code::bad_credentials, "User name or password is wrong");
  co_return sasl::Identity{user};
}

net::Task<Result<mailstore::AccountPtr>> ImapLogin::open(std::string user) {
  if (user == "lost") co_return fail(Code::not_found, "There is no mail for this user");
  co_return co_await backend_->mailstore->open(user == "alice" ? kAlice : kBob);
}

ImapWorld::ImapWorld()
    : default_(config_of(&tls_, true, false)),
      private_(config_of(&tls_, false, false)),
      plain_(config_of(nullptr, false, false)),
      imaps_(config_of(&tls_, false, true)) {
  for (const AccountId id : {kAlice, kBob})
    if (const auto made = mailstore_->create_account(id); !made) throw std::logic_error(made.error().text);
  // 1 January 2026 12:00 UTC, and the days after it.
  const WallTime noon = from_seconds(1767268800);
  add(kAlice, "INBOX", kPlain, noon, mailstore::kSeen);
  add(kAlice, "INBOX", kMixed, noon + std::chrono::hours(24), 0);
  add(kAlice, "INBOX", kForwarded, noon + std::chrono::hours(48), mailstore::kFlagged);
}

void ImapWorld::add(AccountId account, const std::string& mailbox, const std::string& message, WallTime received,
                    std::uint8_t flags) {
  net::run_for_test(
      [&](const net::Executor&) { return append_one(mailstore_.get(), account, mailbox, message, received, flags); });
}

Service ImapWorld::service(const imap::Config* config) { return service(config, &backend_); }

Service ImapWorld::service(const imap::Config* config, const imap::Backend* backend) {
  return {[self = shared_from_this(), config, backend](net::Stream* stream) {
            return imap::serve(stream, config, backend);
          },
          config->is_implicit_tls};
}

std::map<std::string, Service> ImapWorld::services() {
  return {{"default", service(&default_)},
          {"private", service(&private_)},
          {"plain", service(&plain_)},
          {"imaps", service(&imaps_)},
          {"proofs", service(&default_, &proving_backend_)}};
}

Result<void> ImapWorld::perform(const std::string& what) {
  std::istringstream words(what);
  std::string verb, user, mailbox;
  words >> verb >> user >> mailbox;
  if (verb == "deliver") {
    add(user == "alice" ? kAlice : kBob, mailbox, kDelivered, from_seconds(1767517200), 0);
  } else if (verb == "fail") {
    store_.fail_next_group();
  } else if (verb == "full" || verb == "room") {
    store_.set_room(verb == "room");
  } else if (verb == "restart") {
    mailstore_.reset();
    mailstore_ = std::make_unique<mailstore::Mailstore>(store_, offload_);
    backend_.mailstore = proving_backend_.mailstore = mailstore_.get();
  } else if (verb == "quota") {
    const auto account = mailstore_->open_now(user == "alice" ? kAlice : kBob);
    const auto set = [bytes = std::stoul(mailbox)](const auto&, WallTime) -> Result<mailstore::Prepared> {
      return mailstore::Prepared{{mailstore::QuotaSet{bytes}}, {}};
    };
    if (const auto done = mailstore_->change_now(*account, set); !done) return fail(done);
  } else if (verb == "lose") {
    const auto key = mailstore::email_key(user == "alice" ? kAlice : kBob, EmailId(std::stoul(mailbox)));
    return store_.commit(store::Commit().erase(key));
  } else {
    return fail(Code::not_supported, "unknown: " + what);
  }
  return {};
}

}  // namespace posthorn::script
