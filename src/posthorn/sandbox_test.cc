#include "posthorn/sandbox.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <thread>

#include "base/random.h"
#include "posthorn/own_files.h"
#include "posthorn/privileges.h"
#include "posthorn/system_calls.h"

using namespace posthorn;
using namespace posthorn::program;

namespace {

constexpr int kNotSupported = 100;

/// What `body` answers in a process of its own, as what it gives up is given up for good.
int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 0, or the number of the first that is not so.
int first_wrong(std::initializer_list<bool> all) {
  int number = 0;
  for (const bool is_so : all) {
    ++number;
    if (!is_so) return number;
  }
  return 0;
}

bool is_refused(long result, int error = EPERM) { return result == -1 && errno == error; }

int try_system_calls() {
  give_up_privileges();
  if (!refuse_system_calls(false)) return kNotSupported;
  const char* const none[] = {nullptr};
  void* const writable = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int from_thread = 0;
  std::thread([&] { from_thread = static_cast<int>(::syscall(SYS_bpf, 0, nullptr, 0)); }).join();
  const int local = ::socket(AF_UNIX, SOCK_STREAM, 0);
  return first_wrong({is_refused(::execve("/bin/true", const_cast<char* const*>(none), const_cast<char* const*>(none))),
                      is_refused(::syscall(SYS_mount, "none", "/", "tmpfs", 0, nullptr)),
                      is_refused(::syscall(SYS_unshare, CLONE_NEWUSER)),
                      is_refused(::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr)),
                      is_refused(::syscall(SYS_setuid, 0)), is_refused(::syscall(SYS_io_uring_setup, 1, nullptr)),
                      is_refused(::syscall(SYS_process_vm_readv, ::getpid(), nullptr, 0, nullptr, 0, 0)),
                      is_refused(::socket(AF_PACKET, SOCK_RAW, 0), EAFNOSUPPORT),
                      ::mmap(nullptr, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED,
                      writable != MAP_FAILED, is_refused(::mprotect(writable, 4096, PROT_READ | PROT_EXEC)),
                      from_thread == -1, local >= 0});
}

int try_files(const std::filesystem::path& own, const std::filesystem::path& read_only,
              const std::filesystem::path& other) {
  give_up_privileges();
  if (!reach_only({.written = {own}, .listed = {}, .read = {read_only, own / "not-there"}})) return kNotSupported;
  const auto opens = [](const std::filesystem::path& path, int flags) {
    return ::open(path.c_str(), flags, 0600) >= 0;
  };
  bool in_thread = true;
  std::thread([&] { in_thread = opens(other / "file", O_RDONLY); }).join();
  return first_wrong({opens(own / "new", O_WRONLY | O_CREAT), opens(own / "new", O_WRONLY | O_TRUNC),
                      ::mkdir((own / "folder").c_str(), 0700) == 0,
                      ::rename((own / "new").c_str(), (own / "folder/new").c_str()) == 0,
                      ::unlink((own / "folder/new").c_str()) == 0, opens(read_only / "file", O_RDONLY),
                      !opens(read_only / "file", O_WRONLY), !opens(read_only / "new", O_WRONLY | O_CREAT),
                      !opens(other / "file", O_RDONLY), !in_thread});
}

}  // namespace

TEST_CASE("sandbox: system calls that are never needed are refused, in every thread") {
  const int outcome = in_child(try_system_calls);
  if (outcome == kNotSupported)
    MESSAGE("this kernel does not do seccomp");
  else
    CHECK(outcome == 0);
}

TEST_CASE("sandbox: files of others are out of reach") {
  const auto folder = std::filesystem::temp_directory_path() / ("posthorn-" + random_name(8));
  for (const auto* name : {"own", "read", "other"}) {
    std::filesystem::create_directories(folder / name);
    std::ofstream(folder / name / "file") << name;
  }
  const int outcome = in_child([&] { return try_files(folder / "own", folder / "read", folder / "other"); });
  std::filesystem::remove_all(folder);
  if (outcome == kNotSupported)
    MESSAGE("this kernel does not do landlock");
  else
    CHECK(outcome == 0);
}

TEST_CASE("sandbox: root becomes another user for good") {
  if (::geteuid() != 0) return;
  const auto data = std::filesystem::temp_directory_path() / ("posthorn-" + random_name(8));
  CHECK(become_user("", data));
  CHECK(become_user("nobody-is-there", data).error().code == Code::not_found);
  const int outcome = in_child([&] {
    const bool is_other = become_user("nobody", data).has_value() && ::geteuid() != 0 && ::getuid() != 0;
    const bool has_none = give_up_privileges() == "none,no_new_privs";
    std::ofstream(data / "file") << "own";
    return first_wrong({is_other, has_none, ::setuid(0) != 0, std::filesystem::exists(data / "file"),
                        become_user("nobody", data).has_value(), become_user("root", data).error().code == Code::denied,
                        std::filesystem::exists("/proc/self/fd/0")});
  });
  CHECK(outcome == 0);
  std::filesystem::remove_all(data);
}
