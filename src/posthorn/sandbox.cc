#include "posthorn/sandbox.h"

#include <pwd.h>
#include <unistd.h>

#include "base/log.h"
#include "posthorn/own_files.h"
#include "posthorn/privileges.h"
#include "posthorn/system_calls.h"

namespace posthorn::program {
namespace {

namespace fs = std::filesystem;

/// The folder of a file, and that of what it is a link to: renewed certificates come as new files beside the old.
void add_folders_of(const fs::path& file, std::vector<fs::path>& folders) {
  std::error_code error;
  folders.push_back(file.parent_path());
  if (const auto real = fs::canonical(file, error); !error) folders.push_back(real.parent_path());
}

OwnFiles own_files(const Config& config) {
  OwnFiles files;
  files.written = {config.data, "/dev/null"};
  files.listed = {config.data.parent_path()};  // flushed, as the data folder's name is there
  // Libraries that are loaded late (the system's resolvers), time zones, the resolvers' configuration and sockets, what
  // /proc says of the process, and how many processors there are.
  files.read = {"/usr",         "/lib",       "/lib64", "/etc", "/run", "/var/run", "/proc", "/sys/devices/system/cpu",
                "/dev/urandom", "/dev/random"};
  for (const auto& file : config.files()) add_folders_of(file, files.read);
  return files;
}

std::string restrict_files(const Config& config) {
  if (!config.sandbox.landlock) return "off (sandbox.landlock)";
  // Its modules read and run what they like.
  if (!config.pam.domain.empty()) return "off (directory.pam)";
  const auto version = reach_only(own_files(config));
  return version ? "version " + std::to_string(*version) : "off (" + version.error().text + ")";
}

std::string restrict_calls(const Config& config) {
  if (!config.sandbox.seccomp) return "off (sandbox.seccomp)";
  const auto done = refuse_system_calls(!config.pam.domain.empty());
  return done ? "on" : "off (" + done.error().text + ")";
}

std::string user_name() {
  const auto* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

}  // namespace

Result<void> enter_sandbox(const Config& config) {
  if (const auto done = become_user(config.sandbox.user, config.data); !done) return done;
  // Landlock's rules are about what is there.
  std::error_code error;
  if (fs::create_directories(config.data, error)) fs::permissions(config.data, fs::perms::owner_all, error);
  if (error) return fail(Code::io, "cannot make the folder " + config.data.string() + ": " + error.message());
  const auto privileges = give_up_privileges();
  const auto files = restrict_files(config);
  const auto calls = restrict_calls(config);
  base::log::Line(::geteuid() == 0 ? base::log::warning : base::log::info, "posthorn", "sandbox")
      .with("user", user_name())
      .with("capabilities", privileges)
      .with("landlock", files)
      .with("seccomp", calls);
  return {};
}

}  // namespace posthorn::program
