// Takes figures on a thread of its own when someone asks: a disk that does not answer keeps no io thread, and many who
// ask at once cost one look.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "admin/figures.h"
#include "net/task.h"

namespace posthorn::admin {

class Observer {
 public:
  /// `look` may block; it is called on the observer's thread alone.
  explicit Observer(std::function<Figures()> look);
  /// Waits for a look that is under way.
  ~Observer();

  /// Figures that were not older than kFresh when asked for; nullopt where they do not come in time. Threads: any io
  /// thread.
  net::Task<std::optional<Figures>> figures();
  /// The same for threads that may block.
  std::optional<Figures> figures_now();

  static constexpr auto kFresh = std::chrono::seconds(1);
  static constexpr auto kPatience = std::chrono::seconds(3);

 private:
  void run();
  /// The figures if they are fresh; else a look is under way from now on.
  std::optional<Figures> ask();

  const std::function<Figures()> look_;
  std::mutex mutex_;
  std::condition_variable asked_;
  bool is_asked_ = false, is_stopping_ = false;
  std::optional<Figures> last_;
  SteadyTime taken_{};
  std::thread thread_;
};

}  // namespace posthorn::admin
