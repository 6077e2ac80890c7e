#include "script/pattern.h"

#include <regex>
#include <vector>

#include "base/text.h"
#include "codec/base64.h"
#include "sasl/scram.h"

namespace posthorn::script {
namespace {

bool is_name_char(char c) { return is_lower(c) || is_digit(c) || c == '_'; }

// The escape at `at`, if there is one, as its byte; moves `at` behind it.
bool take_escape(const std::string& text, std::size_t& at, char* byte) {
  if (text[at] != '\\' || at + 1 >= text.size()) return false;
  constexpr std::string_view kLetters = "0rnt\\", kBytes("\0\r\n\t\\", 5);
  const auto known = kLetters.find(text[at + 1]);
  if (known != std::string_view::npos) {
    *byte = kBytes[known];
    at += 2;
    return true;
  }
  if (text[at + 1] != 'x' || at + 3 >= text.size()) return false;
  const int high = hex_value(text[at + 2]), low = hex_value(text[at + 3]);
  if (high < 0 || low < 0) return false;
  *byte = static_cast<char>(high << 4 | low);
  at += 4;
  return true;
}

// The name behind a '$' at `at`, "" if none begins there; moves `at` behind it.
std::string take_name(const std::string& text, std::size_t& at) {
  if (text[at] != '$' || at + 1 >= text.size() || !is_lower(text[at + 1])) return "";
  const std::size_t start = ++at;
  while (at < text.size() && is_name_char(text[at])) ++at;
  return text.substr(start, at - start);
}

bool take_dollars(const std::string& text, std::size_t& at) {
  if (text.compare(at, 2, "$$") != 0) return false;
  at += 2;
  return true;
}

// `PASSWORD NONCE SERVER-FIRST`: the client-final-message of alice, who has said `n=alice,r=NONCE`.
Result<std::string> scram(const std::string& function, const std::string& arguments) {
  const auto parts = split(arguments, ' ');
  const auto server_first = parts.size() == 3 ? codec::base64_decode(parts[2]) : fail(Code::syntax, "three words");
  const bool is_sha1 = function == "scram-sha-1";
  if (!server_first || (!is_sha1 && function != "scram-sha-256" && function != "scram-bound-to-another"))
    return fail(Code::syntax, "not understood: " + function + " " + arguments);
  sasl::ScramBinding binding;
  if (function == "scram-bound-to-another")
    binding = {sasl::Gs2Header::Flag::bound, "tls-exporter", "the data of another channel"};
  sasl::ScramClient client(is_sha1 ? codec::Hash::sha1 : codec::Hash::sha256, {"", "alice", std::string(parts[0])},
                           binding, std::string(parts[1]));
  if (const auto first = client.step(""); !first) return first;
  const auto final = client.step(*server_first);
  return final ? codec::base64_encode(*final) : final;
}

Result<std::string> call(const std::string& inside, const Names& names) {
  const auto space = inside.find(' ');
  const std::string function = inside.substr(0, space);
  std::string rest = space == std::string::npos ? "" : inside.substr(space + 1);
  std::size_t times = 1;
  if (function == "repeat") {
    const auto count_end = rest.find(' ');
    times = parse_decimal<std::size_t>(rest.substr(0, count_end)).value_or(0);
    rest = count_end == std::string::npos ? "" : rest.substr(count_end + 1);
  } else if (function.starts_with("scram")) {
    const auto argument = expand(rest, names);
    return argument ? scram(function, *argument) : argument;
  } else if (function != "base64") {
    return fail(Code::syntax, "no such function: " + function);
  }
  const auto argument = expand(rest, names);
  if (!argument) return argument;
  if (function == "base64") return codec::base64_encode(*argument);
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += *argument;
  return out;
}

void append_literal(std::string& regex, const std::string& bytes) {
  for (const char c : bytes) {
    if (std::string_view("^$\\.*+?()[]{}|/").find(c) != std::string_view::npos) regex += '\\';
    if (c == '\0')
      regex += "\\x00";
    else
      regex += c;
  }
}

// What a pattern means as a regular expression, and which name each of its groups binds.
struct Compiled {
  std::string regex;
  std::vector<std::string> binds;
};

void compile_name(const std::string& name, const Names& names, Compiled* out) {
  if (const auto bound = names.find(name); bound != names.end()) return append_literal(out->regex, bound->second);
  for (std::size_t i = 0; i < out->binds.size(); ++i)
    if (out->binds[i] == name) {
      out->regex += '\\' + std::to_string(i + 1);
      return;
    }
  out->binds.push_back(name);
  out->regex += "([^ ()\\[\\]<>\r\n]+)";
}

Compiled compile(const std::string& pattern, const Names& names) {
  Compiled out;
  for (std::size_t at = 0; at < pattern.size();) {
    char byte = 0;
    if (const auto close = pattern.find("/}", at); pattern.compare(at, 2, "{/") == 0 && close != std::string::npos) {
      out.regex += "(?:" + pattern.substr(at + 2, close - at - 2) + ")";
      at = close + 2;
    } else if (pattern.compare(at, 3, "...") == 0) {
      out.regex += "[\\s\\S]*";
      at += 3;
    } else if (take_dollars(pattern, at)) {
      append_literal(out.regex, "$");
    } else if (const std::string name = take_name(pattern, at); !name.empty()) {
      compile_name(name, names, &out);
    } else if (take_escape(pattern, at, &byte)) {
      append_literal(out.regex, std::string(1, byte));
    } else {
      append_literal(out.regex, std::string(1, pattern[at++]));
    }
  }
  return out;
}

}  // namespace

Result<std::string> expand(const std::string& text, const Names& names) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    char byte = 0;
    if (const auto close = text.find('}', at); text.compare(at, 2, "${") == 0 && close != std::string::npos) {
      const auto value = call(text.substr(at + 2, close - at - 2), names);
      if (!value) return value;
      out += *value;
      at = close + 1;
    } else if (take_dollars(text, at)) {
      out += '$';
    } else if (const std::string name = take_name(text, at); !name.empty()) {
      const auto bound = names.find(name);
      if (bound == names.end()) return fail(Code::syntax, "not bound: $" + name);
      out += bound->second;
    } else if (take_escape(text, at, &byte)) {
      out += byte;
    } else {
      out += text[at++];
    }
  }
  return out;
}

bool matches(const std::string& pattern, const std::string& line, Names* names) {
  const Compiled compiled = compile(pattern, *names);
  std::smatch found;
  if (!std::regex_match(line, found, std::regex(compiled.regex))) return false;
  for (std::size_t i = 0; i < compiled.binds.size(); ++i) (*names)[compiled.binds[i]] = found[i + 1];
  return true;
}

}  // namespace posthorn::script
