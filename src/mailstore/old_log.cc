#include "mailstore/old_log.h"

#include "base/bytes.h"
#include "mailstore/account_rows.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint64_t kLongLog = 20'000;
constexpr std::uint64_t kWorthwhileShare = 8;

void count(const LogEntry& entry, OldLog& log) {
  ++log.entries;
  log.upto = entry.modseq;
  for (const auto& change : entry.changes) {
    const auto* expunged = std::get_if<Expunged>(&change);
    const bool is_mailbox = std::holds_alternative<MailboxDeleted>(change);
    if (const auto* added = std::get_if<Added>(&change)) log.living_bytes += added->placement.size;
    if (expunged != nullptr) log.dead_bytes += expunged->bytes;
    if (expunged == nullptr && !is_mailbox) continue;
    log.has_dead_mailbox |= is_mailbox;
    if (!std::exchange(log.has_dead, true)) log.first_dead = entry.time;
  }
}

}  // namespace

Result<OldLog> begin_old_log(const store::View& view, AccountId account) {
  const auto base = read_base(view, account);
  if (!base) return fail(base);
  const Version& version = *base->stored.version;
  OldLog log{.base = version.modseq, .upto = version.modseq, .living_bytes = version.bytes, .first_dead = {}};
  for (const auto& mailbox : version.mailboxes) log.messages += mailbox->messages;
  return log;
}

Result<void> count_old_log(const store::View& view, AccountId account, WallTime before, OldLog& log) {
  Result<void> outcome;
  const auto scanned = view.scan(log_key(account, log.upto.next()), log_key(account, kNewest.next()),
                                 [&](std::string_view key, std::string_view value) {
                                   const auto entry = decode_entry(ModSeq(ByteReader(key.substr(5)).u64()), value);
                                   if (!entry) outcome = fail(entry);
                                   if (!entry || entry->time > before) return false;
                                   count(*entry, log);
                                   return true;
                                 });
  return scanned ? outcome : scanned;
}

bool is_worth_dropping(const OldLog& log, WallTime before, Duration patience) {
  if (log.entries >= kLongLog && log.entries >= log.messages) return true;
  if (!log.has_dead) return false;
  return log.has_dead_mailbox || log.dead_bytes * kWorthwhileShare >= log.living_bytes ||
         log.first_dead + patience <= before;
}

}  // namespace posthorn::mailstore
