// The text of C: and S: lines: escapes, names that are bound and used, wildcards.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace posthorn::script {

/// Names bound by S: lines so far.
using Names = std::map<std::string, std::string>;

/// The bytes that a C: line sends: escapes, $name, ${base64 TEXT} and ${repeat N TEXT} are replaced.
/// Code::syntax for a name that is not bound.
Result<std::string> expand(const std::string& text, const Names& names);

/// Whether `line` is what an S: line describes; binds names that are new, if it is.
bool matches(const std::string& pattern, const std::string& line, Names* names);

}  // namespace posthorn::script
