// The first byte of every key: one letter a table, listed here so that no two tables share one.
//
// Numbers in keys are big-endian, so that rows sort as they count.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace posthorn::store {

enum class Table : char {
  position = '\x01',  ///< how much of the log the index holds (log/log_store.h)
  blob = 'B',         ///< digest -> where the body lies
  reference = 'R',    ///< digest, referrer -> ""; a body lives while it has one
  doomed = 'D',       ///< time, digest -> "": a body that may have lost its last reference
  blob_file = 'F',    ///< file id -> digest
  segment = 'S',      ///< log segment -> bytes of living bodies in it
  account = 'A',      ///< account -> which base is in force (mailstore/account_rows.h)
  base = 'H',         ///< account, generation, part -> base (mailstore/base.h)
  checkpoint = 'K',   ///< account, part -> derived twin of a base, at a later ModSeq
  change = 'L',       ///< account, ModSeq -> log entry (mailstore/log.h)
  email = 'E',        ///< account, email -> what is known of an email (mailstore/email.h)
  thread = 'T',       ///< account, hash of a Message-ID -> thread (mailstore/thread.h)
  directory = 'P',    ///< domains, accounts by name, credentials (directory/directory.cc)
  system = 'Y',       ///< numbers given out once, format version
};

/// Builds a key: `KeyBuilder(Table::change).u32(account).u64(modseq).take()`.
class KeyBuilder {
 public:
  explicit KeyBuilder(Table table) { key_ += static_cast<char>(table); }
  KeyBuilder& u8(std::uint8_t v) { return put_u8(key_, v), *this; }
  KeyBuilder& u32(std::uint32_t v) { return put_u32(key_, v), *this; }
  KeyBuilder& u64(std::uint64_t v) { return put_u64(key_, v), *this; }
  KeyBuilder& bytes(std::string_view s) { return key_ += s, *this; }
  std::string take() { return std::move(key_); }

 private:
  std::string key_;
};

/// The first key after all that begin with `prefix`; "" (the end of all keys) where there is none.
inline std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

}  // namespace posthorn::store
