// What was committed to a store, and what must therefore be in it: the judge of all crash tests of the store.
//
// Every commit of a history puts a row of its own, so that after a reopening it can be told which commits are in force.
// The rules: those acknowledged are; those refused are not, but for ones whose flush failed just before the end; what
// is in force is a prefix of the order in which they were put in line; and rows and bodies are just what that prefix
// says.
//
// Threads: all functions from any thread, but verify() while nothing is under way.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.h"
#include "store/log/log_store.h"
#include "store/simulated_files.h"

namespace posthorn::crash {

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  /// Puts a random commit in line. `stages`: large bodies may be staged for it, which writes.
  void enqueue(store::Store& store, bool stages);
  /// Waits until everything that was put in line has its outcome.
  void drain(store::Store& store);
  /// While the store is open or after a reopening: fails the test where the store breaks a rule; then what is in force
  /// counts as acknowledged.
  void verify(const store::log::LogStore& store, const std::string& what);
  /// How many were acknowledged so far.
  std::size_t acknowledged() const;
  /// Of the commits so far, how many were refused with this code.
  std::size_t refused(Code code) const;

 private:
  struct Entry {
    std::map<std::string, std::optional<std::string>> rows;
    std::map<std::string, std::string> blobs;  ///< digest -> bytes
    std::vector<std::string> erased_blobs;
    enum { kWaiting, kAcknowledged, kRefused, kInDoubt, kGone } fate = kWaiting;
  };

  store::Commit make(Entry& entry);
  void add_blobs(Entry& entry, store::Store& store, store::Commit& commit, bool stages);
  void settle(std::size_t number, const Result<void>& outcome);
  static std::string marker(std::size_t number);
  void judge_prefix(const std::vector<bool>& in_force, const std::string& what);
  void judge_rows(const store::log::LogStore& store, const std::vector<bool>& in_force, const std::string& what);

  std::mutex order_;  ///< held while a commit is made and put in line, which may commit others
  SeededRandom random_;
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::map<Code, std::size_t> refusals_;
};

/// POSTHORN_CRASH_ROUNDS multiplies the rounds of each case; 1 in ctest.
std::uint64_t rounds(std::uint64_t n);
/// Log lines of the store under test go nowhere, unless POSTHORN_CRASH_LOG is set.
void silence_log();

inline constexpr const char* kFolder = "top/store";
/// Small segments and an index that flushes and compacts often.
store::log::StoreOptions small_options();
/// A disk with the folder above kFolder on it.
std::unique_ptr<store::SimulatedFiles> new_disk();
/// Opens the store or fails the test.
std::unique_ptr<store::log::LogStore> open_store(store::SimulatedFiles& disk, const std::string& what,
                                                 const store::log::StoreOptions& options = small_options());
/// Puts `commits` random commits in line, leading and waking the committer by turns.
void run_alone(store::Store& store, History& history, SeededRandom& random, int commits);

}  // namespace posthorn::crash
