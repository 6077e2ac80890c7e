// What imports remember of each message that they brought: where it is here, and which flags it had there. So an import
// that was stopped goes on where it was, and another one later brings only what is new.
//
// Format: rows of Table::base, account, 'i', then the first 16 bytes of the SHA-256 of the source's name (the server or
// folder with the mailbox in it), then: 16 bytes of the SHA-256 of the message's key there, value version(1) mailbox
// uid flags(4); or nothing, value version(1) and a text of the source's own, the place up to which it was read. They go
// with the account. Numbers are varints unless a width is named.
#pragma once

#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "store/store.h"

namespace posthorn::mailstore {

struct ImportMark {
  MailboxId mailbox;
  Uid uid;
  std::uint32_t flags = 0;  ///< a fingerprint of the flags that it had there when they were last taken over

  friend bool operator==(const ImportMark&, const ImportMark&) = default;
};

/// What the keys of all rows of one source begin with; the key of its text as well.
std::string import_prefix(AccountId account, std::string_view source);
std::string import_mark_key(const std::string& prefix, std::string_view message_key);

std::string encode_import_mark(const ImportMark& mark);
/// Total on any bytes. Errors: damaged, not_supported.
Result<ImportMark> decode_import_mark(std::string_view bytes);

std::string encode_import_text(std::string_view text);
/// "" where there is none. Errors: as above.
Result<std::string> read_import_text(const store::View& view, const std::string& prefix);
/// Whether any message of the source was brought.
Result<bool> has_import_marks(const store::View& view, const std::string& prefix);

}  // namespace posthorn::mailstore
