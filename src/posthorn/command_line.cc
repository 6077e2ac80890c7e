#include "posthorn/command_line.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "base/text.h"
#include "posthorn/commands.h"
#include "posthorn/control.h"
#include "posthorn/print.h"
#include "posthorn/privileges.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

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

}  // namespace

std::string read_secret() {
  const Unseen unseen;
  if (unseen.is_terminal()) std::cerr << "password: ";
  std::string secret;
  std::getline(std::cin, secret);
  if (unseen.is_terminal()) std::cerr << "\n";
  return secret;
}

namespace {

/// Sends the command to the running server, or runs it here where none runs.
int run_remotely(const CommandLine& line, std::string_view command, const json::object& arguments, bool is_of_server) {
  auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  auto answer = ask_server(control_socket(*config), command, arguments);
  if (!answer && is_of_server) return failed({Code::unavailable, "no server is running"});
  if (!answer) {
    base::log::configure(base::log::warning, config->log_format);
    // What is written must be the server's, when it starts.
    if (auto done = become_user(config->sandbox.user, config->data); !done) return failed(done.error());
    auto world = World::open(*config);
    if (!world) return failed(world.error());
    answer = run_command(**world, command, arguments);
  }
  if (!*answer) return failed(answer->error());
  return print_answer(command, **answer, line.json);
}

}  // namespace

int failed(const Error& error) {
  std::cerr << "posthorn: " << error.text << "\n";
  return 1;
}

CLI::App* offer_group(CLI::App& app, const char* name, const char* about) {
  auto* group = app.add_subcommand(name, about);
  group->require_subcommand(1);
  return group;
}

ServerCommand::ServerCommand(CommandLine& line, CLI::App* group, const char* verb, std::string about)
    : command_(group->add_subcommand(verb, std::move(about))) {
  std::string name = verb;
  for (const auto* above = group; above->get_parent() != nullptr; above = above->get_parent())
    name = above->get_name() + " " + name;
  command_->callback([&line, name, arguments = arguments_, is_of_server = is_of_server_] {
    line.run = [&line, name, arguments, is_of_server] {
      // Not before the whole line is understood: a secret may have to be typed.
      if (const auto* key = arguments->if_contains("ask_for")) {
        const auto ask_for = std::string(key->as_string());
        arguments->erase("ask_for");
        if (!arguments->contains(ask_for)) (*arguments)[ask_for] = read_secret();
      }
      return run_remotely(line, name, *arguments, *is_of_server);
    };
  });
}

ServerCommand& ServerCommand::required(const char* name, std::string key, const char* about) {
  text(name, std::move(key), about);
  command_->get_option(name)->required();
  return *this;
}

ServerCommand& ServerCommand::required_list(const char* name, std::string key, const char* about) {
  list(name, std::move(key), about);
  command_->get_option(name)->required();
  return *this;
}

ServerCommand& ServerCommand::text(const char* option, std::string key, const char* about) {
  command_->add_option_function<std::string>(
      option, [key = std::move(key), arguments = arguments_](const std::string& value) { (*arguments)[key] = value; },
      about);
  return *this;
}

ServerCommand& ServerCommand::number(const char* option, std::string key, const char* about) {
  command_
      ->add_option_function<std::int64_t>(
          option, [key = std::move(key), arguments = arguments_](std::int64_t value) { (*arguments)[key] = value; },
          about)
      ->check([](const std::string& word) {
        const std::string_view digits = std::string_view(word).substr(word.starts_with('-') ? 1 : 0);
        return parse_decimal<std::int64_t>(digits) ? "" : "a number is expected, not " + word;
      });
  return *this;
}

ServerCommand& ServerCommand::list(const char* option, std::string key, const char* about) {
  command_->add_option_function<std::vector<std::string>>(
      option,
      [key = std::move(key), arguments = arguments_](const std::vector<std::string>& values) {
        json::array all;
        for (const auto& value : values)
          for (const auto word : split(value, ','))
            if (!trim(word).empty()) all.emplace_back(trim(word));
        (*arguments)[key] = std::move(all);
      },
      about);
  // An option takes one word at a time, so that words without an option's name can follow it.
  if (option[0] == '-') command_->get_option(option)->allow_extra_args(false);
  return *this;
}

ServerCommand& ServerCommand::truth(const char* option, std::string key, const char* about) {
  command_->add_option_function<bool>(
      option, [key = std::move(key), arguments = arguments_](bool value) { (*arguments)[key] = value; }, about);
  return *this;
}

ServerCommand& ServerCommand::secret(const char* option, std::string key, const char* about, std::string instead) {
  text(option, key, about);
  command_->parse_complete_callback([key = std::move(key), instead = std::move(instead), arguments = arguments_] {
    if (!arguments->contains(key) && (instead.empty() || !arguments->contains(instead))) (*arguments)["ask_for"] = key;
  });
  return *this;
}

ServerCommand& ServerCommand::of_server() {
  *is_of_server_ = true;
  return *this;
}

ServerCommand& ServerCommand::at_least_one_option() {
  command_->parse_complete_callback([command = command_, arguments = arguments_] {
    for (const auto* option : command->get_options())
      if (!option->get_lnames().empty() && option->get_lnames().front() != "help" && option->count() > 0) return;
    throw CLI::RequiredError("at least one option is needed", CLI::ExitCodes::RequiredError);
  });
  return *this;
}

}  // namespace posthorn::program
