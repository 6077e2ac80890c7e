// The command's side of an import: reads a source to its end and sends what is new over a channel (frames.h).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "migration/channel.h"
#include "migration/frames.h"
#include "migration/source.h"

namespace posthorn::migration {

struct ImportOptions {
  std::string source_name;           ///< the server or folder, by which the import is known again
  std::vector<std::string> exclude;  ///< patterns of mailboxes there, as in "Trash" or "Lists/*"
  std::vector<std::pair<std::string, std::string>> folder_map;  ///< names there and here
  std::string into;                                             ///< everything goes below this; "" for none
};

struct Imported {
  struct Mailbox {
    std::string from, to;
    std::uint64_t added = 0;
    bool has_uids = false;    ///< the source has UIDs
    bool keeps_uids = false;  ///< and here they are the same
  };
  struct Refused {
    std::string mailbox, place, why;
  };
  std::uint64_t messages = 0, bytes = 0;  ///< brought
  std::uint64_t known = 0;                ///< were here from an import before
  std::uint64_t changed = 0;              ///< of those, had other flags
  std::uint64_t new_uids = 0;             ///< could not have their UIDs
  std::uint64_t dropped_keywords = 0;
  std::vector<Mailbox> mailboxes;
  std::vector<Refused> refused;
  std::uint64_t not_listed = 0;  ///< refused beyond kMostListed
  static constexpr std::size_t kMostListed = 10'000;
};

/// What is told while it runs.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void mailbox(const SourceMailbox& mailbox, const MailboxOpened& opened) = 0;
  virtual void total(std::uint64_t messages, std::uint64_t bytes) = 0;
  virtual void step(std::uint64_t messages, std::uint64_t bytes) = 0;
  virtual void refused(const Imported::Refused& refused) = 0;
};

/// `*stop`: end as soon as what was sent is committed, with Code::cancelled. Errors: what ended it; `imported` says
/// what was done before. All pointers outlive the call. Blocks its thread where it waits for the channel.
net::Task<Result<void>> import_all(Source* source, ImportOptions options, Channel* channel, Progress* progress,
                                   const std::atomic<bool>* stop, Imported* imported);

/// A name that may be given here, as near as possible to `name`.
std::string acceptable_name(std::string_view name);
/// What a mailbox of that name is for, where its server does not say so: "Sent Items", "Deleted Messages".
mailstore::SpecialUse use_of_name(std::string_view name);

}  // namespace posthorn::migration
