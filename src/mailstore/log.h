// Log entries as rows: one row an entry, key (account, ModSeq).
//
// Format of a row's value: version(1), which is 2 where a change is named that 1 did not know, time_us(8) nchanges
// change*;  change := tag(1) fields. Tags are the places of the types in Change and never change their meaning; numbers
// are varints unless a width is named.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "mailstore/change.h"
#include "store/store.h"

namespace posthorn::mailstore {

std::string log_key(AccountId account, ModSeq modseq);
std::string encode_entry(const LogEntry& entry);
/// Total on any bytes. Errors: damaged; not_supported for a newer format.
Result<LogEntry> decode_entry(ModSeq modseq, std::string_view value);

/// Up to the newest entry, whichever that is.
inline constexpr ModSeq kNewest{UINT64_MAX - 1};

/// Calls `visit` for every entry with since < ModSeq <= upto, in order; it may answer an error to stop. A missing
/// entry in between is Code::damaged.
Result<void> read_log(const store::View& view, AccountId account, ModSeq since, ModSeq upto,
                      const std::function<Result<void>(LogEntry)>& visit);
}  // namespace posthorn::mailstore
