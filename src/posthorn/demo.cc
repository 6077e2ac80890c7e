#include "posthorn/demo.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "net/tls_certificate.h"
#include "posthorn/file_content.h"
#include "posthorn/sandbox.h"
#include "posthorn/server.h"
#include "sasl/password.h"
#include "store/file_seam.h"

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
    {"smtp", "SMTP", 25},
    {"lmtp", "LMTP", 24},
    {"submission", "submission", 587},
    {"submissions", "submission with TLS", 465},
    {"imap", "IMAP", 143},
    {"imaps", "IMAP with TLS", 993},
    {"pop3", "POP3", 110},
    {"pop3s", "POP3 with TLS", 995},
    {"metrics", "metrics, health", 90},
};

Result<void> write_file(const fs::path& file, std::string_view content, fs::perms permissions) {
  // Beside it first: what was there, with its owner's changes, outlives a full disk. Nobody reads a key before its
  // permissions are set.
  const auto beside = fs::path(file).concat(".new");
  std::ofstream out(beside, std::ios::binary);
  std::error_code error;
  fs::permissions(beside, permissions, error);
  out << content;
  out.close();
  if (out && !error) fs::rename(beside, file, error);
  if (!out || error) return fail(Code::io, "cannot write " + file.string());
  return {};
}

constexpr auto kPrivate = fs::perms::owner_read | fs::perms::owner_write;
constexpr auto kPublic = kPrivate | fs::perms::group_read | fs::perms::others_read;

Result<void> make_certificates(const fs::path& folder) {
  const auto ca = net::make_ca("Posthorn demo CA", kCaDays);
  if (!ca) return fail(ca);
  const auto leaf = net::make_certificate(*ca, {"localhost", "127.0.0.1", "::1"}, kCertificateDays);
  if (!leaf) return fail(leaf);
  if (auto done = write_file(folder / "certificate.pem", leaf->certificate, kPublic); !done) return done;
  if (auto done = write_file(folder / "key.pem", leaf->key, kPrivate); !done) return done;
  // The last, as its being there says that all three are.
  return write_file(folder / "ca.pem", ca->certificate, kPublic);
}

constexpr std::string_view kConfig =
    R"(# Posthorn's configuration. Every key is optional but hostname and data; an unknown key is an error.
# Paths are relative to this file.

# The name by which other servers know this one.
hostname = "localhost"
# The account that gets mail for the postmaster of this server, and of domains that have none of their own.
postmaster = "alice@demo.test"
# Where mail is kept.
data = "store"

[listen]

[tls]
certificate = "certificate.pem"
key = "key.pem"
# The CAs (PEM) of users' certificates. Where it is set, whoever shows one that holds the address of an account may log
# in as that by EXTERNAL. On reload it changes together with the certificate.
#client_ca = "users-ca.pem"

[auth]
# Passwords may pass without TLS. Only possible where everything listens on loopback.
clear_passwords = true
scram = true               # keep keys for SCRAM beside the password's hash
refuse_at = 10             # distinct wrong passwords for one account from one address ...
refuse_minutes = 15        # ... within this time: the address is refused for that account
trusted_networks = []      # never refused
masters = []               # accounts that may log in as others

# An OpenID provider whose tokens log in here (OAUTHBEARER, XOAUTH2).
#[auth.oauth]
#issuer = "https://id.example.org"          # as in the tokens' iss; its keys are found from there
#audience = "mail"                          # must be among the tokens' aud
#user_claim = "email"                       # holds the address of the account
#client_id = "posthorn"                     # ours, for tokens that only the issuer can read (RFC 7662)
#client_secret_file = "oauth-secret"        # or client_secret = "..."
#introspection_url = "https://id.example.org/introspect"  # ask the issuer about every token; else as discovered
#ca = "issuer-ca.pem"                       # of the issuer's certificate; else the system's
[submission]
# Some old devices send lines that end with LF or CR alone. Such messages are refused, as they are how mail is smuggled;
# with true, submission repairs them (and drops NUL) before anything else is done.
repair_line_ends = false
# Offer SCRAM-SHA-256-PLUS and SCRAM-SHA-1-PLUS there too. mutt and neomutt of Debian 12 and others choose them, cannot
# do them, and send nothing then; reading mail they log in otherwise, so IMAP and POP3 always offer them.
channel_binding = false

[proxy]
# Listeners behind a load balancer such as haproxy that sends the PROXY protocol, version 2 ("send-proxy-v2"), by their
# keys in [listen]; connections to them must come from the trusted networks and begin with that header.
# listeners = ["smtp", "imaps"]
# trusted = ["192.0.2.10", "10.0.0.0/8"]

