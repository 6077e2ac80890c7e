// The command line: `posthorn [--config FILE] COMMAND`. Exit status 0 done, 1 refused or failed, 2 wrong usage.
#include <signal.h>
#include <CLI/CLI.hpp>

#include <iostream>
#include <thread>

#include "posthorn/command_line.h"
#include "posthorn/commands.h"
#include "posthorn/demo.h"
#include "posthorn/sandbox.h"
#include "posthorn/server.h"
#include "posthorn/usage.h"
#include "posthorn/version.h"

namespace posthorn::program {
namespace {

/// What else is typed, gathered by CLI11.
struct Line : CommandLine {
  std::vector<std::string> help_of;
  DemoOptions demo;
};

int misused(const std::string& what) {
  std::cerr << "posthorn: " << what << "\nposthorn help explains every command.\n";
  return 2;
}

/// A command that found no server may have the store open just now.
Result<std::unique_ptr<World>> open_patiently(const Config& config) {
  constexpr int kTries = 50;
  for (int i = 1;; ++i) {
    auto world = World::open(config);
    if (world || world.error().code != Code::already_exists || i == kTries) return world;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

int serve(const Line& line) {
  block_signals();
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  base::log::configure(config->log_level, config->log_format);
  auto sockets = bind_listeners(*config);
  if (!sockets) return failed(sockets.error());
  if (auto done = enter_sandbox(*config); !done) return failed(done.error());
  auto world = open_patiently(*config);
  if (!world) return failed(world.error());
  return serve_until_signal(**world, std::move(*sockets), [](const RunningServer&) {
    std::cout << "posthorn: ready\n" << std::flush;
  });
}

void add_serve(CLI::App& app, Line& line) {
  app.add_subcommand("serve", "Run the server in the foreground until SIGTERM or SIGINT.\nExample: posthorn serve")
      ->callback([&] { line.run = [&] { return serve(line); }; });
}

void add_demo(CLI::App& app, Line& line) {
  auto* demo = app.add_subcommand("demo",
                                  "Run a whole mail system in a folder, on loopback.\n"
                                  "Example: posthorn demo --account 'u{1..10}@bench.test:pw'");
  demo->add_option("--dir", line.demo.folder, "the folder")->default_str("posthorn-demo");
  demo->add_option("--port-offset", line.demo.port_offset, "added to every standard port")
      ->default_str("20000")
      ->check(CLI::Range(0, kLargestPortOffset));
  demo->add_option("--account", line.demo.accounts,
                   "ADDRESS:PASSWORD, instead of alice and bob; may be repeated; {1..1000} makes a thousand")
      ->allow_extra_args(false);
  demo->add_flag("--fresh", line.demo.fresh, "begin anew");
  demo->callback([&] {
    for (const auto& account : line.demo.accounts)
      if (const auto parsed = parse_demo_account(account); !parsed)
        throw CLI::ValidationError("--account", parsed.error().text);
    line.run = [&] {
      block_signals();
      return run_demo(line.demo);
    };
  });
}

/// `posthorn help COMMAND...` is the help of that command.
void add_help(CLI::App& app, Line& line) {
  auto* help = app.add_subcommand("help", "Explain a command.\nExample: posthorn help account add");
  help->add_option("COMMAND", line.help_of, "the command; none: what there is")->expected(0, -1);
  help->callback([&] {
    line.run = [&] {
      std::string wrong;
      const auto* about = find_command(app, line.help_of, wrong);
      if (about == nullptr) return misused(wrong);
      // Not about->help(): that is the help of the command that was given, which is `help`.
      std::cout << about->get_formatter()->make_help(about, full_name(*about), CLI::AppFormatMode::Normal);
      return 0;
    };
  });
}

/// Says on every page what may be given to every command: pages show a command's own options only.
void add_footer(CLI::App& app) {
  for (auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    sub->footer("--config FILE and --json may stand anywhere in the line.");
    add_footer(*sub);
  }
}

int run(int argc, char** argv) {
  Line line;
  CLI::App app("Posthorn: the whole mail system of a domain in one program", "posthorn");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("posthorn ") + version());
  app.add_option("--config", line.config_file, "the configuration file")->default_str(line.config_file);
  app.add_flag("--json", line.json, "print listings as JSON");
  add_serve(app, line);
  add_demo(app, line);
  offer_server_commands(app, line);
  add_help(app, line);
  add_footer(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return misused(explain(app, error, std::vector<std::string>(argv + 1, argv + argc)));
  }
  const int status = line.run();
  std::cout.flush();
  if (!std::cout) return failed({Code::io, "cannot write the answer to standard output"});
  return status;
}

}  // namespace
}  // namespace posthorn::program

int main(int argc, char** argv) {
  // What is written to a pipe that nobody reads fails, and ends nothing in the middle.
  ::signal(SIGPIPE, SIG_IGN);
  return posthorn::program::run(argc, argv);
}
