// What is typed: the options that every command knows, and how a command that the server answers is offered.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::program {

/// The line as it is gathered by CLI11. Outlives the CLI::App.
struct CommandLine {
  std::string config_file = "/etc/posthorn/posthorn.toml";
  bool json = false;
  std::function<int()> run;  ///< what it asks for; answers the exit status
};

/// Prints the error; answers the exit status.
int failed(const Error& error);

/// The first line of standard input, which is not shown while it is typed.
std::string read_secret();

/// A word, such as `account`, behind which the command proper comes.
CLI::App* offer_group(CLI::App& app, const char* name, const char* about);

/// A command that the running server answers, or that is run here where none runs. What is typed becomes its arguments;
/// what is not typed is absent from them.
///
///     ServerCommand(line, domain, "add", "Keep mail for a domain.\nExample: ...").required("NAME", "name", "the
///     domain");
class ServerCommand {
 public:
  /// Its name for the server is the words that lead to it: "domain add".
  ServerCommand(CommandLine& line, CLI::App* group, const char* verb, std::string about);

  /// A word that must be there: without an option's name, or, where `name` is one ("--to"), behind it.
  ServerCommand& required(const char* name, std::string key, const char* about);
  /// One or more such words, as a list; the last.
  ServerCommand& required_list(const char* name, std::string key, const char* about);
  ServerCommand& text(const char* option, std::string key, const char* about);
  ServerCommand& number(const char* option, std::string key, const char* about);
  /// Words between commas, as a list; the option may be repeated.
  ServerCommand& list(const char* option, std::string key, const char* about);
  /// true or false.
  ServerCommand& truth(const char* option, std::string key, const char* about);
  /// A secret under `key`: of the option, else, unless one of `instead` is given, the first line of standard input,
  /// which is not shown while it is typed.
  ServerCommand& secret(const char* option, std::string key, const char* about, std::string instead = "");
  /// It is about the running server: without one it is refused, and the store left alone.
  ServerCommand& of_server();
  /// Refuses a line that has none of its options.
  ServerCommand& at_least_one_option();

 private:
  CLI::App* command_;
  std::shared_ptr<bool> is_of_server_ = std::make_shared<bool>(false);
  std::shared_ptr<boost::json::object> arguments_ = std::make_shared<boost::json::object>();
};

}  // namespace posthorn::program
