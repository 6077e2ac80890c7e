// `posthorn demo`: a whole installation in a folder, then the same server as `posthorn serve`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace posthorn::program {

struct DemoOptions {
  std::filesystem::path folder = "posthorn-demo";
  std::uint16_t port_offset = 20000;
  std::vector<std::string> accounts{"alice@demo.test:alice", "bob@demo.test:bob"};
  bool fresh = false;  ///< begin anew
};

/// Makes what is missing and serves. Answers the exit status.
int run_demo(const DemoOptions& options);

/// "u{1..3}@x.test:pw" -> three addresses and their password; without a range one. Errors: syntax.
struct DemoAccounts {
  std::vector<std::string> addresses;
  std::string password;
};
Result<DemoAccounts> parse_demo_account(std::string_view text);

}  // namespace posthorn::program
