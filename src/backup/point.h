// A point in time of a backup: what was there at one moment, as names of records.
//
// Format (numbers are varints unless a width is named; strings have a length before them):
//   point   := magic(8) version(2) time_us(8) store host program messages bytes n account* n table(32)* n file*
//              n damaged* sha256(32, of all before)
//   account := id address digest(32)       account_record.h
//   table   := digest of a record of rows (key value)*: the directory's and the numbers that were given out
//   file    := path mode digest(32)        the configuration, and what it names
//   damaged := text: accounts that the store did not give
// Names are times, YYYYMMDDTHHMMSSZ, each later than the one before.
#pragma once

#include <string>
#include <vector>

#include "backup/archive.h"
#include "base/clock.h"
#include "base/id.h"

namespace posthorn::backup {

struct SavedAccount {
  AccountId id;
  std::string address;  ///< "" where the directory has none
  Digest record{};
};

struct SavedFile {
  std::string path;
  std::uint32_t mode = 0600;
  Digest content{};
};

struct Point {
  WallTime time;
  std::string store_id, host, program;
  std::uint64_t messages = 0, bytes = 0;
  std::vector<SavedAccount> accounts;
  std::vector<Digest> tables;
  std::vector<SavedFile> files;
  std::vector<std::string> damaged;
};

std::string encode(const Point& point);
/// Total on any bytes. Errors: damaged; not_supported for a newer one.
Result<Point> decode_point(std::string_view bytes);

/// The name of a point made at `now`, where `last` is the newest ("" for none).
std::string name_of_point(WallTime now, const std::string& last);

struct NamedPoint {
  std::string name;
  Point point;
  std::vector<std::string> passed_over;  ///< newer ones that cannot be read, with why
};
/// The point `name`; "" is the newest one that can be read. Errors: not_found, damaged, not_supported, io.
Result<NamedPoint> read_point(const Archive& archive, const std::string& name);

}  // namespace posthorn::backup
