#include "posthorn/certificate.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/log.h"
#include "codec/digest.h"
#include "posthorn/file_content.h"

namespace posthorn::program {
namespace {

constexpr auto kWarnEvery = std::chrono::hours(12);

std::string day(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(to_seconds(time))));
}

admin::Certificate certificate_of(const net::TlsContext& context) {
  const auto validity = context.validity();
  return {validity.from, validity.until};
}

}  // namespace

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

std::string CertificateKeeper::stamp_of(const Config& config) {
  std::string stamp;
  for (const auto& file : {config.certificate, config.key, config.client_ca}) {
    struct stat s{};
    const bool is_there = !file.empty() && ::stat(file.c_str(), &s) == 0;
    stamp += is_there ? fmt::format("{} {} {} {}.{:09}\n", file.string(), s.st_ino, s.st_size, s.st_mtim.tv_sec,
                                    s.st_mtim.tv_nsec)
                      : file.string() + "\n";
  }
  return stamp;
}

Result<bool> CertificateKeeper::use(const Config& config) {
  const std::lock_guard lock(mutex_);
  auto done = take(config);
  if (done) config_ = config;
  return done;
}

Result<bool> CertificateKeeper::take(const Config& config) {
  const auto stamp = stamp_of(config);
  auto context = read_certificate(config);
  if (!context) return fail(context);
  seen_ = stamp;
  refused_.clear();
  std::string content;
  if (*context != nullptr) content = content_of(config.certificate) + content_of(config.key);
  if (!config.client_ca.empty()) content += content_of(config.client_ca);
  auto digest = codec::sha256(content);
  // A context of the same files would only make the tickets of resumption worthless.
  if (digest == content_) return false;
  content_ = std::move(digest);
  slot_.replace(*context);
  if (*context != nullptr)
    base::log::Line(base::log::info, "posthorn", "certificate.read")
        .with("file", config.certificate.string())
        .with("until", day(certificate_of(**context).not_after));
  warn_again_ = {};
  warn_of_end();
  return true;
}

void CertificateKeeper::look() {
  const std::lock_guard lock(mutex_);
  if (!config_ || config_->certificate.empty()) return;
  const auto stamp = stamp_of(*config_);
  if (stamp != seen_) {
    seen_ = stamp;
    is_pending_ = true;
  } else if (std::exchange(is_pending_, false) && stamp != refused_) {
    if (const auto taken = take(*config_); !taken) {
      refused_ = stamp;
      base::log::Line(base::log::error, "posthorn", "certificate.refused").with("error", taken.error().text);
    }
  }
  warn_of_end();
}

void CertificateKeeper::warn_of_end() {
  const auto context = slot_.get();
  if (context == nullptr || steady_now() < warn_again_) return;
  const auto certificate = certificate_of(*context);
  const auto left = certificate.not_after - wall_now();
  if (left >= admin::renewal_margin(certificate)) return;
  warn_again_ = steady_now() + kWarnEvery;
  const bool is_over = left <= Duration::zero();
  base::log::Line(is_over ? base::log::error : base::log::warning, "posthorn",
                  is_over ? "certificate.expired" : "certificate.ends")
      .with("until", day(certificate.not_after))
      .with("days_left", std::chrono::duration_cast<std::chrono::days>(left).count());
}

std::optional<admin::Certificate> CertificateKeeper::current() const {
  const auto context = slot_.get();
  if (context == nullptr) return std::nullopt;
  return certificate_of(*context);
}

bool CertificateKeeper::is_refused() const {
  const std::lock_guard lock(mutex_);
  return !refused_.empty();
}

}  // namespace posthorn::program
