// Everything that a Posthorn works on, built in the order of the floors: store, mail, directory. Commands run on it,
// in the server or, where none runs, by themselves.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <memory>

#include "directory/directory.h"
#include "directory/login.h"
#include "mailstore/mailstore.h"
#include "net/offload.h"
#include "net/one_thread.h"
#include "posthorn/config.h"
#include "store/log/log_store.h"

namespace posthorn::program {

class World {
 public:
  /// Opens the store in config.data. Errors: already_exists when another process has it open, damaged, io, ...
  static Result<std::unique_ptr<World>> open(const Config& config);
  /// The same on other files than the operating system's, which outlive it.
  static Result<std::unique_ptr<World>> open(const Config& config, store::FileSystem& files,
                                             const store::log::StoreOptions& options);

  const Config config;
  const std::unique_ptr<store::log::LogStore> store;
  net::Offload offload;
  net::Offload searching;  ///< where searches open emails
  mailstore::Mailstore mail;
  directory::Directory directory;
  const std::unique_ptr<directory::Outside> ldap, pam;  ///< null where they are not configured
  directory::Login login;
  net::OneThread commands;  ///< where commands run what sessions run

  /// Makes the mailboxes of accounts that are in the directory only: a stop between the two left them so.
  Result<void> complete_accounts();

  Result<void> set_quota(AccountId id, std::uint64_t bytes);

  /// Reads the configuration again; set while a server runs. Answers {"applied": [keys], "waiting_for_a_restart":
  /// [keys]}.
  std::function<Result<boost::json::value>()> reload;
  /// How it is; set while a server runs. See status.h.
  std::function<Result<boost::json::value>()> status;

  World(const Config& c, std::unique_ptr<store::log::LogStore> s);

 private:
  Result<void> adopt(AccountId id, std::optional<std::uint64_t> quota_bytes);
};

/// Bytes that the server may use: as configured, else as the machine allows.
std::uint64_t memory_ceiling(const Config& config);
/// Of what may be used, the store's caches.
store::rocks::IndexOptions index_options(const Config& config);
/// A file in the data folder while a backup is restored into it: nobody opens what is half there.
inline constexpr const char* kRestoreUnfinished = "restore-unfinished";

/// Path of the control socket.
std::filesystem::path control_socket(const Config& config);

}  // namespace posthorn::program
