// seccomp: the system calls that a mail server never needs are refused with EPERM, in this process and in all that it
// may start. What is refused, and why, stands in the source.
//
// Not a list of what is allowed: the libraries beneath (glibc, RocksDB, OpenSSL, PAM's modules) choose their system
// calls by version and kernel, and one that is missing from such a list is mail that is not taken.
#pragma once

#include "base/result.h"

namespace posthorn::program {

/// For this thread and those that it makes. `may_start_programs`: PAM's modules do. Errors: not_supported, with the
/// reason, where the kernel or what runs us does not allow it; then nothing is refused.
Result<void> refuse_system_calls(bool may_start_programs);

}  // namespace posthorn::program
