#include "mailstore/history.h"

#include <fmt/chrono.h>

#include <functional>
#include <map>
#include <set>

#include "mailstore/account_rows.h"
#include "mailstore/fold.h"
#include "mailstore/log.h"

namespace posthorn::mailstore {
namespace {

using Visit = std::function<Result<void>(const Version& before, const LogEntry& entry)>;

/// The account as it is, with all columns; every entry is shown with what was there before it.
Result<std::shared_ptr<Version>> walk(const store::View& view, AccountId account, const Visit& visit) {
  const auto base = read_base(view, account);
  if (!base) return fail(base);
  const ModSeq from = base->stored.version->modseq;
  auto version = read_whole(view, *base, from);
  if (!version) return version;
  const auto done = read_log(view, account, from, kNewest, [&](const LogEntry& entry) -> Result<void> {
    if (auto visited = visit(**version, entry); !visited) return visited;
    auto after = fold(**version, entry);
    if (!after) return fail(after);
    version = std::move(after);
    return {};
  });
  if (!done) return fail(done);
  return version;
}

/// Placements that `change` takes away, and of which mailbox.
std::pair<const Mailbox*, std::vector<Placement>> taken_by(const Change& change, const Version& before) {
  if (const auto* expunged = std::get_if<Expunged>(&change))
    if (const auto* mailbox = before.find(expunged->mailbox))
      return {mailbox, mailbox->columns->find_all(expunged->uids)};
  if (const auto* deleted = std::get_if<MailboxDeleted>(&change))
    if (const auto* mailbox = before.find(deleted->mailbox))
      return {mailbox, mailbox->columns->find_all(mailbox->columns->uids())};
  return {nullptr, {}};
}

}  // namespace

Result<std::vector<GoneMessage>> gone_messages(const store::View& view, AccountId account) {
  std::vector<GoneMessage> taken;
  std::map<EmailId, std::size_t> last;
  const auto now = walk(view, account, [&](const Version& before, const LogEntry& entry) -> Result<void> {
    for (const auto& change : entry.changes) {
      const auto [mailbox, placements] = taken_by(change, before);
      for (const auto& placement : placements) {
        last[placement.email] = taken.size();
        taken.push_back({mailbox->id, mailbox->name, placement, entry.time});
      }
    }
    return {};
  });
  if (!now) return fail(now);
  for (const auto& mailbox : (*now)->mailboxes)
    mailbox->columns->for_each(0, mailbox->columns->size(), [&](const Placement& p) { last.erase(p.email); });
  std::set<std::size_t> kept;
  for (const auto& [email, place] : last) kept.insert(place);
  std::vector<GoneMessage> gone;
  for (const auto place : kept) gone.push_back(std::move(taken[place]));
  return gone;
}

Result<std::shared_ptr<Version>> version_at(const store::View& view, AccountId account, WallTime time) {
  const auto base = read_base(view, account);
  if (!base) return fail(base);
  const Version& oldest = *base->stored.version;
  if (time < oldest.time)
    return fail(Code::unavailable, fmt::format("what was before {:%Y-%m-%d %H:%M:%S} UTC is not known any more",
                                               fmt::gmtime(static_cast<std::time_t>(to_seconds(oldest.time)) + 1)));
  ModSeq upto = oldest.modseq;
  const auto done = read_log(view, account, upto, kNewest, [&](const LogEntry& entry) -> Result<void> {
    if (entry.time <= time) upto = entry.modseq;
    return {};
  });
  if (!done) return fail(done);
  return read_whole(view, *base, upto);
}

}  // namespace posthorn::mailstore
