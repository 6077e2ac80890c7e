// What a client says of itself by ID (RFC 2971 3.3).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

/// NIL, or "(" string SP nstring ... ")".
struct ClientId {
  static constexpr std::size_t kMaxFields = 30;

  std::vector<std::pair<std::string, std::optional<std::string>>> fields;

  static ClientId parse(Lexer& in);
  void print(std::string& out) const;
  friend bool operator==(const ClientId&, const ClientId&) = default;
};

}  // namespace posthorn::imap
