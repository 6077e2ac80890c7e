// The command's side of a backup: asks the server for what the folder does not hold yet, and writes a point in time.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "backup/archive.h"
#include "backup/point.h"
#include "migration/channel.h"

namespace posthorn::backup {

/// A file that belongs to the installation, such as the configuration.
struct OwnFile {
  std::string path;
  std::uint32_t mode = 0600;
  std::string content;
};

struct BackupAsked {
  std::vector<OwnFile> files;
  std::string program;        ///< name and version
  bool asks_for_all = false;  ///< all rows, as if nothing had been copied; of bodies those that are missing
  const std::atomic<bool>* stop = nullptr;
};

struct BackedUp {
  std::string point;
  std::uint64_t accounts = 0, messages = 0;
  std::uint64_t bytes = 0;       ///< of the messages
  std::uint64_t new_bodies = 0;  ///< copied now
  std::uint64_t written = 0;     ///< bytes of packs
  std::vector<std::string> damaged;
};

/// Told of each body that was copied.
using Copied = std::function<void(std::uint64_t bytes)>;

/// Errors: the channel's; full_disk, io, damaged of the folder; cancelled. Then no point is made, and all that were
/// there are as they were.
Result<BackedUp> take_backup(Archive& archive, migration::Channel& channel, const BackupAsked& asked,
                             const Copied& copied);

}  // namespace posthorn::backup
