#include "posthorn/status.h"

#include "admin/health.h"

namespace posthorn::program {

namespace json = boost::json;

json::object status_of(const admin::Figures& f) {
  const auto findings = admin::examine(f);
  json::array checks, listeners;
  for (const auto& finding : findings)
    checks.push_back(
        json::object{{"check", finding.what}, {"state", admin::name_of(finding.state)}, {"text", finding.text}});
  for (const auto& listener : f.listeners)
    listeners.push_back(
        json::object{{"listener", listener.name}, {"open", listener.open}, {"accepted", listener.accepted}});
  return {{"ready", admin::is_ready(findings)},
          {"version", f.version},
          {"uptime_seconds", to_seconds(f.now) - to_seconds(f.started)},
          {"checks", std::move(checks)},
          {"memory_bytes", f.memory_used},
          {"memory_limit_bytes", f.memory_ceiling},
          {"open_files", f.process.open_descriptors},
          {"cpu_seconds", f.process.cpu_seconds},
          {"accounts_loaded", f.loaded_accounts},
          {"disk_free_bytes", f.free_bytes},
          {"log_bytes", f.log_bytes},
          {"index_bytes", f.index_bytes},
          {"blob_bytes", f.blob_bytes},
          {"derived_bytes", f.derived_bytes},
          {"listeners", std::move(listeners)}};
}

}  // namespace posthorn::program
