// Session: one SMTP connection from its greeting to its end.
//
// It reads a line, finds its row in command_table.h, runs it, and gathers the reply; replies to pipelined commands are
// written together once no whole line is left (RFC 2920 3.2). What is said to whom about mail is the Intake's.
//
// Invariant: an Error never leaves a transaction half done: state() says exactly what the Intake was told.
// Threads: the stream's.
#pragma once

#include <memory>
#include <string>

#include "net/line_reader.h"
#include "net/out_buffer.h"
#include "net/stream.h"
#include "net/turn.h"
#include "smtp/server/command_table.h"
#include "smtp/server/config.h"
#include "smtp/server/intake.h"
#include "smtp/server/message_body.h"

namespace posthorn::smtp {

class Session {
 public:
  /// All three outlive it.
  Session(net::Stream* stream, const Config* config, const MakeIntake* make_intake);

  /// Until the connection ended, for whatever reason. Throws only when cancelled.
  Task<> run();

  // For the commands.
  net::Stream* stream() { return stream_; }
  const Config& config() const { return *config_; }
  Intake* intake() { return intake_.get(); }
  net::LineReader& reader() { return reader_; }
  SessionInfo& info() { return info_; }

  State state() const { return state_; }
  /// Forgets the transaction if there is one, and tells the Intake so.
  void drop_transaction();
  /// The Intake has ended it: nothing is to be told.
  void end_transaction();
  void set_state(State state) { state_ = state; }
  /// MAIL was accepted.
  void begin_transaction(const MailParameters& parameters);
  /// False when one more message would be one too many.
  bool may_begin() const { return config_->most_messages == 0 || messages_ < config_->most_messages; }
  bool is_binary() const { return is_binary_; }
  std::size_t recipients() const { return recipients_; }
  void count_recipient(bool is_accepted);
  std::size_t refused_recipients() const { return refused_recipients_; }
  /// The message that comes; null but within DATA, and from the first BDAT to the last.
  MessageBody* body() { return body_.get(); }
  /// The Intake has accepted data().
  void begin_body(MessageBody::Lines lines);
  /// A message was accepted: errors are forgiven.
  void forgive() { errors_ = 0; }

  /// False when this was one too many.
  bool count_auth_failure() { return ++auth_failures_ < config_->most_auth_failures; }

  bool can_start_tls() const;
  /// Whether AUTH may be used on this connection as it is now.
  bool can_authenticate() const;
  /// Who logs in from where, as the connection is now.
  sasl::Origin origin() const;
  /// Discards what was learnt in the clear (RFC 3207 4.2).
  void forget_hello();

  /// One line in the log about a refused sender or recipient.
  void log_refusal(std::string_view command, const std::string& address, const Error& error) const;

  /// Gathers a reply without ending the command, as 354 and 334 do, and writes everything.
  Task<> send(Reply reply);
  /// Gathers a reply without ending the command; writes only when much has gathered.
  Task<> gather(Reply reply);
  /// Bytes of a message, at least one, in reader().buffered(). What has gathered is written before waiting.
  /// Throws Lost(closed) at the end of the stream, Lost(timeout) where `pace` is not kept.
  Task<> await_bytes(Pace* pace);
  /// One line of the client's within a command, with the command timeout; end is crlf, lf or too_long.
  /// Throws Lost(closed) at the end of the stream, Lost(cancelled) when the server ends.
  Task<net::Line> read_response();
  /// After the present reply the connection ends.
  void end_after_reply() { is_over_ = true; }

 private:
  Task<net::SessionEnd> greet_and_serve();
  Task<net::SessionEnd> serve();
  Task<Reply> answer(net::Line line);
  Task<Reply> run_command(const Command* command, std::string arguments);
  Reply out_of_order(const Command& command) const;
  void count_error(const Reply& reply);
  Task<> say_last(Reply reply);
  void log_end(net::SessionEnd why, const std::string& detail) const;

  net::Stream* stream_;
  const Config* config_;
  SessionInfo info_;
  net::LineReader reader_;
  net::Turn turn_;
  net::OutBuffer out_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<MessageBody> body_;
  std::size_t messages_ = 0;
  std::size_t recipients_ = 0;
  std::size_t refused_recipients_ = 0;
  unsigned errors_ = 0;
  unsigned auth_failures_ = 0;
  State state_ = State::connected;
  bool is_binary_ = false;
  bool is_over_ = false;
};

/// Serves one connection: what a net::Server is given.
Task<> serve(net::Stream* stream, const Config* config, const MakeIntake* make_intake);

}  // namespace posthorn::smtp
