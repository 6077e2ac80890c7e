// Gathers what admin/ shows.
#pragma once

#include <filesystem>

#include "admin/figures.h"
#include "posthorn/world.h"

namespace posthorn::program {

/// The disk that a folder takes. Counted seldom where counting takes long: a hundredth of the time at most.
class FolderSize {
 public:
  explicit FolderSize(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::uint64_t bytes();

 private:
  const std::filesystem::path folder_;
  std::uint64_t bytes_ = 0;
  SteadyTime count_again_{};
};

/// Of all files below a folder, as far as they can be read; they come and go meanwhile.
std::uint64_t bytes_below(const std::filesystem::path& folder);

/// What the world knows; the rest is the server's. May block. Threads: one.
class StoreFigures {
 public:
  explicit StoreFigures(World& world);
  void fill(admin::Figures& figures);

 private:
  World& world_;
  FolderSize log_, blobs_, derived_;
};

}  // namespace posthorn::program
