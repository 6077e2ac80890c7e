// Randomness: from the system for secrets and names, from a seed for tests that must repeat.
#pragma once

#include <cstdint>
#include <string>

namespace posthorn {
inline namespace base {

/// Unpredictable bytes from getrandom(2). Threads: any.
std::string random_bytes(std::size_t n);
std::uint64_t random_u64();
/// `n` characters of [a-z0-9], unpredictable: 5.17 bits each.
std::string random_name(std::size_t n);

/// Repeatable numbers from a seed (splitmix64). Not for secrets.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Evenly in [0, n); n > 0.
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  /// True once in `n` on average.
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace base
}  // namespace posthorn
