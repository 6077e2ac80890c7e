#include "posthorn/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace posthorn::program {
namespace {

constexpr std::size_t kEntryBytes = 64 * 1024;

struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

Result<User> find_user(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> bytes(kEntryBytes);
  ::getpwnam_r(name.c_str(), &entry, bytes.data(), bytes.size(), &found);
  if (found == nullptr) return fail(Code::not_found, "sandbox.user: there is no user " + name);
  return User{name, entry.pw_uid, entry.pw_gid};
}

std::unexpected<Error> failed(const std::string& what) {
  return fail(Code::denied, "cannot " + what + ": " + std::strerror(errno));
}

Result<void> own_data(const User& user, const std::filesystem::path& data) {
  std::error_code error;
  if (std::filesystem::exists(data, error)) return {};
  std::filesystem::create_directories(data, error);
  if (error) return fail(Code::io, "cannot make the folder " + data.string() + ": " + error.message());
  if (::chown(data.c_str(), user.uid, user.gid) != 0 || ::chmod(data.c_str(), 0700) != 0)
    return failed("give " + data.string() + " to " + user.name);
  return {};
}

Result<void> change_to(const User& user) {
  if (::initgroups(user.name.c_str(), user.gid) != 0) return failed("take the groups of " + user.name);
  if (::setresgid(user.gid, user.gid, user.gid) != 0) return failed("take the group of " + user.name);
  if (::setresuid(user.uid, user.uid, user.uid) != 0) return failed("become " + user.name);
  if (user.uid != 0 && ::setuid(0) == 0) return fail(Code::internal, "could become root again");
  // A change of user hides /proc/self from the process itself, where its open files are counted.
  ::prctl(PR_SET_DUMPABLE, 1);
  return {};
}

bool drop_capabilities() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability);  // may be denied, and is of no account with no_new_privs
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

}  // namespace

Result<void> become_user(const std::string& name, const std::filesystem::path& data) {
  if (name.empty()) return {};
  const auto user = find_user(name);
  if (!user) return fail(user);
  if (::geteuid() == user->uid) return {};
  if (::geteuid() != 0) return fail(Code::denied, "only root and " + name + " (sandbox.user) may do this");
  if (const auto done = own_data(*user, data); !done) return done;
  return change_to(*user);
}

std::string give_up_privileges() {
  const bool is_root = ::geteuid() == 0;
  const bool has_none = !is_root && drop_capabilities();
  const bool gets_none = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  return std::string(is_root ? "root" : has_none ? "none" : "unknown") + (gets_none ? ",no_new_privs" : "");
}

}  // namespace posthorn::program
