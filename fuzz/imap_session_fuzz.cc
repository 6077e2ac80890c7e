// Replays bytes as a client's, in each state: not authenticated, within AUTHENTICATE, authenticated, with a mailbox of
// three messages selected or examined, with each extension enabled, within IDLE, a literal and APPEND, and with a saved
// search result. Whatever comes, the session ends, and all that it said is well-formed for what was enabled by then.
#include <algorithm>
#include <cstdio>

#include "imap/server/session.h"
#include "session_replay.h"

using namespace posthorn;

namespace {

class AnyLogin final : public imap::Login {
 public:
  explicit AnyLogin(mailstore::Mailstore* mailstore) : mailstore_(mailstore) {}
  sasl::Verifier* verifier() override { return &verifier_; }
  net::Task<Result<mailstore::AccountPtr>> open(std::string) override {
    co_return co_await mailstore_->open(fuzz::kAccount);
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
  imap::Backend backend{&*mail.mailstore, &login, &mail.mailstore->offload()};
  imap::Config config;
};

const std::vector<std::string> kMessages = {
    "Subject: one\r\nFrom: a@b\r\n\r\nbody\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: =?utf-8?q?=C3=A4?=\r\n\r\nx\r\n--b--\r\n",
    "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n"};

[[noreturn]] void fail_on(std::string_view said) {
  std::fprintf(stderr, "malformed: %s\n", printable(said, 4000).c_str());
  std::abort();
}

/// What ENABLED told the client to expect.
struct Hearing {
  imap::NameEncoding names = imap::NameEncoding::modified_utf7;
  bool hears_vanished = false;

  void take(const imap::Response& response) {
    const auto* other = std::get_if<imap::OtherData>(&response);
    if (other == nullptr || !other->text.starts_with("ENABLED")) return;
    const auto has = [&](std::string_view name) { return other->text.contains(name); };
    if (has(" UTF8=ACCEPT") || has(" IMAP4rev2")) names = imap::NameEncoding::utf8;
    hears_vanished |= has(" QRESYNC");
  }
};

// The end of the first response, its literals inline. Bytes that are not ASCII stand in literals alone, before they are
// enabled.
std::size_t end_of_response(std::string_view said, const Hearing& hearing) {
  for (std::size_t end = 0;;) {
    const auto crlf = said.find("\r\n", end);
    if (crlf == std::string_view::npos) fail_on(said);
    const auto line = said.substr(end, crlf - end);
    const bool is_ascii = std::ranges::none_of(line, [](unsigned char c) { return c >= 0x80; });
    if (!is_ascii && hearing.names == imap::NameEncoding::modified_utf7) fail_on(said);
    const auto literal = imap::announced_literal(line);
    end = crlf + 2;
    if (!literal || !*literal) return end;
    end += (*literal)->size;
    if (end > said.size()) fail_on(said);
  }
}

void check_said(std::string_view said) {
  Hearing hearing;
  while (!said.empty()) {
    const auto end = end_of_response(said, hearing);
    const auto response = imap::parse_response(said.substr(0, end - 2), hearing.names);
    if (!response) fail_on(said.substr(0, end));
    if (std::holds_alternative<imap::VanishedData>(*response) && !hearing.hears_vanished) fail_on(said.substr(0, end));
    hearing.take(*response);
    said.remove_prefix(end);
  }
}

constexpr const char* kPreludes[] = {
    "",
    "a LOGIN a b\r\n",
    "a LOGIN a b\r\nb SELECT INBOX\r\n",
    "a AUTHENTICATE PLAIN\r\n",
    "a LOGIN {1}\r\n",
    "a LOGIN a b\r\nb EXAMINE INBOX\r\n",
    "a LOGIN a b\r\nb SELECT INBOX (CONDSTORE)\r\n",
    "a LOGIN a b\r\nb ENABLE QRESYNC\r\nc SELECT INBOX\r\n",
    "a LOGIN a b\r\nb ENABLE UTF8=ACCEPT\r\nc SELECT INBOX\r\n",
    "a LOGIN a b\r\nb ENABLE IMAP4rev2\r\nc SELECT INBOX\r\n",
    "a LOGIN a b\r\nb ENABLE IMAP4rev2 QRESYNC UTF8=ACCEPT\r\n",
    "a LOGIN a b\r\nb SELECT INBOX\r\nc IDLE\r\n",
    "a LOGIN a b\r\nb SELECT INBOX\r\nc APPEND INBOX (\\Seen) {10}\r\n",
    "a LOGIN a b\r\nb ENABLE UTF8=ACCEPT\r\nc APPEND INBOX {5+}\r\nhello UTF8 (~{10+}\r\n",
    "a LOGIN a b\r\nb SELECT INBOX\r\nc SEARCH RETURN (SAVE) 2:3\r\n",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = fuzz::input_of(data, size, kPreludes);
  if (size == 0) return 0;
  World world;
  const auto serve = [&](net::Stream* stream) { return imap::serve(stream, &world.config, &world.backend); };
  check_said(fuzz::answer_to(world.mail, kMessages, serve, input));
  return 0;
}
