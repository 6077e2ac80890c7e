#include "mailstore/mailbox_maker.h"

#include "mailstore/mailboxes.h"

namespace posthorn::mailstore {
namespace {

/// "a/b/c" -> {"a", "a/b", "a/b/c"}
std::vector<std::string> levels(const std::string& name) {
  std::vector<std::string> all;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    all.push_back(name.substr(0, slash));
  all.push_back(name);
  return all;
}

}  // namespace

Result<MailboxId> MailboxMaker::make(const std::string& name, SpecialUse use, std::vector<Change>& changes) {
  MailboxId last;
  for (auto& level : levels(name)) {
    const Mailbox* there = head_.find(level);
    const auto made = made_.find(level);
    if (there != nullptr || made != made_.end()) {
      last = there != nullptr ? there->id : made->second;
      continue;
    }
    last = std::exchange(next_, next_.next());
    changes.emplace_back(MailboxCreated{last, level, draw_uid_validity(), level == name ? use : SpecialUse::none});
    made_.emplace(std::move(level), last);
  }
  if (head_.mailboxes.size() + made_.size() > kMostMailboxes)
    return fail(Code::too_many, "the account has too many mailboxes");
  return last;
}

void MailboxMaker::rename(const Mailbox& mailbox, std::string name, std::vector<Change>& changes) {
  changes.emplace_back(MailboxRenamed{mailbox.id, std::move(name)});
  if (mailbox.uid_validity < head_.first_uid_validity)
    changes.emplace_back(UidsTakenOver{mailbox.id, draw_uid_validity(), mailbox.uid_next});
}

Result<void> check_mailbox_names(const Version& head, const std::vector<Change>& changes) {
  std::size_t bytes = 0;
  for (const auto& mailbox : head.mailboxes) bytes += mailbox->name.size();
  for (const auto& change : changes) {
    if (const auto* created = std::get_if<MailboxCreated>(&change)) bytes += created->name.size();
    if (const auto* renamed = std::get_if<MailboxRenamed>(&change))
      bytes += renamed->name.size() - head.find(renamed->mailbox)->name.size();
  }
  if (bytes > kMostNameBytes) return fail(Code::too_many, "the names of the account's mailboxes are too long together");
  return {};
}

}  // namespace posthorn::mailstore
