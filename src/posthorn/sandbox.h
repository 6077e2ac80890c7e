// What the running server takes from itself, between taking its ports and opening the store.
#pragma once

#include "base/result.h"
#include "posthorn/config.h"

namespace posthorn::program {

/// Becomes the configured user, gives up capabilities, and restricts files and system calls as configured and as the
/// kernel can. The log says what is in force. To be called before any thread is made. Errors: become_user()'s; io
/// where the data folder cannot be made.
Result<void> enter_sandbox(const Config& config);

}  // namespace posthorn::program
