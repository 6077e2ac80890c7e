#include "store/log/derived_files.h"

namespace posthorn::store::log {
namespace {

/// Names that begin so are of objects that were never finished.
constexpr std::string_view kUnfinished = ".new-";

}  // namespace

Result<void> DerivedFiles::put(const std::string& folder, const std::string& name, std::string_view bytes) {
  if (auto done = files_.make_folder(folder_ + "/" + folder); !done) return done;
  const auto unfinished = path(folder, std::string(kUnfinished) + std::to_string(++begun_));
  auto file = files_.open(unfinished, Open::renew);
  if (!file) return fail(file);
  auto done = (*file)->write_at(0, bytes);
  if (done) done = files_.rename(unfinished, path(folder, name));
  if (!done) (void)files_.remove(unfinished);
  return done;
}

Result<std::string> DerivedFiles::read(const std::string& folder, const std::string& name, std::uint64_t offset,
                                       std::uint64_t length, Wait wait) const {
  const auto file = files_.open(path(folder, name), Open::read);
  if (!file) return fail(file);
  std::string bytes;
  Result<std::size_t> got;
  bytes.resize_and_overwrite(length, [&](char* into, std::size_t n) {
    got = (*file)->read_at(offset, into, n, wait);
    return got ? *got : 0;
  });
  if (!got) return fail(got);
  return bytes;
}

Result<void> DerivedFiles::erase(const std::string& folder, const std::string& name) {
  auto done = files_.remove(path(folder, name));
  if (!done && done.error().code == Code::not_found) return {};
  return done;
}

Result<std::vector<std::string>> DerivedFiles::list(const std::string& folder) const {
  auto names = files_.list(folder_ + "/" + folder);
  if (!names && names.error().code == Code::not_found) return std::vector<std::string>();
  if (names) std::erase_if(*names, [](const std::string& name) { return name.starts_with(kUnfinished); });
  return names;
}

}  // namespace posthorn::store::log
