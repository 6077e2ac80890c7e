// Pieces of which rows are made, as log.h and base.h write them: ids as varints, times, flags, placements.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "mailstore/placement.h"

namespace posthorn::mailstore {

template <class Id>
void put_id(std::string& out, Id id) {
  put_varint(out, id.value());
}
template <class Id>
Id get_id(ByteReader& in) {
  return Id(static_cast<typename Id::rep>(in.varint()));
}

/// Small numbers of either sign in few bytes.
void put_signed(std::string& out, std::int64_t n);
std::int64_t get_signed(ByteReader& in);

/// Microseconds, in 8 bytes.
void put_time(std::string& out, WallTime t);
WallTime get_time(ByteReader& in);

void put_flags(std::string& out, const Flags& flags);
Flags get_flags(ByteReader& in);
void put_placement(std::string& out, const Placement& p);
Placement get_placement(ByteReader& in);

}  // namespace posthorn::mailstore
