#include "posthorn/control.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "posthorn/commands.h"
#include "posthorn/conversation.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestRequest = 1 << 20;
constexpr std::size_t kLongestAnswer = 1 << 30;  ///< a list of millions of accounts
constexpr int kPollMs = 200;
constexpr int kReadTimeoutMs = 10'000;
constexpr std::size_t kMostConversations = 16;

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

/// Up to and without the line's end; nullopt where it does not come within `most` bytes.
std::optional<std::string> read_line(int fd, int timeout_ms, std::size_t most) {
  std::string line;
  char piece[4096];
  while (line.size() < most) {
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

struct Request {
  std::string command;
  json::object arguments;
};

Result<Request> parse_request(const std::string& line) {
  boost::system::error_code bad;
  const auto value = json::parse(line, bad);
  if (bad || !value.is_object()) return fail(Code::syntax, "the request is not a JSON object");
  const auto* name = value.as_object().if_contains("command");
  const auto* arguments = value.as_object().if_contains("arguments");
  if (name == nullptr || !name->is_string()) return fail(Code::syntax, "the request names no command");
  return Request{std::string(name->as_string()),
                 arguments != nullptr && arguments->is_object() ? arguments->as_object() : json::object()};
}

json::object answer(World& world, const Request& request) {
  const auto result = run_command(world, request.command, request.arguments);
  base::log::Line(base::log::info, "control", "command")
      .with("name", request.command)
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
  ::shutdown(fd_, SHUT_RDWR);  // wakes the thread
  thread_.join();
  join_ended(true);
  ::close(fd_);
  ::unlink(path_.c_str());
}

void ControlServer::run() {
  while (!stopping_) {
    join_ended(false);
    pollfd waits{fd_, POLLIN, 0};
    if (::poll(&waits, 1, kPollMs) <= 0 || stopping_) continue;
    const int connection = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0)
      serve(connection);
    else  // no descriptor is left: the connection stays in the queue, and this loop must not spin
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
}

void ControlServer::join_ended(bool all) {
  for (auto talk = talks_.begin(); talk != talks_.end();) {
    if (!all && !talk->has_ended) {
      ++talk;
      continue;
    }
    talk->thread.join();
    talk = talks_.erase(talk);
  }
}

void ControlServer::converse(int connection, std::string_view name, const json::object& arguments) {
  auto conversation = talks_.size() < kMostConversations ? open_conversation(world_, name, arguments)
                                                         : fail(Code::too_many, "too many imports, exports and backups run");
  const int fd = conversation ? ::fcntl(connection, F_DUPFD_CLOEXEC, 0) : -1;
  if (conversation && fd < 0) conversation = fail(Code::too_many, "the server has too many files open");
  const json::object reply =
      conversation ? json::object{{"result", json::object{}}} : json::object{{"error", conversation.error().text}};
  write_all(connection, json::serialize(reply) + "\n");
  if (!conversation) return;
  Talk& talk = talks_.emplace_back();
  talk.thread = std::thread([&talk, stop = &stopping_, fd, of = std::string(name), run = std::move(*conversation)] {
    const Descriptor own(fd);
    base::log::Line(base::log::info, "control", "conversation").with("name", of);
    const auto done = run(fd, stop);
    base::log::Line(base::log::info, "control", "conversation.ended")
        .with("name", of)
        .with("outcome", done ? "done" : done.error().text);
    talk.has_ended = true;
  });
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
  const auto line = read_line(connection, kReadTimeoutMs, kLongestRequest);
  if (!line) return;
  const auto request = parse_request(*line);
  json::object reply;
  try {
    if (request && is_conversation(request->command)) return converse(connection, request->command, request->arguments);
    reply = request ? answer(world_, *request) : json::object{{"error", request.error().text}};
  } catch (const std::exception& bug) {  // the server outlives a command
    base::log::Line(base::log::error, "control", "command.bug").with("why", bug.what());
    reply = {{"error", std::string("internal error: ") + bug.what()}};
  }
  write_all(connection, json::serialize(reply) + "\n");
}

namespace {

/// Asks over `fd`, which is not connected yet.
std::optional<Result<json::value>> ask_over(int fd, const std::filesystem::path& socket, std::string_view command,
                                            const json::object& arguments) {
  sockaddr_un address{};
  if (fd < 0 || !fill_address(socket, address)) return std::nullopt;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EACCES && errno != EPERM) return std::nullopt;
    return fail(Code::denied, socket.parent_path().string() + " is for root and the server's own user alone");
  }
  const json::object request{{"command", command}, {"arguments", arguments}};
  if (!write_all(fd, json::serialize(request) + "\n")) return std::nullopt;
  const auto line = read_line(fd, -1, kLongestAnswer);
  if (!line) return fail(Code::closed, "the server ended the conversation");
  boost::system::error_code bad;
  const auto reply = json::parse(*line, bad);
  if (bad || !reply.is_object()) return fail(Code::internal, "the server's answer is not JSON");
  if (const auto* error = reply.as_object().if_contains("error"))
    return fail(Code::invalid, error->is_string() ? std::string(error->as_string()) : "refused");
  return reply.as_object().at("result");
}

}  // namespace

std::optional<Result<json::value>> ask_server(const std::filesystem::path& socket, std::string_view command,
                                              const json::object& arguments) {
  const Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ask_over(connection.fd, socket, command, arguments);
}

std::optional<Result<int>> call_server(const std::filesystem::path& socket, std::string_view command,
                                       const json::object& arguments) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto answer = ask_over(fd, socket, command, arguments);
  if (answer && *answer) return fd;
  if (fd >= 0) ::close(fd);
  return answer ? std::optional<Result<int>>(fail(*answer)) : std::nullopt;
}

}  // namespace posthorn::program
