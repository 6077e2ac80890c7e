// The characters of atoms, which addresses and header fields have in common.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace posthorn::abnf {

/// RFC 5322 3.2.3, ASCII alone.
inline bool is_atext(char c) {
  return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// RFC 5321 4.1.2, Dot-string: atoms between single dots.
inline bool is_dot_string(std::string_view s) {
  return std::ranges::all_of(
      split(s, '.'), [](std::string_view atom) { return !atom.empty() && std::ranges::all_of(atom, is_atext); });
}

}  // namespace posthorn::abnf
