#include "posthorn/commands/interrupt.h"

#include <signal.h>

namespace posthorn::program {
namespace {

std::atomic<bool> is_interrupted{false};

}  // namespace

const std::atomic<bool>* catch_interrupts() {
  struct sigaction action{};
  action.sa_handler = [](int) { is_interrupted = true; };
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
  return &is_interrupted;
}

}  // namespace posthorn::program
