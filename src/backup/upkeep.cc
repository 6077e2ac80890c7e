#include "backup/upkeep.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/account_record.h"
#include "base/text.h"

namespace posthorn::backup {
namespace {

/// Shown every record that a point needs, with what it is for. An account that several points share is walked once.
class Needs {
 public:
  using Visit = std::function<void(const Digest& digest, const std::string& what)>;

  Needs(const Archive& archive, Visit visit) : archive_(archive), visit_(std::move(visit)) {}

  /// False: something that names others cannot be read, which was shown.
  bool point(const Point& point) {
    bool whole = true;
    for (const auto& table : point.tables) visit_(table, "the directory");
    for (const auto& file : point.files) visit_(file.content, file.path);
    for (const auto& account : point.accounts) whole &= this->account(account);
    return whole;
  }

 private:
  bool account(const SavedAccount& saved) {
    const auto name = saved.address.empty() ? fmt::format("account {}", saved.id.value()) : saved.address;
    visit_(saved.record, name);
    if (!seen_.insert(std::string(store::view(saved.record))).second) return true;
    const auto bytes = archive_.read(saved.record);
    const auto account = bytes ? decode_account(*bytes) : fail(bytes);
    if (!account) return false;
    for (const auto& side : account->side) visit_(side, name);
    bool whole = living(*account, name);
    for (const auto& batch : account->batches) {
      visit_(batch.rows, name);
      visit_(batch.bodies, name);
      whole &= bodies(batch, name);
    }
    return whole;
  }

  bool living(const AccountRecord& account, const std::string& name) {
    bool whole = true;
    living_.clear();
    for (const auto& [mailbox, blocks] : account.mailboxes)
      for (const auto& block : blocks) {
        visit_(block.digest, name);
        const auto bytes = archive_.read(block.digest);
        const auto placements = bytes ? decode_block(*bytes) : fail(bytes);
        whole &= placements.has_value();
        if (placements)
          for (const auto& p : *placements) living_.push_back(p.email);
      }
    std::ranges::sort(living_);
    return whole;
  }

  bool bodies(const Batch& batch, const std::string& name) {
    const auto bytes = archive_.read(batch.bodies);
    const auto listed = bytes ? decode_bodies(*bytes) : fail(bytes);
    if (!listed) return false;
    for (const auto& body : *listed)
      if (std::ranges::binary_search(living_, body.email))
        visit_(body.digest, fmt::format("{}: email {}", name, body.email.value()));
    return true;
  }

  const Archive& archive_;
  const Visit visit_;
  std::unordered_set<std::string> seen_;
  std::vector<EmailId> living_;
};

}  // namespace

Result<Verified> verify(Archive& archive, bool mends, const std::atomic<bool>* stop,
                        const std::function<void(std::uint64_t)>& step) {
  Verified verified;
  std::unordered_set<std::string> broken;
  const auto packs = archive.packs().size();
  for (std::size_t i = 0; i < packs; ++i) {
    if (stop != nullptr && *stop) return fail(Code::cancelled, "stopped");
    if (archive.packs()[i].is_gone) continue;
    const auto check = check_pack(archive.files(), archive.path_of(i), archive.packs()[i].name);
    if (!check) return fail(check);
    ++verified.packs;
    verified.records += check->good.size();
    std::uint64_t bytes = 0;
    for (const auto& record : check->good) bytes += record.length;
    verified.bytes += bytes;
    if (step) step(bytes);
    if (check->is_good) continue;
    for (const auto& record : check->broken) broken.insert(std::string(store::view(record.digest)));
    verified.wrong.push_back(fmt::format("{} is damaged: {} of its {} records are good", archive.path_of(i),
                                         check->good.size(), check->good.size() + check->broken.size()));
    if (mends)
      if (auto done = archive.salvage(i, check->good); !done) return fail(done);
  }
  const auto names = archive.point_names();
  if (!names) return fail(names);
  std::unordered_set<std::string> told;
  for (const auto& name : *names) {
    const auto point = read_point(archive, name);
    if (!point) {
      verified.wrong.push_back(fmt::format("point {}: {}", name, point.error().text));
      continue;
    }
    ++verified.points;
    Needs(archive, [&](const Digest& digest, const std::string& what) {
      const std::string key(store::view(digest));
      if (archive.has(digest) && !broken.contains(key)) return;
      if (told.insert(key).second)
        verified.wrong.push_back(fmt::format("point {}: {}: record {} is missing or damaged", name, what, to_hex(key)));
    }).point(point->point);
  }
  return verified;
}

Result<Pruned> prune(Archive& archive, std::size_t keep) {
  auto names = archive.point_names();
  if (!names) return fail(names);
  Pruned pruned;
  while (names->size() > std::max<std::size_t>(keep, 1)) {
    if (auto done = archive.remove_point(names->front()); !done) return fail(done);
    names->erase(names->begin());
    ++pruned.points;
  }
  if (pruned.points == 0) return pruned;
  std::unordered_set<std::string> used;
  Needs needs(archive, [&](const Digest& digest, const std::string&) { used.emplace(store::view(digest)); });
  bool whole = true;
  for (const auto& name : *names) {
    const auto point = read_point(archive, name);
    whole &= point && needs.point(point->point);
  }
  if (!whole)
    return fail(
        Code::damaged,
        "something is damaged, so that it cannot be told what is needed: `posthorn backup DIR --verify` names it; "
        "no disk was given back");
  const auto freed = archive.collect(used);
  if (!freed) return fail(freed);
  pruned.bytes = *freed;
  return pruned;
}

}  // namespace posthorn::backup
