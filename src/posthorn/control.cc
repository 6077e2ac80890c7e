#include "posthorn/control.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "posthorn/commands.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestRequest = 1 << 20;
constexpr int kPollMs = 200;
constexpr int kReadTimeoutMs = 10'000;

/// Closes a descriptor at the end of its scope.
struct Descriptor {
  explicit Descriptor(int n) : fd(n) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int fd;
};

bool fill_address(const std::filesystem::path& path, sockaddr_un& address) {
  address.sun_family = AF_UNIX;
  if (path.string().size() >= sizeof address.sun_path) return false;
  std::strcpy(address.sun_path, path.c_str());
  return true;
}

/// Up to and without the line's end; nullopt where it does not come.
std::optional<std::string> read_line(int fd, int timeout_ms) {
  std::string line;
  char piece[4096];
  while (line.size() < kLongestRequest) {
    pollfd waits{fd, POLLIN, 0};
    if (::poll(&waits, 1, timeout_ms) <= 0) return std::nullopt;
    const auto got = ::read(fd, piece, sizeof piece);
    if (got <= 0) return std::nullopt;
    line.append(piece, static_cast<std::size_t>(got));
    if (line.ends_with('\n')) return line.substr(0, line.size() - 1);
  }
  return std::nullopt;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool is_allowed(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == ::geteuid());
}

json::object answer(World& world, const std::string& request) {
  boost::system::error_code bad;
  const auto value = json::parse(request, bad);
  if (bad || !value.is_object()) return {{"error", "the request is not a JSON object"}};
  const auto* name = value.as_object().if_contains("command");
  const auto* arguments = value.as_object().if_contains("arguments");
  if (name == nullptr || !name->is_string()) return {{"error", "the request names no command"}};
  const json::object none;
  const auto result = run_command(world, std::string_view(name->as_string()),
                                  arguments != nullptr && arguments->is_object() ? arguments->as_object() : none);
  base::log::Line(base::log::info, "control", "command")
      .with("name", std::string_view(name->as_string()))
      .with("outcome", result ? "done" : result.error().text);
  if (!result) return {{"error", result.error().text}};
  return {{"result", *result}};
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::start(World& world, const std::filesystem::path& socket) {
  sockaddr_un address{};
  if (!fill_address(socket, address))
    return fail(Code::io, "the path of the control socket is too long: " + socket.string());
  // Whoever holds the store's lock owns the socket: what is there was left behind.
  ::unlink(socket.c_str());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto mask = ::umask(0177);
  const bool bound =
      fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 16) == 0;
  ::umask(mask);
  if (!bound) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return fail(Code::io, "control socket " + socket.string() + ": " + why);
  }
  return std::unique_ptr<ControlServer>(new ControlServer(world, socket, fd));
}

ControlServer::ControlServer(World& world, std::filesystem::path socket, int fd)
    : world_(world), path_(std::move(socket)), fd_(fd), thread_([this] { run(); }) {}

ControlServer::~ControlServer() {
  stopping_ = true;
  thread_.join();
  ::close(fd_);
  ::unlink(path_.c_str());
}

void ControlServer::run() {
  while (!stopping_) {
    pollfd waits{fd_, POLLIN, 0};
    if (::poll(&waits, 1, kPollMs) <= 0) continue;
    const int connection = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0)
      serve(connection);
    else  // no descriptor is left: the connection stays in the queue, and this loop must not spin
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
}

void ControlServer::serve(int connection) {
  const Descriptor descriptor(connection);
  // Nobody who does not read his answer keeps the server from ending.
  const timeval patience{kReadTimeoutMs / 1000, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (!is_allowed(connection)) {
    base::log::Line(base::log::warning, "control", "refused");
    return;
  }
  const auto request = read_line(connection, kReadTimeoutMs);
  if (!request) return;
  json::object reply;
  try {
    reply = answer(world_, *request);
  } catch (const std::exception& bug) {  // the server outlives a command
    base::log::Line(base::log::error, "control", "command.bug").with("why", bug.what());
    reply = {{"error", std::string("internal error: ") + bug.what()}};
  }
  write_all(connection, json::serialize(reply) + "\n");
}

std::optional<Result<json::value>> ask_server(const std::filesystem::path& socket, std::string_view command,
                                              const json::object& arguments) {
  sockaddr_un address{};
  const Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.fd < 0 || !fill_address(socket, address)) return std::nullopt;
  if (::connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return std::nullopt;
  const json::object request{{"command", command}, {"arguments", arguments}};
  if (!write_all(connection.fd, json::serialize(request) + "\n")) return std::nullopt;
  const auto line = read_line(connection.fd, -1);
  if (!line) return fail(Code::closed, "the server ended the conversation");
  boost::system::error_code bad;
  const auto reply = json::parse(*line, bad);
  if (bad || !reply.is_object()) return fail(Code::internal, "the server's answer is not JSON");
  if (const auto* error = reply.as_object().if_contains("error"))
    return fail(Code::invalid, error->is_string() ? std::string(error->as_string()) : "refused");
  return reply.as_object().at("result");
}

}  // namespace posthorn::program
