#include "admin/health.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace posthorn::admin {
namespace {

using State = Finding::State;

constexpr double kCrowded = 0.9;

std::string megabytes(std::uint64_t bytes) { return fmt::format("{} MB", bytes / 1'000'000); }

std::string day(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(to_seconds(time))));
}

Finding store(const Figures& f) {
  if (f.is_store_failing)
    return {"store", State::failed, "the last write failed; nothing is accepted until one succeeds, see the log"};
  return {"store", State::good, "writes succeed"};
}

Finding disk(const Figures& f) {
  const auto free = fmt::format("{} free, the reserve is {}", megabytes(f.free_bytes), megabytes(f.reserve_bytes));
  if (!f.has_room) return {"disk", State::failed, free + ": mail is refused for the time being"};
  if (f.free_bytes < 2 * f.reserve_bytes) return {"disk", State::warning, free};
  return {"disk", State::good, free};
}

Finding memory(const Figures& f) {
  const auto used = fmt::format("{} of at most {}", megabytes(f.memory_used), megabytes(f.memory_ceiling));
  if (f.memory_level >= net::MemoryLevel::full)
    return {"memory", State::failed, used + ": new connections and mail are refused for the time being"};
  return {"memory", f.memory_level == net::MemoryLevel::tight ? State::warning : State::good, used};
}

Finding certificate(const Figures& f) {
  if (!f.certificate) return {"certificate", State::good, "none is configured"};
  const auto& c = *f.certificate;
  if (f.now >= c.not_after) return {"certificate", State::failed, "it has expired, on " + day(c.not_after)};
  if (f.now < c.not_before) return {"certificate", State::failed, "it is not valid before " + day(c.not_before)};
  const auto until = "it is valid until " + day(c.not_after);
  if (f.is_certificate_refused)
    return {"certificate", State::warning, until + "; a newer one is there but cannot be used, see the log"};
  if (c.not_after - f.now < renewal_margin(c)) return {"certificate", State::warning, until + ": renew it"};
  return {"certificate", State::good, until};
}

Finding connections(const Figures& f) {
  const auto text = fmt::format("{} of at most {}", f.connections, f.most_connections);
  const bool is_crowded = static_cast<double>(f.connections) > kCrowded * static_cast<double>(f.most_connections);
  return {"connections", is_crowded ? State::warning : State::good, text};
}

Finding configuration(const Figures& f) {
  if (!f.is_config_good)
    return {"configuration", State::warning, "the last reload failed, what was in force still is; see config check"};
  return {"configuration", State::good, "read on " + day(f.config_read)};
}

Finding life(const Figures& f) {
  if (f.is_stopping) return {"server", State::failed, "it is stopping"};
  return {"server", State::good, "running since " + day(f.started)};
}

}  // namespace

std::string_view name_of(Finding::State state) {
  switch (state) {
    case State::good: return "ok";
    case State::warning: return "warning";
    case State::failed: return "failed";
  }
  return "failed";
}

std::vector<Finding> examine(const Figures& figures) {
  return {life(figures),        store(figures),       disk(figures),         memory(figures),
          certificate(figures), connections(figures), configuration(figures)};
}

bool is_ready(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings, [](const Finding& f) { return f.state == State::failed; });
}

std::string health_page(const std::vector<Finding>& findings) {
  std::string page = is_ready(findings) ? "ready\n" : "not ready\n";
  for (const auto& finding : findings)
    page += fmt::format("{}: {}: {}\n", finding.what, name_of(finding.state), finding.text);
  return page;
}

}  // namespace posthorn::admin
