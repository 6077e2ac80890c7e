#include "mailstore/log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "mailstore/row_fields.h"
#include "store/keys.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 2;
/// The changes that version 1 had are the first ones.
constexpr std::size_t kChangesOfVersion1 = 12;

std::uint8_t version_of(const LogEntry& entry) {
  const bool is_old = std::ranges::all_of(entry.changes, [](const auto& c) { return c.index() < kChangesOfVersion1; });
  return is_old ? 1 : kVersion;
}

std::string get_text(ByteReader& in) { return std::string(in.string()); }

void put(std::string& out, const MailboxCreated& c) {
  put_id(out, c.mailbox);
  put_string(out, c.name);
  put_id(out, c.uid_validity);
  put_u8(out, static_cast<std::uint8_t>(c.special_use));
}
void get(ByteReader& in, MailboxCreated& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.name = get_text(in);
  c.uid_validity = get_id<UidValidity>(in);
  c.special_use = static_cast<SpecialUse>(in.u8());
}
void put(std::string& out, const MailboxRenamed& c) {
  put_id(out, c.mailbox);
  put_string(out, c.name);
}
void get(ByteReader& in, MailboxRenamed& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.name = get_text(in);
}
void put(std::string& out, const MailboxDeleted& c) { put_id(out, c.mailbox); }
void get(ByteReader& in, MailboxDeleted& c) { c.mailbox = get_id<MailboxId>(in); }
void put(std::string& out, const SubscriptionChanged& c) {
  put_string(out, c.name);
  put_u8(out, c.subscribed);
}
void get(ByteReader& in, SubscriptionChanged& c) {
  c.name = get_text(in);
  c.subscribed = in.u8() != 0;
}
void put(std::string& out, const KeywordDefined& c) { put_string(out, c.name); }
void get(ByteReader& in, KeywordDefined& c) { c.name = get_text(in); }
void put(std::string& out, const Added& c) {
  put_id(out, c.mailbox);
  put_placement(out, c.placement);
  put_u8(out, c.new_email);
}
void get(ByteReader& in, Added& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.placement = get_placement(in);
  c.new_email = in.u8() != 0;
}
void put(std::string& out, const FlagsChanged& c) {
  put_id(out, c.mailbox);
  put_uid_set(out, c.uids);
  put_u8(out, static_cast<std::uint8_t>(c.op));
  put_flags(out, c.flags);
  put_signed(out, c.unseen);
  put_signed(out, c.deleted);
}
void get(ByteReader& in, FlagsChanged& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.uids = get_uid_set(in);
  const auto op = in.u8();
  if (op > 2) in.set_failed();
  c.op = static_cast<FlagsOp>(op);
  c.flags = get_flags(in);
  c.unseen = static_cast<std::int32_t>(get_signed(in));
  c.deleted = static_cast<std::int32_t>(get_signed(in));
}
void put(std::string& out, const Expunged& c) {
  put_id(out, c.mailbox);
  put_uid_set(out, c.uids);
  put_varint(out, c.unseen);
  put_varint(out, c.deleted);
  put_varint(out, c.bytes);
}
void get(ByteReader& in, Expunged& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.uids = get_uid_set(in);
  c.unseen = static_cast<std::uint32_t>(in.varint());
  c.deleted = static_cast<std::uint32_t>(in.varint());
  c.bytes = in.varint();
}
void put(std::string& out, const PrivateFlagsChanged& c) {
  put_id(out, c.user);
  put_id(out, c.mailbox);
  put_uid_set(out, c.uids);
  put_u8(out, c.system);
}
void get(ByteReader& in, PrivateFlagsChanged& c) {
  c.user = get_id<AccountId>(in);
  c.mailbox = get_id<MailboxId>(in);
  c.uids = get_uid_set(in);
  c.system = in.u8();
}
void put(std::string& out, const QuotaSet& c) { put_varint(out, c.bytes); }
void get(ByteReader& in, QuotaSet& c) { c.bytes = in.varint(); }
void put(std::string& out, const SpecialUseSet& c) {
  put_id(out, c.mailbox);
  put_u8(out, static_cast<std::uint8_t>(c.special_use));
}
void get(ByteReader& in, SpecialUseSet& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.special_use = static_cast<SpecialUse>(in.u8());
}
void put(std::string& out, const EpochRaised& c) { put_id(out, c.next_uid_validity); }
void get(ByteReader& in, EpochRaised& c) { c.next_uid_validity = get_id<UidValidity>(in); }
void put(std::string& out, const UidsTakenOver& c) {
  put_id(out, c.mailbox);
  put_id(out, c.uid_validity);
  put_id(out, c.uid_next);
}
void get(ByteReader& in, UidsTakenOver& c) {
  c.mailbox = get_id<MailboxId>(in);
  c.uid_validity = get_id<UidValidity>(in);
  c.uid_next = get_id<Uid>(in);
}

template <std::size_t N = 0>
Change get_change(ByteReader& in, std::size_t tag) {
  if constexpr (N < std::variant_size_v<Change>) {
    if (tag != N) return get_change<N + 1>(in, tag);
    std::variant_alternative_t<N, Change> c;
    get(in, c);
    return c;
  } else {
    in.set_failed();
    return QuotaSet{};
  }
}

}  // namespace

std::string log_key(AccountId account, ModSeq modseq) {
  return store::KeyBuilder(store::Table::change).u32(account.value()).u64(modseq.value()).take();
}

std::string encode_entry(const LogEntry& entry) {
  std::string out;
  put_u8(out, version_of(entry));
  put_u64(out, static_cast<std::uint64_t>(to_micros(entry.time)));
  put_varint(out, entry.changes.size());
  for (const auto& change : entry.changes) {
    put_u8(out, static_cast<std::uint8_t>(change.index()));
    std::visit([&](const auto& c) { put(out, c); }, change);
  }
  return out;
}

Result<LogEntry> decode_entry(ModSeq modseq, std::string_view value) {
  ByteReader in(value);
  const auto version = in.u8();
  if (in.ok() && (version == 0 || version > kVersion))
    return fail(Code::not_supported,
                fmt::format("a log entry of version {}; this program knows {}", version, kVersion));
  LogEntry entry{.modseq = modseq, .time = from_micros(static_cast<std::int64_t>(in.u64())), .changes = {}};
  const auto n = in.varint();
  for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
    const auto tag = in.u8();
    entry.changes.push_back(get_change(in, tag));
  }
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, fmt::format("log entry {} is damaged", modseq.value()));
  return entry;
}

Result<void> read_log(const store::View& view, AccountId account, ModSeq since, ModSeq upto,
                      const std::function<Result<void>(LogEntry)>& visit) {
  Result<void> outcome;
  ModSeq expected = since.next();
  const auto scanned = view.scan(
      log_key(account, expected), log_key(account, upto.next()), [&](std::string_view key, std::string_view value) {
        ByteReader in(key.substr(5));
        const ModSeq modseq(in.u64());
        auto entry = decode_entry(modseq, value);
        if (modseq != expected)
          outcome = fail(Code::damaged,
                         fmt::format("log entry {} of account {} is missing", expected.value(), account.value()));
        else
          outcome = entry ? visit(std::move(*entry)) : fail(entry);
        expected = modseq.next();
        return outcome.has_value();
      });
  if (!scanned) return scanned;
  if (outcome && expected != upto.next() && upto != kNewest)
    return fail(Code::damaged, fmt::format("log entry {} of account {} is missing", expected.value(), account.value()));
  return outcome;
}

}  // namespace posthorn::mailstore
