// What a command is told: a JSON object from the command line, or from whoever may connect to the control socket.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthorn::program {

/// A text; absent ones, and what is no text, are "".
inline std::string text(const boost::json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

inline std::optional<std::int64_t> number(const boost::json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value != nullptr && value->is_int64() ? std::optional(value->as_int64()) : std::nullopt;
}

inline std::optional<bool> truth(const boost::json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value != nullptr && value->is_bool() ? std::optional(value->as_bool()) : std::nullopt;
}

/// The texts of a list.
inline std::vector<std::string> texts(const boost::json::object& arguments, std::string_view name) {
  std::vector<std::string> all;
  const auto* value = arguments.if_contains(name);
  if (value == nullptr || !value->is_array()) return all;
  for (const auto& item : value->as_array())
    if (item.is_string()) all.emplace_back(item.as_string());
  return all;
}

/// What a command answers that has nothing to tell.
inline boost::json::value done() { return boost::json::object{}; }

}  // namespace posthorn::program
