// What this machine can do at best: flushes to the disk, bytes and round trips over loopback, copies of memory.
//
//   limits FOLDER SECONDS       (so long for each of them; FOLDER is on the disk that is meant)
//
// Prints one JSON object.
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <thread>

#include "loopback.h"

namespace {

using namespace bench;

constexpr std::size_t kBlock = 4096;

/// Seconds of each `work`, done again and again for so long.
std::vector<double> time_each(double seconds, const std::function<void()>& work) {
  std::vector<double> took;
  for (const double end = now() + seconds; now() < end;) {
    const double start = now();
    work();
    took.push_back(now() - start);
  }
  return took;
}

void print(const char* name, std::vector<double> took) {
  std::printf("\"%s_p50_us\": %.1f, \"%s_p99_us\": %.1f, ", name, quantile(took, 0.5) * 1e6, name,
              quantile(took, 0.99) * 1e6);
}

void must(bool done, const char* what) {
  if (!done) give_up(std::string("cannot ") + what);
}

/// A block that is on the disk already, or one behind the end of the file.
std::vector<double> flushes(const std::string& path, double seconds, bool overwrites) {
  const int fd = open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  must(fd >= 0, "write into the folder");
  const std::vector<char> block(kBlock, 'x');
  constexpr off_t kBlocks = 256;
  for (off_t i = 0; overwrites && i < kBlocks; ++i)
    must(pwrite(fd, block.data(), kBlock, i * static_cast<off_t>(kBlock)) > 0, "write");
  must(fsync(fd) == 0, "flush");
  off_t next = 0;
  auto took = time_each(seconds, [&] {
    const off_t at = (overwrites ? next % kBlocks : next) * static_cast<off_t>(kBlock);
    must(pwrite(fd, block.data(), kBlock, at) > 0 && fdatasync(fd) == 0, "flush");
    ++next;
  });
  close(fd);
  unlink(path.c_str());
  return took;
}

struct Pair {
  int near = -1, far = -1;
};

Pair loopback_pair() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  must(bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0 && listen(listener, 1) == 0 &&
           getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0,
       "listen");
  Pair pair;
  pair.near = connect_to(ntohs(address.sin_port));
  pair.far = accept(listener, nullptr, nullptr);
  const int on = 1;
  setsockopt(pair.far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  close(listener);
  return pair;
}

double loopback_bytes_per_second(double seconds) {
  const Pair pair = loopback_pair();
  std::uint64_t received = 0;
  std::thread reader([&] {
    std::vector<char> buffer(256 * 1024);
    for (ssize_t got; (got = recv(pair.far, buffer.data(), buffer.size(), 0)) > 0;)
      received += static_cast<std::uint64_t>(got);
  });
  const std::string piece(64 * 1024, 'x');
  const double start = now();
  time_each(seconds, [&] { send_all(pair.near, piece); });
  shutdown(pair.near, SHUT_WR);
  reader.join();
  const double took = now() - start;
  close(pair.near);
  close(pair.far);
  return static_cast<double>(received) / took;
}

std::vector<double> round_trips(double seconds) {
  const Pair pair = loopback_pair();
  std::thread echo([&] {
    char buffer[64];
    for (ssize_t got; (got = recv(pair.far, buffer, sizeof buffer, 0)) > 0;)
      send_all(pair.far, {buffer, static_cast<std::size_t>(got)});
  });
  char buffer[64] = {};
  auto took = time_each(seconds, [&] {
    send_all(pair.near, {buffer, sizeof buffer});
    must(recv(pair.near, buffer, sizeof buffer, MSG_WAITALL) == static_cast<ssize_t>(sizeof buffer), "receive");
  });
  shutdown(pair.near, SHUT_WR);
  echo.join();
  close(pair.near);
  close(pair.far);
  return took;
}

/// Of memory that no cache holds.
double copied_bytes_per_second(double seconds) {
  constexpr std::size_t kSize = 64 << 20;
  std::vector<char> from(kSize, 'x'), to(kSize, 'y');
  const auto took = time_each(seconds, [&] { std::memcpy(to.data(), from.data(), kSize); });
  double sum = 0;
  for (const double one : took) sum += one;
  return static_cast<double>(kSize) * static_cast<double>(took.size()) / sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) give_up("usage: limits FOLDER SECONDS");
  const std::string path = std::string(argv[1]) + "/limits";
  const double seconds = std::atof(argv[2]);
  std::printf("{");
  print("flush_overwritten", flushes(path, seconds, true));
  print("flush_appended", flushes(path, seconds, false));
  print("round_trip", round_trips(seconds));
  std::printf("\"loopback_MB_per_second\": %.0f, ", loopback_bytes_per_second(seconds) / 1e6);
  std::printf("\"copied_MB_per_second\": %.0f}\n", copied_bytes_per_second(seconds) / 1e6);
}
