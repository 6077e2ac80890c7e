// An import's source: another IMAP server.
#pragma once

#include <memory>
#include <string>

#include "migration/source.h"
#include "net/offload.h"

namespace posthorn::migration {

struct ImapAccount {
  std::string host;
  std::uint16_t port = 993;
  bool has_tls = true, is_implicit_tls = true;
  bool is_insecure = false;  ///< any certificate is believed
  std::string ca_file;       ///< "" for the system's roots alone
  std::string user;          ///< whose mail
  std::string master_user;   ///< who logs in, "" for `user`
  std::string password, token;
  std::string pop3_format;  ///< how that server makes POP3's unique-ids (pop3_unique_id_of), "" for none
};

/// Connects when it is first asked. `offload` outlives it. Errors: invalid, io (the file of CAs).
Result<std::unique_ptr<Source>> make_imap_source(ImapAccount account, net::Offload* offload);

}  // namespace posthorn::migration
