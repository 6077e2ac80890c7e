#include "posthorn/server.h"

#include <fmt/ranges.h>
#include <signal.h>
#include <sys/resource.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include "admin/health.h"
#include "admin/pages.h"
#include "base/log.h"
#include "base/metrics.h"
#include "directory/login.h"
#include "imap/server/session.h"
#include "mta/local_intake.h"
#include "net/memory.h"
#include "net/proxy.h"
#include "net/server.h"
#include "pop3/session.h"
#include "posthorn/certificate.h"
#include "posthorn/control.h"
#include "posthorn/figures.h"
#include "posthorn/file_content.h"
#include "posthorn/logins.h"
#include "posthorn/notify.h"
#include "posthorn/protocol_configs.h"
#include "posthorn/scrub.h"
#include "posthorn/status.h"
#include "smtp/server/session.h"

namespace posthorn::program {
namespace {

constexpr auto kPatience = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kTidyEvery(2000), kTidyAgain(100);
constexpr Duration kLookEvery = std::chrono::seconds(2);
constexpr rlim_t kDescriptorsKept = 1024;
constexpr std::uint64_t kCacheWhenTight = 1 << 20;
/// At the ceiling of memory so much of all connections is asked to end, every second.
constexpr std::size_t kSharesToEnd = 8;

timespec to_timespec(Duration d) { return {.tv_sec = d.count() / 1'000'000, .tv_nsec = d.count() % 1'000'000 * 1000}; }

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

/// What a listener's new connections are served with. Older ones stay as long as the server, as sessions use them.
template <class T>
class Renewed {
 public:
  const T* get() const { return newest_.load(std::memory_order_acquire); }
  void put(T config) {
    kept_.push_back(std::make_unique<T>(std::move(config)));
    newest_.store(kept_.back().get(), std::memory_order_release);
  }

