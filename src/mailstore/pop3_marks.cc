#include "mailstore/pop3_marks.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr char kUniqueId = 'u';
constexpr char kRetrieved = 'r';

std::string prefix_of(AccountId account, MailboxId mailbox) {
  return store::KeyBuilder(store::Table::base).u32(account.value()).u8('p').u32(mailbox.value()).take();
}

std::string key_of(AccountId account, MailboxId mailbox, Uid uid, char kind) {
  auto key = prefix_of(account, mailbox);
  put_u32(key, uid.value());
  key += kind;
  return key;
}

Result<void> read_row(std::string_view key, std::string_view value, Pop3Marks& marks) {
  ByteReader name(key), in(value);
  const Uid uid(name.u32());
  const char kind = static_cast<char>(name.u8());
  const auto version = in.u8();
  if (in.ok() && version != kVersion) return fail(Code::not_supported, "a mark of POP3 of a later version");
  if (kind == kUniqueId) marks.unique_ids.emplace(uid, value.substr(1));
  if (kind == kRetrieved) marks.retrieved.emplace(uid, from_micros(static_cast<std::int64_t>(in.u64())));
  if (!in.ok() || !name.ok() || !name.at_end()) return fail(Code::damaged, "a mark of POP3 is damaged");
  return {};
}

}  // namespace

std::string default_unique_id(UidValidity uid_validity, Uid uid) {
  return fmt::format("{}.{}", uid_validity.value(), uid.value());
}

Result<Pop3Marks> read_pop3_marks(const store::View& view, AccountId account, MailboxId mailbox) {
  Pop3Marks marks;
  Result<void> outcome;
  const auto prefix = prefix_of(account, mailbox);
  const auto scanned =
      view.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view value) {
        outcome = read_row(key.substr(prefix.size()), value, marks);
        return outcome.has_value();
      });
  if (!scanned) return fail(scanned);
  if (!outcome) return fail(outcome);
  return marks;
}

void put_pop3_unique_id(store::Commit& commit, AccountId account, MailboxId mailbox, Uid uid, std::string_view id) {
  std::string value;
  put_u8(value, kVersion);
  value += id;
  commit.put(key_of(account, mailbox, uid, kUniqueId), value);
}

void put_pop3_retrieved(store::Commit& commit, AccountId account, MailboxId mailbox, Uid uid, WallTime time) {
  std::string value;
  put_u8(value, kVersion);
  put_u64(value, static_cast<std::uint64_t>(to_micros(time)));
  commit.put(key_of(account, mailbox, uid, kRetrieved), value);
}

Result<void> keep_pop3_unique_ids(store::Store& store, const Version& version) {
  constexpr std::size_t kRowsACommit = 10'000;
  const auto* inbox = version.find("INBOX");
  if (inbox == nullptr) return {};
  const auto marks = read_pop3_marks(store, version.account, inbox->id);
  if (!marks) return fail(marks);
  store::Commit commit;
  for (std::uint32_t n = 0; n < inbox->columns->size(); ++n) {
    const Uid uid = inbox->columns->uid_at(n);
    if (marks->unique_ids.contains(uid)) continue;
    put_pop3_unique_id(commit, version.account, inbox->id, uid, default_unique_id(inbox->uid_validity, uid));
    if (commit.rows.size() < kRowsACommit) continue;
    if (auto done = store.commit(std::exchange(commit, {})); !done) return done;
  }
  return commit.rows.empty() ? Result<void>() : store.commit(std::move(commit));
}

void erase_pop3_marks(store::Commit& commit, AccountId account, MailboxId mailbox, Uid uid) {
  commit.erase(key_of(account, mailbox, uid, kUniqueId));
  commit.erase(key_of(account, mailbox, uid, kRetrieved));
}

}  // namespace posthorn::mailstore
