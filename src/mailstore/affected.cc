#include "mailstore/affected.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "mailstore/account_rows.h"
#include "store/blob/sweeper.h"

namespace posthorn::mailstore {

std::vector<std::string> messages_of(const store::View& view, const std::vector<store::Digest>& bodies,
                                     const std::function<std::string(AccountId)>& name_of) {
  std::map<AccountId, std::set<EmailId>> emails;
  for (const auto& digest : bodies) {
    const auto prefix = store::reference_prefix(store::view(digest));
    (void)view.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
      ByteReader in(key.substr(prefix.size()));
      const AccountId account(in.u32());
      emails[account].insert(EmailId(in.u64()));
      return true;
    });
  }
  std::vector<std::string> lines;
  for (const auto& [account, wanted] : emails) {
    const auto version = read_newest(view, account);
    if (!version) continue;
    for (const auto& mailbox : (*version)->mailboxes) {
      std::vector<Uid> uids;
      mailbox->columns->for_each(0, mailbox->columns->size(), [&](const Placement& p) {
        if (wanted.contains(p.email)) uids.push_back(p.uid);
      });
      if (!uids.empty())
        lines.push_back(fmt::format("{}: {}: UID {}", name_of(account), mailbox->name, text_of(UidSet::of(uids))));
    }
  }
  return lines;
}

}  // namespace posthorn::mailstore
