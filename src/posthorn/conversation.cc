#include "posthorn/conversation.h"

#include <sys/socket.h>
#include <unistd.h>

#include "backup/giver.h"
#include "backup/heal.h"
#include "backup/restore_receiver.h"
#include "base/log.h"
#include "migration/giver.h"
#include "migration/receiver.h"
#include "net/io_threads.h"
#include "posthorn/commands/account.h"
#include "posthorn/commands/arguments.h"
#include "posthorn/control.h"
#include "posthorn/file_content.h"

namespace posthorn::program {
namespace {

constexpr std::string_view kImport = "import", kExport = "export", kBackup = "backup", kRestore = "restore",
                           kHeal = "heal";

/// What `receive_import` answers, out of its coroutine.
net::Task<> keep_outcome(net::Task<Result<void>> task, Result<void>* outcome) { *outcome = co_await std::move(task); }

/// A bug ends the conversation and not the server.
Result<void> guarded(const std::function<Result<void>()>& talk) {
  try {
    return talk();
  } catch (const std::exception& bug) {
    base::log::Line(base::log::error, "control", "conversation.bug").with("why", bug.what());
    return fail(Code::internal, bug.what());
  }
}

Result<void> run_on_own_thread(net::Task<Result<void>> task) {
  net::IoThreads own(1);
  Result<void> outcome;
  net::run_blocking(own.executor(0), keep_outcome(std::move(task), &outcome));
  return outcome;
}

Result<void> serve_backup(World& world, int fd, const std::atomic<bool>* stop) {
  migration::Channel channel(fd, stop);
  const backup::Origin origin{content_of(world.config.data / "format"), world.config.hostname};
  return backup::give_backup(&world.mail, origin, &channel);
}

}  // namespace

bool is_conversation(std::string_view name) {
  return name == kImport || name == kExport || name == kBackup || name == kRestore || name == kHeal;
}

Result<Conversation> open_conversation(World& world, std::string_view name, const boost::json::object& arguments) {
  if (name == kBackup)
    return [&world](int fd, const std::atomic<bool>* stop) {
      return guarded([&] { return serve_backup(world, fd, stop); });
    };
  if (name == kHeal)
    return [&world](int fd, const std::atomic<bool>* stop) {
      migration::Channel channel(fd, stop);
      return guarded([&] { return backup::take_bodies(*world.store, channel); });
    };
  const auto entry = account_named(world, arguments);
  if (!entry) return fail(entry);
  const auto account = world.mail.open_now(entry->id);
  if (!account) return fail(account);
  if (name == kExport)
    return [&world, account = *account](int fd, const std::atomic<bool>* stop) -> Result<void> {
      migration::Channel channel(fd, stop);
      return guarded([&] { return migration::give_export(&world.mail, account, &channel); });
    };
  if (name == kRestore)
    return [&world, account = *account, into = text(arguments, "into")](int fd, const std::atomic<bool>* stop) {
      migration::Channel channel(fd, stop);
      return guarded([&] {
        const auto held = world.mail.hold_bodies();
        return run_on_own_thread(backup::receive_restore(&world.mail, account, into, &channel));
      });
    };
  return [&world, account = *account, address = entry->address](int fd, const std::atomic<bool>* stop) {
    migration::Channel channel(fd, stop);
    return guarded(
        [&] { return run_on_own_thread(migration::receive_import(&world.mail, account, address, &channel)); });
  };
}

Result<std::unique_ptr<OpenedConversation>> OpenedConversation::open(const Config& config, std::string_view name,
                                                                     const boost::json::object& arguments) {
  std::unique_ptr<OpenedConversation> opened(new OpenedConversation);
  if (const auto called = call_server(control_socket(config), name, arguments)) {
    if (!*called) return fail(*called);
    opened->fd_ = **called;
    return opened;
  }
  auto apart = Apart::start(config, [&]() -> Result<std::function<void(int)>> {
    base::log::configure(base::log::warning, config.log_format);
    auto opened_world = World::open(config);
    if (!opened_world) return fail(opened_world);
    auto conversation = open_conversation(**opened_world, name, arguments);
    if (!conversation) return fail(conversation);
    return [world = std::shared_ptr<World>(std::move(*opened_world)), run = std::move(*conversation)](int fd) {
      (void)run(fd, nullptr);  // what went wrong was told as the last frame
      ::shutdown(fd, SHUT_RDWR);
      world->mail.tidy();  // as no server will do it soon
    };
  });
  if (!apart) return fail(apart);
  opened->apart_ = std::move(*apart);
  return opened;
}

OpenedConversation::~OpenedConversation() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace posthorn::program
