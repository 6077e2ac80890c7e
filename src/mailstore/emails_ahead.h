// Emails in order, read ahead of who sends them: while it sends some, another thread reads the next.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "mailstore/email.h"
#include "mailstore/mailstore.h"
#include "net/offload.h"
#include "net/task.h"

namespace posthorn::mailstore {

class EmailsAhead {
 public:
  enum class Blobs { read, left };
  using Lot = std::vector<Result<Email>>;

  /// `mailstore` outlives this, its store its offload's threads.
  EmailsAhead(Mailstore* mailstore, AccountId account, std::vector<EmailId> ids, Blobs blobs);

  /// The next few in their order, at most 256 KiB and a message; none at the end. Small ones have their Email::blob if
  /// that was asked for; where it cannot be read, reading octets will tell.
  Task<Lot> next();

 private:
  struct Asked {
    const store::Store* store;
    AccountId account;
    std::shared_ptr<const std::vector<EmailId>> ids;
    Blobs blobs;
  };
  static Lot read(const Asked& asked, std::size_t first, store::Wait wait);

  Mailstore* const mailstore_;
  const Asked asked_;
  std::size_t taken_ = 0;
  std::optional<net::Begun<Lot>> under_way_;  ///< the lot that comes next
};

}  // namespace posthorn::mailstore
