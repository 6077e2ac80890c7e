#include "net/line_reader.h"

#include <algorithm>
#include <cstring>

#include "net/memory_level.h"

namespace posthorn::net {

namespace {

constexpr std::size_t kLongestWhenFull = 4096;

}  // namespace

void LineReader::consume(std::size_t n) {
  begin_ += static_cast<std::uint32_t>(n);
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  buffer_.reset();
}

void LineReader::drop_buffered() {
  consume(end_ - begin_);
  std::string().swap(begun_);
  begun_is_too_long_ = false;
}

// Moves bytes up to LF from the buffer into the line; true when the line is whole.
bool LineReader::take_line(Line* line) {
  const std::string_view bytes = buffered();
  const std::size_t lf = bytes.find('\n');
  const std::string_view piece = bytes.substr(0, lf);
  const std::size_t longest = is_memory_full() ? std::min(longest_, kLongestWhenFull) : longest_;
  // One more than the longest, as the last may be the CR of the ending.
  const std::size_t room = longest + 1 - std::min(longest + 1, begun_.size());
  if (piece.size() > room) begun_is_too_long_ = true;
  begun_.append(piece.substr(0, room));
  consume(lf == std::string_view::npos ? bytes.size() : lf + 1);
  if (lf == std::string_view::npos) return false;
  line->text = std::move(begun_);
  begun_.clear();
  line->end = Line::End::lf;
  if (line->text.ends_with('\r') && !begun_is_too_long_) {
    line->text.pop_back();
    line->end = Line::End::crlf;
  }
  if (std::exchange(begun_is_too_long_, false) || line->text.size() > longest) line->end = Line::End::too_long;
  return true;
}

Task<Wake> LineReader::refill() {
  while (true) {
    if (!buffer_) buffer_ = borrow_buffer();
    const std::size_t got = stream_->try_read(buffer_.get(), kBufferSize);
    if (got != Stream::kWouldBlock) {
      is_at_eof_ = got == 0;
      end_ = static_cast<std::uint32_t>(got);
      if (got == 0) buffer_.reset();
      co_return Wake::readable;
    }
    buffer_.reset();
    if (co_await stream_->wait_readable() == Wake::woken) co_return Wake::woken;
  }
}

Task<Line> LineReader::read_line() {
  Line line;
  while (!take_line(&line)) {
    const Wake wake = is_at_eof_ ? Wake::readable : co_await refill();
    if (wake == Wake::woken) {
      line.end = Line::End::woken;
      co_return line;
    }
    if (is_at_eof_) {
      line.text = std::exchange(begun_, {});
      line.end = Line::End::eof;
      co_return line;
    }
  }
  co_return line;
}

Task<bool> LineReader::fill() {
  while (buffered().empty() && !is_at_eof_) co_await refill();
  co_return !buffered().empty();
}

Task<std::string> LineReader::read_exact(std::size_t n) {
  std::string bytes;
  while (bytes.size() < n) {
    if (!co_await fill()) throw Lost(Code::closed, "the peer closed the connection");
    const std::size_t taken = std::min(n - bytes.size(), buffered().size());
    bytes.append(buffered().substr(0, taken));
    consume(taken);
  }
  co_return bytes;
}

Task<> LineReader::read_into(std::uint64_t n, Sink* sink) {
  while (n > 0) {
    if (!co_await fill()) throw Lost(Code::closed, "the peer closed the connection");
    const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(n, buffered().size()));
    const bool may_go_on = sink->push(buffered().substr(0, taken));
    consume(taken);
    n -= taken;
    if (!may_go_on) co_await sink->drained();
  }
}

}  // namespace posthorn::net
