#include "backup/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/log.h"
#include "base/text.h"

namespace posthorn::backup {
namespace {

constexpr std::string_view kFormatName = "posthorn-backup";
constexpr std::string_view kFormatLine = "posthorn backup 1\n";
constexpr std::uint64_t kPackSize = 64 << 20;
constexpr std::size_t kMostOpen = 64;

std::unexpected<Error> in_folder(const std::string& folder, const Error& error) {
  return fail(error.code, error.code == Code::full_disk ? "the disk of the backup is full: " + error.text
                                                        : folder + ": " + error.text);
}

/// YYYYMMDDTHHMMSSZ
bool is_point_name(const std::string& name) {
  std::tm time{};
  const char* end = ::strptime(name.c_str(), "%Y%m%dT%H%M%SZ", &time);
  return name.size() == 16 && end == name.c_str() + name.size() && name < "9999";
}

}  // namespace

Result<void> Archive::check_format() {
  const auto content = store::read_file(files_, folder_ + "/" + std::string(kFormatName));
  if (!content && content.error().code == Code::not_found)
    return fail(Code::not_found, "there is no backup in " + folder_);
  if (!content) return fail(content);
  if (*content == kFormatLine) return {};
  const auto line = content->substr(0, content->find('\n'));
  if (line.starts_with("posthorn backup "))
    return fail(Code::not_supported,
                "the backup in " + folder_ + " was written by a newer Posthorn: " + printable(line));
  return fail(Code::damaged,
              folder_ + "/" + std::string(kFormatName) + " is damaged; it should say: posthorn backup 1");
}

Result<std::unique_ptr<Archive>> Archive::open(store::FileSystem& files, const std::string& folder) {
  std::unique_ptr<Archive> archive(new Archive(files, folder));
  if (auto done = archive->check_format(); !done) return fail(done);
  if (auto done = archive->load(); !done) return fail(done);
  return archive;
}

Result<void> Archive::make_folders() {
  const auto names = files_.list(folder_);
  if (!names && names.error().code != Code::not_found) return fail(names);
  const bool is_there = names && std::ranges::find(*names, kFormatName) != names->end();
  // What a first run left that was broken off before it wrote the format.
  const auto is_ours = [](const std::string& name) {
    return name == "lock" || name == "packs" || name == "points" || name == std::string(kFormatName) + ".new";
  };
  if (names && !is_there && !std::ranges::all_of(*names, is_ours))
    return fail(Code::invalid, folder_ + " holds something else; a backup wants a folder of its own");
  for (const char* name : {"", "/packs", "/points"})
    if (auto done = files_.make_folder(folder_ + name); !done) return done;
  if (auto done = files_.sync_folder(folder_); !done) return done;
  const auto slash = folder_.rfind('/');
  return files_.sync_folder(slash == std::string::npos ? "." : slash == 0 ? "/" : folder_.substr(0, slash));
}

Result<std::unique_ptr<Archive>> Archive::open_to_write(store::FileSystem& files, const std::string& folder) {
  std::unique_ptr<Archive> archive(new Archive(files, folder));
  if (auto done = archive->make_folders(); !done) return fail(done);
  auto lock = files.lock(folder + "/lock");
  if (!lock && lock.error().code == Code::already_exists)
    return fail(Code::already_exists, "another backup into " + folder + " runs");
  if (!lock) return fail(lock);
  archive->lock_ = std::move(*lock);
  const auto format = archive->check_format();
  if (!format && format.error().code != Code::not_found) return fail(format);
  if (!format)
    if (auto done = store::replace_file(files, folder, std::string(kFormatName), kFormatLine); !done)
      return in_folder(folder, done.error());
  const auto left = folder + "/packs/" + std::string(kUnfinishedPack);
  if (auto removed = files.remove(left); !removed && removed.error().code != Code::not_found) return fail(removed);
  if (auto done = archive->load(); !done) return fail(done);
  return archive;
}

Result<void> Archive::load() {
  const auto names = files_.list(folder_ + "/packs");
  if (!names) return fail(names);
  for (const auto& name : *names) {
    if (!name.ends_with(kPackEnding)) continue;
    const auto number = static_cast<std::uint32_t>(packs_.size());
    packs_.push_back({name});
    const auto file = files_.open(folder_ + "/packs/" + name, store::Open::read);
    const auto index = file ? read_index(**file) : fail(file);
    if (!index && index.error().code == Code::not_supported)
      return fail(Code::not_supported, folder_ + "/packs/" + name + ": " + index.error().text);
    packs_.back().is_readable = index.has_value();
    if (!index) continue;
    for (const auto& record : *index) places_.try_emplace(record.digest, Place{number, record.offset, record.length});
  }
  return {};
}

const Archive::Place* Archive::find(const Digest& digest) const {
  const auto it = places_.find(digest);
  return it == places_.end() ? nullptr : &it->second;
}

Result<std::shared_ptr<store::File>> Archive::open_pack(std::uint32_t pack) const {
  if (const auto it = open_.find(pack); it != open_.end()) return it->second;
  auto file = files_.open(path_of(pack), store::Open::read);
  if (!file) return fail(file);
  if (open_.size() >= kMostOpen) open_.erase(open_.begin());
  return open_[pack] = std::move(*file);
}

Result<void> Archive::read(const Digest& digest, const PieceVisitor& visit) const {
  const Place* place = find(digest);
  if (place == nullptr) return fail(Code::not_found, "record " + to_hex(store::view(digest)) + " is not in the backup");
  const auto file = open_pack(place->pack);
  if (!file) return fail(file);
  auto done = read_record(**file, {digest, place->offset, place->length}, visit);
  if (!done && done.error().code == Code::damaged)
    return fail(Code::damaged,
                fmt::format("{} is damaged (record {})", path_of(place->pack), to_hex(store::view(digest))));
  return done;
}

Result<std::string> Archive::read(const Digest& digest) const {
  if (const Place* place = find(digest); place != nullptr && place->length > kLargestRecord)
    return fail(Code::damaged, path_of(place->pack) + " is damaged: a record has an impossible length");
  std::string bytes;
  const auto done = read(digest, [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  });
  if (!done) return fail(done);
  return bytes;
}

std::optional<std::uint64_t> Archive::size_of(const Digest& digest) const {
  const Place* place = find(digest);
  return place == nullptr ? std::nullopt : std::optional(place->length);
}

Result<void> Archive::begin(const Digest& digest, std::uint64_t length) {
  if (writer_ && writer_->size() >= kPackSize)
    if (auto done = flush(); !done) return done;
  if (!writer_) {
    auto begun = PackWriter::begin(files_, folder_ + "/packs");
    if (!begun) return in_folder(folder_, begun.error());
    writer_ = std::move(*begun);
  }
  begun_ = digest;
  auto done = writer_->begin_record(digest, length);
  return done ? done : in_folder(folder_, done.error());
}

Result<bool> Archive::end() {
  auto good = writer_->end_record();
  if (good && *good) pending_.insert(begun_);
  return good;
}

Result<Digest> Archive::add(std::string_view bytes) {
  const auto digest = digest_of(bytes);
  if (!is_new(digest)) return digest;
  if (auto done = begin(digest, bytes.size()); !done) return fail(done);
  if (auto done = append(bytes); !done) return in_folder(folder_, done.error());
  const auto good = end();
  if (!good) return fail(good);
  return *good ? Result<Digest>(digest) : fail(Code::internal, "a record that does not match its digest");
}

Result<void> Archive::flush() {
  if (writer_ && !writer_->records().empty()) {
    const auto name = writer_->finish();
    if (!name) return in_folder(folder_, name.error());
    written_ += writer_->size();
    const auto known = std::ranges::find(packs_, *name, &Pack::name);
    const auto number = static_cast<std::uint32_t>(known - packs_.begin());
    if (known == packs_.end())
      packs_.push_back({*name});
    else
      renewed_.insert(number);
    open_.erase(number);
    for (const auto& record : writer_->records())
      places_.insert_or_assign(record.digest, Place{number, record.offset, record.length});
    has_new_names_ = true;
  }
  writer_.reset();
  pending_.clear();
  if (!has_new_names_) return {};
  auto done = files_.sync_folder(folder_ + "/packs");
  if (done) has_new_names_ = false;
  return done;
}

Result<std::vector<std::string>> Archive::point_names() const {
  auto names = files_.list(points_folder());
  if (!names) return names;
  std::erase_if(*names, [](const std::string& name) { return !is_point_name(name); });
  return names;
}

Result<std::string> Archive::read_point(const std::string& name) const {
  auto content = store::read_file(files_, points_folder() + "/" + name);
  if (!content && content.error().code == Code::not_found)
    return fail(Code::not_found, "the backup in " + folder_ + " has no point " + printable(name));
  return content;
}

Result<void> Archive::write_point(const std::string& name, std::string_view content) {
  if (auto done = flush(); !done) return done;
  const auto there = files_.exists(points_folder() + "/" + name);
  if (!there) return fail(there);
  if (*there) return fail(Code::already_exists, "there is a point " + name);
  if (auto done = store::replace_file(files_, points_folder(), name, content); !done)
    return in_folder(folder_, done.error());
  const auto again = read_point(name);
  if (!again) return fail(again);
  if (*again == content) return files_.sync_folder(folder_);
  return fail(Code::damaged, "what was written to " + points_folder() + " reads differently");
}

Result<void> Archive::remove_point(const std::string& name) {
  if (auto done = files_.remove(points_folder() + "/" + name); !done) return done;
  return files_.sync_folder(points_folder());
}

Result<void> Archive::copy(std::size_t pack, const RecordPlace& record) {
  const auto file = open_pack(static_cast<std::uint32_t>(pack));
  if (!file) return fail(file);
  if (auto done = begin(record.digest, record.length); !done) return done;
  const auto read = read_record(**file, record, [this](std::string_view piece) { return append(piece); });
  if (!read) {
    drop();
    return fail(read.error().code, path_of(pack) + ": " + read.error().text);
  }
  const auto good = end();
  return good ? Result<void>() : fail(good);
}

Result<void> Archive::remove_pack(std::size_t pack) {
  if (renewed_.contains(static_cast<std::uint32_t>(pack))) return {};
  open_.erase(static_cast<std::uint32_t>(pack));
  std::erase_if(places_, [&](const auto& place) { return place.second.pack == pack; });
  packs_[pack].is_readable = false;
  packs_[pack].is_gone = true;
  return files_.remove(path_of(pack));
}

Result<std::uint64_t> Archive::collect(const std::unordered_set<std::string>& used) {
  std::vector<std::uint64_t> living(packs_.size());
  std::vector<std::vector<RecordPlace>> records(packs_.size());
  for (const auto& [digest, place] : places_) {
    if (!used.contains(std::string(store::view(digest)))) continue;
    living[place.pack] += place.length;
    records[place.pack].push_back({digest, place.offset, place.length});
  }
  std::vector<std::size_t> gone;
  std::uint64_t freed = 0;
  for (std::size_t pack = 0; pack < living.size(); ++pack) {
    const auto file = open_pack(static_cast<std::uint32_t>(pack));
    const auto size = file ? (*file)->size() : fail(file);
    // One that cannot be read is left to who checks.
    if (!size || !packs_[pack].is_readable || living[pack] * 2 > *size) continue;
    std::ranges::sort(records[pack], {}, &RecordPlace::offset);
    Result<void> copied;
    for (const auto& record : records[pack])
      if (copied = copy(pack, record); !copied) break;
    if (!copied && copied.error().code != Code::damaged) return fail(copied);
    if (!copied) continue;
    gone.push_back(pack);
    freed += *size;
  }
  if (auto done = flush(); !done) return fail(done);
  for (const auto pack : gone)
    if (auto done = remove_pack(pack); !done) return fail(done);
  if (auto done = files_.sync_folder(folder_ + "/packs"); !done) return fail(done);
  return freed - std::min(freed, written_);
}

Result<void> Archive::salvage(std::size_t pack, const std::vector<RecordPlace>& good) {
  for (const auto& record : good)
    if (auto done = copy(pack, record); !done) return done;
  if (auto done = flush(); !done) return done;
  if (auto done = remove_pack(pack); !done) return done;
  return files_.sync_folder(folder_ + "/packs");
}

}  // namespace posthorn::backup
