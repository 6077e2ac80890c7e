// A whole server, all its protocols on loopback, over a simulated disk: for tests that speak to it as clients do while
// the disk loses power, fills up, cannot read, or has its bits flipped, and while the clock jumps.
//
//   server_on_simulated_disk posthorn.toml ADDRESS:PASSWORD...
//
// Commands come by standard input, a line each, and each is answered by one line, `ok ...` or `failed WHY`:
//   open             a world is opened over the disk and served; `ok N`: commits that were applied again
//   cut N            power fails at the N-th operation that writes from now on
//   close SEED       the power fails now if it did not before, the server is taken down, and power comes back; what the
//                    disk holds follows from SEED; `ok N`: operations since `cut`
//   end              the server ends in order
//   capacity N       of the disk, in bytes above what it holds; -1: without end
//   unreadable PART  reads of files whose path holds PART fail; without PART none do any more
//   flip PART N      flips a bit at N % size of each file whose path holds PART
//   files PART       `ok PATH:SIZE...`
//   jump SECONDS     of the wall clock, back if negative
#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <iostream>
#include <optional>
#include <sstream>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "posthorn/demo.h"
#include "posthorn/listeners.h"
#include "posthorn/server.h"
#include "store/simulated_files.h"

using namespace posthorn;

namespace {

/// Small segments and an index that flushes and compacts often.
store::log::StoreOptions small_options() {
  return {.index = {.block_cache_bytes = 1 << 20, .write_buffer_bytes = 128 << 10},
          .segment_bytes = 1 << 20,
          .reserve_bytes = 0};
}

/// Time passes, by a clock whose wall time can be set.
class RunningClock {
 public:
  RunningClock() : clock_(wall_now()), thread_([this] { run(); }) {}
  ~RunningClock() {
    stopping_ = true;
    thread_.join();
  }
  void jump(Duration by) { clock_.jump_wall(by); }

 private:
  void run() {
    for (auto last = std::chrono::steady_clock::now(); !stopping_;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const auto now = std::chrono::steady_clock::now();
      clock_.advance(std::chrono::duration_cast<Duration>(now - last));
      last = now;
    }
  }

  TurnedClock clock_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class Machine {
 public:
  Machine(program::Config config, std::vector<std::string> accounts)
      : config_(std::move(config)), accounts_(std::move(accounts)) {
    std::filesystem::path folder;
    for (const auto& part : config_.data.parent_path()) {
      const auto above = folder == "/" ? "" : folder.string();
      (void)disk_.make_folder((folder /= part).string());
      (void)disk_.sync_folder(above);
    }
  }

  std::string perform(std::istringstream& words) {
    std::string verb, part;
    std::int64_t number = 0;
    words >> verb;
    if (verb == "open") return open();
    if (verb == "end") return end();
    if (verb == "files" || verb == "unreadable" || verb == "flip") words >> part;
    words >> number;
    if (verb == "cut") disk_.cut_power_after(static_cast<std::uint64_t>(number));
    if (verb == "close") return close(static_cast<std::uint64_t>(number));
    if (verb == "capacity")
      disk_.set_capacity(number < 0 ? UINT64_MAX : disk_.used_bytes() + static_cast<std::uint64_t>(number));
    if (verb == "unreadable") disk_.fail_reads_of(part);
    if (verb == "jump" && !clock_) clock_.emplace();
    if (verb == "jump") clock_->jump(std::chrono::seconds(number));
    if (verb == "files" || verb == "flip") return files(part, verb == "flip", static_cast<std::uint64_t>(number));
    return "ok";
  }

 private:
  std::string open() {
    auto world = program::World::open(config_, disk_, small_options());
    if (!world) return "failed " + world.error().text;
    world_ = std::move(*world);
    if (auto made = program::make_demo_accounts(*world_, std::exchange(accounts_, {})); !made)
      return "failed " + made.error().text;
    auto sockets = program::bind_listeners(config_);
    if (!sockets) return "failed " + sockets.error().text;
    auto server = program::RunningServer::start(*world_, std::move(*sockets));
    if (!server) return "failed " + server.error().text;
    server_ = std::move(*server);
    return fmt::format("ok {}", world_->store->statistics().replayed);
  }

  std::string end() {
    server_.reset();
    world_.reset();
    return "ok";
  }

  std::string close(std::uint64_t seed) {
    const auto operations = disk_.operations();
    if (!disk_.is_cut()) disk_.cut_power_after(1);
    end();
    SeededRandom random(seed);
    disk_.restart(random);
    return fmt::format("ok {}", operations);
  }

  std::string files(const std::string& part, bool flips, std::uint64_t at) {
    std::string found = "ok";
    for (const auto& path : disk_.paths()) {
      if (path.find(part) == std::string::npos) continue;
      const auto file = disk_.open(path, store::Open::read);
      const auto size = file ? (*file)->size() : Result<std::uint64_t>(0);
      if (flips && *size != 0) (void)disk_.flip_bit(path, at % *size);
      found += fmt::format(" {}:{}", path, *size);
    }
    return found;
  }

  const program::Config config_;
  std::vector<std::string> accounts_;  ///< still to be made
  std::optional<RunningClock> clock_;  ///< since the first jump
  store::SimulatedFiles disk_;
  std::unique_ptr<program::World> world_;
  std::unique_ptr<program::RunningServer> server_;
};

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto config = argc < 2 ? fail(Code::invalid, "no configuration") : program::read_config(argv[1]);
  if (!config) {
    std::cerr << config.error().text << "\n";
    return 2;
  }
  base::log::configure(config->log_level, config->log_format);
  Machine machine(*config, std::vector<std::string>(argv + 2, argv + argc));
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::cout << machine.perform(words) << std::endl;
  }
  return 0;
}
