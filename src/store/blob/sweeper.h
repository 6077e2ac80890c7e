// Deletes bodies that nothing refers to any more.
//
// Whoever erases the last reference to a body, or may have, puts a row under Table::doomed. After a time of grace, in
// which someone who is about to refer to the body may do so, the references are tested again in the very commit that
// erases the body's row; the bytes go later (Store::collect).
#pragma once

#include "base/clock.h"
#include "store/store.h"

namespace posthorn::store {

/// Key of the row that says that the body may have lost its last reference at `time`.
std::string doomed_key(WallTime time, const Digest& digest);
/// Prefix of the rows that keep a body alive; what follows is the referrer's own.
std::string reference_prefix(std::string_view digest);

struct Swept {
  std::uint64_t erased = 0;  ///< bodies
  std::uint64_t kept = 0;    ///< bodies that have a reference after all
};
/// Goes through the bodies doomed at `until` or before. Blocks. Errors: the store's; what was swept stays so.
Result<Swept> sweep_doomed(Store& store, WallTime until);

}  // namespace posthorn::store
