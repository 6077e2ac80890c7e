// Replays bytes as a client's, before login and in a maildrop of two messages. Whatever comes, the session ends, and
// each line that it said is a reply or belongs to one.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/text.h"
#include "mailstore/append.h"
#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "net/task_group.h"
#include "pop3/session.h"
#include "store/memory/memory_store.h"

using namespace posthorn;

namespace {

constexpr AccountId kAccount(1);

class AnyLogin final : public pop3::Login, private sasl::Verifier {
 public:
  explicit AnyLogin(mailstore::Mailstore* mailstore) : mailstore_(mailstore) {}
  sasl::Verifier* verifier() override { return this; }
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin, std::string, std::string user, std::string) override {
    if (user != "a") co_return fail(Code::bad_credentials, "wrong");
    co_return sasl::Identity{user};
  }
  net::Task<Result<pop3::Opened>> open(std::string) override {
    auto account = co_await mailstore_->open(kAccount);
    if (!account) co_return fail(account);
    co_return pop3::Opened{std::move(*account), {.days_after_retr = 1}};
  }

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
  pop3::MaildropLocks locks;
  pop3::Backend backend{&mailstore, &login, &locks};
  pop3::Config config;
};

net::Task<> fill(World* world) {
  const auto account = co_await world->mailstore.open(kAccount);
  const MailboxId inbox = (*account)->published()->find("INBOX")->id;
  for (const char* bytes : {"Subject: one\r\n\r\n.dots\r\n..\r\n", "no header\n.\nbare"}) {
    mailstore::MessageWriter writer(world->mailstore, "");
    writer.feed(bytes);
    auto message = co_await writer.finish();
    std::vector<mailstore::Addition> additions;
    additions.push_back(
        {*message, {.account = *account, .mailbox = inbox, .flags = {}, .received = from_seconds(1767268800)}});
    co_await mailstore::append(&world->mailstore, std::move(additions));
  }
}

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

net::Task<> replay(net::Executor executor, World* world, std::string input) {
  co_await fill(world);
  auto [client, server] = net::make_memory_pair(executor, {.capacity = 64 * 1024 * 1024});
  net::TaskGroup group(executor);
  group.spawn(pop3::serve(server.get(), &world->config, &world->backend));
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
  constexpr const char* kPreludes[] = {"", "USER a\r\nPASS b\r\n", "USER recent:a\r\nPASS b\r\n"};
  const std::string input = kPreludes[data[0] % 3] + std::string(reinterpret_cast<const char*>(data + 1),
                                                                 std::min<std::size_t>(size - 1, 65536));
  World world(&offload);
  if (!world.mailstore.create_account(kAccount)) std::abort();
  net::run_for_test([&](const net::Executor& executor) { return replay(executor, &world, input); });
  return 0;
}