[metrics]
# Who may ask the listener "metrics" for /metrics and /health, besides this machine: networks.
trusted = []

[sandbox]
# What the program takes from itself once it has its ports. Started by root, it becomes this user.
#user = "posthorn"
seccomp = true             # refuse system calls that a mail server never needs
landlock = true            # refuse files other than its own

[limits]
message_size = 52428800    # bytes; larger messages are refused
connections = 20000        # at once, all protocols together
memory = 0                 # bytes that the server uses at most: near them load is put off. 0: three quarters of the machine
disk_reserve = 268435456   # bytes of free space that are never used: below it mail is refused for the time being
keep_expunged = 72         # hours for which what users have deleted can be brought back; it needs its disk so long
pop3_login_delay = 0       # seconds that an account waits between two POP3 logins; 0: none
recipients = 1000          # a message by SMTP; further ones are told to come with another message
smtp_connections_per_address = 50   # at once; an IPv6 /64 is one address, this machine has no limit. 0: any number
smtp_messages_per_minute = 0        # from one address; 0: any number
smtp_messages_per_connection = 0    # then the client must connect anew; 0: any number
smtp_errors = 20                    # a client that makes more without a message in between is sent away
smtp_timeout = 300                  # seconds that a client may be silent
smtp_bytes_per_second = 256         # a message that comes slower on average, after those seconds, is given up

[store]
scrub_days = 30            # so often everything that is stored is read again in the background, little by little; 0: never
scrub_rate = 1048576       # bytes a second that this reads

[log]
level = "info"             # debug, info, warning, error
format = "text"            # text or json
)";

std::string listen_section(int offset) {
  std::string out =
      "[listen]\n"
      "# What listens where. A protocol that is left out does not listen. `posthorn demo` writes this section anew at\n"
      "# every start; what else is changed in this file stays. LMTP has no login: let only machines reach it that may\n"
      "# deliver to every mailbox.\n";
  for (const auto& port : kPorts)
    out += fmt::format("{0} = [\"127.0.0.1:{1}\", \"[::1]:{1}\"]\n", port.key, port.standard + offset);
  return out;
}

/// The lock of the store in the folder, held while files of it are replaced; none where there is no store. Errors: a
/// server runs there.
Result<std::unique_ptr<store::File>> lock_installation(const fs::path& folder) {
  const auto lock = folder / "store" / "lock";
  if (!fs::exists(lock)) return std::unique_ptr<store::File>();
  auto held = store::real_files().lock(lock.string());
  if (!held && held.error().code == Code::already_exists)
    return fail(Code::conflict, "a server is running in " + folder.string() + "; end it first, or take another --dir");
  return held;
}

/// Removes what a demo has made, and nothing else that lies there.
void remove_installation(const fs::path& folder) {
  std::error_code ignored;
  for (const char* name : {"store", "posthorn.toml", "ca.pem", "certificate.pem", "key.pem"})
    fs::remove_all(folder / name, ignored);
}

Result<void> make_installation(const DemoOptions& options) {
  std::error_code error;
  fs::create_directories(options.folder, error);
  if (error) return fail(Code::io, "cannot make the folder " + options.folder.string() + ": " + error.message());
  const auto lock = lock_installation(options.folder);
  if (!lock) return fail(lock);
  if (options.fresh) remove_installation(options.folder);
  if (!fs::exists(options.folder / "ca.pem"))
    if (auto done = make_certificates(options.folder); !done) return done;
  const auto file = options.folder / "posthorn.toml";
  return write_file(file, demo_config(content_of(file), options.port_offset), kPublic);
}

/// The cheapest hash and one set of keys for all, so that a thousand are made within a second. Keys for SCRAM bear the
/// salt of the first address, which betrays to whoever asks that the others are there.
Result<directory::AccountEntry> like_demo_account(World& world, const DemoAccounts& accounts) {
  directory::AccountEntry like{.address = accounts.addresses.front()};
  const directory::PasswordPolicy policy{.cost = sasl::kCheapestCost, .scram = world.config.auth.policy.scram};
  if (auto made = directory::set_password(like, accounts.password, policy, world.directory.secret()); !made)
    return fail(made);
  return like;
}

