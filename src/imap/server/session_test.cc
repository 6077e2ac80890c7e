// What transcripts cannot show: large messages, large mailboxes, clients that read slowly.
#include "imap/server/session.h"

#include <doctest/doctest.h>

#include "base/log.h"
#include "mailstore/append.h"
#include "mailstore/pages.h"
#include "net/memory_stream.h"
#include "net/run_for_test.h"
#include "net/task_group.h"
#include "net/timer.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using net::Task;

namespace {

constexpr AccountId kAccount(1);

class OpenDoor final : public imap::Login, private sasl::Verifier {
 public:
  explicit OpenDoor(mailstore::Mailstore* mailstore) : mailstore_(mailstore) {}
  sasl::Verifier* verifier() override { return this; }
  Task<Result<sasl::Identity>> verify_password(sasl::Origin, std::string, std::string user, std::string) override {
    co_return sasl::Identity{user};
  }
  Task<Result<mailstore::AccountPtr>> open(std::string) override { co_return co_await mailstore_->open(kAccount); }

 private:
  mailstore::Mailstore* mailstore_;
};

struct World {
  World() {
    base::log::redirect(-1);
    config.allows_clear_login = true;
    config.search_progress = Duration(0);
    REQUIRE(mailstore.create_account(kAccount));
  }
  ~World() { base::log::redirect(2); }

