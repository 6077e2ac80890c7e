#include "store/rocks/salvage.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "store/rocks/file_system.h"

namespace posthorn::store::rocks {

Result<void> salvage_index(FileSystem& files, const std::string& path) {
  const auto gate = std::make_shared<WriteGate>();
  const auto env = make_env(files, gate);
  rocksdb::Options options;
  options.env = env.get();
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  options.paranoid_checks = true;
  const auto status = rocksdb::RepairDB(path, options);
  if (!status.ok()) return fail(Code::io, "index: " + status.ToString());
  return {};
}

}  // namespace posthorn::store::rocks
