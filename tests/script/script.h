// A `.t` transcript, read from text. The language is described in tests/script/README.md.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace posthorn::script {

struct Step {
  enum class Kind {
    send,        ///< C:
    send_raw,    ///< C-raw:
    connect,     ///< C-connect:
    start_tls,   ///< C-tls:
    half_close,  ///< C-end:
    close,       ///< C-close:
    expect,      ///< S:
    expect_raw,  ///< S-raw:
    skip_until,  ///< S-until:
    expect_end,  ///< S-end:
    silence,     ///< S-silent:
    advance,     ///< advance:
    perform,     ///< do:
  };
  Kind kind;
  int connection = 1;
  std::string text;
  int line = 0;
};

struct Script {
  std::string name;
  std::map<std::string, std::string> header;
  std::vector<Step> steps;

  /// Code::syntax with "NAME:LINE: ..." for what does not follow the language.
  static Result<Script> parse(std::string name, const std::string& text);
  static Result<Script> load(const std::string& path);

  /// A header's value or `otherwise`.
  std::string option(const std::string& key, const std::string& otherwise) const;
};

/// "90s", "5m", "2h", "1d", "20ms".
Result<Duration> parse_duration(const std::string& text);
/// "2026-01-01T00:00:00Z"
Result<WallTime> parse_time(const std::string& text);

}  // namespace posthorn::script
