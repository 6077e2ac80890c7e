#include "posthorn/own_files.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace posthorn::program {
namespace {

// Of kernels later than the headers of Debian 12.
constexpr std::uint64_t kRefer = 1ull << 13, kTruncate = 1ull << 14, kIoctlDevice = 1ull << 15;

constexpr std::uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_EXECUTE | kTruncate | kIoctlDevice;

/// Everything that this version of the interface can take away.
std::uint64_t all_of(int version) {
  std::uint64_t all = (1ull << 13) - 1;
  if (version >= 2) all |= kRefer;
  if (version >= 3) all |= kTruncate;
  if (version >= 5) all |= kIoctlDevice;
  return all;
}

class Rules {
 public:
  explicit Rules(int version) : handled_(all_of(version)) {
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = handled_;
    fd_ = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  }
  ~Rules() {
    if (fd_ >= 0) ::close(fd_);
  }
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  bool allow(const std::filesystem::path& path, std::uint64_t access) {
    landlock_path_beneath_attr rule{};
    rule.parent_fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0) return true;  // it is not there
    std::error_code ignored;
    rule.allowed_access = access & handled_ & (std::filesystem::is_directory(path, ignored) ? ~0ull : kOfFiles);
    const bool done = ::syscall(SYS_landlock_add_rule, fd_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    ::close(rule.parent_fd);
    return done;
  }

  bool enforce() const { return ::syscall(SYS_landlock_restrict_self, fd_, 0) == 0; }
  bool is_made() const { return fd_ >= 0; }
  std::uint64_t handled() const { return handled_; }

 private:
  const std::uint64_t handled_;
  int fd_ = -1;
};

std::unexpected<Error> failed(const char* what) {
  return fail(Code::not_supported, std::string(what) + ": " + std::strerror(errno));
}

}  // namespace

Result<int> reach_only(const OwnFiles& files) {
  const auto version =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (version < 1) return failed("landlock");
  Rules rules(version);
  if (!rules.is_made()) return failed("landlock_create_ruleset");
  for (const auto& path : files.written)
    if (!rules.allow(path, rules.handled() & ~std::uint64_t{LANDLOCK_ACCESS_FS_EXECUTE}))
      return failed("landlock_add_rule");
  for (const auto& path : files.listed)
    if (!rules.allow(path, LANDLOCK_ACCESS_FS_READ_DIR)) return failed("landlock_add_rule");
  for (const auto& path : files.read)
    if (!rules.allow(path, kReading)) return failed("landlock_add_rule");
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);  // the kernel asks for it
  if (!rules.enforce()) return failed("landlock_restrict_self");
  return version;
}

}  // namespace posthorn::program
