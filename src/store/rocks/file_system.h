// RocksDB's files behind our seam, so that what tests do to files is done to the index too.
#pragma once

#include <memory>

#include "store/file_seam.h"

namespace rocksdb {
class Env;
}

namespace posthorn::store::rocks {

/// An environment whose files are `files`. For the operating system's own files it is RocksDB's, which knows more of
/// them (read-ahead, preallocation). Failed writes are marked as worth repeating: RocksDB then writes the memtable or
/// manifest anew, to another file, when it is told to go on, instead of refusing everything until it is opened again.
/// Must outlive the database.
std::unique_ptr<rocksdb::Env> make_env(FileSystem& files);

}  // namespace posthorn::store::rocks
