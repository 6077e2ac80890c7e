#include "posthorn/commands.h"

namespace posthorn::program {
namespace {

constexpr Topic (*kTopics[])() = {config_topic, status_topic, domain_topic,  account_topic, app_password_topic,
                                  alias_topic,  group_topic,  mailbox_topic, store_topic,   import_topic,
                                  export_topic, backup_topic, restore_topic};

}  // namespace

Result<boost::json::value> run_command(World& world, std::string_view name, const boost::json::object& arguments) {
  for (const auto topic : kTopics)
    for (const Command& command : topic().commands)
      if (command.name == name) return command.run(world, arguments);
  return fail(Code::not_found, "there is no command " + std::string(name));
}

void offer_server_commands(CLI::App& app, CommandLine& line) {
  for (const auto topic : kTopics) topic().offer(app, line);
}

}  // namespace posthorn::program