 private:
  std::vector<std::unique_ptr<const T>> kept_;
  std::atomic<const T*> newest_{nullptr};
};

/// One for each key, of all its addresses together, in their order.
std::vector<admin::ListenerFigures> listeners_of(const std::vector<net::DoorFigures>& doors) {
  std::vector<admin::ListenerFigures> listeners;
  for (const auto& door : doors) {
    auto it = std::ranges::find(listeners, door.name, &admin::ListenerFigures::name);
    if (it == listeners.end()) it = listeners.insert(it, {door.name, 0, 0});
    it->open += door.open;
    it->accepted += door.accepted;
  }
  return listeners;
}

constexpr std::size_t kMetricsConnections = 64;

metrics::Counter untrusted("posthorn_connections_refused_total", "Connections that were sent away at once.",
                           metrics::label("reason", "untrusted"));

/// Only for this machine and the networks that are trusted.
net::Serve for_trusted(net::Serve serve, std::vector<net::IpNetwork> trusted) {
  return [serve = std::move(serve), trusted = std::move(trusted)](net::Stream* stream) -> net::Task<> {
    const auto ip = stream->peer().ip;
    if (ip.is_loopback() || std::ranges::any_of(trusted, [&](const auto& network) { return network.contains(ip); }))
      return serve(stream);
    untrusted.add();
    base::log::Line(base::log::warning, "posthorn", "metrics.refused").with("peer", stream->peer().text());
    return stream->finish(Duration::zero());
  };
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
        housekeeper(w.mail),
        in_force(w.config),
        store_figures(w),
        scrubber(w) {
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
  CertificateKeeper certificate;
  std::deque<Renewed<smtp::Config>> smtp_configs;
  std::deque<Renewed<imap::Config>> imap_configs;
  std::deque<Renewed<pop3::Config>> pop3_configs;
  std::vector<std::function<void(const Config&)>> renew;  ///< the configurations of all listeners
  std::unique_ptr<ControlServer> control;
  net::IoThreads threads;
  net::Server server;
  Housekeeper housekeeper;
  std::mutex reloading;
  Config in_force;  ///< as last read
  std::atomic<bool> is_config_good{true}, is_stopping{false};
  const WallTime started = wall_now();
  std::atomic<WallTime> config_read = started;
  StoreFigures store_figures;  ///< the observer's
  const http::ServerConfig http_config{};
  http::Answer pages;
  std::unique_ptr<admin::Observer> observer;
  std::optional<net::MemoryWatch> memory;  ///< asks much of the others
  Scrubber scrubber;
};

RunningServer::RunningServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

RunningServer::~RunningServer() {
  parts_->is_stopping = true;
  parts_->control.reset();
  parts_->world.reload = nullptr;
  parts_->memory.reset();
  parts_->world.status = nullptr;
  parts_->server.stop(kPatience);
}

Result<std::unique_ptr<RunningServer>> RunningServer::start(World& world, BoundListeners sockets) {
  if (const auto done = world.complete_accounts(); !done)
    base::log::Line(base::log::error, "posthorn", "accounts.incomplete").with("error", done.error().text);
  std::unique_ptr<RunningServer> running(new RunningServer(std::make_unique<Parts>(world)));
  const Config& config = world.config;
  if (const auto trust = issuer_trust(config); !trust) return fail(trust);
  Parts& parts = *running->parts_;
  if (const auto taken = parts.certificate.use(config); !taken) return fail(taken);
  parts.observer = std::make_unique<admin::Observer>([server = running.get()] { return server->look(); });
  parts.pages = admin::pages(parts.observer.get());
  if (auto done = running->listen_all(config, std::move(sockets)); !done) return fail(done);
  world.reload = [server = running.get()]() -> Result<boost::json::value> {
    const auto reloaded = server->reload();
    if (!reloaded) return fail(reloaded);
    return boost::json::object{{"applied", boost::json::value_from(reloaded->applied)},
                               {"waiting_for_a_restart", boost::json::value_from(reloaded->waiting)}};
  };
  world.status = [server = running.get()] { return server->status(); };
  auto control = ControlServer::start(world, control_socket(config));
  if (!control) return fail(control);
  parts.control = std::move(*control);
  return running;
}

Result<RunningServer::Reloaded> RunningServer::reload() {
  const std::lock_guard lock(parts_->reloading);
  notify_reloading();
  auto reloaded = read_again();
  notify("READY=1");
  parts_->is_config_good = reloaded.has_value();
  if (!reloaded) {
    base::log::Line(base::log::error, "posthorn", "reload.failed").with("error", reloaded.error().text);
    return reloaded;
  }
  parts_->config_read = wall_now();
  base::log::Line(base::log::info, "posthorn", "reloaded")
      .with("applied", fmt::format("{}", fmt::join(reloaded->applied, " ")))
      .with("waiting", fmt::format("{}", fmt::join(reloaded->waiting, " ")));
  return reloaded;
}

Result<RunningServer::Reloaded> RunningServer::read_again() {
  Parts& p = *parts_;
  const auto wanted = read_config(p.world.config.file);
  if (!wanted) return fail(wanted);
  if (const auto certificate = read_certificate(*wanted); !certificate) return fail(certificate);
  Reloaded reloaded;
  // Listeners that begin with TLS cannot be without a certificate.
  const bool is_taken_away = wanted->certificate.empty() && p.certificate.slot().get() != nullptr;
  const auto is_waiting = [&](const std::string& key) {
    return !is_live(key) || (is_taken_away && key.starts_with("tls."));
  };
  for (const auto& key : changed_keys(p.in_force, *wanted))
    if (!is_waiting(key)) reloaded.applied.push_back(key);
  for (const auto& key : changed_keys(p.world.config, *wanted))
    if (is_waiting(key)) reloaded.waiting.push_back(key);
  if (!is_taken_away) {
    const auto replaced = p.certificate.use(*wanted);
    if (!replaced) return fail(replaced);
    if (*replaced && std::ranges::find(reloaded.applied, "tls.certificate") == reloaded.applied.end())
      reloaded.applied.emplace_back("tls.certificate (the files have changed)");
  }
  const Config live = with_live_keys(p.world.config, *wanted);
  for (const auto& renew : p.renew) renew(live);
  base::log::configure(wanted->log_level, wanted->log_format);
  p.in_force = *wanted;
  return reloaded;
}

bool RunningServer::look_after(Duration patience) {
  parts_->certificate.look();
  return parts_->threads.respond(patience);
}

admin::Figures RunningServer::look() {
  Parts& p = *parts_;
  admin::Figures f;
  f.now = wall_now();
  f.started = p.started;
  f.process = admin::process_figures();
  f.listeners = listeners_of(p.server.doors());
  f.connections = p.server.connections();
  f.most_connections = p.server.most_connections();
  f.memory_used = net::memory_used();
  f.memory_ceiling = memory_ceiling(p.world.config);
  f.memory_level = net::memory_level();
  f.certificate = p.certificate.current();
  f.is_certificate_refused = p.certificate.is_refused();
  f.is_config_good = p.is_config_good;
  f.config_read = p.config_read;
  f.is_stopping = p.is_stopping;
  p.store_figures.fill(f);
  return f;
}

Result<boost::json::value> RunningServer::status() {
  const auto figures = parts_->observer->figures_now();
  if (!figures) return fail(Code::unavailable, "the store does not answer");
  return status_of(*figures);
}

Result<void> RunningServer::listen_all(const Config& config, BoundListeners sockets) {
  Parts& p = *parts_;
  const auto listen = [&](const char* protocol, const std::string& key, net::Serve serve,
                          std::size_t own_connections = 0) -> Result<void> {
    // Who watches is answered also when memory is short.
    if (key != "metrics") serve = net::turned_away_when_full(std::move(serve), farewell(key, config.hostname));
    if (std::ranges::find(config.proxy.listeners, key) != config.proxy.listeners.end())
      serve = net::behind_proxy(std::move(serve), config.proxy.trusted);
    for (auto& socket : sockets[key]) {
      const auto at = p.server.listen(std::move(socket), serve, {key, own_connections});
      if (!at) return fail(at);
      listening_.push_back({protocol, *at});
      base::log::Line(base::log::info, "posthorn", "listening").with("protocol", protocol).with("at", at->text());
    }
    return {};
  };
  // What is made of the configuration is made again when that is read again.
  const auto renewed = [&](auto& kept, auto make) {
    auto& slot = kept.emplace_back();
    p.renew.emplace_back([&slot, make](const Config& c) { slot.put(make(c)); });
    p.renew.back()(config);
    return &slot;
  };
  const auto* tls = &p.certificate.slot();
  const auto smtp = [&](smtp::Service service) -> net::Serve {
    const auto* slot =
        renewed(p.smtp_configs, [service, tls](const Config& c) { return smtp_config(c, service, tls); });
    return [slot, make = &p.make_intake](net::Stream* stream) { return smtp::serve(stream, slot->get(), make); };
  };
  const auto imap = [&](bool is_implicit_tls) -> net::Serve {
    const auto* slot = renewed(
        p.imap_configs, [is_implicit_tls, tls](const Config& c) { return imap_config(c, is_implicit_tls, tls); });
    return [slot, backend = &p.imap_backend](net::Stream* stream) { return imap::serve(stream, slot->get(), backend); };
  };
  const auto pop3 = [&](bool is_implicit_tls) -> net::Serve {
    const auto* slot = renewed(
        p.pop3_configs, [is_implicit_tls, tls](const Config& c) { return pop3_config(c, is_implicit_tls, tls); });
    return [slot, backend = &p.pop3_backend](net::Stream* stream) { return pop3::serve(stream, slot->get(), backend); };
  };
  if (auto done = listen("SMTP", "smtp", smtp(smtp::Service::relay)); !done) return done;
  if (auto done = listen("LMTP", "lmtp", smtp(smtp::Service::lmtp)); !done) return done;
  if (auto done = listen("submission", "submission", smtp(smtp::Service::submission)); !done) return done;
  if (auto done = listen("submission with TLS", "submissions", smtp(smtp::Service::submissions)); !done) return done;
  if (auto done = listen("IMAP", "imap", imap(false)); !done) return done;
  if (auto done = listen("IMAP with TLS", "imaps", imap(true)); !done) return done;
  if (auto done = listen("POP3", "pop3", pop3(false)); !done) return done;
  if (auto done = listen("POP3 with TLS", "pop3s", pop3(true)); !done) return done;
  // The last, as it tells of all the others. Its own connections: it answers also when all others are taken.
  const net::Serve pages = [c = &p.http_config, answer = &p.pages](net::Stream* stream) {
    return http::serve(stream, c, answer);
  };
  return listen("metrics", "metrics", for_trusted(pages, config.metrics_trusted), kMetricsConnections);
}

void block_signals() {
  const auto signals = our_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int serve_until_signal(World& world, BoundListeners sockets, const std::function<void(const RunningServer&)>& ready) {
  auto running = RunningServer::start(world, std::move(sockets));
  if (!running) {
    std::cerr << "posthorn: " << running.error().text << "\n";
    return 1;
  }
  ready(**running);
  notify("READY=1\nSTATUS=serving");
  const auto signals = our_signals();
  const auto watchdog = watchdog_interval();
  const auto step = std::min<Duration>(kLookEvery, watchdog.value_or(kLookEvery) / 3);
  const timespec wait = to_timespec(step);
  int signal = 0;
  while (signal == 0 || signal == SIGHUP) {
    signal = std::max(0, sigtimedwait(&signals, nullptr, &wait));
    if (signal == SIGHUP) {
      (void)(*running)->reload();  // which logs its outcome
    } else if (signal == 0 && (*running)->look_after(watchdog.value_or(step)) && watchdog) {
      notify("WATCHDOG=1");
    }
  }
  notify("STOPPING=1");
  base::log::Line(base::log::info, "posthorn", "stopping").with("signal", signal);
  running->reset();
  return 0;
}

}  // namespace posthorn::program
