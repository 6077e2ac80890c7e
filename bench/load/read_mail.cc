// Reads mail in bulk by IMAP or POP3 and parses nothing of it, so that the server is what is measured.
//
//   read_mail imap PORT USER PASSWORD MAILBOX [RECORDING]
//   read_mail pop3 PORT USER PASSWORD - [RECORDING]
//
// Logs in (and selects the mailbox), prints "ready", then for each line of its input does one
// piece of work and prints one line: `OK SECONDS BYTES`, or what the server said. Work of IMAP: a command without its
// tag. Work of POP3: `COMMAND FIRST LAST AT_ONCE`, as in `RETR 1 10000 100`: message by message, so many commands sent
// at once.
//
// RECORDING becomes what replay.cc sends: for the greeting and for each line sent, a length (8 bytes, of this machine)
// and the server's bytes.
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string_view>
#include <utility>

#include "loopback.h"

namespace {

using namespace bench;

class Recording {
 public:
  explicit Recording(const char* path) : file_(path == nullptr ? nullptr : std::fopen(path, "wb")) {
    if (path != nullptr && file_ == nullptr) give_up("cannot write the recording");
  }
  ~Recording() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  void keep(std::string_view bytes) {
    if (file_ != nullptr) kept_ += bytes;
  }
  void end_response() {
    if (file_ == nullptr) return;
    const std::uint64_t length = kept_.size();
    if (std::fwrite(&length, sizeof length, 1, file_) != 1 ||
        std::fwrite(kept_.data(), 1, kept_.size(), file_) != kept_.size())
      give_up("cannot write the recording");
    kept_.clear();
  }

 private:
  std::FILE* file_;
  std::string kept_;
};

class Reader {
 public:
  Reader(int port, const char* recording) : fd_(connect_to(port)), recording_(recording), buffer_(1 << 20) {}

  void send(std::string_view bytes) { send_all(fd_, bytes); }

  /// The next bytes, put into the buffer behind `offset`.
  std::string_view receive(std::size_t offset = 0) {
    acknowledge_at_once(fd_);
    const ssize_t got = recv(fd_, buffer_.data() + offset, buffer_.size() - offset, 0);
    if (got <= 0) give_up("the server closed the connection: " + tail_);
    bytes_ += static_cast<std::uint64_t>(got);
    return {buffer_.data() + offset, static_cast<std::size_t>(got)};
  }

  /// Reads up to the line that is the last and begins with `start`; answers it.
  std::string read_to_line(std::string_view start) {
    tail_.clear();
    while (true) {
      const auto piece = receive();
      recording_.keep(piece);
      tail_ += piece.substr(piece.size() - std::min(piece.size(), kTail));
      if (tail_.size() > 2 * kTail) tail_.erase(0, tail_.size() - kTail);
      if (!tail_.ends_with("\r\n")) continue;
      const auto before = tail_.size() < 3 ? std::string::npos : tail_.rfind('\n', tail_.size() - 3);
      const auto line = std::string_view(tail_).substr(before == std::string::npos ? 0 : before + 1);
      if (!line.starts_with(start)) continue;
      recording_.end_response();
      return std::string(line.substr(0, line.size() - 2));
    }
  }

  /// Reads `count` responses of POP3 that end with a line of one dot.
  void read_dotted(long count) {
    std::size_t carried = 0;  // bytes at the front of the buffer that may be the beginning of an end
    while (count > 0) {
      const auto piece = receive(carried);
      const std::string_view window(buffer_.data(), carried + piece.size());
      std::size_t at = 0, recorded = carried;
      for (std::size_t end; count > 0 && (end = window.find(kEnd, at)) != std::string_view::npos; --count) {
        at = end + kEnd.size();
        recording_.keep(window.substr(recorded, at - recorded));
        recording_.end_response();
        recorded = at;
      }
      recording_.keep(window.substr(recorded));
      carried = std::min(kEnd.size() - 1, window.size() - at);
      std::memmove(buffer_.data(), window.data() + window.size() - carried, carried);
    }
  }

  std::uint64_t take_bytes() { return std::exchange(bytes_, 0); }

 private:
  static constexpr std::size_t kTail = 4096;
  static constexpr std::string_view kEnd = "\r\n.\r\n";

  const int fd_;
  Recording recording_;
  std::vector<char> buffer_;
  std::string tail_;
  std::uint64_t bytes_ = 0;
};

void print_done(double since, std::uint64_t bytes) {
  std::cout << "OK " << std::to_string(now() - since) << ' ' << bytes << std::endl;
}

class Imap {
 public:
  Imap(Reader& reader, const std::string& user, const std::string& password, const std::string& mailbox)
      : reader_(reader) {
    reader_.read_to_line("* OK");
    must("LOGIN \"" + user + "\" \"" + password + "\"");
    must("SELECT \"" + mailbox + "\"");
  }

  void work(const std::string& command) {
    reader_.take_bytes();
    const double start = now();
    const std::string last = ask(command);
    if (last.starts_with("OK")) return print_done(start, reader_.take_bytes());
    std::cout << last << std::endl;
  }

 private:
  /// The tagged line without the tag.
  std::string ask(const std::string& command) {
    char tag[16];
    std::snprintf(tag, sizeof tag, "t%06d ", ++commands_);
    reader_.send(tag + command + "\r\n");
    return reader_.read_to_line(tag).substr(std::strlen(tag));
  }
  void must(const std::string& command) {
    const std::string last = ask(command);
    if (!last.starts_with("OK")) give_up(last);
  }

  Reader& reader_;
  int commands_ = 0;
};

class Pop3 {
 public:
  Pop3(Reader& reader, const std::string& user, const std::string& password) : reader_(reader) {
    reader_.read_to_line("+OK");
    for (const std::string& command : {"USER " + user, "PASS " + password}) {
      reader_.send(command + "\r\n");
      reader_.read_to_line("+OK");
    }
  }

  void work(const std::string& line) {
    char command[16];
    long first = 0, last = 0, at_once = 0;
    if (std::sscanf(line.c_str(), "%15s %ld %ld %ld", command, &first, &last, &at_once) != 4 || at_once < 1)
      give_up("not COMMAND FIRST LAST AT_ONCE: " + line);
    reader_.take_bytes();
    const double start = now();
    for (long i = first; i <= last; i += at_once) {
      const long end = std::min(last, i + at_once - 1);
      std::string commands;
      for (long n = i; n <= end; ++n) commands += std::string(command) + ' ' + std::to_string(n) + "\r\n";
      reader_.send(commands);
      reader_.read_dotted(end - i + 1);
    }
    print_done(start, reader_.take_bytes());
  }

 private:
  Reader& reader_;
};

template <typename Protocol>
void work_off(Protocol protocol) {
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) protocol.work(line);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) give_up("usage: read_mail imap|pop3 PORT USER PASSWORD MAILBOX [RECORDING]");
  Reader reader(std::atoi(argv[2]), argc > 6 ? argv[6] : nullptr);
  if (std::string_view(argv[1]) == "imap")
    work_off(Imap(reader, argv[3], argv[4], argv[5]));
  else
    work_off(Pop3(reader, argv[3], argv[4]));
}
