#include "migration/importer.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "migration/receiver.h"
#include "net/run_for_test.h"
#include "store/memory/memory_store.h"

using namespace posthorn;
using namespace posthorn::migration;

namespace {

constexpr AccountId kAccount(1);

class Silent final : public Progress {
 public:
  void mailbox(const SourceMailbox&, const MailboxOpened&) override {}
  void total(std::uint64_t, std::uint64_t) override {}
  void step(std::uint64_t, std::uint64_t) override {}
  void refused(const Imported::Refused&) override {}
};

/// A server with an INBOX of `messages` messages, UIDs from 1, that hands its count to the next reading and then has no
/// need to tell of what that one knew.
class OtherServer final : public Source {
 public:
  net::Task<Result<std::vector<SourceMailbox>>> mailboxes() override {
    co_return std::vector<SourceMailbox>{{.place = "INBOX", .name = "INBOX", .uid_validity = UidValidity(7)}};
  }
  net::Task<Result<ReadTo>> read(const SourceMailbox*, std::string before, bool everything, Intake* intake) override {
    if (everything && loses_second_reading) co_return fail(Code::timeout, "the connection is lost");
    for (std::uint32_t uid = everything || before.empty() ? 1 : std::stoul(before) + 1; uid <= messages; ++uid)
      if (auto done = tell(uid, intake); !done) co_return fail(done);
    co_return ReadTo{Uid(messages + 1), std::to_string(messages)};
  }
  std::uint32_t messages = 0;
  bool loses_second_reading = false;

 private:
  static Result<void> tell(std::uint32_t uid, Intake* intake) {
    SourceMessage message{.key = std::to_string(uid), .place = "", .uid = Uid(uid), .flags = {}, .pop3_unique_id = ""};
    const auto wanted = intake->offer(message);
    if (!wanted) return fail(wanted);
    if (!*wanted) return {};
    if (auto done = intake->begin(message); !done) return done;
    if (auto done = intake->bytes("Subject: " + message.key + "\r\n\r\n"); !done) return done;
    return intake->end();
  }
};

struct World {
  World() { REQUIRE(mailstore.create_account(kAccount)); }

  Result<void> bring(OtherServer* source) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const std::atomic<bool> never{false};
    std::thread server([&] {
      Channel channel(ends[1], &never);
      CHECK(net::result_for_test(receive_import(&mailstore, *mailstore.open_now(kAccount), "a@x.test", &channel)));
      ::close(ends[1]);
    });
    Channel channel(ends[0], &never);
    Silent silent;
    Imported imported;
    auto done =
        net::result_for_test(import_all(source, {.source_name = "other", .exclude = {}, .folder_map = {}, .into = ""},
                                        &channel, &silent, &never, &imported));
    ::close(ends[0]);
    server.join();
    return done;
  }
  std::uint32_t messages() { return (*mailstore.open_now(kAccount))->published()->find("INBOX")->messages; }
  void deliver_one() {
    const auto account = *mailstore.open_now(kAccount);
    mailstore::MessageWriter writer(mailstore, "");
    writer.feed("Subject: delivered here\r\n\r\n");
    auto message = net::result_for_test(writer.finish());
    REQUIRE(message);
    std::vector<mailstore::Addition> additions;
    additions.push_back({*message,
                         {.account = account,
                          .mailbox = account->published()->find("INBOX")->id,
                          .flags = {},
                          .received = from_seconds(0),
                          .is_delivery = true}});
    REQUIRE(net::result_for_test(mailstore::append(&mailstore, std::move(additions))));
  }

  store::MemoryStore store;
  net::Offload offload{1};
  mailstore::Mailstore mailstore{store, offload};
};

}  // namespace

TEST_CASE("import: what could not have its UID comes with the next run where this one is stopped before it") {
  World world;
  OtherServer source;
  source.messages = 2;
  REQUIRE(world.bring(&source));
  CHECK(world.messages() == 2);
  world.deliver_one();  // takes UID 3
  source.messages = 3;
  source.loses_second_reading = true;
  CHECK_FALSE(world.bring(&source));
  CHECK(world.messages() == 3);
  source.loses_second_reading = false;
  REQUIRE(world.bring(&source));
  CHECK(world.messages() == 4);
  REQUIRE(world.bring(&source));
  CHECK(world.messages() == 4);
}
