// What the targets that replay whole sessions have in common: an account that anybody may log in to, and a client that
// sends bytes and hangs up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "mailstore/append.h"
#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "net/server.h"
#include "net/task_group.h"
#include "sasl/verifier.h"
#include "store/memory/memory_store.h"

namespace posthorn::fuzz {

inline constexpr AccountId kAccount(1);

/// The user "a" has any password.
class AnyPassword final : public sasl::Verifier {
 public:
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin, std::string, std::string user, std::string) override {
    if (user != "a") co_return fail(Code::bad_credentials, "wrong");
    co_return sasl::Identity{user};
  }
};

/// One account.
struct Mail {
  Mail() {
    static net::Offload offload(1);
    mailstore.emplace(store, offload);
    if (!mailstore->create_account(kAccount)) std::abort();
  }
  store::MemoryStore store;
  std::optional<mailstore::Mailstore> mailstore;
};

/// Puts the messages into INBOX.
inline net::Task<> fill(mailstore::Mailstore* mailstore, std::vector<std::string> messages) {
  const auto account = co_await mailstore->open(kAccount);
  const MailboxId inbox = (*account)->published()->find("INBOX")->id;
  for (const auto& bytes : messages) {
    mailstore::MessageWriter writer(*mailstore, "");
    writer.feed(bytes);
    auto message = co_await writer.finish();
    std::vector<mailstore::Addition> additions;
    additions.push_back(
        {*message, {.account = *account, .mailbox = inbox, .flags = {}, .received = from_seconds(1767268800)}});
    co_await mailstore::append(mailstore, std::move(additions));
  }
}

inline net::Task<> exchange(net::Executor executor, net::Serve serve, std::string input, std::string* said) {
  auto [client, server] = net::make_memory_pair(executor, {.capacity = 64 * 1024 * 1024});
  net::TaskGroup group(executor);
  group.spawn(serve(server.get()));
  co_await client->write(std::move(input));
  client->shutdown_write();
  co_await group.join(steady_now() + std::chrono::minutes(5));
  std::string piece(64 * 1024, '\0');
  while (const std::size_t got = co_await client->read_some(piece.data(), piece.size())) said->append(piece, 0, got);
}

/// All that a session says to the bytes, its end included.
inline std::string answer_to(Mail& mail, std::vector<std::string> messages, net::Serve serve, std::string input) {
  std::string said;
  net::run_for_test([&](const net::Executor&) { return fill(&*mail.mailstore, std::move(messages)); });
  net::run_for_test([&](const net::Executor& executor) { return exchange(executor, serve, std::move(input), &said); });
  return said;
}

/// One of the preludes, as the first byte says, and the other bytes; "" for no byte at all. Those of the corpora rely
/// on the preludes' order.
template <std::size_t n>
std::string input_of(const std::uint8_t* data, std::size_t size, const char* const (&preludes)[n]) {
  static const bool is_quiet = (base::log::redirect(-1), true);
  if (!is_quiet || size == 0) return "";
  return preludes[data[0] % n] +
         std::string(reinterpret_cast<const char*>(data + 1), std::min<std::size_t>(size - 1, 65536));
}

}  // namespace posthorn::fuzz
