#include "posthorn/server.h"

#include <fmt/ranges.h>
#include <signal.h>
#include <sys/resource.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "directory/login.h"
#include "imap/server/session.h"
#include "mta/local_intake.h"
#include "net/memory.h"
#include "net/proxy.h"
#include "net/server.h"
#include "net/tls.h"
#include "pop3/session.h"
#include "posthorn/control.h"
#include "posthorn/file_content.h"
#include "posthorn/logins.h"
#include "smtp/server/session.h"

namespace posthorn::program {
namespace {

constexpr auto kPatience = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kTidyEvery(2000), kTidyAgain(100);
constexpr rlim_t kDescriptorsKept = 1024;
constexpr std::uint64_t kCacheWhenTight = 1 << 20;
/// At the ceiling of memory so much of all connections is asked to end, every second.
constexpr std::size_t kSharesToEnd = 8;

sigset_t our_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

/// How many connections may be open at once: as many as are wanted, but some descriptors are the store's, so that mail
/// can be taken over those connections that there are. The limit is raised as far as it may be.
std::size_t allowed_connections(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto most = static_cast<std::size_t>(limit.rlim_cur - std::min(limit.rlim_cur * 3 / 4, kDescriptorsKept));
  if (wanted <= most) return wanted;
  base::log::Line(base::log::warning, "posthorn", "connections.limited")
      .with("wanted", wanted)
      .with("allowed", most)
      .with("open_files_limit", limit.rlim_cur);
  return most;
}

/// How the issuer of tokens is verified. Errors: invalid.
Result<std::shared_ptr<net::TlsContext>> issuer_trust(const Config& config) {
  net::TlsTrust trust{.system_roots = config.oauth_ca.empty()};
  if (!config.oauth_ca.empty()) trust.roots_pem = content_of(config.oauth_ca);
  auto context = net::TlsContext::client(trust);
  if (!context) return fail(Code::invalid, "auth.oauth.ca: " + context.error().text);
  return context;
}

/// Runs the mail store's background work, on a thread of its own.
class Housekeeper {
 public:
  explicit Housekeeper(mailstore::Mailstore& mail) : thread_([this, &mail] { run(mail); }) {}
  ~Housekeeper() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