void print_welcome(const DemoOptions& options, const RunningServer& server) {
  const auto folder = fs::absolute(options.folder).lexically_normal().string();
  std::cout << "\nPosthorn is running in " << folder << "\n\n";
  for (const auto& l : server.listening()) std::cout << fmt::format("  {:<22} {}\n", l.protocol, l.at.text());
  std::cout << "\nLog in with (address:password; an account that was there before keeps its password)\n";
  for (const auto& account : options.accounts) std::cout << "  " << account << "\n";
  std::cout << fmt::format(
                   "\nThe CA of the TLS certificate is {0}/ca.pem.\n"
                   "Commands find this server by its configuration, as in\n"
                   "  posthorn --config {0}/posthorn.toml account list\n"
                   "Ctrl-C ends the demo; a second run goes on with what is there, --fresh begins anew.\n\n"
                   "posthorn: ready\n",
                   folder)
            << std::flush;
}

}  // namespace

Result<DemoAccounts> parse_demo_account(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size())
    return fail(Code::syntax, "an account is ADDRESS:PASSWORD, not " + printable(text));
  DemoAccounts accounts{.addresses = {}, .password = std::string(text.substr(colon + 1))};
  const auto address = text.substr(0, colon);
  const auto open = address.find('{'), dots = address.find(".."), close = address.find('}');
  const auto check = [&]() -> Result<DemoAccounts> {
    for (const auto* a : {&accounts.addresses.front(), &accounts.addresses.back()})
      if (const auto good = directory::address_to_make(*a); !good) return fail(good);
    return std::move(accounts);
  };
  if (open == std::string_view::npos) {
    accounts.addresses.emplace_back(address);
    return check();
  }
  const bool in_order =
      dots != std::string_view::npos && close != std::string_view::npos && open < dots && dots < close;
  const auto first = in_order ? parse_decimal<std::uint32_t>(address.substr(open + 1, dots - open - 1)) : std::nullopt;
  const auto last = in_order ? parse_decimal<std::uint32_t>(address.substr(dots + 2, close - dots - 2)) : std::nullopt;
  if (!first || !last || *first > *last || *last - *first >= kMostInRange)
    return fail(Code::syntax, "a range is {FIRST..LAST}, not as in " + printable(address));
  for (std::uint64_t n = *first; n <= *last; ++n)
    accounts.addresses.push_back(fmt::format("{}{}{}", address.substr(0, open), n, address.substr(close + 1)));
  return check();
}

Result<void> make_demo_accounts(World& world, const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    const auto accounts = parse_demo_account(text);
    if (!accounts) return fail(accounts);
    std::set<std::string> domains;
    for (const auto& address : accounts->addresses) domains.insert(address.substr(address.rfind('@') + 1));
    auto like = like_demo_account(world, *accounts);
    if (!like) return fail(like);
    for (const auto& domain : domains)
      if (auto done = world.directory.add_domain(domain); !done && done.error().code != Code::already_exists)
        return done;
    const auto added = world.directory.add_accounts(accounts->addresses, *like);
    if (!added) return fail(added);
    std::vector<AccountId> ids;
    ids.reserve(added->size());
    for (const auto& entry : *added) ids.push_back(entry.id);
    if (auto done = world.mail.create_accounts(ids); !done) return done;
  }
  return {};
}

std::string demo_config(std::string before, int port_offset) {
  constexpr std::string_view kHead = "[listen]\n";
  std::string text = before.empty() ? std::string(kConfig) : std::move(before);
  const auto at = text.starts_with(kHead) ? 0 : text.find("\n" + std::string(kHead));
  if (at == std::string::npos) return text + "\n" + listen_section(port_offset);
  const auto begin = text.find('[', at);
  const auto next = text.find("\n[", begin);
  const auto section = listen_section(port_offset) + "\n";
  return text.replace(begin, next == std::string::npos ? next : next + 1 - begin, section);
}

int run_demo(const DemoOptions& options) {
  const auto failed = [](const Error& error) {
    std::cerr << "posthorn: " << error.text << "\n";
    return 1;
  };
  if (auto made = make_installation(options); !made) return failed(made.error());
  const auto config = read_config(options.folder / "posthorn.toml");
  if (!config) return failed(config.error());
  base::log::configure(config->log_level, config->log_format);
  auto sockets = bind_listeners(*config);
  if (!sockets) return failed(sockets.error());
  if (auto done = enter_sandbox(*config); !done) return failed(done.error());
  auto world = World::open(*config);
  if (!world) return failed(world.error());
  if (auto made = make_demo_accounts(**world, options.accounts); !made) return failed(made.error());
  return serve_until_signal(**world, std::move(*sockets),
                            [&](const RunningServer& server) { print_welcome(options, server); });
}

}  // namespace posthorn::program
