#include "mailstore/thread.h"

#include "base/bytes.h"
#include "codec/digest.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

/// References beyond these, the newest, do not count: enough to find a thread, bounded in what a message can cost.
constexpr std::size_t kMostReferences = 12;
constexpr std::size_t kHashSize = 8;

std::string hash(std::string_view text) { return codec::sha256(text).substr(0, kHashSize); }

std::string thread_key(AccountId account, std::string_view message_id) {
  return store::KeyBuilder(store::Table::thread).u32(account.value()).bytes(hash(message_id)).take();
}

/// Its own id first, then those it refers to, the nearest first.
std::vector<std::string> keys_of(AccountId account, const message::Summary& summary) {
  std::vector<std::string> keys;
  if (!summary.message_id.empty()) keys.push_back(thread_key(account, summary.message_id));
  const auto& references = summary.references;
  for (auto it = references.rbegin(); it != references.rend() && keys.size() <= kMostReferences; ++it)
    keys.push_back(thread_key(account, *it));
  return keys;
}

}  // namespace

Result<ThreadId> find_thread(const store::View& view, AccountId account, const message::Summary& summary) {
  const auto keys = keys_of(account, summary);
  if (keys.empty()) return ThreadId();
  const auto rows = view.multi_get(keys);
  if (!rows) return fail(rows);
  const auto subject = hash(summary.base_subject);
  for (const auto& row : *rows) {
    if (!row) continue;
    ByteReader in(*row);
    const ThreadId thread(in.u64());
    if (in.bytes(kHashSize) == subject) return thread;
  }
  return ThreadId();
}

void put_thread_rows(store::Commit& commit, AccountId account, const message::Summary& summary, ThreadId thread) {
  std::string value;
  put_u64(value, thread.value());
  value += hash(summary.base_subject);
  for (auto& key : keys_of(account, summary)) commit.put(std::move(key), value);
}

}  // namespace posthorn::mailstore
