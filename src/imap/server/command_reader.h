// CommandReader: gathers one whole command with its literals, in bounded memory. RFC 9051 2.2.1, RFC 7888.
//
// A literal that is too large is refused: one that waits for "+" is not asked for, one that comes anyway ({n+}) is
// read and dropped, so that what follows it is not taken for a command. After a line that leaves it unknown how many
// bytes follow, the connection cannot go on.
// A literal is not asked for either where the command is going to be refused, whatever it holds.
// The message of a command whose row says kStreamsLiteral is left in the stream: the command reads it.
#pragma once

#include <functional>
#include <optional>

#include "imap/server/command_table.h"
#include "imap/server/config.h"
#include "imap/syntax/command_args.h"
#include "imap/syntax/literal.h"
#include "net/line_reader.h"
#include "net/out_buffer.h"

namespace posthorn::imap {

struct Gathered {
  enum class Kind {
    command,
    refused,  ///< `refusal` is its answer; command has the tag
    lost,     ///< the same, and the session must end, as nobody knows where the next command begins
    woken,
    closed,
  };
  Kind kind = Kind::command;
  Command command = {};
  Reply refusal = {};
};

class CommandReader {
 public:
  /// What stands against a command of which the beginning is known.
  using Objection = std::function<std::optional<Reply>(const Command&)>;

  /// All outlive it.
  CommandReader(net::Stream* stream, net::OutBuffer* out, const Config* config, Objection objection)
      : stream_(stream),
        out_(out),
        config_(config),
        objection_(std::move(objection)),
        lines_(stream, config->longest_command),
        login_by_(steady_now() + config->login_timeout) {}

  net::LineReader& lines() { return lines_; }
  /// Whether a command, or its beginning, is there already.
  bool has_line() const { return lines_.has_line(); }
  /// The bounds are wider from now on.
  void set_logged_in() { is_logged_in_ = true; }
  /// How mailbox names come from now on.
  void set_names(NameEncoding names) { names_ = names; }
  /// The stream waits so long and, before login, not beyond the time for that, whatever the client says meanwhile.
  void set_timeout(Duration timeout);

  Task<Gathered> read();

  /// The literal that was left in the stream.
  const std::optional<LiteralAnnouncement>& message() const { return pending_; }
  /// Its bytes, asked for where the client waits for that; `sink` outlives the call.
  Task<> read_message(net::Sink* sink);
  /// What follows it: nothing, which is the end of the command, or one more message (RFC 3502), whose bytes come next.
  /// Errors: syntax, invalid.
  Task<Result<std::optional<AppendMessage>>> next_message(bool was_utf8);
  /// Drops what the client sent of a command that was answered before it was read. False: the session must end.
  Task<bool> finish();

 private:
  Task<net::Line> read_line();
  Task<> ask_for_literal();
  std::size_t most_literals() const;
  bool is_message(const std::string& text) const;
  Command head_of(std::string text) const;
  Gathered refused(Gathered::Kind kind, std::string text, Reply reply) const;

  net::Stream* stream_;
  net::OutBuffer* out_;
  const Config* config_;
  Objection objection_;
  net::LineReader lines_;
  SteadyTime login_by_;
  std::optional<LiteralAnnouncement> pending_;
  bool is_logged_in_ = false;
  bool is_lost_ = false;  ///< nobody knows where the next command begins
  NameEncoding names_ = NameEncoding::modified_utf7;
};

}  // namespace posthorn::imap
