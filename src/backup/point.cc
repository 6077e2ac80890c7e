#include "backup/point.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "mailstore/row_fields.h"

namespace posthorn::backup {
namespace {

constexpr std::string_view kMagic = "PHBACKPT";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kDigestSize = 32;

std::string name_at(std::int64_t seconds) {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace

std::string encode(const Point& point) {
  std::string out(kMagic);
  put_u16(out, kVersion);
  mailstore::put_time(out, point.time);
  for (const auto* text : {&point.store_id, &point.host, &point.program}) put_string(out, *text);
  put_varint(out, point.messages);
  put_varint(out, point.bytes);
  put_varint(out, point.accounts.size());
  for (const auto& account : point.accounts) {
    mailstore::put_id(out, account.id);
    put_string(out, account.address);
    out += store::view(account.record);
  }
  put_varint(out, point.tables.size());
  for (const auto& table : point.tables) out += store::view(table);
  put_varint(out, point.files.size());
  for (const auto& file : point.files) {
    put_string(out, file.path);
    put_varint(out, file.mode);
    out += store::view(file.content);
  }
  put_varint(out, point.damaged.size());
  for (const auto& text : point.damaged) put_string(out, text);
  return out + codec::sha256(out);
}

Result<Point> decode_point(std::string_view bytes) {
  const auto damaged = [] { return fail(Code::damaged, "the point in time is damaged"); };
  ByteReader in(bytes.substr(0, bytes.size() - std::min(bytes.size(), kDigestSize)));
  if (in.bytes(kMagic.size()) != kMagic) return damaged();
  const auto version = in.u16();
  if (codec::sha256(bytes.substr(0, bytes.size() - kDigestSize)) != bytes.substr(bytes.size() - kDigestSize))
    return damaged();
  if (version != kVersion)
    return fail(Code::not_supported,
                fmt::format("a backup of version {}; this program knows {}: use a newer Posthorn", version, kVersion));
  Point point;
  point.time = mailstore::get_time(in);
  for (auto* text : {&point.store_id, &point.host, &point.program}) *text = in.string();
  point.messages = in.varint();
  point.bytes = in.varint();
  for (auto n = in.varint(); n > 0 && in.ok(); --n) {
    SavedAccount account;
    account.id = mailstore::get_id<AccountId>(in);
    account.address = in.string();
    account.record = get_digest(in);
    point.accounts.push_back(std::move(account));
  }
  for (auto n = in.varint(); n > 0 && in.ok(); --n) point.tables.push_back(get_digest(in));
  for (auto n = in.varint(); n > 0 && in.ok(); --n) {
    SavedFile file;
    file.path = in.string();
    file.mode = static_cast<std::uint32_t>(in.varint());
    file.content = get_digest(in);
    point.files.push_back(std::move(file));
  }
  for (auto n = in.varint(); n > 0 && in.ok(); --n) point.damaged.emplace_back(in.string());
  if (!in.ok() || !in.at_end()) return damaged();
  return point;
}

std::string name_of_point(WallTime now, const std::string& last) {
  auto seconds = to_seconds(now);
  std::string name = name_at(seconds);
  if (name > last) return name;
  // The clock was set back, or two were made within a second.
  std::tm time{};
  if (::strptime(last.c_str(), "%Y%m%dT%H%M%SZ", &time) != nullptr) seconds = ::timegm(&time);
  do name = name_at(++seconds);
  while (name <= last);
  return name;
}

Result<NamedPoint> read_point(const Archive& archive, const std::string& name) {
  auto names = archive.point_names();
  if (!names) return fail(names);
  if (names->empty()) return fail(Code::not_found, "the backup has no point in time yet: none was finished");
  if (!name.empty()) names = std::vector{name};
  std::ranges::reverse(*names);
  std::optional<Error> newest;
  std::vector<std::string> passed_over;
  for (const auto& candidate : *names) {
    const auto content = archive.read_point(candidate);
    auto point = content ? decode_point(*content) : fail(content);
    if (point) return NamedPoint{candidate, std::move(*point), std::move(passed_over)};
    if (!newest) newest = Error{point.error().code, candidate + ": " + point.error().text};
    passed_over.push_back(candidate + ": " + point.error().text);
    if (point.error().code == Code::not_supported) break;
  }
  return std::unexpected(*newest);
}

}  // namespace posthorn::backup
