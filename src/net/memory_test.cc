#include "net/memory.h"

#include <doctest/doctest.h>

#include <atomic>

#include "net/line_reader.h"
#include "net/memory_stream.h"
#include "net/out_buffer.h"
#include "net/run_for_test.h"

using namespace posthorn;
using namespace posthorn::net;

TEST_CASE("memory: levels rise at three quarters, nine tenths and the ceiling, and fall a twentieth below") {
  using enum MemoryLevel;
  struct Row {
    std::uint64_t used;
    MemoryLevel before, after;
  };
  const Row rows[] = {
      {0, ample, ample},   {749, ample, ample}, {750, ample, tight}, {899, ample, tight}, {900, ample, full},
      {999, ample, full},  {1000, ample, over}, {2000, ample, over}, {999, over, over},   {950, over, over},
      {949, over, full},   {900, full, full},   {850, full, full},   {849, full, tight},  {750, tight, tight},
      {700, tight, tight}, {699, tight, ample}, {0, over, ample},    {720, full, tight},  {860, over, full},
  };
  for (const auto& row : rows) {
    CAPTURE(row.used);
    CHECK(level_of(row.used, 1000, row.before) == row.after);
  }
}

TEST_CASE("memory: what is used is told, and there is a ceiling by default") {
  const auto before = memory_used();
  CHECK(before > 0);
  std::string much(64 << 20, 'x');
  CHECK(memory_used() > before + (32 << 20));
  CHECK(much.back() == 'x');
  CHECK(default_memory_ceiling() > before);
}

TEST_CASE("memory: the watch tells what it sees, and again while it lasts") {
  std::atomic<int> told{0};
  {
    const MemoryWatch watch(1, [&](MemoryLevel level) { told += level == MemoryLevel::over ? 1 : 1000; });
    for (int i = 0; i < 600 && told < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(memory_level() == MemoryLevel::over);
  }
  CHECK(told >= 2);
  CHECK(told < 1000);
  CHECK(memory_level() == MemoryLevel::ample);
}

namespace {

Task<> serve_nobody(Stream* stream) {
  co_await stream->write(std::string("served\r\n"));
  stream->close();
}

Task<> call(Executor executor, const Serve* serve, std::string expected) {
  auto [client, server] = make_memory_pair(executor);
  client->shutdown_write();
  co_await (*serve)(server.get());
  LineReader reader(client.get(), 100);
  const Line line = co_await reader.read_line();
  CHECK(line.text == expected);
}

Task<> read_long_line(Executor executor, Line::End expected) {
  auto [client, server] = make_memory_pair(executor);
  co_await client->write(std::string(10'000, 'x') + "\r\n");
  client->shutdown_write();
  LineReader reader(server.get(), 60'000);
  const Line line = co_await reader.read_line();
  CHECK(line.end == expected);
}

}  // namespace

TEST_CASE("memory: while it is full connections get one line, lines are short, and replies are written early") {
  const Serve serve = turned_away_when_full(serve_nobody, "421 later\r\n");
  const Serve serve_tls = turned_away_when_full(serve_nobody, "");
  OutBuffer out(nullptr);
  out.append(std::string(10'000, 'x'));
  run_for_test([&](const Executor& executor) { return call(executor, &serve, "served"); });
  run_for_test([&](const Executor& executor) { return read_long_line(executor, Line::End::crlf); });
  CHECK_FALSE(out.is_full());
  set_memory_level(MemoryLevel::full);
  run_for_test([&](const Executor& executor) { return call(executor, &serve, "421 later"); });
  run_for_test([&](const Executor& executor) { return call(executor, &serve_tls, ""); });
  run_for_test([&](const Executor& executor) { return read_long_line(executor, Line::End::too_long); });
  CHECK(out.is_full());
  set_memory_level(MemoryLevel::ample);
}
