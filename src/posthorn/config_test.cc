#include "posthorn/config.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/random.h"
#include "posthorn/demo.h"

using namespace posthorn;
using namespace posthorn::program;

namespace {

/// A configuration file that is gone after the test.
struct File {
  explicit File(const std::string& content)
      : path(std::filesystem::temp_directory_path() / ("posthorn-" + random_name(8) + ".toml")) {
    std::ofstream(path) << content;
  }
  ~File() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

std::string error_of(const std::string& content) {
  const File file(content);
  const auto config = read_config(file.path);
  if (config) return "";
  const auto name = file.path.string();
  auto text = config.error().text;
  return text.starts_with(name) ? text.substr(name.size()) : text;
}

const std::string kLeast = "hostname = \"mx.example.org\"\ndata = \"store\"\n";

}  // namespace

TEST_CASE("config: the least that is needed, paths relative to the file") {
  const File file(kLeast + "[listen]\nsmtp = [\"127.0.0.1:25\", \"[::1]:25\"]\n[log]\nformat = \"json\"\n");
  const auto config = read_config(file.path);
  REQUIRE(config);
  CHECK(config->hostname == "mx.example.org");
  CHECK(config->data == file.path.parent_path() / "store");
  CHECK(config->listen.smtp.size() == 2);
  CHECK(config->listen.smtp[1].text() == "[::1]:25");
  CHECK(config->listen.imap.empty());
  CHECK(config->log_format == base::log::Format::json);
}

TEST_CASE("config: errors name line, key, and the nearest known key") {
  const struct {
    std::string content, error;
  } cases[] = {
      {kLeast + "hostnme = \"x\"\n", ":3: hostnme: there is no such key; is hostname meant?"},
      {kLeast + "[listen]\nsmpt = []\n", ":4: listen.smpt: there is no such key; is listen.smtp meant?"},
      {kLeast + "[listen]\nsmtp = [\"nowhere\"]\n",
       ":4: listen.smtp: a list of addresses such as [\"0.0.0.0:25\", \"[::]:25\"] is expected"},
      {kLeast + "[limits]\nmessage_size = \"big\"\n", ":4: limits.message_size: a number of at least 1024 is expected"},
      {kLeast + "[limits]\nmessage_size = 5000000000\n",
       ":4: limits.message_size: a number of at most 2147483648 is expected"},
      {kLeast + "[limit]\n", ":3: limit: there is no such key; is limits meant?"},
      {kLeast + "[=]\n", ":3: a name is expected"},
      {kLeast + "listen = 1\u0184\n", ":3: Error while parsing decimal integer: expected digit, saw '\u0184'"},
      {kLeast + "listen = \u00e9\n", ":3: Error while parsing value: could not determine value type"},
      {kLeast + "[limits]\nmemory = 1000\n", ":4: limits.memory: a number of at least 67108864, or 0, is expected"},
      {"listen = 5\n" + kLeast, ":1: listen: a section is expected, [listen]"},
      {kLeast + "[limits]\n", ""},
      {"hostname = \"mx example\"\n", ":1: hostname: a host name such as mail.example.org is expected"},
      {"hostname = \"mx.example.org\\r\\nX: y\"\n", ":1: hostname: a host name such as mail.example.org is expected"},
      {kLeast + "postmaster = \"ann\"\n", ":3: postmaster: an address such as ann@example.org is expected"},
      {kLeast + "[log]\nlevel = \"loud\"\n", ":4: log.level: one of debug, info, warning, error is expected"},
      {"data = \"store\"\n", ": the key hostname is missing: the name by which other servers know this one"},
      {"hostname = \"x\"\n", ": the key data is missing: the folder in which mail is kept"},
      {kLeast + "[tls]\nkey = \"k\"\n", ": tls.certificate and tls.key belong together"},
      {kLeast + "[listen]\nimaps = [\"[::]:993\"]\n",
       ": listen.imaps, listen.pop3s and listen.submissions need tls.certificate and tls.key"},
      {kLeast + "[listen]\nlmtp = [\"127.0.0.1:25\"]\n",
       ": listen.lmtp may not use port 25, which is SMTP's (RFC 2033 5)"},
      {kLeast + "[proxy]\nlisteners = [\"smpt\"]\n",
       ":4: proxy.listeners: a list of keys of [listen] such as [\"smtp\"] is expected"},
      {kLeast + "[proxy]\ntrusted = [\"10.0.0.0/33\"]\n",
       ":4: proxy.trusted: a list of networks such as [\"10.0.0.0/8\"] is expected"},
      {kLeast + "[proxy]\nlisteners = [\"smtp\"]\n", ": proxy.listeners and proxy.trusted belong together"},
      {kLeast + "[proxy]\nlisteners = [\"smtp\"]\ntrusted = [\"10.0.0.0/8\", \"::1\"]\n", ""},
      {kLeast + "[limits]\nrecipients = 99\n", ":4: limits.recipients: a number of at least 100 is expected"},
      {kLeast + "[submission]\nrepair_line_ends = 1\n", ":4: submission.repair_line_ends: true or false is expected"},
      {kLeast + "[auth]\nclear_passwords = true\n[listen]\nimap = [\"0.0.0.0:143\"]\n",
       ": auth.clear_passwords is for servers that listen on 127.0.0.1 and [::1] only"},
      {kLeast + "[tls]\nclient_ca = \"ca.pem\"\n", ": tls.client_ca needs tls.certificate and tls.key"},
      {kLeast + "[auth.oauth]\n", ""},
      {kLeast + "[auth.oauth]\nissuer = \"https://id.test\"\naudience = \"mail\"\n", ""},
      {kLeast + "[auth.oauth]\nintrospection_url = \"https://id.test/introspect\"\n", ""},
      {kLeast + "[auth.oauth]\nissuer = \"http://id.test\"\n", ":4: auth.oauth.issuer: an https URL is expected"},
      {kLeast + "[auth.oauth]\nissuer = \"https://id.test/\\\"\"\n", ":4: auth.oauth.issuer: an https URL is expected"},
      {kLeast + "[auth.oauth]\nissuer = \"https://id.test\"\n",
       ": auth.oauth.issuer needs auth.oauth.audience: for whom the tokens are that log in here"},
      {kLeast + "[auth.oauth]\naudience = \"mail\"\n", ": auth.oauth needs issuer or introspection_url"},
      {kLeast + "[auth.oauth]\nisuer = \"x\"\n",
       ":4: auth.oauth.isuer: there is no such key; is auth.oauth.issuer meant?"},
      {kLeast + "[auth.oauth]\nclient_secret_file = \"/nowhere/secret\"\n",
       ": auth.oauth.client_secret_file: there is no secret in /nowhere/secret"},
      {kLeast + "[auth.oauth]\nclient_secret = \"x\"\nclient_secret_file = \"/etc/hostname\"\n",
       ": auth.oauth.client_secret_file: auth.oauth.client_secret is there as well"},
      {kLeast + "[auth.oauth]\nca = \"/nowhere/ca.pem\"\n", ": auth.oauth.ca: cannot read /nowhere/ca.pem"},
  };
  for (const auto& c : cases) CHECK(error_of(c.content) == c.error);
  CHECK(error_of("hostname = \n").starts_with(":1: "));
  CHECK(read_config("/nowhere/posthorn.toml").error().code == Code::not_found);
}

TEST_CASE("config: a secret may lie in a file of its own") {
  const File secret("s3cret\n");
  const File file(kLeast + "[auth.oauth]\nissuer = \"https://id.test\"\naudience = \"mail\"\nclient_secret_file = \"" +
                  secret.path.string() + "\"\n");
  const auto config = read_config(file.path);
  REQUIRE(config);
  CHECK(config->oauth.client_secret == "s3cret");
  CHECK(config->oauth.user_claim == "email");
  CHECK(changed_keys(Config(), *config) == std::vector<std::string>{"auth.oauth.audience",
                                                                    "auth.oauth.client_secret_file",
                                                                    "auth.oauth.issuer", "data", "hostname"});
  std::ofstream(secret.path) << "other";
  CHECK(changed_keys(*config, *read_config(file.path)) == std::vector<std::string>{"auth.oauth.client_secret_file"});
}

TEST_CASE("config: what has changed is named, whatever it looks like") {
  const auto of = [](const std::string& more) {
    const File file(kLeast + more);
    auto config = read_config(file.path);
    REQUIRE(config);
    return *config;
  };
  const auto running = of("[limits]\nconnections = 20000\n[log]\nlevel = \"info\"\n");
  CHECK(changed_keys(running, of("")).empty());
  CHECK(changed_keys(running, of("[limits]\nconnections = 0x4E20\n[proxy]\nlisteners = []\n")).empty());
  const auto wanted =
      of("postmaster = \"ann@example.org\"\n[listen]\nimap = [\"[::1]:143\"]\n"
         "[limits]\nsmtp_errors = 3\nsmtp_connections_per_address = 9\n[log]\nlevel = \"debug\"\n");
  const std::vector<std::string> changed{"limits.smtp_connections_per_address", "limits.smtp_errors", "listen.imap",
                                         "log.level", "postmaster"};
  CHECK(changed_keys(running, wanted) == changed);
  CHECK(changed_keys(wanted, running) == changed);
  const auto live = with_live_keys(running, wanted);
  CHECK(live.smtp.errors == 3);
  CHECK(live.smtp.connections == 50);
  CHECK(live.log_level == base::log::debug);
  CHECK(live.postmaster.empty());
  for (const auto* key : {"log.level", "limits.smtp_errors", "tls.key"}) CHECK(is_live(key));
  for (const auto* key : {"hostname", "listen.imap", "limits.smtp_connections_per_address"}) CHECK_FALSE(is_live(key));
}

TEST_CASE("config: that of the package lacks its host name and nothing else") {
  std::ifstream in("packaging/posthorn.toml");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto at = text.find("hostname = \"\"");
  REQUIRE(at != std::string::npos);
  CHECK(error_of(text).find("hostname: a host name such as mail.example.org is expected") != std::string::npos);
  text.replace(at, 13, "hostname = \"mail.example.org\"");
  CHECK(error_of(text).empty());
  // What is commented out is right as well, once it is wanted.
  for (const std::string key :
       {"certificate", "key", "submissions", "submission", "imaps", "imap", "pop3s", "pop3", "postmaster", "seccomp",
        "landlock", "message_size", "connections", "disk_reserve", "keep_expunged", "level", "format"}) {
    const auto place = text.find("\n#" + key + " = ");
    REQUIRE_MESSAGE(place != std::string::npos, key);
    text.erase(place + 1, 1);
  }
  CHECK(error_of(text).empty());
}

TEST_CASE("demo: accounts, alone and in ranges") {
  CHECK(parse_demo_account("a@b.c:pw")->addresses == std::vector<std::string>{"a@b.c"});
  CHECK(parse_demo_account("a@b.c:p:w")->password == "p:w");
  const auto range = parse_demo_account("u{9..11}@x.test:pw");
  REQUIRE(range);
  CHECK(range->addresses == std::vector<std::string>{"u9@x.test", "u10@x.test", "u11@x.test"});
  for (const char* bad : {"a@b.c", "a@b.c:", "u{1..@x:pw", "u{2..1}@x:pw", "u{1..99999999}@x:pw", "u}1..2{@x:pw",
                          "a,b@x.test:pw", "nowhere:pw", "u{1..2}:pw"})
    CHECK_FALSE(parse_demo_account(bad));
}

TEST_CASE("demo: its configuration keeps what its owner changed, but for the ports") {
  const auto fresh = demo_config("", 20000);
  CHECK(fresh.find("\nimaps = [\"127.0.0.1:20993\", \"[::1]:20993\"]\n") != std::string::npos);
  CHECK(demo_config(fresh, 20000) == fresh);
  auto changed = fresh;
  const std::string size = "message_size = 52428800";
  changed.replace(changed.find(size), size.size(), "message_size = 1000000");
  const auto moved = demo_config(changed, 30000);
  CHECK(moved.find("message_size = 1000000") != std::string::npos);
  CHECK(moved.find(":30143") != std::string::npos);
  CHECK(moved.find(":20143") == std::string::npos);
  CHECK(demo_config(moved, 20000) == changed);
  CHECK(demo_config("hostname = \"x\"\n", 1).find("[listen]\n") != std::string::npos);
  CHECK(demo_config("[listen]\nsmtp = []\n", 1).find("smtp = []") == std::string::npos);
}
