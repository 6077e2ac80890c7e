// `posthorn import`: mail of another system, from files or from its IMAP server.
#include <fmt/format.h>

#include <fstream>
#include <iostream>

#include "base/text.h"
#include "migration/imap_source.h"
#include "migration/importer.h"
#include "migration/maildir_source.h"
#include "migration/mbox_source.h"
#include "net/io_threads.h"
#include "posthorn/commands.h"
#include "posthorn/commands/interrupt.h"
#include "posthorn/commands/progress.h"
#include "posthorn/conversation.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
using migration::Imported;

/// What is typed.
struct Asked {
  std::string address;
  std::string path;
  std::string pop3_format;
  std::string into;
  std::vector<std::string> exclude, folder_map;
  migration::ImapAccount imap;
  std::string password_file, token_file, tls = "implicit";
  std::uint16_t port = 0;
};

class BarProgress final : public migration::Progress {
 public:
  void mailbox(const migration::SourceMailbox& mailbox, const migration::MailboxOpened& opened) override {
    if (!mailbox.uid_validity.is_zero() && !opened.keeps_uids)
      bar_.say(fmt::format("{}: its messages get new UIDs, as {} has some of its own", mailbox.place, opened.name));
  }
  void total(std::uint64_t messages, std::uint64_t bytes) override { bar_.set_total(messages, bytes); }
  void step(std::uint64_t messages, std::uint64_t bytes) override { bar_.step(messages, bytes); }
  void refused(const Imported::Refused& refused) override {
    bar_.say(fmt::format("not imported: {}: {}: {}", refused.mailbox, printable(refused.place), refused.why));
  }
  double seconds() const { return bar_.seconds(); }

 private:
  ProgressBar bar_;
};

json::object summary_of(const Imported& imported, double seconds) {
  json::array mailboxes, refused;
  for (const auto& m : imported.mailboxes)
    mailboxes.push_back(json::object{
        {"from", printable(m.from, 1000)}, {"to", m.to}, {"messages", m.added}, {"keeps_uids", m.keeps_uids}});
  for (const auto& r : imported.refused)
    refused.push_back(
        json::object{{"mailbox", printable(r.mailbox, 1000)}, {"place", printable(r.place, 1000)}, {"why", r.why}});
  return json::object{{"messages", imported.messages},
                      {"bytes", imported.bytes},
                      {"known", imported.known},
                      {"changed", imported.changed},
                      {"new_uids", imported.new_uids},
                      {"dropped_keywords", imported.dropped_keywords},
                      {"seconds", seconds},
                      {"mailboxes", std::move(mailboxes)},
                      {"refused", std::move(refused)},
                      {"refused_not_listed", imported.not_listed}};
}

void print_summary(const Imported& imported, double seconds) {
  std::cout << fmt::format("imported {} messages ({}) in {} ({:.0f}/s)", imported.messages, print_bytes(imported.bytes),
                           print_time(static_cast<std::int64_t>(seconds)),
                           static_cast<double>(imported.messages) / std::max(seconds, 0.001));
  if (imported.known != 0) std::cout << fmt::format("; {} were here already", imported.known);
  if (imported.changed != 0) std::cout << fmt::format(", {} of them with other flags", imported.changed);
  std::cout << "\n";
  for (const auto& m : imported.mailboxes)
    if (m.added != 0)
      std::cout << fmt::format("  {}: {}{}\n", m.to, m.added,
                               m.keeps_uids ? ", UIDs kept"
                               : m.has_uids ? ", new UIDs"
                                            : "");
  if (imported.new_uids != 0)
    std::cout << fmt::format("{} messages got new UIDs: theirs were given out meanwhile\n", imported.new_uids);
  if (imported.dropped_keywords != 0)
    std::cout << fmt::format("{} keywords were left out: an account has 256 at most\n", imported.dropped_keywords);
}

int finish(const Imported& imported, const Result<void>& outcome, double seconds, bool as_json) {
  if (as_json)
    std::cout << json::serialize(summary_of(imported, seconds)) << "\n";
  else
    print_summary(imported, seconds);
  if (!outcome && outcome.error().code == Code::cancelled)
    return failed({Code::cancelled, "stopped; the same command goes on from here"});
  if (!outcome) return failed(outcome.error());
  const auto refused = imported.refused.size() + imported.not_listed;
  if (refused == 0) return 0;
  return failed({Code::invalid, fmt::format("{} could not be imported; see above", refused)});
}

int run_import(const CommandLine& line, const Asked& asked, migration::Source* source, std::string source_name) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  migration::ImportOptions options{
      .source_name = std::move(source_name), .exclude = asked.exclude, .folder_map = {}, .into = asked.into};
  for (const auto& pair : asked.folder_map) {
    const auto equals = pair.find('=');
    options.folder_map.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  const auto* interrupted = catch_interrupts();
  const auto conversation = OpenedConversation::open(*config, "import", {{"address", asked.address}});
  if (!conversation) return failed(conversation.error());
  migration::Channel channel((*conversation)->fd());
  Imported imported;
  Result<void> outcome;
  double seconds = 0;
  {
    BarProgress progress;
    net::IoThreads thread(1);
    struct Run {
      static net::Task<> import(net::Task<Result<void>> task, Result<void>* into) { *into = co_await std::move(task); }
    };
    net::run_blocking(thread.executor(0), Run::import(migration::import_all(source, std::move(options), &channel,
                                                                            &progress, interrupted, &imported),
                                                      &outcome));
    seconds = progress.seconds();
  }
  return finish(imported, outcome, seconds, line.json);
}