 private:
  void run(mailstore::Mailstore& mail) {
    std::unique_lock lock(mutex_);
    bool has_more = false;
    while (!wake_.wait_for(lock, has_more ? kTidyAgain : kTidyEvery, [this] { return stopping_; })) {
      lock.unlock();
      has_more = mail.tidy();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Null where none is configured.
std::unique_ptr<directory::TokenIssuer> make_issuer(World& world) {
  const auto& config = world.config;
  if (config.oauth.issuer.empty() && config.oauth.introspection_url.empty()) return nullptr;
  const auto tls = issuer_trust(config);
  return tls ? std::make_unique<directory::TokenIssuer>(config.oauth, *tls, &world.offload) : nullptr;
}

/// What a listener says to those for whom there is no memory.
std::string farewell(std::string_view key, const std::string& hostname) {
  constexpr const char* kWhy = "The server is short of memory, please try again later\r\n";
  if (key.ends_with('s')) return "";  // TLS
  if (key == "imap") return std::string("* BYE [UNAVAILABLE] ") + kWhy;
  if (key == "pop3") return std::string("-ERR [SYS/TEMP] ") + kWhy;
  return "421 4.3.2 " + hostname + " " + kWhy;
}

smtp::Config smtp_config(const Config& config, smtp::Service service, const net::TlsCertificateSlot* tls) {
  smtp::Config c;
  c.hostname = config.hostname;
  c.service = service;
  c.tls = tls;
  c.offers_auth = c.is_submission();
  c.allows_clear_auth = config.clear_passwords;
  c.longest_message = config.message_size;
  c.mends_lines = c.is_submission() && config.repair_line_ends;
  c.binds_channels = config.submission_channel_binding;
  c.most_recipients = config.smtp.recipients;
  c.most_messages = config.smtp.messages_a_connection;
  c.most_errors = config.smtp.errors;
  c.command_timeout = c.data_timeout = std::chrono::seconds(config.smtp.timeout);
  c.least_bytes_a_second = config.smtp.least_bytes_a_second;
  return c;
}

imap::Config imap_config(const Config& config, bool is_implicit_tls, const net::TlsCertificateSlot* tls) {
  imap::Config c;
  c.hostname = config.hostname;
  c.tls = tls;
  c.is_implicit_tls = is_implicit_tls;
  c.allows_clear_login = config.clear_passwords;
  c.longest_message = config.message_size;
  return c;
}

pop3::Config pop3_config(const Config& config, bool is_implicit_tls, const net::TlsCertificateSlot* tls) {
  pop3::Config c;
  c.hostname = config.hostname;
  c.tls = tls;
  c.is_implicit_tls = is_implicit_tls;
  c.allows_clear_login = config.clear_passwords;
  c.login_delay = std::chrono::seconds(config.pop3_login_delay);
  return c;
}

}  // namespace

struct RunningServer::Parts {
  explicit Parts(World& w)
      : world(w),
        issuer(make_issuer(w)),
        imap_login({&w.login, &w.directory, &w.mail}),
        imap_backend{&w.mail, &imap_login, &w.searching},
        pop3_login({&w.login, &w.directory, &w.mail}),
        pop3_backend{&w.mail, &pop3_login, &maildrop_locks},
        peer_limits(w.config.smtp.connections, w.config.smtp.messages_a_minute),
        server(&threads, allowed_connections(w.config.connections)),
        housekeeper(w.mail) {
    w.login.take_tokens_of(issuer.get());
    local_mail = {.hostname = w.config.hostname,
                  .postmaster = w.config.postmaster,
                  .mailstore = &w.mail,
                  .directory = &w.directory,
                  .verifier = &w.login,
                  .limits = &peer_limits,
                  .rate = &sender_rate,
                  .asking = &w.login.outside_offload()};
    make_intake = [this](const smtp::SessionInfo* session) {
      return std::make_unique<mta::LocalIntake>(&local_mail, session);
    };
    memory.emplace(memory_ceiling(w.config), [this](net::MemoryLevel level) { relieve(level); });
  }

  /// On the watch's thread.
  void relieve(net::MemoryLevel level) {
    const bool is_ample = level == net::MemoryLevel::ample;
    world.store->set_cache_bytes(is_ample ? index_options(world.config).block_cache_bytes : kCacheWhenTight);
    if (!is_ample) world.mail.let_go_unused();
    if (level == net::MemoryLevel::over) server.ask_to_end(1 + server.connections() / kSharesToEnd);
  }

  World& world;
  const std::unique_ptr<directory::TokenIssuer> issuer;
  ImapLogin imap_login;
  imap::Backend imap_backend;
  pop3::MaildropLocks maildrop_locks;
  Pop3Login pop3_login;
  pop3::Backend pop3_backend;
  mta::PeerLimits peer_limits;
  mta::SenderRate sender_rate;
  mta::LocalMail local_mail;
  smtp::MakeIntake make_intake;
  net::TlsCertificateSlot certificate;
  std::vector<std::unique_ptr<smtp::Config>> smtp_configs;
  std::vector<std::unique_ptr<imap::Config>> imap_configs;
  std::vector<std::unique_ptr<pop3::Config>> pop3_configs;
  std::unique_ptr<ControlServer> control;
  net::IoThreads threads;
  net::Server server;
  Housekeeper housekeeper;
  std::optional<net::MemoryWatch> memory;
};

RunningServer::RunningServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RunningServer::~RunningServer() {
  parts_->control.reset();
  parts_->world.reload = nullptr;
  parts_->memory.reset();
  parts_->server.stop(kPatience);
}

Result<std::unique_ptr<RunningServer>> RunningServer::start(World& world) {
  if (const auto done = world.complete_accounts(); !done)
    base::log::Line(base::log::error, "posthorn", "accounts.incomplete").with("error", done.error().text);
  std::unique_ptr<RunningServer> running(new RunningServer(std::make_unique<Parts>(world)));
  const Config& config = world.config;
  if (const auto trust = issuer_trust(config); !trust) return fail(trust);
  if (!config.certificate.empty()) {
    auto context = read_certificate(config);
    if (!context) return fail(context);
    running->parts_->certificate.replace(std::move(*context));
  }
  if (auto done = running->listen_all(config); !done) return fail(done);
  world.reload = [server = running.get()]() -> Result<boost::json::value> {
    const auto waiting = server->reload();
    if (!waiting) return fail(waiting);
    return boost::json::object{{"waiting_for_a_restart", boost::json::value_from(*waiting)}};
  };
  auto control = ControlServer::start(world, control_socket(config));
  if (!control) return fail(control);
  running->parts_->control = std::move(*control);
  return running;
}

Result<std::vector<std::string>> RunningServer::reload() {
  const auto refused = [](const Error& error) {
    base::log::Line(base::log::error, "posthorn", "reload.failed").with("error", error.text);
    return std::unexpected(error);
  };
  const auto wanted = read_config(parts_->world.config.file);
  if (!wanted) return refused(wanted.error());
  auto certificate = read_certificate(*wanted);
  if (!certificate) return refused(certificate.error());
  auto waiting = keys_that_wait_for_a_restart(parts_->world.config, *wanted);
  // Listeners that begin with TLS cannot be without a certificate.
  if (*certificate == nullptr && parts_->certificate.get() != nullptr)
    waiting.emplace_back("tls.certificate");
  else
    parts_->certificate.replace(std::move(*certificate));
  base::log::configure(wanted->log_level, wanted->log_format);
  base::log::Line(base::log::info, "posthorn", "reloaded").with("waiting", fmt::format("{}", fmt::join(waiting, " ")));
  return waiting;
}

Result<void> RunningServer::listen_all(const Config& config) {
  Parts& p = *parts_;
  const auto listen = [&](const char* protocol, const std::string& key, const std::vector<net::Endpoint>& endpoints,
                          net::Serve serve) -> Result<void> {
    serve = net::turned_away_when_full(std::move(serve), farewell(key, config.hostname));
    if (std::ranges::find(config.proxy.listeners, key) != config.proxy.listeners.end())
      serve = net::behind_proxy(std::move(serve), config.proxy.trusted);
    for (const auto& endpoint : endpoints) {
      const auto at = p.server.listen(endpoint, serve);
      if (!at) return fail(at);
      listening_.push_back({protocol, *at});
      base::log::Line(base::log::info, "posthorn", "listening").with("protocol", protocol).with("at", at->text());
    }
    return {};
  };
  const auto smtp = [&](smtp::Service service) -> net::Serve {
    p.smtp_configs.push_back(std::make_unique<smtp::Config>(smtp_config(config, service, &p.certificate)));
    return [c = p.smtp_configs.back().get(), make = &p.make_intake](net::Stream* stream) {
      return smtp::serve(stream, c, make);
    };
  };
  const auto imap = [&](bool is_implicit_tls) -> net::Serve {
    p.imap_configs.push_back(std::make_unique<imap::Config>(imap_config(config, is_implicit_tls, &p.certificate)));
    return [c = p.imap_configs.back().get(), backend = &p.imap_backend](net::Stream* stream) {
      return imap::serve(stream, c, backend);
    };
  };
  const auto pop3 = [&](bool is_implicit_tls) -> net::Serve {
    p.pop3_configs.push_back(std::make_unique<pop3::Config>(pop3_config(config, is_implicit_tls, &p.certificate)));
    return [c = p.pop3_configs.back().get(), backend = &p.pop3_backend](net::Stream* stream) {
      return pop3::serve(stream, c, backend);
    };
  };
  if (auto done = listen("SMTP", "smtp", config.listen.smtp, smtp(smtp::Service::relay)); !done) return done;
  if (auto done = listen("LMTP", "lmtp", config.listen.lmtp, smtp(smtp::Service::lmtp)); !done) return done;
  if (auto done = listen("submission", "submission", config.listen.submission, smtp(smtp::Service::submission)); !done)
    return done;
  if (auto done =
          listen("submission with TLS", "submissions", config.listen.submissions, smtp(smtp::Service::submissions));
      !done)
    return done;
  if (auto done = listen("IMAP", "imap", config.listen.imap, imap(false)); !done) return done;
  if (auto done = listen("IMAP with TLS", "imaps", config.listen.imaps, imap(true)); !done) return done;
  if (auto done = listen("POP3", "pop3", config.listen.pop3, pop3(false)); !done) return done;
  return listen("POP3 with TLS", "pop3s", config.listen.pop3s, pop3(true));
}

Result<std::shared_ptr<const net::TlsContext>> read_certificate(const Config& config) {
  if (config.certificate.empty()) return nullptr;
  for (const auto& file : {config.certificate, config.key, config.client_ca})
    if (!file.empty() && !std::ifstream(file))
      return fail(Code::invalid, "cannot read " + file.string() + ": " + std::strerror(errno));
  const auto context = net::TlsContext::server(content_of(config.certificate), content_of(config.key),
                                               config.client_ca.empty() ? "" : content_of(config.client_ca));
  if (!context) return fail(Code::invalid, config.certificate.string() + ": " + context.error().text);
  return *context;
}

void block_signals() {
  const auto signals = our_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int serve_until_signal(World& world, const std::function<void(const RunningServer&)>& ready) {
  auto running = RunningServer::start(world);
  if (!running) {
    std::cerr << "posthorn: " << running.error().text << "\n";
    return 1;
  }
  ready(**running);
  const auto signals = our_signals();
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) (void)(*running)->reload();  // which logs its outcome
  base::log::Line(base::log::info, "posthorn", "stopping").with("signal", signal);
  running->reset();
  return 0;
}

}  // namespace posthorn::program
