// The pages for operators and their programs:
//
//   /metrics       for Prometheus
//   /health/live   200 as long as the server answers at all: else restart it
//   /health/ready  200 while it does what it is there for, 503 where not, and what is wrong
#pragma once

#include "admin/observer.h"
#include "http/server.h"

namespace posthorn::admin {

/// `observer` outlives the answer.
http::Answer pages(Observer* observer);

}  // namespace posthorn::admin
