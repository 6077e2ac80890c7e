#include "posthorn/toml.h"

#include <fmt/format.h>

namespace posthorn::program {

Result<toml::table> parse_toml(const std::string& text, const std::string& file) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return fail(Code::invalid, fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
  } catch (const BrokenAssertion&) {
    // It does not say where: there, where what comes before does not break it.
    std::size_t line = 1;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', end + 1), ++line) {
      try {
        (void)toml::parse(text.substr(0, end), file);
      } catch (const toml::parse_error&) {
      } catch (const BrokenAssertion&) {
        break;
      }
    }
    return fail(Code::invalid, fmt::format("{}:{}: a name is expected", file, line));
  }
}

}  // namespace posthorn::program
