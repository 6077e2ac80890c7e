// `posthorn demo`: a whole installation in a folder, then the same server as `posthorn serve`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "posthorn/world.h"

namespace posthorn::program {

/// With it the largest of the standard ports, ManageSieve's 4190, is 65535.
inline constexpr int kLargestPortOffset = 65535 - 4190;

struct DemoOptions {
  std::filesystem::path folder = "posthorn-demo";
  int port_offset = 20000;  ///< 0 to kLargestPortOffset
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

/// Makes those accounts ("ADDRESS:PASSWORD") that are not there, and their domains; with the cheapest hash.
Result<void> make_demo_accounts(World& world, const std::vector<std::string>& texts);

/// A demo's posthorn.toml with its ports at the offset given: the section [listen] is made anew, so that it also knows
/// what an older program did not; all else stays as its owner left it. `before` empty: a new file.
std::string demo_config(std::string before, int port_offset);

}  // namespace posthorn::program
