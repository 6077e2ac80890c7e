// The configuration file: one TOML file, every key optional but `hostname` and `data`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "directory/ldap.h"
#include "directory/login.h"
#include "directory/pam.h"
#include "directory/token_issuer.h"
#include "net/address.h"

namespace posthorn::program {

/// Where each protocol listens; empty: nowhere.
struct ListenConfig {
  std::vector<net::Endpoint> smtp, lmtp, submission, submissions, imap, imaps, pop3, pop3s, metrics;
  friend bool operator==(const ListenConfig&, const ListenConfig&) = default;
};

/// Listeners behind a load balancer that speaks the PROXY protocol, v2.
struct ProxyConfig {
  std::vector<std::string> listeners;   ///< keys of [listen]
  std::vector<net::IpNetwork> trusted;  ///< from where the header is believed
  friend bool operator==(const ProxyConfig&, const ProxyConfig&) = default;
};

/// What a client may do by SMTP, submission and LMTP.
struct SmtpLimits {
  std::size_t recipients = 1000;             ///< a message
  std::size_t connections = 50;              ///< at once from one address; 0: any number
  std::size_t messages_a_minute = 0;         ///< from one address; 0: any number
  std::size_t messages_a_connection = 0;     ///< 0: any number
  unsigned errors = 20;                      ///< since the last message
  unsigned timeout = 300;                    ///< seconds for a command
  std::uint64_t least_bytes_a_second = 256;  ///< of a message
  friend bool operator==(const SmtpLimits&, const SmtpLimits&) = default;
};

/// What the program takes from itself once it has its ports.
struct SandboxConfig {
  std::string user;      ///< who it becomes when root has started it; "": it stays who it is
  bool seccomp = true;   ///< system calls that it never needs are refused
  bool landlock = true;  ///< so are files other than its own
  friend bool operator==(const SandboxConfig&, const SandboxConfig&) = default;
};

struct Config {
  std::filesystem::path file;  ///< where it was read
  std::string hostname;
  std::string postmaster;      ///< the account that gets mail for postmasters; "": none
  std::filesystem::path data;  ///< the folder of the store and the control socket
  ListenConfig listen;
  std::filesystem::path certificate, key;   ///< PEM; empty: no TLS
  std::filesystem::path client_ca;          ///< PEM; empty: clients are not asked for certificates
  directory::TokenIssuerOptions oauth;      ///< neither issuer nor introspection_url: no tokens
  std::filesystem::path oauth_secret_file;  ///< where oauth.client_secret was read; empty: in the file itself
  std::filesystem::path oauth_ca;           ///< PEM, of the issuer; empty: the system's roots
  directory::LoginOptions auth;
  directory::LdapConfig ldap;             ///< without a url: none
  directory::PamConfig pam;               ///< without a domain: none
  bool clear_passwords = false;           ///< passwords may pass without TLS; loopback listeners only
  std::uint64_t message_size = 50 << 20;  ///< bytes
  std::size_t connections = 20'000;
  std::uint64_t memory = 0;  ///< bytes that the server may use; 0: three quarters of what there is
  std::uint64_t reserve_bytes = 256 << 20;
  std::uint32_t keep_expunged = 72;    ///< hours
  std::uint32_t scrub_days = 30;       ///< a round of the scrub begins so often; 0: never
  std::uint64_t scrub_rate = 1 << 20;  ///< bytes a second that it reads
  std::uint32_t pop3_login_delay = 0;  ///< seconds between two POP3 logins of one account
  ProxyConfig proxy;
  std::vector<net::IpNetwork> metrics_trusted;  ///< who may ask listen.metrics, besides this machine
  SandboxConfig sandbox;
  SmtpLimits smtp;
  bool repair_line_ends = false;            ///< at submission
  bool submission_channel_binding = false;  ///< whether SCRAM-...-PLUS is offered there
  base::log::Level log_level = base::log::info;
  base::log::Format log_format = base::log::Format::text;

  /// What was read, as text by key, without what says the same as the default.
  std::map<std::string, std::string> values;

  /// Itself, and those that it names, as far as it does.
  std::vector<std::filesystem::path> files() const;

  friend bool operator==(const Config&, const Config&) = default;
};

/// The keys whose values differ, sorted.
std::vector<std::string> changed_keys(const Config& from, const Config& to);
/// Whether a running server takes a new value of the key; otherwise it waits for a restart.
bool is_live(std::string_view key);
/// `running` with the live keys of `wanted`.
Config with_live_keys(Config running, const Config& wanted);

/// Relative paths in it are relative to the file's folder. Errors: not_found; invalid, with file, line, key, and for an
/// unknown key the nearest known one.
Result<Config> read_config(const std::filesystem::path& file);

}  // namespace posthorn::program
