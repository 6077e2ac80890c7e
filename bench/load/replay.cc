// The ceiling of what is read: sends what a server once said, from memory, to the same client.
//
//   replay RECORDING      (made by read_mail.cc)
//
// Listens on a port of its own choice, prints it, and serves one connection after the other: the recorded greeting,
// then for each line that comes the next recorded response.
#include <cstdint>
#include <fstream>
#include <iostream>
#include <utility>

#include "loopback.h"

namespace {

using namespace bench;

std::vector<std::string> read_recording(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> responses;
  for (std::uint64_t length; file.read(reinterpret_cast<char*>(&length), sizeof length);) {
    responses.emplace_back(length, '\0');
    if (!file.read(responses.back().data(), static_cast<std::streamsize>(length))) give_up("the recording is cut off");
  }
  if (responses.empty()) give_up("nothing was recorded");
  return responses;
}

/// What is asked for at once is sent at once, in pieces that are a good size for the kernel.
void send_responses(int fd, const std::vector<std::string>& responses, std::size_t from, std::size_t to) {
  constexpr std::size_t kGather = 64 * 1024;
  std::string gathered;
  for (std::size_t i = from; i < to; ++i) {
    if (responses[i].size() >= kGather) {
      send_all(fd, std::exchange(gathered, {}));
      send_all(fd, responses[i]);
    } else {
      gathered += responses[i];
      if (gathered.size() >= kGather) send_all(fd, std::exchange(gathered, {}));
    }
  }
  send_all(fd, gathered);
}

void serve(int fd, const std::vector<std::string>& responses) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::size_t sent = 1;
  send_responses(fd, responses, 0, 1);
  char buffer[65536];
  for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    const auto lines = static_cast<std::size_t>(std::count(buffer, buffer + got, '\n'));
    const std::size_t end = std::min(responses.size(), sent + lines);
    send_responses(fd, responses, sent, end);
    if (end < sent + lines) break;
    sent = end;
  }
  close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) give_up("usage: replay RECORDING");
  const auto responses = read_recording(argv[1]);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener, 8) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    give_up("cannot listen");
  std::cout << ntohs(address.sin_port) << std::endl;
  for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) serve(fd, responses);
}
