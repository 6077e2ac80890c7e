// Ctrl-C and SIGTERM for commands that take long: the first asks them to end in order, the next one ends them.
#pragma once

#include <atomic>

namespace posthorn::program {

/// True after the first; from the call on.
const std::atomic<bool>* catch_interrupts();

}  // namespace posthorn::program
