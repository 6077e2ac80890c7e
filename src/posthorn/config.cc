#include "posthorn/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>

#include "posthorn/file_content.h"
#include "posthorn/nearest.h"

namespace posthorn::program {
namespace {

namespace fs = std::filesystem;

/// Reads values into a Config; keeps the first error, which names the place.
class Reader {
 public:
  Reader(fs::path file, Config& config) : file_(std::move(file)), config_(config) {}

  Result<void> read(const toml::table& root);

 private:
  /// How the value of a key is taken; answers "" or what is wrong with it.
  using Take = std::function<std::string(const toml::node&)>;

  std::map<std::string, Take> keys();
  Take text(std::string& into);
  Take path(fs::path& into);
  Take flag(bool& into);
  template <class T>
  Take number(T& into, std::int64_t least);
  Take addresses(std::vector<net::Endpoint>& into);
  Take word(std::function<bool(const std::string&)> accept, std::string words);

  std::string where(const toml::node& node, const std::string& key) const {
    return fmt::format("{}:{}: {}", file_.string(), node.source().begin.line, key);
  }

  const fs::path file_;
  Config& config_;
};

Reader::Take Reader::text(std::string& into) {
  return [&into](const toml::node& node) -> std::string {
    const auto value = node.value<std::string>();
    if (!node.is_string() || value->empty()) return "a text is expected";
    into = *value;
    return "";
  };
}

Reader::Take Reader::path(fs::path& into) {
  return [this, &into](const toml::node& node) -> std::string {
    if (!node.is_string()) return "a path is expected";
    into = fs::absolute(file_).parent_path() / *node.value<std::string>();
    return "";
  };
}

Reader::Take Reader::flag(bool& into) {
  return [&into](const toml::node& node) -> std::string {
    if (!node.is_boolean()) return "true or false is expected";
    into = *node.value<bool>();
    return "";
  };
}

template <class T>
Reader::Take Reader::number(T& into, std::int64_t least) {
  return [&into, least](const toml::node& node) -> std::string {
    const auto value = node.value<std::int64_t>();
    if (!node.is_integer() || *value < least) return fmt::format("a number of at least {} is expected", least);
    into = static_cast<T>(*value);
    return "";
  };
}

Reader::Take Reader::addresses(std::vector<net::Endpoint>& into) {
  return [&into](const toml::node& node) -> std::string {
    constexpr auto kExpected = R"(a list of addresses such as ["0.0.0.0:25", "[::]:25"] is expected)";
    const auto* list = node.as_array();
    if (list == nullptr) return kExpected;
    for (const auto& item : *list) {
      const auto endpoint = net::Endpoint::parse(item.value_or(""));
      if (!endpoint) return kExpected;
      into.push_back(*endpoint);
    }
    return "";
  };
}

Reader::Take Reader::word(std::function<bool(const std::string&)> accept, std::string words) {
  return [accept = std::move(accept), words = std::move(words)](const toml::node& node) -> std::string {
    return accept(node.value_or("")) ? "" : "one of " + words + " is expected";
  };
}

std::map<std::string, Reader::Take> Reader::keys() {
  auto& c = config_;
  const auto level = [&c](const std::string& name) {
    const std::vector<std::string> names{"debug", "info", "warning", "error"};
    const auto it = std::find(names.begin(), names.end(), name);
    if (it != names.end()) c.log_level = static_cast<base::log::Level>(it - names.begin());
    return it != names.end();
  };
  const auto format = [&c](const std::string& name) {
    c.log_format = name == "json" ? base::log::Format::json : base::log::Format::text;
    return name == "json" || name == "text";
  };
  return {
      {"hostname", text(c.hostname)},
      {"postmaster", text(c.postmaster)},
      {"data", path(c.data)},
      {"listen.smtp", addresses(c.listen.smtp)},
      {"listen.submission", addresses(c.listen.submission)},
      {"listen.submissions", addresses(c.listen.submissions)},
      {"listen.imap", addresses(c.listen.imap)},
      {"listen.imaps", addresses(c.listen.imaps)},
      {"tls.certificate", path(c.certificate)},
      {"tls.key", path(c.key)},
      {"auth.clear_passwords", flag(c.clear_passwords)},
      {"limits.message_size", number(c.message_size, 1024)},
      {"limits.connections", number(c.connections, 1)},
      {"limits.disk_reserve", number(c.reserve_bytes, 0)},
      {"log.level", word(level, "debug, info, warning, error")},
      {"log.format", word(format, "text, json")},
  };
}

/// "a.b" -> value, for every leaf.
void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, const toml::node*>& out) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table())
      flatten(*inner, name + ".", out);
    else
      out[name] = &node;
  }
}

