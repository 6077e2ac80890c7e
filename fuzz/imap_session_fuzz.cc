// Replays bytes as a client's, in each state: not authenticated, within AUTHENTICATE, authenticated, with a mailbox of
// three messages selected or examined, with each extension enabled, within IDLE, a literal and APPEND, and with a saved
// search result. Whatever comes, the session ends, and all that it said is well-formed for what was enabled by then.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.h"
#include "imap/server/session.h"
#include "mailstore/append.h"
#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "net/task_group.h"
#include "store/memory/memory_store.h"

using namespace posthorn;

namespace {

constexpr AccountId kAccount(1);

class AnyLogin final : public imap::Login, private sasl::Verifier {
 public:
  explicit AnyLogin(mailstore::Mailstore* mailstore) : mailstore_(mailstore) {}
  sasl::Verifier* verifier() override { return this; }
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin, std::string, std::string user, std::string) override {
    if (user != "a") co_return fail(Code::bad_credentials, "wrong");
    co_return sasl::Identity{user};
  }
  net::Task<Result<mailstore::AccountPtr>> open(std::string) override { co_return co_await mailstore_->open(kAccount); }

 private:
  mailstore::Mailstore* mailstore_;
};

struct World {
  explicit World(net::Offload* offload) : mailstore(store, *offload) {
    config.allows_clear_login = true;
    config.failed_login_pause = Duration(0);
  }
  store::MemoryStore store;
  mailstore::Mailstore mailstore;
  AnyLogin login{&mailstore};
  imap::Backend backend{&mailstore, &login};
  imap::Config config;
};

net::Task<> fill(World* world) {
  const auto account = co_await world->mailstore.open(kAccount);
  const auto version = (*account)->published();
  for (const char* bytes : {"Subject: one\r\nFrom: a@b\r\n\r\nbody\r\n",
                            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: "
                            "message/rfc822\r\n\r\nSubject: =?utf-8?q?=C3=A4?=\r\n\r\nx\r\n--b--\r\n",
                            "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n"}) {
    mailstore::MessageWriter writer(world->mailstore, "");
    writer.feed(bytes);
    auto message = co_await writer.finish();
    std::vector<mailstore::Addition> additions;
    additions.push_back({*message,
                         {.account = *account,
                          .mailbox = version->find("INBOX")->id,
                          .flags = {},
                          .received = from_seconds(1767268800)}});
    co_await mailstore::append(&world->mailstore, std::move(additions));
  }
}

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

net::Task<> replay(net::Executor executor, World* world, std::string input) {
  co_await fill(world);
  auto [client, server] = net::make_memory_pair(executor, {.capacity = 64 * 1024 * 1024});
  net::TaskGroup group(executor);
  group.spawn(imap::serve(server.get(), &world->config, &world->backend));
  co_await client->write(std::move(input));
  client->shutdown_write();
  co_await group.join(steady_now() + std::chrono::minutes(5));
  std::string said, piece(64 * 1024, '\0');
  while (const std::size_t got = co_await client->read_some(piece.data(), piece.size())) said.append(piece, 0, got);
  check_said(said);
}

// The first byte says which; those of the corpus rely on their order.
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
  static const bool is_quiet = (base::log::redirect(-1), true);
  static net::Offload offload(1);
  if (!is_quiet || size == 0) return 0;
  const std::string input =
      kPreludes[data[0] % std::size(kPreludes)] +
      std::string(reinterpret_cast<const char*>(data + 1), std::min<std::size_t>(size - 1, 65536));
  World world(&offload);
  if (!world.mailstore.create_account(kAccount)) std::abort();
  net::run_for_test([&](const net::Executor& executor) { return replay(executor, &world, input); });
  return 0;
}
