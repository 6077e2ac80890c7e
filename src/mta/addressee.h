// Who gets mail for a recipient's address, as accounts that are open: the directory's answer (Directory::resolve()),
// and the mailbox for a detail.
#pragma once

#include <string>
#include <vector>

#include "directory/directory.h"
#include "mailstore/mailstore.h"
#include "net/offload.h"

namespace posthorn::mta {

struct Addressee {
  mailstore::AccountPtr account;
  MailboxId mailbox;
};

/// What asks the directory; all of it outlives the question.
struct Addressing {
  mailstore::Mailstore* mailstore = nullptr;
  directory::Directory* directory = nullptr;
  net::Offload* asking = nullptr;  ///< where other directories are asked
};

/// Errors: those of Directory::resolve().
net::Task<Result<std::vector<Addressee>>> find_addressees(Addressing by, std::string address,
                                                          directory::ResolveFor who);

/// INBOX, or for a detail the mailbox of that name, whatever the case of its ASCII letters: addresses have none.
MailboxId mailbox_for(const mailstore::Version& version, std::string_view detail);

}  // namespace posthorn::mta
