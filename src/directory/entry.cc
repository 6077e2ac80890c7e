#include "directory/entry.h"

#include <array>

#include <fmt/ranges.h>

#include "base/bytes.h"
#include "store/keys.h"

namespace posthorn::directory {
namespace {

constexpr std::array<std::string_view, 5> kProtocolNames{"imap", "pop3", "smtp", "jmap", "managesieve"};

store::KeyBuilder key(char kind) {
  store::KeyBuilder key(store::Table::directory);
  key.u8(static_cast<std::uint8_t>(kind));
  return key;
}

void put_strings(std::string& out, const std::vector<std::string>& strings) {
  put_varint(out, strings.size());
  for (const auto& s : strings) put_string(out, s);
}

std::vector<std::string> read_strings(ByteReader& in) {
  std::vector<std::string> strings;
  for (auto n = in.varint(); n > 0 && in.ok(); --n) strings.emplace_back(in.string());
  return strings;
}

/// A small number below `end`; anything else is damage.
template <class Enum>
Enum read_enum(ByteReader& in, Enum last) {
  const auto value = in.u8();
  if (value > static_cast<std::uint8_t>(last)) in.set_failed();
  return static_cast<Enum>(value);
}

template <class Entry>
Result<Entry> checked(const ByteReader& in, Entry entry, std::string_view name) {
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, fmt::format("the directory's row of {} is damaged", name));
  return entry;
}

}  // namespace

std::vector<std::string> names_of(Protocols set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kProtocolNames.size(); ++i)
    if ((set >> i & 1) != 0) names.emplace_back(kProtocolNames[i]);
  return names;
}

Result<Protocols> protocols_of(const std::vector<std::string>& names) {
  Protocols set = 0;
  for (const auto& name : names) {
    std::size_t i = 0;
    while (i < kProtocolNames.size() && kProtocolNames[i] != name) ++i;
    if (i == kProtocolNames.size())
      return fail(Code::invalid, fmt::format("a protocol is one of {}", fmt::join(kProtocolNames, ", ")));
    set = static_cast<Protocols>(set | 1U << i);
  }
  return set;
}

std::string encode(const DomainEntry& entry) {
  std::string out;
  put_u8(out, 2);
  put_string(out, entry.catch_all);
  put_string(out, entry.separator);
  return out;
}

template <>
Result<DomainEntry> decode(std::string name, std::string_view bytes) {
  ByteReader in(bytes);
  DomainEntry entry{.name = std::move(name)};
  const auto version = in.u8();
  if (version == 2) {
    entry.catch_all = in.string();
    entry.separator = in.string();
  } else if (version != 1) {
    in.set_failed();
  }
  return checked(in, entry, entry.name);
}

std::string encode(const AccountEntry& e) {
  std::string out;
  put_u8(out, 2);
  put_varint(out, e.id.value());
  put_string(out, e.password_hash);
  put_varint(out, e.credential_version);
  put_string(out, e.scram_sha_256);
  put_string(out, e.scram_sha_1);
  put_string(out, e.name);
  put_u8(out, static_cast<std::uint8_t>(e.state));
  put_u8(out, e.protocols);
  put_u8(out, static_cast<std::uint8_t>(e.pop3_delete));
  put_varint(out, e.pop3_keep_days);
  put_u8(out, static_cast<std::uint8_t>(e.detail));
  put_u8(out, e.is_outside ? 1 : 0);
  return out;
}

template <>
Result<AccountEntry> decode(std::string name, std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  AccountEntry e;
  e.address = std::move(name);
  e.id = AccountId(static_cast<std::uint32_t>(in.varint()));
  e.password_hash = in.string();
  if (version == 2) {
    e.credential_version = in.varint();
    e.scram_sha_256 = in.string();
    e.scram_sha_1 = in.string();
    e.name = in.string();
    e.state = read_enum(in, AccountState::closed);
    e.protocols = in.u8();
    e.pop3_delete = read_enum(in, Pop3Delete::trash);
    e.pop3_keep_days = static_cast<std::uint32_t>(in.varint());
    e.detail = read_enum(in, DetailRule::mailbox);
    e.is_outside = in.u8() != 0;
  } else if (version != 1) {
    in.set_failed();
  }
  return checked(in, e, e.address);
}

std::string encode(const AliasEntry& entry) {
  std::string out;
  put_u8(out, 1);
  put_strings(out, entry.targets);
  return out;
}

template <>
Result<AliasEntry> decode(std::string name, std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != 1) in.set_failed();
  AliasEntry entry{std::move(name), read_strings(in)};
  return checked(in, entry, entry.address);
}

std::string encode(const GroupEntry& entry) {
  std::string out;
  put_u8(out, 1);
  put_string(out, entry.name);
  put_u8(out, static_cast<std::uint8_t>(entry.senders));
  put_strings(out, entry.members);
  return out;
}

template <>
Result<GroupEntry> decode(std::string name, std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != 1) in.set_failed();
  GroupEntry entry;
  entry.address = std::move(name);
  entry.name = in.string();
  entry.senders = read_enum(in, GroupSenders::members);
  entry.members = read_strings(in);
  return checked(in, entry, entry.address);
}

std::string encode(const AppPassword& e) {
  std::string out;
  put_u8(out, 1);
  put_string(out, e.digest);
  put_u8(out, e.protocols);
  put_strings(out, e.senders);
  put_varint(out, e.messages_an_hour);
  for (const auto time : {e.created, e.last_used, e.expires}) put_u64(out, static_cast<std::uint64_t>(time));
  put_string(out, e.scram_sha_256);
  put_string(out, e.scram_sha_1);
  return out;
}

template <>
Result<AppPassword> decode(std::string name, std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != 1) in.set_failed();
  AppPassword e;
  e.name = std::move(name);
  e.digest = in.string();
  e.protocols = in.u8();
  e.senders = read_strings(in);
  e.messages_an_hour = static_cast<std::uint32_t>(in.varint());
  for (auto* time : {&e.created, &e.last_used, &e.expires}) *time = static_cast<std::int64_t>(in.u64());
  e.scram_sha_256 = in.string();
  e.scram_sha_1 = in.string();
  return checked(in, e, e.name);
}

std::string domain_key(std::string_view name) { return key('d').bytes(name).take(); }
std::string account_key(std::string_view address) { return key('a').bytes(address).take(); }
std::string alias_key(std::string_view address) { return key('l').bytes(address).take(); }
std::string group_key(std::string_view address) { return key('g').bytes(address).take(); }
std::string app_password_key(AccountId account, std::string_view name) {
  return key('p').u32(account.value()).bytes(name).take();
}
std::string app_password_index_key(AccountId account, std::string_view digest) {
  return key('x').u32(account.value()).bytes(digest).take();
}
std::string installation_key() { return key('k').take(); }

}  // namespace posthorn::directory
