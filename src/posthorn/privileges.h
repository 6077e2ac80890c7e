// Giving up what only the beginning needs: root and its capabilities.
//
// To be called before any thread is made.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace posthorn::program {

/// Where root has started the program: becomes `user`, with that user's groups; a `data` folder that is not there yet
/// is made, and is the user's. Does nothing where `user` is "" or who runs the program already. Errors: not_found where
/// there is no such user; denied where another than root runs the program.
Result<void> become_user(const std::string& user, const std::filesystem::path& data);

/// Gives up every capability, also for programs that might be started, and the right to get any by starting one
/// (no_new_privs). Root keeps its capabilities: without them it cannot read the files of others. Answers what is in
/// force now, for the log.
std::string give_up_privileges();

}  // namespace posthorn::program
