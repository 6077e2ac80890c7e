#include "migration/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/bytes.h"

namespace posthorn::migration {
namespace {

constexpr int kPollMs = 200;
constexpr std::size_t kHead = 5;
constexpr std::size_t kGathered = 64 * 1024;
constexpr std::size_t kPiece = 64 * 1024;

std::unexpected<Error> gone() { return fail(Code::closed, "the other side ended the conversation"); }

}  // namespace

Result<void> Channel::wait(short events) {
  while (stop_ == nullptr || !stop_->load()) {
    pollfd waits{fd_, events, 0};
    const int ready = ::poll(&waits, 1, kPollMs);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return gone();
  }
  return fail(Code::cancelled, "stopped");
}

bool Channel::is_readable() const {
  pollfd waits{fd_, POLLIN, 0};
  return in_.size() > begin_ || ::poll(&waits, 1, 0) > 0;
}

Result<void> Channel::fill(std::size_t n) {
  if (begin_ > kPiece) in_.erase(0, std::exchange(begin_, 0));
  while (in_.size() - begin_ < n) {
    if (auto done = wait(POLLIN); !done) return done;
    const std::size_t before = in_.size();
    in_.resize(before + std::max(n, kPiece));
    const auto got = ::recv(fd_, in_.data() + before, in_.size() - before, MSG_DONTWAIT);
    in_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return gone();
  }
  return {};
}

Result<Frame> Channel::read() {
  // Who has gone may have said why before.
  if (auto done = flush(); !done && done.error().code != Code::closed) return fail(done);
  if (auto done = fill(kHead); !done) return fail(done);
  ByteReader head(std::string_view(in_).substr(begin_, kHead));
  Frame frame{static_cast<char>(head.u8()), {}};
  const std::size_t length = head.u32();
  if (length > kLongestFrame) return fail(Code::invalid, "a frame is too long");
  if (auto done = fill(kHead + length); !done) return fail(done);
  frame.payload = in_.substr(begin_ + kHead, length);
  begin_ += kHead + length;
  return frame;
}

Result<void> Channel::write(char kind, std::string_view payload) {
  if (payload.size() > kLongestFrame) return fail(Code::too_big, "a frame is too long");
  put_u8(out_, static_cast<std::uint8_t>(kind));
  put_u32(out_, static_cast<std::uint32_t>(payload.size()));
  out_ += payload;
  return out_.size() >= kGathered ? flush() : Result<void>();
}

Result<void> Channel::flush() {
  std::size_t sent = 0;
  while (sent < out_.size()) {
    if (auto done = wait(POLLOUT); !done) return done;
    const auto put = ::send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && errno != EINTR && errno != EAGAIN) return gone();
    if (put > 0) sent += static_cast<std::size_t>(put);
  }
  out_.clear();
  return {};
}

}  // namespace posthorn::migration
