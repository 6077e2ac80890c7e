// What mail there must be, in plain vectors and maps: the naive twin of src/mailstore that its model test believes.
//
// Each operation is applied whole by Model::apply(), which says what the real one must answer. UIDs, ModSeqs and ids
// are computed here too, so that any that is reused, skipped or lost shows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "mailstore/flags.h"

namespace posthorn::model {

using Octets = std::shared_ptr<const std::string>;

struct Message {
  std::uint32_t uid = 0;
  std::uint64_t email = 0;
  std::uint8_t system = 0;
  std::set<std::string> keywords;
  std::uint64_t modseq = 0;
  Octets octets;
  std::map<std::uint32_t, std::uint8_t> own_flags;  ///< by user
};

struct Box {
  std::uint32_t id = 0;
  std::string name;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 1;
  std::uint64_t highest_modseq = 0;
  std::vector<Message> messages;
  std::set<std::uint32_t> ever_used;  ///< UIDs
};

/// A message that was taken out of a mailbox, as it was.
struct Gone {
  std::uint64_t order = 0;  ///< in which they were taken
  std::uint64_t modseq = 0;
  std::uint32_t box = 0;
  std::string name;
  Message message;
};

struct Account {
  std::uint64_t modseq = 0;
  std::uint32_t next_box = 0;
  std::uint32_t first_uid_validity = 0;
  std::uint32_t next_uid_validity = 0;
  std::set<std::pair<std::string, std::uint32_t>> taken_over;  ///< names with UIDVALIDITYs of other servers
  std::uint64_t next_email = 1;
  std::uint64_t quota = 0;
  std::set<std::string> keywords;
  std::set<std::string> subscriptions;
  std::vector<Box> boxes;
  std::map<std::uint64_t, Gone> gone;  ///< by email, the last time
  std::uint64_t next_gone = 0;

  Box* find(const std::string& name);
  Box* find(std::uint32_t id);
  std::uint64_t bytes() const;
  /// The change that comes next takes it out.
  void note_gone(const Box& box, const Message& message);
  /// What is nowhere any more and went after `since`, from `name` or, where that is "", from anywhere.
  std::vector<Gone> gone_since(std::uint64_t since, const std::string& name) const;
};

/// One operation on mail. Which fields count is said by its kind.
struct Operation {
  enum Kind {
    append,
    copy,
    move,
    set_flags,
    set_own_flags,
    expunge,
    create,
    remove,
    rename,
    subscribe,
    set_quota,
    take_over,
    give_new_uids,
    undelete
  };
  struct Target {
    std::size_t account = 0;
    std::uint32_t box = 0;
    bool is_delivery = false;
    Octets octets;
    std::uint8_t system = 0;
    std::vector<std::string> keywords;
  };
  Kind kind = append;
  std::vector<Target> targets;  ///< append; the only one of copy and move
  std::size_t account = 0;
  std::uint32_t box = 0;
  std::optional<std::set<std::uint32_t>> uids;
  mailstore::FlagsOp op = mailstore::FlagsOp::add;
  std::uint8_t system = 0;
  std::vector<std::string> keywords;
  std::optional<std::uint64_t> unchanged_since;
  std::uint32_t user = 0;
  std::string name, new_name;
  bool subscribed = false;
  std::uint32_t number = 0;  ///< UIDVALIDITY of take_over, UIDNEXT of give_new_uids
  std::uint64_t quota = 0;
  std::uint64_t base = 0;  ///< undelete: what went up to here is not known any more
};

struct Model {
  std::vector<Account> accounts;

  /// What the operation must answer; where that is no error, it is done.
  std::optional<Code> apply(const Operation& operation);

 private:
  std::optional<Code> append(const Operation& o);
  std::optional<Code> copy(const Operation& o);
  std::optional<Code> set_flags(const Operation& o);
  std::optional<Code> set_own_flags(const Operation& o);
  std::optional<Code> expunge(const Operation& o);
  std::optional<Code> create(const Operation& o);
  std::optional<Code> take_over(const Operation& o);
  std::optional<Code> give_new_uids(const Operation& o);
  std::optional<Code> undelete(const Operation& o);
  std::optional<Code> rename(const Operation& o);
  std::optional<Code> rename_inbox(Account& account, const std::string& to);
};

}  // namespace posthorn::model
