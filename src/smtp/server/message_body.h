// MessageBody: one message between the wire and the Intake. It counts, judges or mends the line ends, and passes on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "smtp/server/intake.h"
#include "smtp/syntax/hop_counter.h"
#include "smtp/syntax/line_endings.h"
#include "smtp/syntax/reply.h"

namespace posthorn::smtp {

/// How long the rest of a message may be in coming. A client that is slow gets its time as long as it moves; one that
/// holds the connection by a byte now and then does not.
class Pace {
 public:
  /// `at_the_latest`: MessageBody::at_the_latest(), as chunks do not begin the message anew.
  Pace(const Config* config, SteadyTime at_the_latest)
      : config_(config), begun_(steady_now()), at_the_latest_(at_the_latest) {}

  void count(std::size_t bytes) { bytes_ += bytes; }
  void forgive(Duration not_reading) { begun_ += not_reading; }
  /// For the next wait.
  SteadyTime deadline() const;

 private:
  const Config* config_;
  SteadyTime begun_;
  SteadyTime at_the_latest_;
  std::uint64_t bytes_ = 0;
};

class MessageBody {
 public:
  enum class Lines {
    strict,  ///< a bare CR, a bare LF or a NUL makes the message one that is refused; what follows is dropped
    mended,  ///< they are repaired (Config::mends_lines)
    as_is,   ///< any bytes: BODY=BINARYMIME (RFC 3030 3), and what a DotDecoder has judged already
  };

  /// Both outlive it; `intake` has been told data(). Above config->longest_message bytes nothing is passed on.
  MessageBody(Intake* intake, const Config* config, Lines lines)
      : intake_(intake), config_(config), lines_(lines), at_the_latest_(steady_now() + config->whole_data_timeout) {}

  /// Takes content without the dots of DATA.
  void take(std::string_view content);
  /// Until the Intake can take more; at once if it can. That time does not count as the client's.
  Task<> drained(Pace* pace);
  /// All has come. `fault`: what a DotDecoder found.
  void finish(LineFault fault = LineFault::none);

  std::uint64_t size() const { return size_; }
  /// When even a steady client has had its time.
  SteadyTime at_the_latest() const { return at_the_latest_; }
  /// Why it cannot be accepted, as far as it is known by now.
  std::optional<Reply> refusal() const;

 private:
  void pass_on(std::string_view content);

  Intake* intake_;
  const Config* config_;
  Lines lines_;
  SteadyTime at_the_latest_;
  std::uint64_t size_ = 0;
  bool may_go_on_ = true;
  LineFault fault_ = LineFault::none;
  LineChecker checker_;
  LineMender mender_;
  HopCounter hops_;
};

}  // namespace posthorn::smtp
