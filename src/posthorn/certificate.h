// The certificate in force, and its renewal: files that change are taken as they are there, without a command.
//
// A program that renews writes the certificate and the key one after the other; so what does not fit is looked at again
// before it is called broken. A pair that cannot be used leaves the old one in force.
//
// Threads: any; one after another.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "admin/figures.h"
#include "base/result.h"
#include "net/tls.h"
#include "posthorn/config.h"

namespace posthorn::program {

/// Reads the certificate and key that the configuration names, if any. Errors: invalid, naming the file.
Result<std::shared_ptr<const net::TlsContext>> read_certificate(const Config& config);

class CertificateKeeper {
 public:
  /// What listeners serve with.
  const net::TlsCertificateSlot& slot() const { return slot_; }

  /// Takes what the configuration names from now on; true where that is another one than before. Errors: invalid,
  /// naming the file; then what was in force still is.
  Result<bool> use(const Config& config);
  /// Has a look whether the files have changed, and tells in time that the certificate ends.
  void look();

  std::optional<admin::Certificate> current() const;
  /// Whether the files that are there now could not be used.
  bool is_refused() const;

 private:
  /// Of the files' names and inodes: another one, another content.
  static std::string stamp_of(const Config& config);
  Result<bool> take(const Config& config);
  void warn_of_end();

  mutable std::mutex mutex_;
  net::TlsCertificateSlot slot_;
  std::optional<Config> config_;
  std::string content_;         ///< digest of what is in force
  std::string seen_, refused_;  ///< stamps: as last looked at, as last refused
  bool is_pending_ = false;     ///< what was seen is to be read, if it stays so
  SteadyTime warn_again_{};
};

}  // namespace posthorn::program
