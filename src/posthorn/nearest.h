// The word that was probably meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace posthorn::program {

/// The one of `known`, which is not empty, that takes the fewest changes of single letters to reach.
const std::string& nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace posthorn::program
