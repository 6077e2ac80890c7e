// One message on its way to accounts of this server: its recipients, the room promised to it in their quotas, and the
// commit that puts it into their mailboxes.
//
// A recipient's room is taken when it is added, as far as the message's size is known by then, and kept until the
// delivery is cleared, however it ends. An account that several recipients lead to gets the message once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "mailstore/append.h"
#include "mailstore/mailstore.h"
#include "mailstore/quota.h"
#include "mta/addressee.h"
#include "smtp/syntax/parameters.h"
#include "smtp/syntax/path.h"

namespace posthorn::mta {

struct LocalRecipient {
  std::string address;  ///< as RCPT named it
  smtp::RcptParameters parameters;
  std::vector<Addressee> addressees;  ///< at least one
};

/// What MAIL said.
struct Envelope {
  smtp::ReversePath from;
  smtp::MailParameters parameters;
};

class LocalDelivery {
 public:
  /// Whether recipients are answered one by one.
  enum class Answer {
    together,  ///< SMTP: one reply for all, so that a message for several gets in even where one has no room for it
    each,      ///< LMTP (RFC 2033 4.2): whoever has no room is refused alone
  };

  LocalDelivery(mailstore::Mailstore* mailstore, Answer answer) : mailstore_(mailstore), answer_(answer) {}

  /// `bytes`: what is known of the message's size. Errors: over_quota, where none of the addressees has room; the
  /// recipient is not added then. Those of several that have none get the message over their quota: one reply cannot
  /// refuse one of them.
  Result<void> add(LocalRecipient recipient, std::uint64_t bytes);
  const std::vector<LocalRecipient>& recipients() const { return recipients_; }

  /// The message came out larger by `bytes` than was known when recipients were added. Errors: over_quota, where
  /// nobody has room for it.
  Result<void> grow(std::uint64_t bytes);

  /// Puts the message into each addressee's mailbox: all in one commit, or, where one of several accounts is gone by
  /// now and recipients are answered one by one, each in its own. Answers in the order of recipients(). Where they are
  /// answered together, either all have it or none. `envelope` is kept with the message and outlives the call.
  net::Task<std::vector<Result<void>>> deliver(mailstore::NewMessagePtr message, const Envelope* envelope);

  /// Gives the promised room back and forgets the recipients.
  void clear();

 private:
  /// An account that gets the message.
  struct Share {
    mailstore::AccountPtr account;
    MailboxId mailbox;
    std::size_t recipient;  ///< the first that led to it
    bool is_one_of_many;    ///< of a group: not refused alone
    std::optional<mailstore::QuotaReservation> room;
    std::optional<mailstore::QuotaReservation> rest = std::nullopt;  ///< for what was not known at first
    Result<void> outcome = {};
  };

  mailstore::Addition addition(const Share& share, const mailstore::NewMessagePtr& message,
                               const Envelope& envelope) const;
  Result<void> outcome_of(const LocalRecipient& recipient) const;
  net::Task<Result<void>> append(std::vector<mailstore::Addition> additions);

  mailstore::Mailstore* mailstore_;
  Answer answer_;
  std::vector<LocalRecipient> recipients_;
  std::vector<Share> shares_;
  std::unordered_map<const mailstore::Account*, std::size_t> share_of_;
};

}  // namespace posthorn::mta