Result<void> Reader::read(const toml::table& root) {
  const auto known = keys();
  std::map<std::string, const toml::node*> leaves;
  flatten(root, "", leaves);
  for (const auto& [key, node] : leaves) {
    const auto it = known.find(key);
    if (it == known.end()) {
      std::vector<std::string> names;
      names.reserve(known.size());
      for (const auto& [name, take] : known) names.push_back(name);
      return fail(Code::invalid, where(*node, key) + ": there is no such key; is " + nearest(key, names) + " meant?");
    }
    if (const auto wrong = it->second(*node); !wrong.empty())
      return fail(Code::invalid, where(*node, key) + ": " + wrong);
  }
  return {};
}

bool all_loopback(const ListenConfig& listen) {
  for (const auto* list : {&listen.smtp, &listen.submission, &listen.submissions, &listen.imap, &listen.imaps})
    for (const auto& endpoint : *list)
      if (!endpoint.ip.is_loopback()) return false;
  return true;
}

Result<void> check_whole(const fs::path& file, const Config& c) {
  const auto wrong = [&](std::string_view what) {
    return fail(Code::invalid, file.string() + ": " + std::string(what));
  };
  if (c.hostname.empty()) return wrong("the key hostname is missing: the name by which other servers know this one");
  if (c.data.empty()) return wrong("the key data is missing: the folder in which mail is kept");
  if (c.certificate.empty() != c.key.empty()) return wrong("tls.certificate and tls.key belong together");
  if (c.certificate.empty() && !(c.listen.imaps.empty() && c.listen.submissions.empty()))
    return wrong("listen.imaps and listen.submissions need tls.certificate and tls.key");
  if (c.clear_passwords && !all_loopback(c.listen))
    return wrong("auth.clear_passwords is for servers that listen on 127.0.0.1 and [::1] only");
  return {};
}

}  // namespace

std::vector<std::string> keys_that_wait_for_a_restart(const Config& running, const Config& wanted) {
  std::vector<std::string> keys;
  const auto compare = [&](const char* key, auto member) {
    if (running.*member != wanted.*member) keys.emplace_back(key);
  };
  compare("hostname", &Config::hostname);
  compare("postmaster", &Config::postmaster);
  compare("data", &Config::data);
  compare("listen", &Config::listen);
  compare("auth.clear_passwords", &Config::clear_passwords);
  compare("limits.message_size", &Config::message_size);
  compare("limits.connections", &Config::connections);
  compare("limits.disk_reserve", &Config::reserve_bytes);
  return keys;
}

Result<Config> read_config(const fs::path& file) {
  if (!std::ifstream(file) || !fs::is_regular_file(file))
    return fail(Code::not_found, "there is no configuration file " + file.string());
  Config config;
  config.file = fs::absolute(file);
  try {
    const auto root = toml::parse(content_of(file), file.string());
    if (auto done = Reader(file, config).read(root); !done) return fail(done);
  } catch (const toml::parse_error& error) {
    return fail(Code::invalid, fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }
  if (auto done = check_whole(file, config); !done) return fail(done);
  return config;
}

}  // namespace posthorn::program
