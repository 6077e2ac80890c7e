// Sends messages by SMTP over many connections for some seconds, and tells how the server answered.
//
//   smtp_load PORT CONNECTIONS SECONDS SIZE FIRST_USER LAST_USER RECIPIENTS
//
// Recipients are u<n>@bench.test in turn. The envelope goes in one piece (PIPELINING), the message in another, as RFC
// 2920 has it; every message has a Message-ID of its own. One thread: a message costs a few system calls and no copy.
// Prints one JSON object. `per_second` counts answers to messages by the second in which they came.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include <cstdint>
#include <cstring>
#include <string_view>

#include "loopback.h"

namespace {

using namespace bench;

struct Plan {
  int port = 0;
  int connections = 0;
  double seconds = 0;
  std::size_t size = 0;
  int first_user = 0, last_user = 0, recipients = 1;
};

struct Outcome {
  long accepted = 0, failed = 0;
  std::vector<double> answered_after;  // seconds from MAIL to the answer to the message
  std::vector<long> per_second;
  std::string first_error;
};

enum class State { greeting, ehlo, envelope, message, quit };

struct Connection {
  int fd = -1;
  State state = State::greeting;
  std::string input;
  std::string output;            // goes first
  std::string_view body;         // then this
  std::size_t replies_left = 0;  // in this state
  bool is_refused = false;
  double begun = 0;
};

/// Text lines, with the fields behind Message-ID, and the final dot.
std::string make_body(std::size_t size) {
  std::string body =
      "From: Sender <sender@example.org>\r\nTo: Everybody <all@bench.test>\r\nSubject: a message of the load\r\n"
      "Date: Mon, 01 Jan 2024 00:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
  std::uint32_t random = 12345;
  const auto next = [&random] { return (random = random * 1103515245 + 12345) >> 16; };
  while (body.size() + 150 < size) {
    const std::size_t line = body.size();
    while (body.size() - line < 70) {
      for (auto letters = 2 + next() % 8; letters > 0; --letters) body += static_cast<char>('a' + next() % 26);
      body += ' ';
    }
    body += "\r\n";
  }
  return body + ".\r\n";
}

class Load {
 public:
  explicit Load(const Plan& plan) : plan_(plan), body_(make_body(plan.size)), connections_(plan.connections) {}

