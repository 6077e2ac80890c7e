// LineReader: lines and raw bytes from a Stream, in memory that does not depend on what the peer sends.
//
// A buffer is borrowed when bytes arrive and returned before waiting. Lines end at LF alone; a CR elsewhere is part of
// the line, for the grammar to refuse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/buffer.h"
#include "net/stream.h"

namespace posthorn::net {

struct Line {
  enum class End {
    crlf,
    lf,        ///< a bare LF
    too_long,  ///< longer than the limit; `text` holds its beginning, the rest was read and dropped
    eof,       ///< the stream ended; `text` holds what came before, most often nothing
    woken,     ///< nothing was read: the stream's waker was called, or ask_to_end()
  };
  std::string text;  ///< without its ending
  End end = End::crlf;
};

/// Takes bytes that are pushed, with back-pressure.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes all of `bytes` (valid only during the call). False: it has enough, co_await drained() before the next.
  virtual bool push(std::string_view bytes) = 0;
  /// Until push may be called again.
  virtual Task<> drained() = 0;
};

class LineReader {
 public:
  /// `stream` must outlive the reader. Lines longer than `longest` bytes, without their ending, are too_long; while
  /// memory is full (memory.h) that is so from 4 KiB on.
  LineReader(Stream* stream, std::size_t longest) : stream_(stream), longest_(longest) {}

  void set_longest(std::size_t longest) { longest_ = longest; }

  /// The next line. Throws Lost as the stream's waits do. A line that was begun is kept when woken or cut by a timeout,
  /// and the next call goes on with it.
  Task<Line> read_line();
  /// Whether read_line() would return a line without waiting: replies may then be kept back (RFC 2920 3.2).
  bool has_line() const { return buffered().find('\n') != std::string_view::npos; }

  // The three below are not interrupted by a waker, and swallow its call: who is to be woken looks, before the next
  // read_line(), for what it would be woken for.

  /// Exactly `n` bytes, for small literals: the caller bounds n. Lost(closed) if the stream ends before.
  Task<std::string> read_exact(std::size_t n);
  /// Exactly `n` bytes pushed into `sink`, which must outlive the call.
  Task<> read_into(std::uint64_t n, Sink* sink);

  /// Waits until buffered() is not empty; false at the end of the stream. At once if it is not empty already.
  Task<bool> fill();

  /// Bytes at hand; valid until the next call that is not const.
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  /// Drops the first `n` of buffered().
  void consume(std::size_t n);
  /// Drops all that was read ahead: after STARTTLS, whatever came in the clear (RFC 3207 4.2: no injected commands).
  void drop_buffered();

 private:
  bool take_line(Line* line);
  Task<Wake> refill();

  Stream* stream_;
  std::size_t longest_;
  Buffer buffer_;
  std::uint32_t begin_ = 0, end_ = 0;
  std::string begun_;
  bool begun_is_too_long_ = false;
  bool is_at_eof_ = false;
};

}  // namespace posthorn::net
