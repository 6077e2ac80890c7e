#include "mta/addressee.h"

#include "base/text.h"

namespace posthorn::mta {
namespace {

/// INBOX: the first mailbox of every account, never removed or made anew.
constexpr MailboxId kInbox{1};

}  // namespace

MailboxId mailbox_for(const mailstore::Version& version, std::string_view detail) {
  if (detail.empty()) return kInbox;
  for (const auto& mailbox : version.mailboxes)
    if (iequals(mailbox->name, detail)) return mailbox->id;
  return kInbox;
}

net::Task<Result<std::vector<Addressee>>> find_addressees(Addressing by, std::string address,
                                                          directory::ResolveFor who) {
  directory::Resolution found;
  // Nearly all mail is for an account that is known already: that takes no other thread.
  const auto known = by.directory->find(address, store::Wait::never);
  if (known && *known && !(*known)->is_outside && (*known)->state != directory::AccountState::closed) {
    found.targets.push_back({**known, ""});
  } else {
    auto* threads = by.directory->has_outside() ? by.asking : &by.mailstore->offload();
    auto resolved = co_await threads->run([&] { return by.directory->resolve(address, who); });
    if (!resolved) co_return fail(resolved);
    found = std::move(*resolved);
  }
  std::vector<Addressee> addressees;
  for (const auto& target : found.targets) {
    auto account = co_await by.mailstore->open(target.account.id);
    if (!account) co_return fail(account);
    const auto mailbox = mailbox_for(*(*account)->published(), target.detail);
    addressees.push_back({std::move(*account), mailbox});
  }
  co_return addressees;
}

}  // namespace posthorn::mta
