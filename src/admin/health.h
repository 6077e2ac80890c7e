// What is well and what is not, said plainly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/figures.h"

namespace posthorn::admin {

struct Finding {
  enum class State { good, warning, failed };
  std::string_view what;  ///< "store", "disk", ...
  State state = State::good;
  std::string text;
};

/// "ok", "warning", "failed"
std::string_view name_of(Finding::State state);

/// In the same order always.
std::vector<Finding> examine(const Figures& figures);
/// Whether the server does what it is there for: nothing has failed.
bool is_ready(const std::vector<Finding>& findings);
/// A line that says so, then one for each finding.
std::string health_page(const std::vector<Finding>& findings);

}  // namespace posthorn::admin
