// Dropping old logs in the background: so that the disk of what was expunged is given back.
#include "base/bytes.h"
#include "base/log.h"
#include "mailstore/account_rows.h"
#include "mailstore/mailstore.h"

namespace posthorn::mailstore {
namespace {

/// So long one call of tidy() may go on with it; the next one continues.
constexpr auto kAtOnce = std::chrono::milliseconds(500);
/// How long a few dead messages of a large account may wait for more, beyond options.keep.
constexpr auto kPatience = std::chrono::hours(24);
/// How often it is tried while the disk is full: nothing is kept then.
constexpr auto kAgainWhenFull = std::chrono::minutes(1);

Result<std::vector<AccountId>> accounts_from(const store::View& view, AccountId first) {
  std::vector<AccountId> ids;
  const auto prefix = store::KeyBuilder(store::Table::account).take();
  const auto done =
      view.scan(account_key(first), store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
        ids.emplace_back(ByteReader(key.substr(prefix.size())).u32());
        return true;
      });
  if (!done) return fail(done);
  return ids;
}

}  // namespace

Result<void> Mailstore::prune(AccountId id, bool is_full) {
  const auto before = is_full ? wall_now() : wall_now() - options_.keep;
  const auto view = store_.snapshot();
  const auto row = read_account_row(*view, id);
  if (!row) return row.error().code == Code::not_found ? Result<void>() : fail(row);
  auto& log = old_logs_[id];
  if (log.base != row->base_modseq) {
    auto begun = begin_old_log(*view, id);
    if (!begun) return fail(begun);
    log = *begun;
  }
  if (auto done = count_old_log(*view, id, before, log); !done) return done;
  if (!is_worth_dropping(log, before, is_full ? Duration(0) : Duration(kPatience))) return {};
  const OldLog dropped = log;
  old_logs_.erase(id);
  if (auto done = drop_log(id, dropped.upto); !done) return done;
  base::log::Line(base::log::info, "mailstore", "log.dropped")
      .with("account", id.value())
      .with("upto", dropped.upto.value())
      .with("entries", dropped.entries)
      .with("expunged_bytes", dropped.dead_bytes);
  return {};
}

void Mailstore::prune_logs() {
  const auto begun = steady_now();
  const bool is_full = !store_.has_room();
  if (is_full && next_to_prune_.is_zero()) prune_again_ = std::min(prune_again_, pruned_ + kAgainWhenFull);
  if (next_to_prune_.is_zero() && begun < prune_again_) return;
  const auto ids = accounts_from(*store_.snapshot(), next_to_prune_);
  next_to_prune_ = AccountId();
  prune_again_ = begun + options_.prune_every;
  pruned_ = begun;
  if (!ids) {
    base::log::Line(base::log::error, "mailstore", "prune.failed").with("error", ids.error().text);
    return;
  }
  for (const AccountId id : *ids) {
    if (const auto done = prune(id, is_full); !done)
      base::log::Line(base::log::error, "mailstore", "prune.failed")
          .with("account", id.value())
          .with("error", done.error().text);
    if (steady_now() < begun + kAtOnce) continue;
    next_to_prune_ = id.next();
    return;
  }
}

}  // namespace posthorn::mailstore
