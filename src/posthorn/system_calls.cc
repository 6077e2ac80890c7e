#include "posthorn/system_calls.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace posthorn::program {
namespace {

// Unknown to older headers by name; libseccomp resolves names, and passes over those of later kernels.
constexpr const char* kRefused[] = {
    // Other processes' memory.
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
    // The kernel itself.
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "perf_event_open",
    "userfaultfd", "lookup_dcookie", "reboot", "syslog", "acct", "quotactl", "quotactl_fd", "swapon", "swapoff",
    "nfsservctl", "vhangup", "uselib", "ustat", "sysfs", "_sysctl", "iopl", "ioperm", "modify_ldt", "vm86", "vm86old",
    // A large surface with many faults in the past; asio here is built on epoll.
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    // File systems and namespaces.
    "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "open_by_handle_at", "name_to_handle_at", "mknod", "mknodat",
    "fanotify_init",
    // Keys of the kernel.
    "add_key", "request_key", "keyctl",
    // The clock and the machine's name.
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime", "sethostname", "setdomainname",
    // Who it is. Not setpriority(): without capabilities it can only stand back, as the scrub does.
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capset",
    "personality", "sched_setattr",
    // Memory of other NUMA nodes, which has had its share of faults.
    "mbind", "migrate_pages", "move_pages", "set_mempolicy"};

constexpr const char* kProgramStarts[] = {"execve", "execveat"};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

bool refuse(void* filter, const char* name) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR || number < 0) return true;  // not of this machine
#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
  if (std::strcmp(name, "ptrace") == 0) return true;  // LeakSanitizer's way to look at the threads
#endif
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0) == 0;
}

/// Where an argument has all bits of `bits`.
bool refuse_with_bits(void* filter, int number, unsigned argument, unsigned long bits) {
  return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 1,
                          scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, bits, bits}) == 0;
}

bool refuse_special_uses(void* filter) {
  bool done = true;
  // Sockets other than the internet's, local ones, and the routing one by which names are resolved.
  for (const int family : {AF_PACKET, AF_BLUETOOTH, AF_VSOCK, AF_ALG, AF_CAN, AF_TIPC, AF_RDS, AF_XDP, AF_KEY, AF_NFC})
    done &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                             scmp_arg_cmp{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family), 0}) == 0;
  // New namespaces by clone(). clone3() holds its flags in memory, where no filter looks: glibc does without it.
  for (const unsigned long flag :
       {CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP})
    done &= refuse_with_bits(filter, SCMP_SYS(clone), 0, flag);
  done &= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
  // Memory that can be written and run, or was written and is to be run.
  done &= refuse_with_bits(filter, SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC);
  done &= refuse_with_bits(filter, SCMP_SYS(mprotect), 2, PROT_EXEC);
  done &= refuse_with_bits(filter, SCMP_SYS(pkey_mprotect), 2, PROT_EXEC);
  return done;
}

}  // namespace

Result<void> refuse_system_calls(bool may_start_programs) {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
  const auto failed = [](const char* what, int error) {
    return fail(Code::not_supported, std::string(what) + ": " + std::strerror(error));
  };
  if (!filter) return failed("seccomp_init", ENOMEM);
  bool is_made = refuse_special_uses(filter.get());
  for (const auto* name : kRefused) is_made &= refuse(filter.get(), name);
  if (!may_start_programs)
    for (const auto* name : kProgramStarts) is_made &= refuse(filter.get(), name);
  if (!is_made) return failed("seccomp_rule_add", EINVAL);
  if (const int error = seccomp_load(filter.get()); error != 0) return failed("seccomp_load", -error);
  return {};
}

}  // namespace posthorn::program
