#include "imap/commands/counted_mailbox.h"

#include <algorithm>

#include "imap/server/session.h"

namespace posthorn::imap {
namespace {

bool has(const StatusItems& wanted, StatusAtt att) {
  return std::find(wanted.items.begin(), wanted.items.end(), att) != wanted.items.end();
}

std::uint64_t value_of(StatusAtt att, const mailstore::Mailbox& mailbox, std::uint32_t recent,
                       std::uint64_t longest_message) {
  switch (att) {
    case StatusAtt::append_limit: return longest_message;
    case StatusAtt::deleted: return mailbox.deleted;
    case StatusAtt::highest_modseq: return mailbox.highest_modseq.value();
    case StatusAtt::messages: return mailbox.messages;
    case StatusAtt::recent: return recent;
    case StatusAtt::size: return mailbox.bytes;
    case StatusAtt::uid_next: return mailbox.uid_next.value();
    case StatusAtt::uid_validity: return mailbox.uid_validity.value();
    case StatusAtt::unseen: return mailbox.unseen;
  }
  return 0;
}

/// The version as it is told, and in it how many nobody has claimed.
struct Counted {
  mailstore::VersionPtr version;
  std::uint32_t recent = 0;
};

// RECENT alone needs the columns, and these only where some of the messages were claimed and some came since.
net::Task<Result<Counted>> count(Session* session, MailboxId id, bool wants_recent) {
  Counted counted{session->account()->published()};
  const auto* mailbox = counted.version->find(id);
  const auto& account = session->account();
  if (mailbox != nullptr && account->first_unclaimed(id) == Uid(1)) counted.recent = mailbox->messages;
  if (mailbox == nullptr || !wants_recent || mailbox->messages == 0 || account->first_unclaimed(id) == Uid(1) ||
      account->first_unclaimed(id) >= mailbox->uid_next)
    co_return counted;
  const auto opened = co_await session->mailstore()->open_mailbox(session->account(), id);
  if (!opened) co_return base::fail(opened);
  counted.version = (*opened)->version();
  mailbox = counted.version->find(id);
  if (mailbox == nullptr || !mailbox->columns) co_return counted;
  counted.recent = mailbox->columns->size() - mailbox->columns->lower_bound(account->first_unclaimed(id));
  co_return counted;
}

}  // namespace

net::Task<Result<std::optional<StatusData>>> count_mailbox(Session* session, MailboxId id, StatusItems items) {
  if (has(items, StatusAtt::highest_modseq)) session->enable(&Enabled::condstore);
  const auto counted = co_await count(session, id, has(items, StatusAtt::recent));
  if (!counted) co_return base::fail(counted);
  const mailstore::Mailbox* mailbox = counted->version->find(id);
  if (mailbox == nullptr) co_return std::nullopt;
  auto name = MailboxName::from_utf8(mailbox->name);
  if (!name) co_return base::fail(name);
  StatusData data{*std::move(name)};
  for (const auto att : items.items)
    data.values.emplace_back(att, value_of(att, *mailbox, counted->recent, session->config().longest_message));
  co_return data;
}

}  // namespace posthorn::imap
