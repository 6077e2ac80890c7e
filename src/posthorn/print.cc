#include "posthorn/print.h"

#include <fmt/format.h>

#include <iostream>
#include <vector>

namespace posthorn::program {
namespace {

namespace json = boost::json;

std::string cell(const json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

void print_row(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) std::cout << fmt::format("{:<{}}  ", cells[i], widths[i]);
  std::cout << cells.back() << "\n";
}

/// A list of objects with the same keys, as a table.
void print_table(const json::array& rows) {
  if (rows.empty()) return;
  std::vector<std::string> heads;
  for (const auto& [key, value] : rows.front().as_object()) heads.emplace_back(key);
  std::vector<std::size_t> widths;
  for (const auto& head : heads) {
    std::size_t width = head.size();
    for (const auto& row : rows) width = std::max(width, cell(row.as_object().at(head)).size());
    widths.push_back(width);
  }
  print_row(heads, widths);
  for (const auto& row : rows) {
    std::vector<std::string> cells;
    cells.reserve(heads.size());
    for (const auto& head : heads) cells.push_back(cell(row.as_object().at(head)));
    print_row(cells, widths);
  }
}

void print_object(const json::object& object) {
  for (const auto& [key, value] : object) {
    const bool is_list = value.is_array() && !value.as_array().empty();
    if (!is_list) {
      std::cout << fmt::format("{}: {}\n", std::string_view(key), value.is_array() ? "none" : cell(value));
      continue;
    }
    std::cout << std::string_view(key) << ":\n";
    if (value.as_array().front().is_object())
      print_table(value.as_array());
    else
      for (const auto& item : value.as_array()) std::cout << "  " << cell(item) << "\n";
  }
}

}  // namespace

int print_answer(std::string_view command, const json::value& answer, bool as_json) {
  if (as_json)
    std::cout << json::serialize(answer) << "\n";
  else if (answer.is_array())
    print_table(answer.as_array());
  else if (answer.is_object())
    print_object(answer.as_object());
  if (command == "status") return answer.as_object().at("ready").as_bool() ? 0 : 1;
  return command == "store check" && !answer.as_object().at("wrong").as_array().empty() ? 1 : 0;
}

}  // namespace posthorn::program
