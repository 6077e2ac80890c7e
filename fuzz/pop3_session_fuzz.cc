// Replays bytes as a client's, before login and in a maildrop of two messages. Whatever comes, the session ends, and
// each line that it said is a reply or belongs to one.
#include <cstdio>

#include "base/text.h"
#include "pop3/session.h"
#include "session_replay.h"

using namespace posthorn;

namespace {

class AnyLogin final : public pop3::Login {
 public:
  explicit AnyLogin(mailstore::Mailstore* mailstore) : mailstore_(mailstore) {}
  sasl::Verifier* verifier() override { return &verifier_; }
  net::Task<Result<pop3::Opened>> open(std::string) override {
    auto account = co_await mailstore_->open(fuzz::kAccount);
    if (!account) co_return fail(account);
    co_return pop3::Opened{std::move(*account), {.days_after_retr = 1}};
  }

 private:
  mailstore::Mailstore* mailstore_;
  fuzz::AnyPassword verifier_;
};

struct World {
  World() {
    config.allows_clear_login = true;
    config.failed_login_pause = Duration(0);
  }
  fuzz::Mail mail;
  AnyLogin login{&*mail.mailstore};
  pop3::MaildropLocks locks;
  pop3::Backend backend{&*mail.mailstore, &login, &locks};
  pop3::Config config;
};

// Every line ends with CRLF; one that begins a reply is +OK, -ERR or a challenge.
void check_said(std::string_view said) {
  for (std::size_t at = 0; at < said.size();) {
    const auto lf = said.find('\n', at);
    if (lf == std::string_view::npos || lf == at || said[lf - 1] != '\r') {
      std::fprintf(stderr, "malformed: %s\n", printable(said, 4000).c_str());
      std::abort();
    }
    at = lf + 1;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr const char* kPreludes[] = {"", "USER a\r\nPASS b\r\n", "USER recent:a\r\nPASS b\r\n"};
  const auto input = fuzz::input_of(data, size, kPreludes);
  if (size == 0) return 0;
  World world;
  const auto serve = [&](net::Stream* stream) { return pop3::serve(stream, &world.config, &world.backend); };
  check_said(fuzz::answer_to(world.mail, {"Subject: one\r\n\r\n.dots\r\n..\r\n", "no header\n.\nbare"}, serve, input));
  return 0;
}
