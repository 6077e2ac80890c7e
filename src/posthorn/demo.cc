#include "posthorn/demo.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "base/text.h"
#include "net/tls_certificate.h"
#include "posthorn/server.h"
#include "sasl/password.h"

namespace posthorn::program {
namespace {

namespace fs = std::filesystem;

constexpr auto kCaDays = std::chrono::days(3650);
constexpr auto kCertificateDays = std::chrono::days(825);
constexpr std::uint32_t kMostInRange = 1'000'000;

struct Port {
  const char* key;
  const char* protocol;
  std::uint16_t standard;
};
constexpr Port kPorts[] = {
    {"smtp", "SMTP", 25},  {"submission", "submission", 587}, {"submissions", "submission with TLS", 465},
    {"imap", "IMAP", 143}, {"imaps", "IMAP with TLS", 993},
};

Result<void> write_file(const fs::path& file, std::string_view content, fs::perms permissions) {
  std::ofstream out(file, std::ios::binary);
  out << content;
  out.close();
  if (!out) return fail(Code::io, "cannot write " + file.string());
  std::error_code ignored;
  fs::permissions(file, permissions, ignored);
  return {};
}

constexpr auto kPrivate = fs::perms::owner_read | fs::perms::owner_write;
constexpr auto kPublic = kPrivate | fs::perms::group_read | fs::perms::others_read;

Result<void> make_certificates(const fs::path& folder) {
  const auto ca = net::make_ca("Posthorn demo CA", kCaDays);
  if (!ca) return fail(ca);
  const auto leaf = net::make_certificate(*ca, {"localhost", "127.0.0.1", "::1"}, kCertificateDays);
  if (!leaf) return fail(leaf);
  if (auto done = write_file(folder / "ca.pem", ca->certificate, kPublic); !done) return done;
  if (auto done = write_file(folder / "certificate.pem", leaf->certificate, kPublic); !done) return done;
  return write_file(folder / "key.pem", leaf->key, kPrivate);
}

std::string config_text(std::uint16_t offset) {
  std::string out =
      R"(# Posthorn's configuration. Every key is optional but hostname and data; an unknown key is an error.
# Paths are relative to this file.

# The name by which other servers know this one.
hostname = "localhost"
# Where mail is kept.
data = "store"

# What listens where. A protocol that is left out does not listen.
[listen]
)";
  for (const auto& port : kPorts)
    out += fmt::format("{} = [\"127.0.0.1:{}\", \"[::1]:{}\"]\n", port.key, port.standard + offset,
                       port.standard + offset);
  out += R"(
[tls]
certificate = "certificate.pem"
key = "key.pem"

[auth]
# Passwords may pass without TLS. Only possible where everything listens on loopback.
clear_passwords = true

[limits]
message_size = 52428800    # bytes; larger messages are refused
connections = 20000        # at once, all protocols together
disk_reserve = 268435456   # bytes of free space that are never used: below it mail is refused for the time being

[log]
level = "info"             # debug, info, warning, error
format = "text"            # text or json
)";
  return out;
}

Result<void> make_installation(const DemoOptions& options) {
  std::error_code error;
  if (options.fresh) fs::remove_all(options.folder, error);
  fs::create_directories(options.folder, error);
  if (error) return fail(Code::io, options.folder.string() + ": " + error.message());
  if (!fs::exists(options.folder / "ca.pem"))
    if (auto done = make_certificates(options.folder); !done) return done;
  // Written at every start, as the ports may be others than the last time.
  return write_file(options.folder / "posthorn.toml", config_text(options.port_offset), kPublic);
}

Result<void> make_accounts(World& world, const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    const auto accounts = parse_demo_account(text);
    if (!accounts) return fail(accounts);
    std::set<std::string> domains;
    for (const auto& address : accounts->addresses) domains.insert(address.substr(address.rfind('@') + 1));
    for (const auto& domain : domains)
      if (auto done = world.directory.add_domain(domain); !done && done.error().code != Code::already_exists)
        return done;
    const auto hash = sasl::hash_password(accounts->password, sasl::kCheapestCost);
    if (!hash) return fail(hash);
    const std::vector<std::string> hashes(accounts->addresses.size(), *hash);
    const auto added = world.directory.add_accounts(accounts->addresses, hashes);
    if (!added) return fail(added);
    std::vector<AccountId> ids;
    for (const auto& entry : *added) ids.push_back(entry.id);
    if (auto done = world.mail.create_accounts(ids); !done) return done;
  }
  return {};
}

void print_welcome(const DemoOptions& options, const RunningServer& server) {
  std::cout << "\nPosthorn is running in " << fs::absolute(options.folder).lexically_normal().string() << "\n\n";
  for (const auto& l : server.listening()) std::cout << fmt::format("  {:<22} {}\n", l.protocol, l.at.text());
  std::cout << "\nLog in with (address:password)\n";
  for (const auto& account : options.accounts) std::cout << "  " << account << "\n";
  std::cout << "\nThe CA of the TLS certificate is ca.pem in that folder. Ctrl-C ends the demo; a second run goes on\n"
               "with what is there, --fresh begins anew.\n\nposthorn: ready"
            << std::endl;
}

}  // namespace

Result<DemoAccounts> parse_demo_account(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size())
    return fail(Code::syntax, "an account is ADDRESS:PASSWORD, not " + printable(text));
  DemoAccounts accounts{.addresses = {}, .password = std::string(text.substr(colon + 1))};
  const auto address = text.substr(0, colon);
  const auto open = address.find('{'), dots = address.find(".."), close = address.find('}');
  if (open == std::string_view::npos) {
    accounts.addresses.emplace_back(address);
    return accounts;
  }
  const bool in_order =
      dots != std::string_view::npos && close != std::string_view::npos && open < dots && dots < close;
  const auto first = in_order ? parse_decimal<std::uint32_t>(address.substr(open + 1, dots - open - 1)) : std::nullopt;
  const auto last = in_order ? parse_decimal<std::uint32_t>(address.substr(dots + 2, close - dots - 2)) : std::nullopt;
  if (!first || !last || *first > *last || *last - *first >= kMostInRange)
    return fail(Code::syntax, "a range is {FIRST..LAST}, not as in " + printable(address));
  for (std::uint64_t n = *first; n <= *last; ++n)
    accounts.addresses.push_back(fmt::format("{}{}{}", address.substr(0, open), n, address.substr(close + 1)));
  return accounts;
}

int run_demo(const DemoOptions& options) {
  const auto failed = [](const Error& error) {
    std::cerr << "posthorn: " << error.text << "\n";
    return 1;
  };
  if (options.port_offset > 65535 - 993) return failed({Code::invalid, "the port offset is too large"});
  if (auto made = make_installation(options); !made) return failed(made.error());
  const auto config = read_config(options.folder / "posthorn.toml");
  if (!config) return failed(config.error());
  auto world = World::open(*config);
  if (!world) return failed(world.error());
  if (auto made = make_accounts(**world, options.accounts); !made) return failed(made.error());
  return serve_until_signal(**world, [&](const RunningServer& server) { print_welcome(options, server); });
}

}  // namespace posthorn::program
