// Logs: one line an event to stderr, `key=value` or JSON, with the session's or message's id so that one grep follows
// a message. Never a password, never a body.
//
//   log::Line(log::info, "smtp", "mail.accepted").with("session", id).with("size", n);
//
// Threads: any; each line is one write(2).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace posthorn {
inline namespace base {
namespace log {

enum Level { debug, info, warning, error };
enum class Format { text, json };

/// For all lines after this call. Called once at the start and by `config reload`.
void configure(Level lowest, Format format);
bool is_on(Level level);
/// Lines go to `fd` instead of stderr; for tests. -1 drops them.
void redirect(int fd);

/// Gathers one event and writes it when destroyed.
class Line {
 public:
  /// `area` is the folder's name, `event` a dotted noun.verb; both are literals without spaces.
  Line(Level level, std::string_view area, std::string_view event);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Line& with(std::string_view key, std::string_view value);
  Line& with(std::string_view key, const char* value) { return with(key, std::string_view(value)); }
  Line& with(std::string_view key, const std::string& value) { return with(key, std::string_view(value)); }
  Line& with(std::string_view key, std::integral auto value) { return number(key, static_cast<std::int64_t>(value)); }

 private:
  Line& number(std::string_view key, std::int64_t value);
  void key(std::string_view key);

  bool on_;
  Format format_;
  std::string out_;
};

}  // namespace log
}  // namespace base
}  // namespace posthorn
