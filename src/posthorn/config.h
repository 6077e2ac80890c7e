// The configuration file: one TOML file, every key optional but `hostname` and `data`.
#pragma once

#include <cstdint>
#include <filesystem>
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
  std::vector<net::Endpoint> smtp, lmtp, submission, submissions, imap, imaps, pop3, pop3s;
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

struct Config {
  std::filesystem::path file;  ///< where it was read
  std::string hostname;
  std::string postmaster;      ///< the account that gets mail for postmasters; "": none
  std::filesystem::path data;  ///< the folder of the store and the control socket
  ListenConfig listen;
  std::filesystem::path certificate, key;  ///< PEM; empty: no TLS
  std::filesystem::path client_ca;         ///< PEM; empty: clients are not asked for certificates
  directory::TokenIssuerOptions oauth;     ///< neither issuer nor introspection_url: no tokens
  std::filesystem::path oauth_ca;          ///< PEM, of the issuer; empty: the system's roots
  directory::LoginOptions auth;
  directory::LdapConfig ldap;             ///< without a url: none
  directory::PamConfig pam;               ///< without a domain: none
  bool clear_passwords = false;           ///< passwords may pass without TLS; loopback listeners only
  std::uint64_t message_size = 50 << 20;  ///< bytes
  std::size_t connections = 20'000;
  std::uint64_t memory = 0;  ///< bytes that the server may use; 0: three quarters of what there is
  std::uint64_t reserve_bytes = 256 << 20;
  std::uint32_t keep_expunged = 72;    ///< hours
  std::uint32_t pop3_login_delay = 0;  ///< seconds between two POP3 logins of one account
  ProxyConfig proxy;
  SmtpLimits smtp;
  bool repair_line_ends = false;            ///< at submission
  bool submission_channel_binding = false;  ///< whether SCRAM-...-PLUS is offered there
  base::log::Level log_level = base::log::info;
  base::log::Format log_format = base::log::Format::text;
};

/// The keys, or sections, whose values differ and are read only when the server starts.
std::vector<std::string> keys_that_wait_for_a_restart(const Config& running, const Config& wanted);

/// Relative paths in it are relative to the file's folder. Errors: not_found; invalid, with file, line, key, and for an
/// unknown key the nearest known one.
Result<Config> read_config(const std::filesystem::path& file);

}  // namespace posthorn::program
