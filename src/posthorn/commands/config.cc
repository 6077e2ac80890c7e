// `posthorn config`: the configuration file.
#include <iostream>

#include "posthorn/certificate.h"
#include "posthorn/commands.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

Result<json::value> config_reload(World& world, const json::object&) {
  if (!world.reload) return fail(Code::unavailable, "no server is running; it reads its configuration when it starts");
  return world.reload();
}

int check(const CommandLine& line) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  if (const auto certificate = read_certificate(*config); !certificate) return failed(certificate.error());
  std::cout << line.config_file << " is good\n";
  return 0;
}

void offer(CLI::App& app, CommandLine& line) {
  auto* config = offer_group(app, "config", "The configuration file");
  config
      ->add_subcommand(
          "check",
          "Read the file and say what is wrong with it.\nExample: posthorn --config posthorn.toml config check")
      ->callback([&line] { line.run = [&line] { return check(line); }; });
  ServerCommand(line, config, "reload",
                "Have the running server read the file again. It says which keys have changed and are applied, and\n"
                "which wait for a restart. SIGHUP does the same.\nExample: posthorn config reload")
      .of_server();
}

constexpr Command kCommands[] = {{"config reload", config_reload}};

}  // namespace

Topic config_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
