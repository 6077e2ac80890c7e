// What an operator can ask, as functions from a JSON object to a JSON value. The command line sends them to the running
// server, or runs them itself where none runs.
//
// commands/ has a file a topic, with both halves of its commands: what is typed, and what is done.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "posthorn/command_line.h"
#include "posthorn/world.h"

namespace posthorn::program {

struct Command {
  std::string_view name;  ///< "account add"
  Result<boost::json::value> (*run)(World& world, const boost::json::object& arguments);
};

/// All of them; blocks, so not for threads that run sessions. Errors: not_found for an unknown name, and the command's.
Result<boost::json::value> run_command(World& world, std::string_view name, const boost::json::object& arguments);
/// All of them, for the command line.
void offer_server_commands(CLI::App& app, CommandLine& line);

/// One topic's commands.
struct Topic {
  void (*offer)(CLI::App& app, CommandLine& line);
  std::span<const Command> commands;
};
Topic config_topic();
Topic status_topic();
Topic domain_topic();
Topic account_topic();
Topic app_password_topic();
Topic alias_topic();
Topic group_topic();
Topic mailbox_topic();
Topic store_topic();
Topic import_topic();
Topic export_topic();
Topic backup_topic();
Topic restore_topic();

}  // namespace posthorn::program
