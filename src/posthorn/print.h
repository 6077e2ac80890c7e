// Answers of commands, for people or as JSON.
#pragma once

#include <boost/json.hpp>
#include <string_view>

namespace posthorn::program {

/// Prints to standard output; answers the exit status: 1 for a store check that found something.
int print_answer(std::string_view command, const boost::json::value& answer, bool as_json);

}  // namespace posthorn::program
