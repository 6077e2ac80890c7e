// CREATE, RFC 9051 6.3.4, with the special use of RFC 6154 3.
#include <algorithm>

#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/special_use.h"
#include "mailstore/mailboxes.h"

namespace posthorn::imap::commands {
namespace {

/// Why the mailbox cannot be used so: a mailbox has one use, a use one mailbox, and \\All and \\Flagged would be views
/// of all mail, which no mailbox here is.
const char* objection_to(const CreateArgs& args, const mailstore::Version& version) {
  using mailstore::SpecialUse;
  if (args.has_unknown_use) return "No such use is known";
  if (args.uses.size() > 1) return "A mailbox has one use";
  if (args.uses.empty()) return nullptr;
  const SpecialUse use = args.uses.front();
  if (use == SpecialUse::all || use == SpecialUse::flagged) return "Mailboxes of that use cannot be made";
  const bool is_taken = std::any_of(version.mailboxes.begin(), version.mailboxes.end(),
                                    [use](const auto& mailbox) { return mailbox->special_use == use; });
  return is_taken ? "Another mailbox has that use" : nullptr;
}

}  // namespace

net::Task<Reply> create(Session* session, Command command) {
  const auto args = arguments<CreateArgs>(command);
  if (!args) co_return reply_to(args.error());
  if (const char* why = objection_to(*args, *session->account()->published()))
    co_return Reply{Condition::no, ResponseCode{"USEATTR"}, why};
  const auto use = args->uses.empty() ? mailstore::SpecialUse::none : args->uses.front();
  const auto made =
      co_await mailstore::create_mailbox(session->mailstore(), session->account(), args->mailbox.utf8(), use);
  co_return made ? Reply::ok("CREATE completed") : reply_to(made.error());
}

}  // namespace posthorn::imap::commands
