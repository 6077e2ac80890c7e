// Session: one IMAP connection from its greeting to its end.
//
// It gathers a command (command_reader.h), finds its row (command_table.h), runs it, tells what is news in the
// selected mailbox (updates.h), and prints the tagged line. Answers to pipelined commands are written together.
//
// Threads: the stream's.
#pragma once

#include <memory>
#include <string>

#include "base/metrics.h"
#include "imap/server/command_reader.h"
#include "imap/server/command_table.h"
#include "imap/server/config.h"
#include "imap/server/enabled.h"
#include "imap/server/selected.h"
#include "net/line_reader.h"
#include "net/out_buffer.h"
#include "net/stream.h"
#include "net/turn.h"

namespace posthorn::imap {

/// IDLE while it lasts.
struct Idling {
  Idling(std::shared_ptr<mailstore::Watch> w, metrics::Gauge& gauge) : watch(std::move(w)), counted(gauge) {}
  std::string tag;
  std::shared_ptr<mailstore::Watch> watch;
  metrics::Gauge::Held counted;
};

class Session {
 public:
  /// All three outlive it.
  Session(net::Stream* stream, const Config* config, const Backend* backend);

  /// Until the connection ended, for whatever reason. Throws only when cancelled.
  Task<> run();

  // For the commands.
  net::Stream* stream() { return stream_; }
  const Config& config() const { return *config_; }
  mailstore::Mailstore* mailstore() { return backend_->mailstore; }
  Login* login() const { return backend_->login; }
  net::Offload* searching() const { return backend_->searching; }
  CommandReader& reader() { return reader_; }
  /// In every line of the log.
  const std::string& id() const { return id_; }

  State state() const;
  /// Null before login.
  const mailstore::AccountPtr& account() const { return account_; }
  void log_in(const sasl::Identity& identity, mailstore::AccountPtr account);
  /// Null where no mailbox is selected.
  Selected* selected() { return selected_.get(); }
  const Selected* selected() const { return selected_.get(); }
  void select(std::unique_ptr<Selected> selected) { selected_ = std::move(selected); }
  const Enabled& enabled() const { return enabled_; }
  /// QRESYNC brings CONDSTORE with it; whoever begins to hear of mod-sequences is told where the selected mailbox is
  /// (RFC 7162 3.1).
  void enable(bool Enabled::* extension);
  /// The present command speaks of message numbers: no EXPUNGE is told until it is over (RFC 9051 7.5.1).
  void hold_numbers() { holds_numbers_ = true; }
  /// \Recent as the client is to see it.
  bool is_recent(Uid uid) const { return enabled_.hears_of_recent() && selected_->is_recent(uid); }

  bool can_start_tls() const;
  /// Whether a password may pass on this connection as it is now.
  bool can_log_in() const { return stream_->tls() != nullptr || config_->allows_clear_login; }
  /// Who logs in from where, as the connection is now.
  sasl::Origin origin() const { return sasl::Origin::of(*stream_, sasl::Service::imap, id_); }
  /// False when this was one too many.
  bool count_login_failure() { return ++login_failures_ < config_->most_login_failures; }

  /// What is gathered for the client; append to it, and flush where is_out_full().
  std::string& out() { return out_.bytes(); }
  bool is_out_full() const { return out_.is_full(); }
  Task<> flush();
  /// To be called between the pieces of a long answer: flushes what is full, and lets other sessions go when it is
  /// time.
  Task<> between_pieces();
  /// "+ text", and all before it.
  Task<> send_continuation(std::string text);
  /// One line of the client's within a command. Throws Lost(closed) at the end of the stream, Lost(cancelled) when the
  /// server ends. `end` is never eof, and woken only where the command asked to hear of it.
  Task<net::Line> read_response(Duration timeout, bool hears_wakers = false);

  /// The present command goes on as IDLE when its frames are gone: they would take 3 KiB of each idle connection.
  void begin_idling(std::unique_ptr<Idling> idling) { idling_ = std::move(idling); }

  /// The connection ends after the present reply.
  void end_after_reply() { is_over_ = true; }
  bool is_over() const { return is_over_; }
  /// The same, and BYE is said now.
  void end_with_bye(std::string text);
  /// TLS begins after the present reply.
  void start_tls_after_reply() { starts_tls_ = true; }

 private:
  void greet();
  void log_beginning() const;
  void log_ending(net::SessionEnd why) const;
  net::SessionEnd end_after_exception() const;
  Task<net::SessionEnd> serve();
  Task<std::optional<net::SessionEnd>> answer_next();
  Task<> answer(Gathered* gathered);
  Task<> end_idling();
  Task<> conclude(const std::string* tag, Reply* reply);
  std::optional<Reply> objection_to(const Command& command);
  Task<Reply> outcome_of(Command* command);
  void log_bug(const CommandRow& row) const;
  void count_bad(const Reply& reply);
  Task<> start_tls();
  Task<> say_bye(const char* text);

  net::Stream* stream_;
  const Config* config_;
  const Backend* backend_;
  std::string id_;
  net::OutBuffer out_;
  CommandReader reader_;
  net::Turn turn_;
  mailstore::AccountPtr account_;
  std::unique_ptr<Selected> selected_;
  std::unique_ptr<Idling> idling_;
  Enabled enabled_;
  bool holds_numbers_ = false;
  unsigned bad_commands_ = 0;
  unsigned login_failures_ = 0;
  bool is_over_ = false;
  bool starts_tls_ = false;
};

/// Serves one connection: what a net::Server is given.
Task<> serve(net::Stream* stream, const Config* config, const Backend* backend);

}  // namespace posthorn::imap
