#include "posthorn/usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "posthorn/nearest.h"

namespace posthorn::program {
namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(sub->get_name());
  return names;
}

/// The options that may be given there: a command's own and those of the program.
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent())
    for (const auto* option : at->get_options())
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// The words that stand between a command's name and its subcommands', such as the ADDRESS of `import`.
std::vector<std::string> positionals(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* option : command.get_options([](const CLI::Option* o) { return o->get_positional(); }))
    names.push_back(option->get_name(true));
  return names;
}

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

/// An option that is not there; "" where all are.
std::string unknown_option(const CLI::App& command, const std::vector<std::string>& words) {
  const auto known = option_names(command);
  for (const auto& word : words) {
    if (word == "--") break;
    const auto name = word.substr(0, word.find('='));
    if (is_option(name) && name != "-h" && std::find(known.begin(), known.end(), name) == known.end())
      return fmt::format("there is no option {}; is {} meant?", name, nearest(name, known));
  }
  return "";
}

/// Whether the word before is an option that takes a value.
bool is_value(const CLI::App& command, const std::vector<std::string>& words, std::size_t i) {
  if (i == 0 || !is_option(words[i - 1]) || words[i - 1].find('=') != std::string::npos) return false;
  for (const CLI::App* at = &command; at != nullptr; at = at->get_parent())
    if (const auto* option = at->get_option_no_throw(words[i - 1])) return option->get_type_size_max() > 0;
  return false;
}

/// What stands before the command.
std::vector<std::string> leading_options(const std::vector<std::string>& words) {
  return {words.begin(), std::find_if_not(words.begin(), words.end(), is_option)};
}

}  // namespace

std::string full_name(const CLI::App& command) {
  const auto* above = command.get_parent();
  if (above == nullptr) return command.get_name();
  std::string name = full_name(*above);
  for (const auto& positional : positionals(*above)) name += " " + positional;
  return name + " " + command.get_name();
}

CLI::App* find_command(CLI::App& app, const std::vector<std::string>& words, std::string& wrong) {
  CLI::App* at = &app;
  std::size_t arguments = 0;  // that may still come before the next name
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_option(words[i]) || is_value(*at, words, i)) continue;
    const auto names = command_names(*at);
    if (names.empty()) break;  // what follows are its arguments
    if (std::find(names.begin(), names.end(), words[i]) == names.end()) {
      if (arguments > 0) {
        --arguments;
        continue;
      }
      wrong = fmt::format("there is no command {0} {1}; is {0} {2} meant?", full_name(*at), words[i],
                          nearest(words[i], names));
      return nullptr;
    }
    at = at->get_subcommand(words[i]);
    arguments = positionals(*at).size();
  }
  return at;
}

std::string explain(CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words) {
  if (auto unknown = unknown_option(app, leading_options(words)); !unknown.empty()) return unknown;
  std::string wrong;
  const CLI::App* command = find_command(app, words, wrong);
  if (command == nullptr) return wrong;
  if (auto unknown = unknown_option(*command, words); !unknown.empty()) return unknown;
  if (const auto names = command_names(*command); !names.empty())
    return fmt::format("{} wants a command: {}", full_name(*command), fmt::join(names, ", "));
  return fmt::format("{}: {}", full_name(*command), error.what());
}

}  // namespace posthorn::program
