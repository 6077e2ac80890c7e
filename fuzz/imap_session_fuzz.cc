// Replays bytes as a client's, in each state: not authenticated, authenticated, and with a mailbox of three messages
// selected. Whatever comes, the session ends, and all that it said is well-formed.
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

// Cuts what the server said into responses, literals inline, and reads each.
void check_said(std::string_view said) {
  while (!said.empty()) {
    std::size_t end = 0;
    while (true) {
      const auto crlf = said.find("\r\n", end);
      if (crlf == std::string_view::npos) fail_on(said);
      const auto literal = imap::announced_literal(said.substr(end, crlf - end));
      end = crlf + 2;
      if (!literal || !*literal) break;
      end += (*literal)->size;
      if (end > said.size()) fail_on(said);
    }
    const auto response = imap::parse_response(said.substr(0, end - 2), imap::NameEncoding::modified_utf7);
    if (!response) fail_on(said.substr(0, end));
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool is_quiet = (base::log::redirect(-1), true);
  static net::Offload offload(1);
  if (!is_quiet || size == 0) return 0;
  constexpr const char* kPreludes[] = {"", "a LOGIN a b\r\n", "a LOGIN a b\r\nb SELECT INBOX\r\n"};
  const std::string input = kPreludes[data[0] % 3] + std::string(reinterpret_cast<const char*>(data + 1),
                                                                 std::min<std::size_t>(size - 1, 65536));
  World world(&offload);
  if (!world.mailstore.create_account(kAccount)) std::abort();
  net::run_for_test([&](const net::Executor& executor) { return replay(executor, &world, input); });
  return 0;
}
