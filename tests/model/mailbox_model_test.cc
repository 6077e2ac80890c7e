// Random operations on mail against the naive model. `test_model --operations 1000000 --seed 7` is the long run; a
// failure prints its seed.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstring>

#include "base/log.h"
#include "model/world.h"

using namespace posthorn;

namespace {

std::uint64_t operations = 0;  ///< 0: a short run
std::uint64_t seed = 1;

void run(bool on_disk, std::uint64_t n, std::uint64_t world_seed) {
  if (std::getenv("POSTHORN_CRASH_LOG") == nullptr) base::log::redirect(-1);
  const auto start = steady_now();
  model::World world(world_seed, on_disk);
  for (std::uint64_t i = 0; i < n; ++i) world.step();
  world.compare();
  const auto& c = world.counts();
  const auto seconds = std::chrono::duration<double>(steady_now() - start).count();
  std::printf(
      "%s seed %lu: %lu operations (%lu done, %lu refused, %lu failed), %lu updates of sessions, %lu logs "
      "dropped, %lu reopened, %lu cuts, %lu in force though unacknowledged, %.1f s\n",
      on_disk ? "on disk" : "in memory", world_seed, c.operations, c.done, c.refused, c.failed, c.updates, c.truncated,
      c.reopened, c.cuts, c.in_force_unacknowledged, seconds);
  std::fflush(stdout);
}

/// Half of all operations, in worlds of a size that comparing them stays cheap.
void run_half(bool on_disk, std::uint64_t short_run) {
  constexpr std::uint64_t kAWorld = 5000;
  const auto n = operations != 0 ? operations / 2 : short_run * 4;
  const auto a_world = operations != 0 ? kAWorld : short_run;
  std::uint64_t world_seed = seed;
  for (std::uint64_t i = 0; i < n; i += a_world) run(on_disk, std::min(a_world, n - i), world_seed++);
}

}  // namespace

TEST_CASE("mailstore: is what the model says, in memory") { run_half(false, 1000); }

TEST_CASE("mailstore: is what the model says, on a disk that loses power, fails and fills") { run_half(true, 400); }

int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--operations") == 0) operations = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::strcmp(argv[i], "--seed") == 0) seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return doctest::Context(argc, argv).run();
}
