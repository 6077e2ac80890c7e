// A mail store under test beside its model: runs operations on both, compares, breaks things and opens them again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "mailstore/mailstore.h"
#include "mailstore/told.h"
#include "model/model.h"
#include "store/log/log_store.h"
#include "store/memory/memory_store.h"
#include "store/simulated_files.h"

namespace posthorn::model {

/// The next thing to do.
Operation random_operation(SeededRandom& random, Model& model);

/// Somebody who has a mailbox open: what they were told must follow from what the model says.
struct Session {
  std::size_t account = 0;
  mailstore::OpenMailboxPtr open;
  mailstore::Told told;
  std::vector<Message> view;  ///< messages by number, as they were when they were told
  std::uint64_t flags_modseq = 0;
  std::uint64_t modseq = 0;  ///< that may be told as HIGHESTMODSEQ
};

class World {
 public:
  World(std::uint64_t seed, bool on_disk);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// One operation, and now and then something else: sessions come, hear and go, things break, are tidied, reopened.
  void step();
  /// Everything against the model, and mailstore::check(). Fails the test where they differ.
  void compare();

  struct Counts {
    std::uint64_t operations = 0, done = 0, refused = 0, failed = 0, updates = 0, reopened = 0, cuts = 0, truncated = 0;
    std::uint64_t in_force_unacknowledged = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  template <class T>
  T run(net::Task<T> task);
  Result<void> execute(const Operation& o);
  Result<void> append(const Operation& o);
  Result<void> on_mailbox(const Operation& o);
  Result<void> on_names(const Operation& o);

  void open();
  void close();
  void reopen_after_cut(const std::optional<Operation>& pending);
  void operate();
  void disturb();
  void break_something();
  void mend();
  void truncate_some();
  bool may_fail(const Error& error) const;
  bool is_cut() const { return disk_ && disk_->is_cut(); }

  void begin_session();
  void update(Session& session, bool may_renumber);
  void check_view(Session& session);
  std::string describe_real(std::size_t account);
  std::string describe_model(std::size_t account);
  void check_octets(const Message& message, std::size_t account);

  boost::asio::io_context context_{1};
  const std::uint64_t seed_;
  SeededRandom random_;
  const std::size_t how_many_;  ///< accounts
  Model model_;
  Counts counts_;
  std::unique_ptr<store::SimulatedFiles> disk_;
  std::unique_ptr<store::MemoryStore> memory_;
  std::unique_ptr<store::log::LogStore> log_;
  store::Store* store_ = nullptr;
  std::unique_ptr<net::Offload> offload_;
  std::unique_ptr<mailstore::Mailstore> mail_;
  std::vector<mailstore::AccountPtr> accounts_;
  std::vector<Session> sessions_;
  bool armed_ = false;  ///< something was broken, and errors are no surprise
};

}  // namespace posthorn::model
