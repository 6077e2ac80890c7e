// What systemd is told of a service of Type=notify (sd_notify(3)), without its library: datagrams to the socket that
// NOTIFY_SOCKET names. Where there is none, nothing happens.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace posthorn::program {

/// "READY=1", "STOPPING=1", "STATUS=..."; several lines are one message.
void notify(const std::string& state);
/// The configuration is about to be read again; notify("READY=1") says that it was.
void notify_reloading();
/// How often "WATCHDOG=1" must be said at least; nullopt: never.
std::optional<Duration> watchdog_interval();

}  // namespace posthorn::program
