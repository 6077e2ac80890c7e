// STATUS, RFC 9051 6.3.11.
#include "imap/commands/commands.h"
#include "imap/server/error_table.h"
#include "imap/server/session.h"
#include "imap/syntax/command_args.h"

namespace posthorn::imap::commands {
namespace {

std::uint64_t value_of(StatusAtt att, const mailstore::Mailbox& mailbox, std::uint32_t recent) {
  switch (att) {
    case StatusAtt::messages: return mailbox.messages;
    case StatusAtt::recent: return recent;
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

net::Task<Reply> status(Session* session, Command command) {
  const auto args = arguments<StatusArgs>(command);
  if (!args) co_return reply_to(args.error());
  const auto before = session->account()->published();
  const mailstore::Mailbox* found = before->find(args->mailbox.utf8());
  if (found == nullptr) co_return reply_to({Code::not_found, "There is no such mailbox"});
  const auto& items = args->items.items;
  const bool wants_recent = std::find(items.begin(), items.end(), StatusAtt::recent) != items.end();
  const auto counted = co_await count(session, found->id, wants_recent);
  if (!counted) co_return reply_to(counted.error());
  const mailstore::Mailbox* mailbox = counted->version->find(found->id);
  if (mailbox == nullptr) co_return reply_to({Code::not_found, "There is no such mailbox"});
  StatusData data{args->mailbox};
  for (const auto att : items) data.values.emplace_back(att, value_of(att, *mailbox, counted->recent));
  data.print(session->out(), NameEncoding::modified_utf7);
  co_return Reply::ok("STATUS completed");
}

}  // namespace posthorn::imap::commands
