// What an operator can ask, as functions from a JSON object to a JSON value. The command line sends them to the running
// server, or runs them itself where none runs.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "posthorn/world.h"

namespace posthorn::program {

struct Command {
  std::string_view name;  ///< "account add"
  Result<boost::json::value> (*run)(World& world, const boost::json::object& arguments);
};

/// All of them; blocks, so not for threads that run sessions. Errors: not_found for an unknown name, and the command's.
Result<boost::json::value> run_command(World& world, std::string_view name, const boost::json::object& arguments);

}  // namespace posthorn::program
