#include "script/script.h"

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <regex>

#include "base/text.h"

namespace posthorn::script {
namespace {

const std::map<std::string, Step::Kind> kVerbs = {
    {"C", Step::Kind::send},           {"C-raw", Step::Kind::send_raw},   {"C-connect", Step::Kind::connect},
    {"C-tls", Step::Kind::start_tls},  {"C-end", Step::Kind::half_close}, {"C-close", Step::Kind::close},
    {"S", Step::Kind::expect},         {"S-raw", Step::Kind::expect_raw}, {"S-until", Step::Kind::skip_until},
    {"S-end", Step::Kind::expect_end}, {"S-silent", Step::Kind::silence}, {"advance", Step::Kind::advance},
    {"do", Step::Kind::perform},
};

}  // namespace

Result<Script> Script::parse(std::string name, const std::string& text) {
  static const std::regex kLine("([A-Za-z]+)([0-9]*)(-[a-z]+)?:(?: (.*))?");
  Script script{std::move(name), {}, {}};
  int number = 0;
  for (const auto line_view : split(text, '\n')) {
    const std::string line(line_view);
    ++number;
    if (trim(line).empty() || line.front() == '#') continue;
    std::smatch parts;
    const bool is_line = std::regex_match(line, parts, kLine);
    const auto verb = is_line ? kVerbs.find(parts[1].str() + parts[3].str()) : kVerbs.end();
    if (verb != kVerbs.end()) {
      const int connection = parts[2].length() > 0 ? std::stoi(parts[2]) : 1;
      script.steps.push_back({verb->second, connection, parts[4], number});
    } else if (is_line && script.steps.empty() && is_lower(line.front())) {
      script.header[parts[1]] = parts[4];
    } else {
      return fail(Code::syntax, fmt::format("{}:{}: not understood: {}", script.name, number, line));
    }
  }
  if (script.steps.empty()) return fail(Code::syntax, script.name + ": no steps");
  return script;
}

Result<Script> Script::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::not_found, path + ": cannot be read");
  return parse(path, std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()));
}

std::string Script::option(const std::string& key, const std::string& otherwise) const {
  const auto found = header.find(key);
  return found == header.end() ? otherwise : found->second;
}

Result<Duration> parse_duration(const std::string& text) {
  const auto unit_at = text.find_first_not_of("0123456789");
  const auto count = parse_decimal<std::int64_t>(text.substr(0, unit_at));
  const std::string unit = unit_at == std::string::npos ? "" : text.substr(unit_at);
  const std::map<std::string, Duration> units = {{"ms", std::chrono::milliseconds(1)},
                                                 {"s", std::chrono::seconds(1)},
                                                 {"m", std::chrono::minutes(1)},
                                                 {"h", std::chrono::hours(1)},
                                                 {"d", std::chrono::days(1)}};
  if (!count || !units.contains(unit)) return fail(Code::syntax, "not a duration: " + text);
  return *count * units.at(unit);
}

Result<WallTime> parse_time(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return fail(Code::syntax, "not a time: " + text);
  return from_seconds(timegm(&parts));
}

}  // namespace posthorn::script
