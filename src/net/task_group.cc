#include "net/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cassert>

#include "base/log.h"
#include "net/lost.h"

namespace posthorn::net {
namespace {

void report(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (...) {
    const Ending ending = why_ended();
    log::Line(ending.is_bug ? log::error : log::debug, "net", "task.ended").with("why", ending.text);
  }
}

}  // namespace

TaskGroup::~TaskGroup() { assert(members_.empty()); }

void TaskGroup::spawn(Task<> task) {
  const auto member = members_.emplace(members_.end());
  boost::asio::co_spawn(
      executor_, std::move(task),
      boost::asio::bind_cancellation_slot(member->slot(), [this, member](const std::exception_ptr& failure) {
        if (failure) report(failure);
        members_.erase(member);
        if (members_.empty()) emptied_.notify();
      }));
}

void TaskGroup::cancel() {
  for (auto& member : members_) member.emit(boost::asio::cancellation_type::terminal);
}

Task<bool> TaskGroup::join(SteadyTime deadline) {
  while (!members_.empty())
    if (!co_await emptied_.wait_until(deadline)) co_return false;
  co_return true;
}

}  // namespace posthorn::net
