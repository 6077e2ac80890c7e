#include "admin/figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace posthorn::admin {
namespace {

/// Bytes of the whole and of what is resident.
void read_memory(ProcessFigures& figures) {
  std::uint64_t whole = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> whole >> resident;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  figures.virtual_bytes = whole * page;
  figures.resident_bytes = resident * page;
}

std::uint64_t entries_of(const char* folder) {
  std::error_code error;
  std::uint64_t count = 0;
  for (auto it = std::filesystem::directory_iterator(folder, error); !error && it != end(it); it.increment(error))
    ++count;
  return count;
}

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

}  // namespace

Duration renewal_margin(const Certificate& certificate) {
  constexpr Duration kTwoWeeks = std::chrono::days(14);
  return std::min(kTwoWeeks, (certificate.not_after - certificate.not_before) / 3);
}

ProcessFigures process_figures() {
  ProcessFigures figures;
  read_memory(figures);
  const auto seen = entries_of("/proc/self/fd");
  figures.open_descriptors = seen > 0 ? seen - 1 : 0;  // without the one that reads the folder
  figures.threads = entries_of("/proc/self/task");
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.most_descriptors = limit.rlim_cur;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) figures.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  return figures;
}

}  // namespace posthorn::admin
