#include "net/io_threads.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "net/lost.h"

namespace posthorn::net {
namespace {

// A handler that throws is a bug of ours; the other connections of the thread go on.
void run(boost::asio::io_context* context) {
  while (true) {
    try {
      context->run();
      return;
    } catch (...) {
      log::Line(log::error, "net", "handler.threw").with("why", why_ended().text);
    }
  }
}

}  // namespace

IoThreads::IoThreads(unsigned count) {
  if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<Context>(1));
    guards_.emplace_back(contexts_.back()->get_executor());
  }
  for (const auto& context : contexts_) threads_.emplace_back(run, context.get());
}

IoThreads::~IoThreads() { stop(); }

bool IoThreads::respond(Duration within) {
  struct Count {
    std::mutex mutex;
    std::condition_variable answered;
    std::size_t missing;
  };
  const auto count = std::make_shared<Count>();
  count->missing = size();
  for (const auto& context : contexts_)
    boost::asio::post(*context, [count] {
      const std::lock_guard lock(count->mutex);
      --count->missing;
      count->answered.notify_one();
    });
  std::unique_lock lock(count->mutex);
  return count->answered.wait_for(lock, within, [&] { return count->missing == 0; });
}

void IoThreads::stop() {
  for (const auto& context : contexts_) context->stop();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

void run_blocking(const Executor& executor, Task<> task) {
  boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future).get();
}

}  // namespace posthorn::net
