// What `posthorn status` answers.
#pragma once

#include <boost/json.hpp>

#include "admin/figures.h"

namespace posthorn::program {

/// {"ready", "version", "checks": [...], figures..., "listeners": [...]}
boost::json::object status_of(const admin::Figures& figures);

}  // namespace posthorn::program
