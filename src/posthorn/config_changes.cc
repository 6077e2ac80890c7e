// What differs between two configurations, and what of it a running server takes.
#include <algorithm>
#include <set>

#include "posthorn/config.h"

namespace posthorn::program {

std::vector<std::string> changed_keys(const Config& from, const Config& to) {
  std::set<std::string> keys;
  const auto add_missing = [&keys](const Config& a, const Config& b) {
    for (const auto& [key, text] : a.values)
      if (const auto it = b.values.find(key); it == b.values.end() || it->second != text) keys.insert(key);
  };
  add_missing(from, to);
  add_missing(to, from);
  return {keys.begin(), keys.end()};
}

bool is_live(std::string_view key) {
  constexpr std::string_view kLive[] = {"tls.certificate",
                                        "tls.key",
                                        "tls.client_ca",
                                        "log.level",
                                        "log.format",
                                        "limits.message_size",
                                        "limits.recipients",
                                        "limits.smtp_messages_per_connection",
                                        "limits.smtp_errors",
                                        "limits.smtp_timeout",
                                        "limits.pop3_login_delay",
                                        "limits.smtp_bytes_per_second",
                                        "submission.channel_binding",
                                        "submission.repair_line_ends"};
  return std::ranges::find(kLive, key) != std::end(kLive);
}

Config with_live_keys(Config running, const Config& wanted) {
  running.certificate = wanted.certificate;
  running.key = wanted.key;
  running.client_ca = wanted.client_ca;
  running.log_level = wanted.log_level;
  running.log_format = wanted.log_format;
  running.message_size = wanted.message_size;
  running.pop3_login_delay = wanted.pop3_login_delay;
  running.repair_line_ends = wanted.repair_line_ends;
  running.submission_channel_binding = wanted.submission_channel_binding;
  const auto before = running.smtp;
  running.smtp = wanted.smtp;
  running.smtp.connections = before.connections;
  running.smtp.messages_a_minute = before.messages_a_minute;
  return running;
}

}  // namespace posthorn::program