  store::MemoryStore store;
  net::Offload offload{1};
  mailstore::Mailstore mailstore{store, offload};
  OpenDoor login{&mailstore};
  imap::Backend backend{&mailstore, &login, &offload};
  imap::Config config;
};

Task<> add(World* world, std::string bytes, std::size_t copies) {
  const auto account = co_await world->mailstore.open(kAccount);
  const auto version = (*account)->published();
  const MailboxId inbox = version->find("INBOX")->id;
  mailstore::MessageWriter writer(world->mailstore, "");
  for (std::size_t at = 0; at < bytes.size(); at += 65536)
    if (!writer.feed(std::string_view(bytes).substr(at, 65536))) co_await writer.drained();
  const auto message = co_await writer.finish();
  REQUIRE(message);
  while (copies > 0) {
    std::vector<mailstore::Addition> additions;
    for (; copies > 0 && additions.size() < 1000; --copies)
      additions.push_back({*message, {.account = *account, .mailbox = inbox, .flags = {}, .received = wall_now()}});
    REQUIRE(co_await mailstore::append(&world->mailstore, std::move(additions)));
  }
}

/// Sends all of `commands` at once and returns all that is said until the server closes.
Task<std::string> converse(net::Executor executor, World* world, std::string commands) {
  auto [client, server] = net::make_memory_pair(executor, {.capacity = 64 * 1024});
  net::TaskGroup group(executor);
  group.spawn(imap::serve(server.get(), &world->config, &world->backend));
  co_await client->write(std::move(commands));
  std::string said;
  std::string piece(64 * 1024, '\0');
  while (const std::size_t got = co_await client->read_some(piece.data(), piece.size())) said.append(piece, 0, got);
  client->close();
  co_await group.join(steady_now() + std::chrono::seconds(10));
  co_return said;
}

bool has(const std::string& said, std::string_view text) { return said.find(text) != std::string::npos; }

Task<> fetch_large(net::Executor executor, World* world) {
  std::string body;
  while (body.size() < 8 * 1024 * 1024) body += std::to_string(body.size()) + " bottles of beer on the wall\r\n";
  body[4'000'000] = '\0';
  const std::string message = "Subject: long\r\n\r\n" + body;
  co_await add(world, message, 1);
  const auto said = co_await converse(
      executor, world,
      "a LOGIN x x\r\nb EXAMINE INBOX\r\nc FETCH 1 (BODY[] UID)\r\nd FETCH 1 BODY[]<8000000.9>\r\ne LOGOUT\r\n");
  std::string told = message;
  told[told.size() - body.size() + 4'000'000] = '\x1a';
  CHECK(has(said, "* 1 FETCH (BODY[] {" + std::to_string(message.size()) + "}\r\n" + told + " UID 1)\r\n"));
  CHECK(has(said, "* 1 FETCH (BODY[]<8000000> {9}\r\n" + message.substr(8'000'000, 9) + ")\r\n"));
  CHECK(has(said, "e OK LOGOUT completed\r\n"));
}

Task<> search_large(net::Executor executor, World* world) {
  // Behind the first 64 KiB of text, so that it straddles two pieces, and in base64 as well.
  const std::string text = std::string(64 * 1024 - 3, 'x') + "needle" + std::string(200'000, 'y');
  co_await add(world, "Subject: one\r\n\r\n" + text + "\r\n", 1);
  co_await add(
      world, "Subject: two\r\nContent-Type: text/html\r\n\r\n<p>" + std::string(3 * 1024 * 1024, 'z') + "<b>needle</b>",
      1);
  co_await add(world, "Subject: three\r\n\r\nnothing\r\n", 1);
  const auto said =
      co_await converse(executor, world,
                        "a LOGIN x x\r\nb EXAMINE INBOX\r\nc SEARCH BODY xNEEDLEy\r\nd SEARCH BODY needle\r\n"
                        "e SEARCH BODY yyy BODY nothere\r\nf LOGOUT\r\n");
  CHECK(has(said, "* SEARCH 1\r\nc OK"));
  CHECK(has(said, "* SEARCH 1 2\r\nd OK"));
  CHECK(has(said, "* SEARCH\r\ne OK"));
  CHECK(has(said, "* OK Searched 100% of the mailbox\r\n"));
}

Task<> fetch_many(net::Executor executor, World* world, std::uint32_t count) {
  co_await add(world, "Subject: x\r\n\r\nx\r\n", count);
  const auto start = std::chrono::steady_clock::now();
  auto said =
      co_await converse(executor, world, "a LOGIN x x\r\nb SELECT INBOX\r\nc FETCH 1:* (FLAGS)\r\nd LOGOUT\r\n");
  const auto took = std::chrono::steady_clock::now() - start;
  MESSAGE("FETCH 1:* (FLAGS) of ", count, " messages: ", std::chrono::duration<double, std::milli>(took).count(),
          " ms");
  CHECK(has(said, "* 1 FETCH (FLAGS (\\Recent))\r\n"));
  CHECK(has(said, "* " + std::to_string(count) + " FETCH (FLAGS (\\Recent))\r\nc OK FETCH completed\r\n"));
  CHECK(static_cast<std::uint32_t>(std::count(said.begin(), said.end(), '\n')) > count);
  said = co_await converse(executor, world,
                           "a LOGIN x x\r\nb SELECT INBOX\r\nc UID STORE 1:* +FLAGS.SILENT (\\Deleted)\r\nd UID SEARCH "
                           "DELETED\r\ne UID EXPUNGE 2:*\r\nf FETCH 1:* UID\r\ng LOGOUT\r\n");
  CHECK(has(said, " " + std::to_string(count) + "\r\nd OK SEARCH completed"));
  CHECK(has(said, "* 2 EXPUNGE\r\ne OK"));
  CHECK(has(said, "* 1 FETCH (UID 1)\r\nf OK"));
}

// Runs of one letter, in the message and in what is looked for: a search that begins anew at every place needs
// most of a minute.
Task<> search_in_runs(net::Executor executor, World* world) {
  co_await add(world, "Subject: runs\r\n\r\n" + std::string(4 * 1024 * 1024, 'a'), 1);
  const std::string needle = std::string(400'000, 'a') + "b" + std::string(100'000, 'a');
  const auto start = std::chrono::steady_clock::now();
  const auto said = co_await converse(
      executor, world, "a LOGIN x x\r\nb EXAMINE INBOX\r\nc SEARCH BODY {500001+}\r\n" + needle + "\r\nd LOGOUT\r\n");
  CHECK(has(said, "* SEARCH\r\nc OK"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}

// The whole search would take much longer; a client that has gone ends it within a second or two.
Task<> leave_a_search(net::Executor executor, World* world) {
  world->config.search_progress = std::chrono::hours(1);
  co_await add(world, "Subject: x\r\n\r\n" + std::string(1024 * 1024, 'a'), 40'000);
  auto [client, server] = net::make_memory_pair(executor, {.capacity = 64 * 1024});
  net::TaskGroup group(executor);
  group.spawn(imap::serve(server.get(), &world->config, &world->backend));
  co_await client->write("a LOGIN x x\r\nb EXAMINE INBOX\r\n");
  std::string said, piece(64 * 1024, '\0');
  while (!has(said, "b OK")) said.append(piece, 0, co_await client->read_some(piece.data(), piece.size()));
  co_await client->write("c SEARCH BODY nothing\r\n");
  co_await net::sleep_for(std::chrono::milliseconds(300));
  client->close();
  const auto start = std::chrono::steady_clock::now();
  co_await group.join(steady_now() + std::chrono::minutes(5));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(6));
}

/// Every kind that a page must tell as the message does, or leave to it.
std::string some_message(std::uint32_t n) {
  const std::string name = std::to_string(n);
  const std::string first =
      "From: =?utf-8?q?J=C3=B6rg?= <j" + name + "@b.test>\r\nSUBJECT: number\r\n\t" + name + "\r\n";
  switch (n % 8) {
    case 0: return first + "Date: Sat, 21 Nov 2026 20:53:13 +0100\r\n\r\nplain\r\n";
    case 1: return "no field at all\r\n" + first + "To: a@b.test\r\nTo: twice@b.test\r\n\r\n";
    case 2: return "Subject: " + std::string(100'000, 'x') + "\r\nFrom: a@b.test\r\n\r\nlong\r\n";
    case 3:
      return first + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n";
    case 4: return first + "Content-Transfer-Encoding: binary\r\n\r\n" + std::string("a\0b\r\n", 5);
    case 5: return first + std::string("X-Raw: \xc3\xa9\r\nX-Priority: 1\r\n\r\nbody");
    case 6: return "\r\nnothing but a body\r\n";
    default: return first + "\r\n" + std::string(70'000, 'y') + "\r\n";
  }
}

Task<> fetch_pages(net::Executor executor, World* world) {
  world->config.search_progress = std::chrono::hours(1);
  const std::uint32_t count = 3 * mailstore::kEmailsAPage;
  for (std::uint32_t n = 0; n < count; ++n) co_await add(world, some_message(n), 1);
  const auto converse_all = [&] {
    return converse(
        executor, world,
        "a LOGIN x x\r\nb EXAMINE INBOX\r\nc FETCH 1:* (UID FLAGS ENVELOPE)\r\nd FETCH 1:* BODYSTRUCTURE\r\n"
        "e UID FETCH 200:300,500,700:* (BODY BODY.PEEK[HEADER.FIELDS (Subject fROM to X-Priority Date)])\r\n"
        "f FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]\r\n"
        "g FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT X-Raw)]\r\nh SEARCH SENTSINCE 21-Nov-2026\r\ni SEARCH "
        "NOT SENTBEFORE 1-Jan-2020\r\nj SEARCH FROM j7\r\nk SEARCH SUBJECT \"number 70\" HEADER to "
        "twice\r\nl SEARCH OR HEADER X-Raw \"\" HEADER X-Priority 1\r\nm LOGOUT\r\n");
  };
  const auto from_rows = co_await converse_all();
  CHECK(has(from_rows, "g OK FETCH completed\r\n"));
  CHECK(has(from_rows, "* SEARCH 1 9 17 25 "));
  CHECK(has(from_rows, "l OK SEARCH completed\r\n"));
  CHECK(mailstore::missing_pages(world->store, kAccount, 0, 3)->size() == 3);
  while (world->mailstore.tidy()) {
  }
  CHECK(mailstore::missing_pages(world->store, kAccount, 0, 3)->empty());
  CHECK((co_await converse_all() == from_rows));
  // Derived: without them, or where they are damaged, everything is told all the same.
  REQUIRE(mailstore::erase_page(world->store, kAccount, 1));
  REQUIRE(world->store.put_derived("pages.00000001", "0000000000000000", std::string(5000, 'x')));
  CHECK((co_await converse_all() == from_rows));
}

}  // namespace

TEST_CASE("session: a client that leaves ends its search") {
  World world;
  net::run_for_test([&](const net::Executor& executor) { return leave_a_search(executor, &world); });
}

TEST_CASE("session: a large message streams through a small window") {
  World world;
  net::run_for_test([&](const net::Executor& executor) { return fetch_large(executor, &world); });
}

TEST_CASE("session: search finds what lies between two pieces, and shows signs of life") {
  World world;
  net::run_for_test([&](const net::Executor& executor) { return search_large(executor, &world); });
}

TEST_CASE("session: search for long runs ends") {
  World world;
  net::run_for_test([&](const net::Executor& executor) { return search_in_runs(executor, &world); });
}

TEST_CASE("session: a large mailbox") {
  World world;
  net::run_for_test([&](const net::Executor& executor) { return fetch_many(executor, &world, 20'000); });
}

TEST_CASE("imap session: what pages tell is what the messages do") {
  World world;
  net::run_for_test([&](const net::Executor& executor) { return fetch_pages(executor, &world); });
}
