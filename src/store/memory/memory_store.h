// The store's twin in memory: the same promises but for the disk. It serves nearly every test.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "store/store.h"

namespace posthorn::store {

class MemoryStore final : public Store {
 public:
  Result<std::optional<std::string>> get(std::string_view key, Wait wait = Wait::disk) const override;
  Result<std::vector<std::optional<std::string>>> multi_get(const std::vector<std::string>& keys) const override;
  Result<void> scan(std::string_view from, std::string_view to, const RowVisitor& visit) const override;
  void enqueue(Commit commit, CommitDone done) override;
  void kick(bool may_lead) override;
  std::uint64_t epoch() const override;
  std::shared_ptr<const View> snapshot() const override;
  Result<std::string> read_blob(const Digest& digest, std::uint64_t offset, std::uint64_t length,
                                Wait wait) const override;
  Result<std::unique_ptr<BlobWriter>> new_blob() override;
  Result<void> put_derived(const std::string& folder, const std::string& name, std::string_view bytes) override;
  Result<std::string> read_derived(const std::string& folder, const std::string& name, std::uint64_t offset,
                                   std::uint64_t length, Wait wait) const override;
  Result<void> erase_derived(const std::string& folder, const std::string& name) override;
  Result<std::vector<std::string>> list_derived(const std::string& folder) const override;
  bool has_room() const override;
  Result<void> collect() override { return {}; }

  /// The next group fails as a dead disk does: every commit in it is refused with Code::io, and the epoch counts up.
  /// False takes that back.
  void fail_next_group(bool fails = true);
  /// What has_room() answers; commits with bodies are refused with Code::full_disk while false.
  void set_room(bool room);

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;
  struct Pending {
    Commit commit;
    CommitDone done;
  };
  friend class MemoryBlobWriter;

  Result<void> run(Commit& commit);
  bool holds(const Commit::Expectation& expected) const;
  Rows& own_rows();

  mutable std::mutex mutex_;
  std::shared_ptr<Rows> rows_ = std::make_shared<Rows>();
  std::map<std::string, std::shared_ptr<const std::string>, std::less<>> blobs_;
  std::map<std::uint64_t, std::shared_ptr<const std::string>> staged_;
  std::map<std::string, std::map<std::string, std::string>> derived_;
  std::uint64_t next_staged_ = 1;
  std::deque<Pending> queue_;
  bool running_ = false;
  bool fail_next_ = false;
  bool room_ = true;
  std::uint64_t epoch_ = 1;
};

}  // namespace posthorn::store
