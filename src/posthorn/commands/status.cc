// `posthorn status`: how the running server is.
#include "posthorn/commands.h"

namespace posthorn::program {
namespace {

Result<boost::json::value> status(World& world, const boost::json::object&) {
  if (!world.status) return fail(Code::unavailable, "no server is running");
  return world.status();
}

void offer(CLI::App& app, CommandLine& line) {
  ServerCommand(line, &app, "status",
                "How the running server is: what is well, what is not, and its figures. Exit status 1 where something\n"
                "has failed.\nExample: posthorn status --json")
      .of_server();
}

constexpr Command kCommands[] = {{"status", status}};

}  // namespace

Topic status_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
