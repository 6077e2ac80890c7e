#include "posthorn/apart.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "base/log.h"
#include "posthorn/commands.h"
#include "posthorn/control.h"
#include "posthorn/privileges.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

void write_line(int fd, const json::value& value) {
  const auto line = json::serialize(value) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto put = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
}

json::object told(const Error& error) {
  return {{"error", error.text}, {"code", static_cast<std::int64_t>(error.code)}};
}

/// Byte by byte, as what follows the line is not ours.
std::string read_line(int fd) {
  std::string line;
  char c = 0;
  while (true) {
    const auto got = ::recv(fd, &c, 1, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') return line;
    line += c;
  }
}

Result<json::value> outcome(const std::string& line) {
  boost::system::error_code bad;
  const auto value = json::parse(line, bad);
  if (bad || !value.is_object()) return fail(Code::internal, "the process that works on the store has ended");
  if (const auto* error = value.as_object().if_contains("error"))
    return fail(static_cast<Code>(value.as_object().at("code").as_int64()), std::string(error->as_string()));
  return value.as_object().at("result");
}

/// In the child; never returns.
[[noreturn]] void be_child(const Config& config, int fd,
                           const std::function<Result<std::function<void(int)>>()>& begin) {
  {
    const auto user = become_user(config.sandbox.user, config.data);
    auto work = user ? begin() : fail(user);
    write_line(fd, work ? json::object{{"result", json::object{}}} : told(work.error()));
    if (work) (*work)(fd);
  }
  std::cout.flush();
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Apart>> Apart::start(const Config& config,
                                            const std::function<Result<std::function<void(int)>>()>& begin) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return fail(Code::io, "no socket is to be had");
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    be_child(config, ends[1], begin);
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return fail(Code::io, "no process is to be had");
  }
  std::unique_ptr<Apart> apart(new Apart(child, ends[0]));
  const auto begun = outcome(read_line(ends[0]));
  if (!begun) return fail(begun);
  return apart;
}

Apart::~Apart() {
  ::close(fd_);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
}

Result<json::value> run_apart(const Config& config, const std::function<Result<json::value>()>& work) {
  const auto apart = Apart::start(config, [&work]() -> Result<std::function<void(int)>> {
    return [&work](int fd) {
      const auto done = work();
      write_line(fd, done ? json::object{{"result", *done}} : told(done.error()));
    };
  });
  if (!apart) return fail(apart);
  return outcome(read_line((*apart)->fd()));
}

Result<json::value> ask_anywhere(const Config& config, std::string_view command, const json::object& arguments) {
  if (auto answer = ask_server(control_socket(config), command, arguments)) return std::move(*answer);
  return run_apart(config, [&]() -> Result<json::value> {
    base::log::configure(base::log::error, config.log_format);
    const auto world = World::open(config);
    if (!world) return fail(world);
    return run_command(**world, command, arguments);
  });
}

}  // namespace posthorn::program
