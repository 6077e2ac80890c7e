// Opens many IMAP connections, each with LOGIN, SELECT and IDLE, and keeps them until its input ends.
//
//   imap_open PORT CONNECTIONS FIRST_USER LAST_USER AT_ONCE
//
// Users are u<n>@bench.test in turn; so many connections at once are on their way. When all are idle it prints one JSON
// object; `opened` seconds are those up to the last answer to SELECT.
#include <fcntl.h>
#include <sys/epoll.h>

#include <cstdint>
#include <cstring>
#include <string_view>

#include "loopback.h"

namespace {

using namespace bench;

enum class Step { greeting, login, select, idle, ready };

struct Connection {
  int fd = -1;
  Step step = Step::greeting;
  std::string said;
};

class Crowd {
 public:
  Crowd(int port, int count, int first_user, int last_user, int at_once)
      : port_(port),
        first_user_(first_user),
        users_(last_user - first_user + 1),
        at_once_(at_once),
        connections_(static_cast<std::size_t>(count)) {}

  void open_all() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    start_ = now();
    while (ready_ < connections_.size()) {
      while (begun_ < connections_.size() && begun_ - selected_ < static_cast<std::size_t>(at_once_)) open(begun_++);
      epoll_event events[256];
      const int count = epoll_wait(epoll_, events, 256, 60000);
      if (count == 0) give_up("the server has been silent for 60 s");
      for (int i = 0; i < count; ++i) read(events[i].data.u64);
    }
  }

  double opened() const { return opened_; }
  double login_quantile(double share) { return quantile(logins_, share); }

 private:
  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection.fd = connect_to(port_);
    begun_at_.push_back(now());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
  }

  void read(std::size_t index) {
    Connection& connection = connections_[index];
    char buffer[4096];
    const ssize_t got = recv(connection.fd, buffer, sizeof buffer, 0);
    if (got <= 0) give_up("the server closed a connection");
    connection.said.append(buffer, static_cast<std::size_t>(got));
    if (!connection.said.ends_with("\r\n") || !is_answered(connection)) return;
    step_on(index, connection);
    connection.said.clear();
  }

  static bool is_answered(const Connection& connection) {
    const std::string_view said = connection.said;
    if (said.find(" NO ") != said.npos || said.find(" BAD ") != said.npos || said.starts_with("* BYE"))
      give_up("the server said: " + connection.said);
    switch (connection.step) {
      case Step::greeting: return true;
      case Step::login: return said.find("a OK") != said.npos;
      case Step::select: return said.find("b OK") != said.npos;
      default: return said.find("+ ") != said.npos;
    }
  }

  void step_on(std::size_t index, Connection& connection) {
    switch (connection.step) {
      case Step::greeting:
        send_all(connection.fd,
                 "a LOGIN u" + std::to_string(first_user_ + static_cast<int>(index) % users_) + "@bench.test pw\r\n");
        connection.step = Step::login;
        return;
      case Step::login:
        logins_.push_back(now() - begun_at_[index]);
        send_all(connection.fd, "b SELECT INBOX\r\n");
        connection.step = Step::select;
        return;
      case Step::select:
        ++selected_;
        opened_ = now() - start_;
        send_all(connection.fd, "c IDLE\r\n");
        connection.step = Step::idle;
        return;
      case Step::idle:
        ++ready_;
        connection.step = Step::ready;
        connection.said.shrink_to_fit();
        return;
      case Step::ready: return;
    }
  }

  const int port_, first_user_, users_, at_once_;
  std::vector<Connection> connections_;
  std::vector<double> begun_at_, logins_;
  std::size_t begun_ = 0, selected_ = 0, ready_ = 0;
  int epoll_ = -1;
  double start_ = 0, opened_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) give_up("usage: imap_open PORT CONNECTIONS FIRST_USER LAST_USER AT_ONCE");
  Crowd crowd(std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]));
  crowd.open_all();
  std::printf("{\"opened\": %.6f, \"login_p50_ms\": %.3f, \"login_p99_ms\": %.3f}\n", crowd.opened(),
              crowd.login_quantile(0.5) * 1e3, crowd.login_quantile(0.99) * 1e3);
  std::fflush(stdout);
  char wait[16];
  while (::read(STDIN_FILENO, wait, sizeof wait) > 0) {
  }
}
