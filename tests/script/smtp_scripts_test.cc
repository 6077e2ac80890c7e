// Runs tests/scripts/smtp/*.t against the SMTP server with a scripted Intake.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "net/timer.h"
#include "script/host.h"
#include "script/smtp_fake_intake.h"
#include "smtp/server/session.h"

using namespace posthorn;

namespace posthorn::script {
namespace {

constexpr std::size_t kShown = 200;

struct Verdict {
  std::string_view local_part;
  Code code;
  std::string_view text;
};
constexpr Verdict kVerdicts[] = {
    {"unknown", Code::not_found, "No such user"},      {"denied", Code::denied, "You may not"},
    {"full", Code::over_quota, "The mailbox is full"}, {"busy", Code::unavailable, "Try again later"},
    {"invalid", Code::invalid, "That will not do"},
};

Result<void> verdict_on(const std::string& local_part) {
  for (const Verdict& v : kVerdicts)
    if (v.local_part == local_part) return fail(v.code, std::string(v.text));
  return {};
}

}  // namespace

net::Task<Result<void>> FakeIntake::connect() { co_return Result<void>(); }

net::Task<Result<void>> FakeIntake::mail(smtp::ReversePath from, smtp::MailParameters parameters) {
  if (from.mailbox && from.mailbox->local_part == "bug") throw std::logic_error("a bug in the intake");
  if (from.mailbox)
    if (const auto verdict = verdict_on(from.mailbox->local_part); !verdict) co_return verdict;
  from_ = from.text();
  parameters_ = smtp::print_parameters(parameters.to_parameters());
  co_return Result<void>();
}

net::Task<Result<void>> FakeIntake::rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) {
  if (const auto verdict = verdict_on(to.mailbox.local_part); !verdict) co_return verdict;
  recipients_.push_back(to.mailbox.local_part);
  parameters_ += smtp::print_parameters(parameters.to_parameters());
  co_return Result<void>();
}

bool FakeIntake::has_recipient(std::string_view local_part) const {
  return std::find(recipients_.begin(), recipients_.end(), local_part) != recipients_.end();
}

net::Task<Result<void>> FakeIntake::data() {
  if (has_recipient("nodata")) co_return fail(Code::full_disk, "No space");
  co_return Result<void>();
}

bool FakeIntake::body(std::string_view bytes) {
  size_ += bytes.size();
  body_ += bytes.substr(0, kShown - std::min(kShown, body_.size()));
  return !has_recipient("slow");
}

net::Task<> FakeIntake::drained() { co_await net::sleep_for(std::chrono::microseconds(100)); }

std::string FakeIntake::describe() const {
  // The parameters only where a script asks for them by the sender's name.
  const bool shows_parameters = from_.starts_with("<shown@");
  return fmt::format("{} from {}{} via {} as {}, resets {}, {} bytes: {}", info_->hello, from_,
                     shows_parameters ? parameters_ : "", info_->protocol(),
                     info_->user.empty() ? "nobody" : info_->user, resets_, size_, printable(body_));
}

net::Task<Result<smtp::Receipt>> FakeIntake::end() {
  smtp::Receipt receipt{describe()};
  const bool is_refused = has_recipient("late");
  if (info_->service == smtp::Service::lmtp)
    for (const auto& local_part : recipients_) {
      receipt.recipients.emplace_back();
      if (local_part == "late") receipt.recipients.back() = fail(Code::denied, "The content is not wanted");
      if (local_part == "overfull") receipt.recipients.back() = fail(Code::over_quota, "The mailbox is full");
    }
  reset();
  --resets_;
  if (is_refused && receipt.recipients.empty()) co_return fail(Code::denied, "The content is not wanted");
  co_return receipt;
}

void FakeIntake::reset() {
  from_.clear();
  recipients_.clear();
  body_.clear();
  size_ = 0;
  ++resets_;
}

net::Task<Result<sasl::Identity>> FakeIntake::verify_password(sasl::Origin, std::string, std::string user,
                                                              std::string password) {
  if (user == "busy") co_return fail(Code::unavailable, "Try again later");
  if (user != "alice" || password != "secret") co_return fail(Code::bad_credentials, "User name or password is wrong");
  co_return sasl::Identity{user};
}

namespace {

smtp::Config config_of(smtp::Service service, const net::TlsCertificateSlot* tls) {
  smtp::Config config;
  config.hostname = "mail.test";
  config.service = service;
  config.tls = tls;
  config.offers_auth = config.is_submission();
  config.longest_message = 100'000;
  config.most_recipients = 5;
  config.most_dead_recipients = 50;
  return config;
}

// The listeners that scripts may connect to.
struct Listeners {
  net::TlsCertificateSlot tls{TestCertificates::get().server};
  smtp::Config relay = config_of(smtp::Service::relay, &tls);
  smtp::Config submission = config_of(smtp::Service::submission, &tls);
  smtp::Config submissions = config_of(smtp::Service::submissions, &tls);
  smtp::Config lmtp = config_of(smtp::Service::lmtp, &tls);
  smtp::Config mending = config_of(smtp::Service::submission, nullptr);
  smtp::Config few = config_of(smtp::Service::relay, nullptr);
  smtp::Config plain = config_of(smtp::Service::relay, nullptr);
  smtp::Config demo = config_of(smtp::Service::submission, nullptr);
  smtp::Config demo_with_tls = config_of(smtp::Service::submission, &tls);
  smtp::Config binding = config_of(smtp::Service::submission, &tls);
  smtp::MakeIntake make_intake = [](const smtp::SessionInfo* info) { return std::make_unique<FakeIntake>(info); };
  smtp::MakeIntake make_proving_intake = [](const smtp::SessionInfo* info) {
    return std::make_unique<FakeIntake>(info, true);
  };

  Listeners() {
    demo.allows_clear_auth = demo_with_tls.allows_clear_auth = mending.allows_clear_auth = true;
    mending.mends_lines = true;
    binding.binds_channels = true;
    few.most_messages = 2;
  }

  Service service(const smtp::Config* config, const smtp::MakeIntake* make = nullptr) {
    if (make == nullptr) make = &make_intake;
    return {[config, make](net::Stream* stream) { return smtp::serve(stream, config, make); },
            config->service == smtp::Service::submissions};
  }
  std::map<std::string, Service> services() {
    return {{"default", service(&relay)},
            {"submission", service(&submission)},
            {"submissions", service(&submissions)},
            {"plain", service(&plain)},
            {"few", service(&few)},
            {"mending", service(&mending)},
            {"lmtp", service(&lmtp)},
            {"demo", service(&demo)},
            {"demo_with_tls", service(&demo_with_tls)},
            {"proofs", service(&demo_with_tls, &make_proving_intake)},
            {"proofs_of_the_channel", service(&binding, &make_proving_intake)}};
  }
};

}  // namespace
}  // namespace posthorn::script

TEST_CASE("scripts: SMTP over every transport") {
  base::log::redirect(-1);
  script::Listeners listeners;
  script::check_folder("tests/scripts/smtp", [&](script::Transport transport) {
    return std::make_unique<script::Host>(transport, listeners.services(), nullptr);
  });
  base::log::redirect(2);
}

TEST_CASE("scripts: LMTP over every transport") {
  base::log::redirect(-1);
  script::Listeners listeners;
  script::check_folder("tests/scripts/lmtp", [&](script::Transport transport) {
    auto services = listeners.services();
    services["default"] = services["lmtp"];
    return std::make_unique<script::Host>(transport, std::move(services), nullptr);
  });
  base::log::redirect(2);
}
