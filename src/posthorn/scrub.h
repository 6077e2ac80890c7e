// The background scrub: reads every body again, little by little, and tells what is damaged before someone needs it.
//
// A round reads all bodies in the order of their digests, then the index. How far it is, and what it found, is a row
// that is written now and then, so that a restart goes on there.
//
// Format of the row, Table::system "scrub": version(1) began_us(8) ended_us(8) cursor(32) bodies bytes n digest(32)*;
// numbers are varints. ended_us is 0 while a round runs, and the digests those found damaged in it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "posthorn/world.h"

namespace posthorn::program {

struct ScrubState {
  WallTime began{}, ended{};  ///< of the round; ended: zero while it runs
  store::Digest cursor{};     ///< the last body that was read
  std::uint64_t bodies = 0, bytes = 0;
  std::vector<store::Digest> damaged;  ///< the first kMostDamaged of the round
  static constexpr std::size_t kMostDamaged = 1000;

  friend bool operator==(const ScrubState&, const ScrubState&) = default;
};

std::string encode(const ScrubState& state);
/// A row that is damaged, or missing, is a round that begins.
ScrubState decode_scrub(std::string_view bytes);
Result<ScrubState> read_scrub(const store::View& view);

/// Runs as long as it lives, on a thread of its own that stands back behind all others.
class Scrubber {
 public:
  explicit Scrubber(World& world);
  ~Scrubber();

 private:
  void run();
  bool wait(Duration time);
  void round();
  bool read_some();
  bool check(const store::Digest& digest);
  bool spend(std::uint64_t bytes);
  void finish();
  void save();
  void tell(const store::Digest& digest, const std::string& why);

  World& world_;
  ScrubState state_;
  SteadyTime saved_{};
  std::uint64_t unpaid_ = 0;  ///< bytes read since the last rest
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace posthorn::program
