#include "net/turn.h"

#include <doctest/doctest.h>

#include "net/run_for_test.h"

using namespace posthorn;

namespace {

net::Task<> work(bool* other_ran, int* turns) {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::post(executor, [other_ran] { *other_ran = true; });
  net::Turn turn;
  CHECK_FALSE(turn.is_over());
  CHECK_FALSE(*other_ran);
  for (const auto end = steady_now() + std::chrono::milliseconds(20); steady_now() < end;) {
    if (!turn.is_over()) continue;
    co_await turn.give_way();
    CHECK(*other_ran);
    ++*turns;
  }
}

}  // namespace

TEST_CASE("turn: who works on and on lets others go now and then") {
  bool other_ran = false;
  int turns = 0;
  net::run_for_test([&](net::Executor) { return work(&other_ran, &turns); });
  CHECK(turns > 0);
}
