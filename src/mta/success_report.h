// The report that a message has arrived, for senders that asked by NOTIFY=SUCCESS (RFC 3461 6.2, RFC 3462, RFC 3464, RFC 6533).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "smtp/syntax/parameters.h"

namespace posthorn::mta {

/// Keeps the header of a message that streams by, which is what such a report gives back (RFC 3461 4.3), whatever RET=
/// says. Memory is bounded.
class HeaderKeeper {
 public:
  void feed(std::string_view bytes);
  const std::string& header() const { return header_; }

 private:
  std::string header_;
  bool is_complete_ = false;
};

struct SuccessReport {
  struct Recipient {
    std::string address;
    std::optional<smtp::OriginalRecipient> original;
  };

  std::string hostname;  ///< ours
  std::string sender;    ///< who is told
  std::string envelope_id;
  WallTime arrived;
  std::vector<Recipient> recipients;  ///< those that have it and for whom it was asked
  std::string header;                 ///< of the message

  /// A whole message for the sender's mailbox.
  std::string compose() const;
};

}  // namespace posthorn::mta