  Outcome run() {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    start_ = now();
    for (Connection& connection : connections_) open(connection);
    std::vector<epoll_event> events(256);
    while (open_ > 0) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 60000);
      if (ready == 0) give_up("the server has been silent for 60 s");
      for (int i = 0; i < ready; ++i) serve(*static_cast<Connection*>(events[i].data.ptr));
    }
    return std::move(outcome_);
  }

  double elapsed() const { return last_answer_ - start_; }

 private:
  void open(Connection& connection) {
    connection.fd = connect_to(plan_.port);
    fcntl(connection.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    ++open_;
  }

  void close_it(Connection& connection) {
    close(connection.fd);
    --open_;
  }

  void fail(std::string_view reply) {
    ++outcome_.failed;
    if (outcome_.first_error.empty()) outcome_.first_error = reply;
  }

  void serve(Connection& connection) {
    char buffer[16384];
    const ssize_t got = recv(connection.fd, buffer, sizeof buffer, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
      if (connection.state != State::quit) fail("the connection was closed");
      return close_it(connection);
    }
    if (got > 0) connection.input.append(buffer, static_cast<std::size_t>(got));
    std::size_t at = 0;
    for (std::size_t end; (end = connection.input.find('\n', at)) != std::string::npos; at = end + 1) {
      const auto line = std::string_view(connection.input).substr(at, end - at);
      if (line.size() > 3 && line[3] == '-') continue;
      if (!reply(connection, line)) return close_it(connection);
    }
    connection.input.erase(0, at);
    flush(connection);
  }

  /// False: nothing more is wanted of this connection.
  bool reply(Connection& connection, std::string_view line) {
    const bool is_good = line.starts_with('2') || line.starts_with('3');
    switch (connection.state) {
      case State::greeting:
        if (!is_good) return fail(line), false;
        connection.output += "EHLO bench.example\r\n";
        connection.state = State::ehlo;
        return true;
      case State::ehlo: return begin_message(connection), true;
      case State::envelope:
        if (!is_good) return fail(line), false;
        if (--connection.replies_left == 0) send_message(connection);
        return true;
      case State::message:
        answered(connection, line, is_good);
        begin_message(connection);
        return true;
      case State::quit: return false;
    }
    return false;
  }

  void begin_message(Connection& connection) {
    if (now() - start_ >= plan_.seconds) {
      connection.output += "QUIT\r\n";
      connection.state = State::quit;
      return;
    }
    connection.output += "MAIL FROM:<sender@example.org>\r\n";
    const long users = plan_.last_user - plan_.first_user + 1;
    for (int i = 0; i < plan_.recipients; ++i)
      connection.output += "RCPT TO:<u" + std::to_string(plan_.first_user + recipients_++ % users) + "@bench.test>\r\n";
    connection.output += "DATA\r\n";
    connection.replies_left = static_cast<std::size_t>(plan_.recipients) + 2;
    connection.state = State::envelope;
    connection.begun = now();
  }

  void send_message(Connection& connection) {
    char head[128];
    const int length = std::snprintf(head, sizeof head, "Message-ID: <%d.%ld.%.6f@bench.example>\r\n", getpid(),
                                     ++messages_, connection.begun);
    connection.output.append(head, static_cast<std::size_t>(length));
    connection.body = body_;
    connection.state = State::message;
  }

  void answered(Connection& connection, std::string_view line, bool is_good) {
    if (!is_good) return fail(line);
    last_answer_ = now();
    ++outcome_.accepted;
    outcome_.answered_after.push_back(last_answer_ - connection.begun);
    const auto second = static_cast<std::size_t>(last_answer_ - start_);
    if (outcome_.per_second.size() <= second) outcome_.per_second.resize(second + 1);
    ++outcome_.per_second[second];
  }

  void flush(Connection& connection) {
    while (!connection.output.empty() || !connection.body.empty()) {
      iovec pieces[] = {{connection.output.data(), connection.output.size()},
                        {const_cast<char*>(connection.body.data()), connection.body.size()}};
      msghdr message{};
      message.msg_iov = pieces;
      message.msg_iovlen = 2;
      const ssize_t sent = sendmsg(connection.fd, &message, MSG_NOSIGNAL);
      if (sent < 0) break;
      const std::size_t of_output = std::min(static_cast<std::size_t>(sent), connection.output.size());
      connection.output.erase(0, of_output);
      connection.body.remove_prefix(static_cast<std::size_t>(sent) - of_output);
    }
    wait_to_send(connection, !connection.output.empty() || !connection.body.empty());
  }

  void wait_to_send(Connection& connection, bool wanted) {
    if (wanted == connection.is_refused) return;
    connection.is_refused = wanted;
    epoll_event event{};
    event.events = EPOLLIN | (wanted ? std::uint32_t{EPOLLOUT} : 0);
    event.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event);
  }

  const Plan plan_;
  const std::string body_;
  std::vector<Connection> connections_;
  Outcome outcome_;
  int epoll_ = -1;
  int open_ = 0;
  long messages_ = 0, recipients_ = 0;
  double start_ = 0, last_answer_ = 0;
};

void print(Outcome& outcome, double seconds) {
  std::printf("{\"accepted\": %ld, \"failed\": %ld, \"seconds\": %.6f, \"cpu_seconds\": %.4f, ", outcome.accepted,
              outcome.failed, seconds, cpu_seconds());
  std::printf("\"p50_ms\": %.4f, \"p99_ms\": %.4f, \"per_second\": [", quantile(outcome.answered_after, 0.5) * 1e3,
              quantile(outcome.answered_after, 0.99) * 1e3);
  for (std::size_t i = 0; i < outcome.per_second.size(); ++i)
    std::printf("%s%ld", i == 0 ? "" : ", ", outcome.per_second[i]);
  std::printf("]}\n");
  if (!outcome.first_error.empty()) std::fprintf(stderr, "the server said: %s\n", outcome.first_error.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) give_up("usage: smtp_load PORT CONNECTIONS SECONDS SIZE FIRST_USER LAST_USER RECIPIENTS");
  Load load({.port = std::atoi(argv[1]),
             .connections = std::atoi(argv[2]),
             .seconds = std::atof(argv[3]),
             .size = static_cast<std::size_t>(std::atol(argv[4])),
             .first_user = std::atoi(argv[5]),
             .last_user = std::atoi(argv[6]),
             .recipients = std::atoi(argv[7])});
  Outcome outcome = load.run();
  print(outcome, load.elapsed());
  return outcome.failed == 0 ? 0 : 1;
}
