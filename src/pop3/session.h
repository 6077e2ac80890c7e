// Session: one POP3 connection from its greeting to its end. RFC 1939, RFC 2449.
//
// It reads a line, finds its row in command_table.cc, runs it, and gathers the reply; replies to pipelined commands are
// written together (RFC 2449 6.8). Messages are deleted at QUIT and at no other end.
//
// Threads: the stream's.
#pragma once

#include <memory>
#include <string>

#include "net/line_reader.h"
#include "net/out_buffer.h"
#include "net/stream.h"
#include "net/turn.h"
#include "pop3/command_table.h"
#include "pop3/config.h"
#include "pop3/maildrop.h"
#include "pop3/user_name.h"

namespace posthorn::pop3 {

class Session {
 public:
  /// All three outlive it.
  Session(net::Stream* stream, const Config* config, const Backend* backend);

  /// Until the connection ended, for whatever reason. Throws only when cancelled.
  Task<> run();

  // For the commands.
  net::Stream* stream() { return stream_; }
  const Config& config() const { return *config_; }
  const Backend& backend() const { return *backend_; }
  /// In every line of the log.
  const std::string& id() const { return id_; }
  sasl::Origin origin() const { return sasl::Origin::of(*stream_, sasl::Service::pop3, id_); }

  State state() const { return maildrop_ ? State::transaction : State::authorization; }
  /// Null before login.
  Maildrop* maildrop() { return maildrop_.get(); }
  void log_in(const sasl::Identity& identity, std::unique_ptr<Maildrop> maildrop,
              std::unique_ptr<MaildropLocks::Lock> lock);
  /// Ends the maildrop's lock with it.
  void close_maildrop();
  /// The session's client lives: another login does not get the maildrop.
  void touch() {
    if (lock_) lock_->touch();
  }

  /// As USER gave it, for PASS; "" for none.
  std::string& user() { return user_; }
  /// Understands `recent:` before the name.
  UserNames& user_names() { return user_names_; }

  bool can_start_tls() const;
  /// Whether a password may pass on this connection as it is now.
  bool can_log_in() const { return stream_->tls() != nullptr || config_->allows_clear_login; }
  /// False when this was one too many.
  bool count_login_failure() { return ++login_failures_ < config_->most_login_failures; }
  bool has_utf8() const { return has_utf8_; }
  void enable_utf8() { has_utf8_ = true; }

  /// What is gathered for the client; append to it, and flush where is_out_full().
  std::string& out() { return out_.bytes(); }
  bool is_out_full() const { return out_.is_full(); }
  Task<> flush();
  /// "+ challenge", all before it, and the client's line. Throws Lost(closed) at the end of the stream.
  Task<net::Line> ask(std::string challenge);

  /// The connection ends after the present reply.
  void end_after_reply() { is_over_ = true; }
  /// TLS begins after the present reply.
  void start_tls_after_reply() { starts_tls_ = true; }

 private:
  Task<net::SessionEnd> serve();
  Task<> answer(net::Line line);
  Task<std::optional<Reply>> reply_to_line(net::Line line);
  Task<std::optional<Reply>> run_row(const CommandRow* row, std::string arguments);
  void set_deadline();
  Task<> start_tls();
  Task<> conclude(net::SessionEnd why);
  Task<> say_last(Reply reply);

  net::Stream* stream_;
  const Config* config_;
  const Backend* backend_;
  std::string id_;
  net::LineReader reader_;
  net::OutBuffer out_;
  net::Turn turn_;
  SteadyTime login_by_;
  UserNames user_names_;
  std::string user_;
  std::unique_ptr<MaildropLocks::Lock> lock_;
  std::unique_ptr<Maildrop> maildrop_;
  unsigned bad_commands_ = 0;
  unsigned login_failures_ = 0;
  bool has_utf8_ = false;
  bool is_over_ = false;
  bool starts_tls_ = false;
};

/// Serves one connection: what a net::Server is given.
Task<> serve(net::Stream* stream, const Config* config, const Backend* backend);

}  // namespace posthorn::pop3
