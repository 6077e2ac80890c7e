#include "smtp/server/session.h"

#include <doctest/doctest.h>

#include <thread>

#include "base/log.h"
#include "net/server.h"
#include "net/task_group.h"
#include "net/tcp_stream.h"
#include "net/timer.h"

using namespace posthorn;
using namespace std::chrono_literals;
using net::Task;

namespace {

// Takes everything; counts what it was told.
class CountingIntake final : public smtp::Intake {
 public:
  struct Counts {
    std::atomic<int> living{0};
    std::atomic<std::uint64_t> bytes{0};
  };
  explicit CountingIntake(Counts* counts) : counts_(counts) { ++counts_->living; }
  ~CountingIntake() override { --counts_->living; }

  Task<Result<void>> connect() override { co_return Result<void>(); }
  Task<Result<void>> mail(smtp::ReversePath, smtp::MailParameters) override { co_return Result<void>(); }
  Task<Result<void>> rcpt(smtp::ForwardPath, smtp::RcptParameters) override { co_return Result<void>(); }
  Task<Result<void>> data() override { co_return Result<void>(); }
  bool body(std::string_view bytes) override { return (counts_->bytes += bytes.size()) % 3 != 0; }
  Task<> drained() override { co_await net::sleep_for(50us); }
  Task<Result<smtp::Receipt>> end() override { co_return smtp::Receipt{"kept"}; }
  void reset() override {}
  sasl::Verifier* verifier() override { return nullptr; }

 private:
  Counts* counts_;
};

// Sends messages without end, until the server has gone.
Task<> flood(net::Endpoint to, bool within_data) {
  const auto stream = co_await net::connect(to, steady_now() + 10s);
  co_await stream->write(std::string("EHLO x\r\n"));
  const std::string envelope = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n";
  const std::string body = std::string(1000, 'x') + "\r\n";
  char replies[4096];
  while (true) {
    co_await stream->write(envelope);
    for (int i = 0; i < 50 || within_data; ++i) co_await stream->write(body);
    co_await stream->write(std::string(".\r\n"));
    if (stream->try_read(replies, sizeof replies) == 0) co_return;
  }
}

Task<> start_floods(net::TaskGroup* group, net::Endpoint to) {
  for (int i = 0; i < 20; ++i) group->spawn(flood(to, i % 2 == 0));
  co_return;
}

Task<> end_floods(net::TaskGroup* group) {
  group->cancel();
  co_await group->join(steady_now() + 10s);
}

}  // namespace

TEST_CASE("session: a server that stops in full traffic leaves nothing behind") {
  base::log::redirect(-1);
  CountingIntake::Counts counts;
  smtp::Config config;
  const smtp::MakeIntake make = [&](const smtp::SessionInfo*) { return std::make_unique<CountingIntake>(&counts); };
  net::IoThreads threads(2), clients(1);
  net::TaskGroup floods(clients.executor(0));
  net::Server server(&threads, 1000);
  const auto at = server.listen({net::IpAddress::v4({127, 0, 0, 1}), 0},
                                [&](net::Stream* stream) { return smtp::serve(stream, &config, &make); });
  REQUIRE(at);
  net::run_blocking(clients.executor(0), start_floods(&floods, *at));
  while (counts.bytes < 10'000'000) std::this_thread::sleep_for(1ms);
  CHECK(counts.living > 0);
  server.stop(50ms);
  CHECK(counts.living == 0);
  CHECK(server.connections() == 0);
  net::run_blocking(clients.executor(0), end_floods(&floods));
  base::log::redirect(2);
}
