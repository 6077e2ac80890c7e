// An account as a backup keeps it: a record that names others.
//
// Format (numbers are varints unless a width is named; strings have a length before them):
//   account    := version(1) head since n mailbox* n side(32)* n batch* n missing*
//   head       := string: a version of the account without its placements (mailstore/base.h, encode_head)
//   since      := modseq entry(32) next_email last_email email(32)
//   mailbox    := id n (number digest(32))*         blocks of its placements
//   side       := digest of a record of rows (key value)*: keys behind Table::base and the account, which are those of
//                 POP3's marks, marks of \Recent, of imports, and whatever else is kept beside the mail
//   batch      := first last count bytes rows(32) bodies(32)
//   missing    := email why
// Block `number` of a mailbox holds its placements with UIDs from number * 1024 to number * 1024 + 1023, as
// mailstore/row_fields.h writes them: so a message that comes or goes changes one block. A batch is two records: rows,
// (email row)*, as mailstore/email.h writes them, and bodies, (email digest(32) size)*. Batches also hold emails that
// were expunged since.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/pack.h"
#include "base/id.h"
#include "mailstore/base.h"
#include "mailstore/placement.h"

namespace posthorn::backup {

inline constexpr std::uint32_t kBlockUids = 1024;

/// Up to where an account was copied: what the next run asks for begins behind it. The digests prove that it is still
/// the same account, and not one whose store was set back.
struct Since {
  ModSeq modseq;
  Digest entry{};      ///< of the log's row of that ModSeq; zeros where there was none
  EmailId next_email;  ///< zero: nothing was copied
  EmailId last_email;  ///< the newest that was copied; zero: none
  Digest email{};      ///< of its row
  friend bool operator==(const Since&, const Since&) = default;
};

struct Block {
  std::uint32_t number = 0;
  Digest digest{};
};

struct Batch {
  EmailId first, last;
  std::uint64_t count = 0, bytes = 0;
  Digest rows{}, bodies{};
};

struct BodyOfEmail {
  EmailId email;
  Digest digest{};
  std::uint64_t size = 0;
};

struct AccountRecord {
  std::string head;
  Since since;
  std::vector<std::pair<MailboxId, std::vector<Block>>> mailboxes;
  std::vector<Digest> side;
  std::vector<Batch> batches;
  std::vector<std::pair<EmailId, std::string>> missing;  ///< whose bodies could not be read, and why
};

std::string encode(const AccountRecord& account);
/// Total on any bytes. Errors: damaged; not_supported for a newer one.
Result<AccountRecord> decode_account(std::string_view bytes);

std::string encode(const Since& since);
Result<Since> decode_since(std::string_view bytes);

std::string encode_block(const std::vector<mailstore::Placement>& placements);
Result<std::vector<mailstore::Placement>> decode_block(std::string_view bytes);

/// Of these two the errors are damaged.
Result<std::vector<std::pair<EmailId, std::string>>> decode_emails(std::string_view bytes);
Result<std::vector<BodyOfEmail>> decode_bodies(std::string_view bytes);
void put_email(std::string& out, EmailId email, std::string_view row);
void put_body(std::string& out, const BodyOfEmail& body);

using Rows = std::vector<std::pair<std::string, std::string>>;
void put_row(std::string& out, std::string_view key, std::string_view value);
Result<Rows> decode_rows(std::string_view bytes);

}  // namespace posthorn::backup
