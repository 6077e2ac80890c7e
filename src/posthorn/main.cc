// The command line: `posthorn [--config FILE] COMMAND`. Exit status 0 done, 1 refused or failed, 2 wrong usage.
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <iostream>

#include "posthorn/commands.h"
#include "posthorn/control.h"
#include "posthorn/demo.h"
#include "posthorn/print.h"
#include "posthorn/server.h"
#include "posthorn/usage.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

/// What the command line says, gathered by CLI11.
struct Line {
  std::string config_file = "/etc/posthorn/posthorn.toml";
  bool json = false;
  std::string address, name, password;
  std::vector<std::string> help_of;
  std::int64_t quota = -1;
  DemoOptions demo;
  std::function<int()> run;
};

int failed(const Error& error) {
  std::cerr << "posthorn: " << error.text << "\n";
  return 1;
}

int misused(const std::string& what) {
  std::cerr << "posthorn: " << what << "\nposthorn help explains every command.\n";
  return 2;
}

/// While it lives, the terminal does not show what is typed.
class Unseen {
 public:
  Unseen() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios unseen = before_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
  }
  ~Unseen() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  const bool is_terminal_;
};

/// The password given, or the first line of standard input.
std::string password_of(const Line& line) {
  if (!line.password.empty()) return line.password;
  const Unseen unseen;
  if (unseen.is_terminal()) std::cerr << "password: ";
  std::string password;
  std::getline(std::cin, password);
  if (unseen.is_terminal()) std::cerr << "\n";
  return password;
}

/// Sends the command to the running server, or runs it here where none runs.
int run_remotely(const Line& line, std::string_view command, const json::object& arguments) {
  auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  auto answer = ask_server(control_socket(*config), command, arguments);
  if (!answer) {
    base::log::configure(base::log::warning, config->log_format);
    auto world = World::open(*config);
    if (!world) return failed(world.error());
    answer = run_command(**world, command, arguments);
  }
  if (!*answer) return failed(answer->error());
  return print_answer(command, **answer, line.json);
}

int serve(const Line& line) {
  block_signals();
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  base::log::configure(config->log_level, config->log_format);
  auto world = World::open(*config);
  if (!world) return failed(world.error());
  return serve_until_signal(**world, [](const RunningServer&) { std::cout << "posthorn: ready\n" << std::flush; });
}

int check_config(const Line& line) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  if (const auto certificate = read_certificate(*config); !certificate) return failed(certificate.error());
  std::cout << line.config_file << " is good\n";
  return 0;
}

CLI::App* group(CLI::App& app, const char* name, const char* about) {
  auto* sub = app.add_subcommand(name, about);
  sub->require_subcommand(1);
  return sub;
}

void add_server_commands(CLI::App& app, Line& line) {
  app.add_subcommand("serve", "Run the server in the foreground until SIGTERM or SIGINT.\nExample: posthorn serve")
      ->callback([&] { line.run = [&] { return serve(line); }; });
  auto* config = group(app, "config", "The configuration file");
  config
      ->add_subcommand(
          "check",
          "Read the file and say what is wrong with it.\nExample: posthorn --config posthorn.toml config check")
      ->callback([&] { line.run = [&] { return check_config(line); }; });
  config
      ->add_subcommand(
          "reload",
          "Have the running server read the file again: certificate and log change at once, the rest is named\n"
          "and waits for a restart. SIGHUP does the same.\nExample: posthorn config reload")
      ->callback([&] { line.run = [&] { return run_remotely(line, "config reload", {}); }; });
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

void add_domain_commands(CLI::App& app, Line& line) {
  auto* domain = group(app, "domain", "The domains whose mail is kept here");
  const auto add = [&](const char* verb, const char* about, bool named) {
    auto* sub = domain->add_subcommand(verb, about);
    if (named) sub->add_option("NAME", line.name, "the domain")->required();
    const std::string command = std::string("domain ") + verb;
    sub->callback([&line, command] {
      line.run = [&line, command] { return run_remotely(line, command, {{"name", line.name}}); };
    });
  };
  add("add", "Keep mail for a domain.\nExample: posthorn domain add example.org", true);
  add("remove",
      "Keep no more mail for a domain; it must have no accounts.\nExample: posthorn domain remove example.org", true);
  add("list", "List the domains.\nExample: posthorn domain list --json", false);
}

void add_account_commands(CLI::App& app, Line& line) {
  auto* account = group(app, "account", "The accounts: who has a mailbox here");
  const auto add = [&](const char* verb, const char* about) {
    auto* sub = account->add_subcommand(verb, about);
    sub->add_option("ADDRESS", line.address, "the account's address")->required();
    return sub;
  };
  const auto runs = [&line](CLI::App* sub, std::string command, std::function<json::object()> arguments) {
    sub->callback([&line, command = std::move(command), arguments = std::move(arguments)] {
      line.run = [&line, command, arguments] { return run_remotely(line, command, arguments()); };
    });
  };
  const auto address = [&line] { return json::object{{"address", line.address}}; };
  const auto with_password = [&line] {
    return json::object{{"address", line.address}, {"password", password_of(line)}};
  };
  auto* made = add("add",
                   "Make an account; without --password it is read from standard input.\nExample: posthorn account add "
                   "ann@example.org");
  made->add_option("--password", line.password, "its password");
  runs(made, "account add", with_password);
  auto* password = add("password",
                       "Set a password; without --password it is read from standard input.\nExample: posthorn account "
                       "password ann@example.org");
  password->add_option("--password", line.password, "the new password");
  runs(password, "account password", with_password);
  runs(add("remove", "Remove an account and its mail.\nExample: posthorn account remove ann@example.org"),
       "account remove", address);
  runs(add("show", "Show an account and its mailboxes.\nExample: posthorn account show ann@example.org --json"),
       "account show", address);
  auto* set = add("set", "Change an account.\nExample: posthorn account set ann@example.org --quota 1000000000");
  set->add_option("--quota", line.quota, "bytes of mail that it may hold; 0: no limit")->required();
  runs(set, "account set", [&line] { return json::object{{"address", line.address}, {"quota_bytes", line.quota}}; });
  runs(account->add_subcommand("list", "List the accounts.\nExample: posthorn account list"), "account list",
       [] { return json::object{}; });
}

void add_store_commands(CLI::App& app, Line& line) {
  auto* store = group(app, "store", "The store in which mail is kept");
  for (const char* verb : {"check", "stats"}) {
    auto* sub = store->add_subcommand(
        verb, std::string(verb) == "check"
                  ? "Read everything and check every checksum and invariant.\nExample: posthorn store check"
                  : "Figures of the store.\nExample: posthorn store stats --json");
    const std::string command = std::string("store ") + verb;
    sub->callback([&line, command] { line.run = [&line, command] { return run_remotely(line, command, {}); }; });
  }
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
  app.set_version_flag("--version", "posthorn " POSTHORN_VERSION);
  app.add_option("--config", line.config_file, "the configuration file")->default_str(line.config_file);
  app.add_flag("--json", line.json, "print listings as JSON");
  add_server_commands(app, line);
  add_domain_commands(app, line);
  add_account_commands(app, line);
  add_store_commands(app, line);
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
