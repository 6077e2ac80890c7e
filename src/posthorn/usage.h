// What a command line that is not understood is answered with: one line that names what is wrong and what was meant.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace posthorn::program {

/// "posthorn account add", "posthorn import ADDRESS mbox".
std::string full_name(const CLI::App& command);

/// The command that the words begin with, such as {"account", "add"}; words that begin with '-', and those that stand
/// before a subcommand's name, are passed over. Null where they name none: `wrong` then says so.
CLI::App* find_command(CLI::App& app, const std::vector<std::string>& words, std::string& wrong);

/// `error` in plain words, for a command line of these words.
std::string explain(CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& words);

}  // namespace posthorn::program
