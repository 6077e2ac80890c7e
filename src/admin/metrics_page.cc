#include "admin/metrics_page.h"

#include "admin/health.h"
#include "base/metrics.h"

namespace posthorn::admin {
namespace {

double number(std::integral auto n) { return static_cast<double>(n); }
double timestamp(WallTime time) { return static_cast<double>(to_micros(time)) / 1e6; }

// The names that every Prometheus client library uses.
void print_process(metrics::Page& page, const Figures& f) {
  page.gauge("process_resident_memory_bytes", "Resident memory.", number(f.process.resident_bytes));
  page.gauge("process_virtual_memory_bytes", "Virtual memory.", number(f.process.virtual_bytes));
  page.gauge("process_open_fds", "Open descriptors.", number(f.process.open_descriptors));
  page.gauge("process_max_fds", "How many descriptors may be open.", number(f.process.most_descriptors));
  page.gauge("process_threads", "Threads.", number(f.process.threads));
  page.counter("process_cpu_seconds_total", "CPU time used.", f.process.cpu_seconds);
  page.gauge("process_start_time_seconds", "When it started, as Unix time.", timestamp(f.started));
}

void print_memory(metrics::Page& page, const Figures& f) {
  page.gauge("posthorn_memory_bytes", "Memory that counts against the limit.", number(f.memory_used));
  page.gauge("posthorn_memory_limit_bytes", "Ceiling of memory, near which load is put off.", number(f.memory_ceiling));
}

void print_listeners(metrics::Page& page, const Figures& f) {
  page.describe("posthorn_connections", "gauge", "Open connections.");
  page.describe("posthorn_connections_total", "counter", "Connections that were accepted.");
  for (const auto& [name, open, accepted] : f.listeners) {
    page.sample("posthorn_connections", metrics::label("listener", name), number(open));
    page.sample("posthorn_connections_total", metrics::label("listener", name), number(accepted));
  }
  page.gauge("posthorn_connections_limit", "How many may be open, all listeners together.", number(f.most_connections));
}

void print_store(metrics::Page& page, const Figures& f) {
  page.describe("posthorn_store_bytes", "gauge", "Disk taken by the store's parts.");
  page.sample("posthorn_store_bytes", metrics::label("part", "log"), number(f.log_bytes));
  page.sample("posthorn_store_bytes", metrics::label("part", "index"), number(f.index_bytes));
  page.sample("posthorn_store_bytes", metrics::label("part", "blobs"), number(f.blob_bytes));
  page.sample("posthorn_store_bytes", metrics::label("part", "derived"), number(f.derived_bytes));
  page.describe("posthorn_store_memory_bytes", "gauge", "Memory of the index.");
  page.sample("posthorn_store_memory_bytes", metrics::label("part", "tables"), number(f.index_memory));
  page.sample("posthorn_store_memory_bytes", metrics::label("part", "block_cache"), number(f.block_cache));
  page.counter("posthorn_store_commits_total", "Commits on disk.", number(f.commits));
  page.counter("posthorn_store_flushes_total", "Flushes that brought them there.", number(f.flushes));
  page.gauge("posthorn_store_failing", "1 after a write that failed, until one succeeds.", f.is_store_failing ? 1 : 0);
  page.gauge("posthorn_disk_free_bytes", "Free space of the disk with the store.", number(f.free_bytes));
  page.gauge("posthorn_disk_size_bytes", "Size of the disk with the store.", number(f.disk_bytes));
  page.gauge("posthorn_disk_reserve_bytes", "Free space below which mail is refused.", number(f.reserve_bytes));
  page.gauge("posthorn_accounts_loaded", "Accounts in memory.", number(f.loaded_accounts));
}

void print_certificate(metrics::Page& page, const Figures& f) {
  if (!f.certificate) return;
  page.gauge("posthorn_tls_certificate_not_after_seconds", "When the certificate in force ends, as Unix time.",
             timestamp(f.certificate->not_after));
  page.gauge("posthorn_tls_certificate_refused", "1 while a newer certificate lies there that cannot be used.",
             f.is_certificate_refused ? 1 : 0);
}

void print_server(metrics::Page& page, const Figures& f) {
  page.gauge("posthorn_build_info", "1, with the version as a label.", 1, metrics::label("version", f.version));
  page.gauge("posthorn_uptime_seconds", "Since the start.", timestamp(f.now) - timestamp(f.started));
  page.gauge("posthorn_config_last_reload_successful", "0 while the configuration file cannot be used.",
             f.is_config_good ? 1 : 0);
  page.gauge("posthorn_config_last_reload_success_timestamp_seconds",
             "When the configuration in force was read, as Unix time.", timestamp(f.config_read));
  page.describe("posthorn_health", "gauge", "1 what is well, 0.5 a warning, 0 what has failed; see /health/ready.");
  for (const auto& finding : examine(f))
    page.sample("posthorn_health", metrics::label("check", finding.what),
                finding.state == Finding::State::good      ? 1
                : finding.state == Finding::State::warning ? 0.5
                                                           : 0);
}

}  // namespace

std::string metrics_page(const std::optional<Figures>& figures) {
  metrics::Page page;
  metrics::print_all(page);
  page.gauge("posthorn_figures_available", "0 while the store does not answer.", figures ? 1 : 0);
  if (figures) {
    print_process(page, *figures);
    print_memory(page, *figures);
    print_server(page, *figures);
    print_listeners(page, *figures);
    print_store(page, *figures);
    print_certificate(page, *figures);
  }
  return page.text();
}

}  // namespace posthorn::admin
