// Runs tests/scripts/pop3/*.t against the POP3 server on a store in memory.
//
// Kinds: default: passwords may pass in the clear, TLS is there; private: TLS first; plain: no TLS and no login; pop3s;
// proofs: every kind of proof is taken; archive, trash: what DELE does; week: retrieved messages go after seven days;
// delay: a minute between two logins.
#include <doctest/doctest.h>

#include "base/log.h"
#include "pop3/session.h"
#include "script/host.h"
#include "script/mail_world.h"

using namespace posthorn;

namespace {

class Login final : public pop3::Login {
 public:
  explicit Login(script::MailWorld* mail, pop3::Rules rules = {}, bool takes_all = false)
      : mail_(mail), rules_(rules), verifier_(takes_all) {}
  sasl::Verifier* verifier() override { return &verifier_; }
  net::Task<Result<pop3::Opened>> open(std::string user) override {
    auto account = co_await mail_->open(std::move(user));
    if (!account) co_return fail(account);
    co_return pop3::Opened{std::move(*account), rules_};
  }

 private:
  script::MailWorld* mail_;
  pop3::Rules rules_;
  script::MailVerifier verifier_;
};

class Pop3World : public std::enable_shared_from_this<Pop3World> {
 public:
  Pop3World() {
    for (const auto* kind : {"default", "private", "plain", "pop3s", "proofs", "archive", "trash", "week", "delay"})
      make(kind);
  }
  std::map<std::string, script::Service> services() {
    std::map<std::string, script::Service> all;
    for (auto& [name, kind] : kinds_)
      all.emplace(name, script::Service{[self = shared_from_this(), to = &kind](net::Stream* stream) {
                                          return pop3::serve(stream, &to->config, &to->backend);
                                        },
                                        kind.config.is_implicit_tls});
    return all;
  }
  Result<void> perform(const std::string& what) {
    auto done = mail_.perform(what);
    for (auto& [name, kind] : kinds_) kind.backend.mailstore = mail_.mailstore();
    return done;
  }

 private:
  struct Kind {
    std::unique_ptr<Login> login;
    pop3::Config config;
    pop3::Backend backend;
  };

  void make(const std::string& name) {
    pop3::Rules rules;
    if (name == "archive") rules.dele = pop3::Rules::Dele::archive;
    if (name == "trash") rules.dele = pop3::Rules::Dele::trash;
    if (name == "week") rules.days_after_retr = 7;
    Kind& kind = kinds_[name];
    kind.login = std::make_unique<Login>(&mail_, rules, name == "proofs");
    kind.backend = {mail_.mailstore(), kind.login.get(), &locks_};
    kind.config.hostname = "mail.test";
    kind.config.failed_login_pause = Duration(0);
    kind.config.tls = name == "plain" ? nullptr : &tls_;
    kind.config.is_implicit_tls = name == "pop3s";
    kind.config.allows_clear_login = name != "private" && name != "plain" && name != "pop3s";
    if (name == "delay") kind.config.login_delay = std::chrono::minutes(1);
  }

  script::MailWorld mail_;
  pop3::MaildropLocks locks_;
  net::TlsCertificateSlot tls_{script::TestCertificates::get().server};
  std::map<std::string, Kind> kinds_;
};

}  // namespace

TEST_CASE("scripts: POP3 over every transport") {
  base::log::redirect(-1);
  script::check_folder("tests/scripts/pop3", [](script::Transport transport) {
    const auto world = std::make_shared<Pop3World>();
    return std::make_unique<script::Host>(transport, world->services(),
                                          [world](const std::string& what) { return world->perform(what); });
  });
  base::log::redirect(2);
}