int import_files(const CommandLine& line, const Asked& asked, bool is_maildir) {
  std::error_code error;
  // The same folder, however it is typed, so that a second run knows the first.
  const auto canonical = std::filesystem::canonical(asked.path, error);
  const auto path = error ? std::filesystem::path(asked.path) : canonical;
  const auto source =
      is_maildir ? migration::open_maildir_source(path, asked.pop3_format) : migration::open_mbox_source(path);
  if (!source) return failed(source.error());
  return run_import(line, asked, source->get(), (is_maildir ? "maildir:" : "mbox:") + path.string());
}

Result<std::string> first_line_of(const std::string& file) {
  std::ifstream in(file);
  std::string text;
  if (!std::getline(in, text)) return fail(Code::io, "cannot read a line from " + file);
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

int import_imap(const CommandLine& line, Asked asked) {
  auto& account = asked.imap;
  account.is_implicit_tls = asked.tls == "implicit";
  account.has_tls = asked.tls != "none";
  account.port = asked.port != 0 ? asked.port : account.is_implicit_tls ? 993 : 143;
  if (!asked.token_file.empty()) {
    auto token = first_line_of(asked.token_file);
    if (!token) return failed(token.error());
    account.token = std::move(*token);
  } else if (!asked.password_file.empty()) {
    auto password = first_line_of(asked.password_file);
    if (!password) return failed(password.error());
    account.password = std::move(*password);
  } else {
    account.password = read_secret();
  }
  const auto name = fmt::format("imap:{}@{}:{}", account.user, account.host, account.port);
  net::Offload offload(1);
  auto source = migration::make_imap_source(account, &offload);
  if (!source) return failed(source.error());
  return run_import(line, asked, source->get(), name);
}

void offer_common(CLI::App* command, const std::shared_ptr<Asked>& asked) {
  command
      ->add_option("--exclude", asked->exclude, "a mailbox that stays there, as in Trash or 'Lists/*'; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--folder-map", asked->folder_map, "FROM=TO: what is in FROM there goes to TO here; may be repeated")
      ->allow_extra_args(false)
      ->check([](const std::string& pair) {
        return pair.find('=') == std::string::npos || pair.front() == '=' || pair.back() == '='
                   ? "FROM=TO is expected, not " + pair
                   : std::string();
      });
  command->add_option("--into", asked->into,
                      "the mailbox below which everything goes, and into which INBOX and a single file go");
}

void offer_imap(CLI::App* group, CommandLine& line, const std::shared_ptr<Asked>& asked) {
  auto* imap = group->add_subcommand(
      "imap",
      "Import from another IMAP server. The password is read from --password-file, else from standard input.\n"
      "Example: posthorn import ann@example.org imap --host imap.old.example --user ann --password-file pw");
  auto& account = asked->imap;
  imap->add_option("--host", account.host, "the server")->required();
  imap->add_option("--port", asked->port, "its port; default 993, without implicit TLS 143");
  imap->add_option("--tls", asked->tls, "implicit, starttls, or none")
      ->default_str("implicit")
      ->check(CLI::IsMember({"implicit", "starttls", "none"}));
  imap->add_flag("--insecure", account.is_insecure, "believe any certificate");
  imap->add_option("--ca", account.ca_file, "a file of CA certificates to believe besides the system's");
  imap->add_option("--user", account.user, "whose mail")->required();
  imap->add_option("--master-user", account.master_user,
                   "who logs in on the user's behalf; the password is this one's");
  imap->add_option("--password-file", asked->password_file, "a file with the password in its first line");
  imap->add_option("--token-file", asked->token_file, "a file with an OAuth bearer token instead");
  imap->add_option(
      "--pop3-uidl", account.pop3_format,
      "how the server makes POP3's unique-ids: %08Xu%08Xv (Dovecot), %v.%u (Cyrus); POP3 clients then do not "
      "download all again");
  offer_common(imap, asked);
  imap->callback([&line, asked] { line.run = [&line, asked] { return import_imap(line, *asked); }; });
}

void offer(CLI::App& app, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* group = app.add_subcommand(
      "import",
      "Import mail: flags, keywords, dates and, where the source has them, UIDs and POP3 unique-ids are kept.\n"
      "The same command once more brings what is new and goes on where one was stopped.\n"
      "Example: posthorn import ann@example.org maildir /var/vmail/ann/Maildir");
  group->add_option("ADDRESS", asked->address, "the account")->required();
  group->require_subcommand(1);
  auto* mbox = group->add_subcommand("mbox",
                                     "Import a file in mbox format, or a folder of them (Dovecot, Thunderbird, Apple "
                                     "Mail, Google Takeout).\nExample: posthorn import ann@example.org mbox ~/mail");
  mbox->add_option("PATH", asked->path, "the file or folder")->required();
  offer_common(mbox, asked);
  mbox->callback([&line, asked] { line.run = [&line, asked] { return import_files(line, *asked, false); }; });
  auto* maildir = group->add_subcommand(
      "maildir",
      "Import a Maildir with its subfolders (Dovecot, Courier).\n"
      "Example: posthorn import ann@example.org maildir /var/vmail/ann/Maildir --pop3-uidl %08Xu%08Xv");
  maildir->add_option("PATH", asked->path, "the Maildir")->required();
  maildir->add_option("--pop3-uidl", asked->pop3_format,
                      "Dovecot's pop3_uidl_format, where its clients used POP3; %08Xu%08Xv is its default");
  offer_common(maildir, asked);
  maildir->callback([&line, asked] { line.run = [&line, asked] { return import_files(line, *asked, true); }; });
  offer_imap(group, line, asked);
}

}  // namespace

Topic import_topic() { return {offer, {}}; }

}  // namespace posthorn::program
