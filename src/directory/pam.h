// The accounts of the operating system as Outside: `name@domain` is the user `name`, passwords are checked by PAM.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "directory/outside.h"

namespace posthorn::directory {

struct PamConfig {
  std::string domain;
  std::string service = "posthorn";  ///< a file in /etc/pam.d
  std::uint32_t least_uid = 1000;    ///< root and the system's users have no mailboxes

  friend bool operator==(const PamConfig&, const PamConfig&) = default;
};

std::unique_ptr<Outside> make_pam(const PamConfig& config);

/// What POSIX calls a portable user name, and of one that useradd(8) makes: [a-z_][a-z0-9_.-]*, at most 32 characters.
bool is_user_name(std::string_view name);

}  // namespace posthorn::directory
