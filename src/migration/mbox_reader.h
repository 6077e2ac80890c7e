// The messages of an mbox file, RFC 4155 and its dialects (mboxo, mboxrd, mboxcl, mboxcl2).
//
// A message begins at a line "From ", with what follows looking like a sender and a date, at the file's beginning or
// behind a line's end. Where a message has a Content-Length that ends just before the next such line or the file's end,
// it is believed, and lines ">From " are the message's own (mboxcl2); else one ">" is taken off every line of ">"s
// and "From " (mboxrd, and what can be known of mboxo). The one empty line that the format puts behind each message is
// no part of it.
//
// Pure and total: any bytes are read in a memory that does not depend on them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "mailstore/append.h"

namespace posthorn::migration {

/// Up to `n` bytes of the file at `offset`; fewer only at its end.
using ReadAt = std::function<std::string(std::uint64_t offset, std::size_t n)>;

/// Whether a line (without its end) begins a message: "From ", and a time of day and a year in what follows.
bool is_from_line(std::string_view line);
/// The time of a From line, as UTC where no zone is told.
std::optional<WallTime> time_of_from_line(std::string_view line);

/// Where a message lies in the file.
struct MboxMessage {
  std::uint64_t offset = 0;  ///< of its From line
  std::uint64_t begin = 0;   ///< of its header
  std::uint64_t end = 0;     ///< behind its last byte
  std::uint64_t next = 0;    ///< of the next message's From line, or the file's size
  bool is_counted = false;   ///< by Content-Length: nothing is quoted
  std::string from_line;
  std::string header;  ///< as it stands in the file, up to kLongestHeader, with its empty line
};

class MboxReader {
 public:
  static constexpr std::size_t kLongestHeader = 256 * 1024;

  explicit MboxReader(ReadAt read_at, std::uint64_t from = 0) : read_at_(std::move(read_at)), at_(from) {}

  /// False: what stands at the beginning is no From line.
  bool is_mbox();
  std::optional<MboxMessage> next();

 private:
  struct Line {
    std::string text;  ///< without its end, cut at kLongestLine
    std::uint64_t size = 0;
  };
  std::optional<Line> line_at(std::uint64_t offset);
  std::string_view window(std::uint64_t offset);
  std::uint64_t find_next(std::uint64_t from);
  bool ends_there(std::uint64_t end, std::uint64_t& next);

  ReadAt read_at_;
  std::uint64_t at_;
  std::string window_;
  std::uint64_t window_at_ = 0;
};

/// What programs keep of a message in its header, and the header without it.
struct MboxFields {
  std::string header;  ///< as in the file, without those fields
  mailstore::FlagNames flags;
  Uid uid;                          ///< X-UID
  Uid uid_next;                     ///< X-IMAPbase, one above the last UID given
  UidValidity uid_validity;         ///< X-IMAPbase, of the file's first message
  std::vector<std::string> labels;  ///< X-Gmail-Labels
  bool has_labels = false;
  bool is_gone = false;      ///< Thunderbird: deleted, the file is not compacted yet
  bool is_internal = false;  ///< UW and Pine: no message, but the folder's own data
};

/// Status, X-Status, X-Keywords, X-UID, X-IMAP, X-IMAPbase (UW, Dovecot, mutt), X-Mozilla-Status, -Status2, -Keys
/// (Thunderbird), X-Gmail-Labels, X-GM-THRID (Google Takeout), and Content-Length where it was believed.
MboxFields take_mbox_fields(std::string_view header, bool is_counted);

/// Takes one '>' off lines of '>'s and "From ", in a text that comes in any pieces; `push(string_view)` gets the
/// outcome.
class FromUnquoter {
 public:
  template <class Push>
  void feed(std::string_view bytes, Push push) {
    for (const char c : bytes) {
      if (at_line_start_ && matched(c)) continue;
      if (!held_.empty()) give_held(push);
      at_line_start_ = c == '\n';
      out_ += c;
    }
    if (!out_.empty()) push(std::string_view(out_));
    out_.clear();
  }
  template <class Push>
  void finish(Push push) {
    if (!held_.empty()) give_held(push);
    if (!out_.empty()) push(std::string_view(out_));
    out_.clear();
  }

 private:
  static constexpr std::string_view kFrom = "From ";
  static constexpr std::size_t kMostHeld = 1000;

  /// Whether `c` may still be of such a line; it is held back then.
  bool matched(char c) {
    const auto letters = held_.size() - quotes_;
    if (letters == 0 && c == '>' && quotes_ < kMostHeld) {
      ++quotes_;
    } else if (quotes_ > 0 && letters < kFrom.size() && c == kFrom[letters]) {
      if (letters + 1 == kFrom.size()) {
        held_.erase(0, 1);
        held_ += c;
        quotes_ = 0;
        out_ += held_;
        held_.clear();
        at_line_start_ = false;
        return true;
      }
    } else {
      at_line_start_ = false;
      return false;
    }
    held_ += c;
    return true;
  }
  template <class Push>
  void give_held(Push) {
    out_ += held_;
    held_.clear();
    quotes_ = 0;
  }

  std::string held_, out_;
  std::size_t quotes_ = 0;
  bool at_line_start_ = true;
};

/// LF that no CR stands before becomes CRLF; all else passes.
class CrlfMaker {
 public:
  template <class Push>
  void feed(std::string_view bytes, Push push) {
    std::size_t run = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == '\n' && last_ != '\r') {
        if (i > run) push(bytes.substr(run, i - run));
        push(std::string_view("\r\n"));
        run = i + 1;
      }
      last_ = bytes[i];
    }
    if (bytes.size() > run) push(bytes.substr(run));
  }

 private:
  char last_ = '\0';
};

}  // namespace posthorn::migration
