// An email: immutable, one row. Its bytes are a prefix (ours: Return-Path, Received, ...) and a body blob as received.
//
// Format of a row: version(1) digest(32) blob_size prefix thread received_us(8), then how it arrived: flags(1) and,
// where it came by SMTP, from to returns envelope_id notify original_recipient; then of the summary: header_size
// flags(1) [sent_seconds(8) zone_minutes(2)] envelope bodystructure body tree preview message_id n in_reply_to* n
// references* base_subject; numbers are varints, strings have a varint length before them. Version 1 had no arrival.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "message/summary.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// How an email came here by SMTP: its envelope, as far as the prefix does not tell it. For whoever reports on its
/// delivery (RFC 3461 6) or sorts it (RFC 5228 5.4, RFC 6009).
struct Arrival {
  std::string from;                ///< the reverse path without brackets, "" for <>
  std::string to;                  ///< the recipient, as RCPT named it; of several of one account the first
  std::string returns;             ///< RET=: "FULL", "HDRS", "" where it was not given
  std::string envelope_id;         ///< ENVID=, decoded; "" where it was not given
  std::string notify;              ///< NOTIFY=: "NEVER" or a list as in "SUCCESS,DELAY"; "" where it was not given
  std::string original_recipient;  ///< ORCPT=, as in "rfc822;a+2Bb@c"; "" where it was not given
  bool is_utf8 = false;            ///< SMTPUTF8 (RFC 6531)
  bool is_binary = false;          ///< BODY=BINARYMIME (RFC 3030)

  friend bool operator==(const Arrival&, const Arrival&) = default;
};

struct Email {
  store::Digest digest{};  ///< of the blob
  std::uint64_t blob_size = 0;
  std::string prefix;  ///< stands before the blob; offsets and sizes span both
  ThreadId thread;
  std::optional<Arrival> arrival;           ///< where it came by SMTP or LMTP
  WallTime received;                        ///< when it came here; INTERNALDATE of the first placement
  message::Summary summary;                 ///< of prefix and blob as one message
  std::shared_ptr<const std::string> blob;  ///< where it was read ahead (email_reader.h)

  std::uint64_t size() const { return prefix.size() + blob_size; }
};

std::string email_key(AccountId account, EmailId email);
std::string encode_email(const Email& email);
/// Total on any bytes. Errors: damaged, not_supported.
Result<Email> decode_email(std::string_view bytes);

/// The row that keeps a body alive for one email.
std::string reference_key(const store::Digest& digest, AccountId account, EmailId email);

/// As many as ids, in their order; an email that is gone is Code::damaged, as something still refers to it.
Result<std::vector<Email>> read_emails(const store::View& view, AccountId account, const std::vector<EmailId>& ids);

/// Octets [offset, offset + length) of the message, shorter only at its end. Errors: damaged, io, unavailable.
Result<std::string> read_octets(const store::Store& store, const Email& email, std::uint64_t offset,
                                std::uint64_t length, store::Wait wait);

}  // namespace posthorn::mailstore
