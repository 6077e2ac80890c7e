// A disk in memory that does what disks do when the power fails: for tests of everything that writes.
//
// What was written is seen by reads at once, but survives a power cut only if it was synced; names survive only if
// their folder was synced. At a cut each unsynced write is kept, lost, or torn between sectors of 512 bytes, whatever
// the order of the writes. Of a folder's unsynced changes of names the first so and so many are kept, whatever becomes
// of other folders; a rename is one change: this is what journaling file systems promise, and RocksDB relies on it (its
// CURRENT may name a manifest whose name was not synced before). After a failed sync nothing is known of what it should
// have written, and a later one does not write it again (as Linux does: the pages count as clean).
//
// Threads: any; the test's own functions while no other thread uses the disk.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "base/random.h"
#include "store/file_seam.h"

namespace posthorn::store {

class SimulatedFiles final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, Open mode) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> make_folder(const std::string& path) override;
  Result<void> sync_folder(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<bool> exists(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& path) override;
  Result<std::unique_ptr<File>> lock(const std::string& path) override;

  /// Power fails at the n-th operation that writes from now on: it and all later ones answer Code::io and change
  /// nothing. 0: never.
  void cut_power_after(std::uint64_t operations);
  /// The n-th such operation from now on fails with `code`, what it wrote being half there, and those after it work
  /// again. 0: none.
  void fail_once_after(std::uint64_t operations, Code code);
  /// Every write, sync or rename since the last cut_power_after or fail_once_after.
  std::uint64_t operations() const;
  /// The n-th read from now on fails with `code`, those after it work again. 0: none.
  void fail_read_after(std::uint64_t reads, Code code);
  /// From now on every read of a file whose path holds `part` fails with Code::io. "": none.
  void fail_reads_of(const std::string& part);
  /// Every read since the last fail_read_after.
  std::uint64_t reads() const;
  /// Whether the operation of cut_power_after was reached.
  bool is_cut() const;
  /// Power is back: what the disk holds is decided by `random`.
  void restart(SeededRandom& random);
  /// Writes that would make the disk hold more answer Code::full_disk.
  void set_capacity(std::uint64_t bytes);
  /// What all files take.
  std::uint64_t used_bytes() const;
  /// Of all files, without folders.
  std::vector<std::string> paths() const;
  /// Another disk that holds what this one holds, all of it synced.
  std::unique_ptr<SimulatedFiles> clone() const;
  /// Flips one bit of a file, synced or not. Errors: not_found.
  Result<void> flip_bit(const std::string& path, std::uint64_t offset);

 private:
  friend class SimulatedFile;
  struct Write {
    std::uint64_t offset;
    std::string bytes;
    bool truncates;  ///< to `offset`; there are no bytes
  };
  struct Inode {
    std::string now;
    std::string durable;
    std::vector<Write> unsynced;
  };
  using InodePtr = std::shared_ptr<Inode>;
  using Names = std::map<std::string, InodePtr>;  ///< a folder has a null inode
  /// `from` is empty when a name was made, `to` when one was removed.
  struct NameChange {
    std::string from;
    std::string to;
    InodePtr inode;
  };

  /// Counts one operation that writes; an error is the operation's outcome. `failing` is set where it shall do half.
  Result<void> count(bool* failing = nullptr);
  Result<void> count_read(const std::string& path) const;
  Result<InodePtr> find(const std::string& path) const;
  void change_name(NameChange change);
  void settle_names(SeededRandom& random);
  static void settle_content(Inode& inode, SeededRandom& random);
  std::uint64_t used() const;
  static void apply(std::string& content, const Write& write);

  mutable std::mutex mutex_;
  Names now_;
  Names durable_;
  std::vector<NameChange> unsynced_names_;
  SeededRandom failed_syncs_{1};  ///< decides what a failed sync wrote
  std::set<std::string> locks_;
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = 0;
  std::uint64_t fail_at_ = 0;
  Code fail_code_ = Code::io;
  mutable std::uint64_t reads_ = 0;
  std::uint64_t fail_read_at_ = 0;
  std::string unreadable_;  ///< part of the paths that cannot be read; "": none
  Code fail_read_code_ = Code::io;
  std::uint64_t capacity_ = UINT64_MAX;
};

}  // namespace posthorn::store
