#include "script/imap_world.h"

namespace posthorn::script {
namespace {

imap::Config config_of(const net::TlsCertificateSlot* tls, bool allows_clear, bool is_implicit) {
  imap::Config config;
  config.hostname = "mail.test";
  config.tls = tls;
  config.allows_clear_login = allows_clear;
  config.is_implicit_tls = is_implicit;
  config.longest_message = 100'000;
  config.longest_command = 8'192;
  config.most_literals = 16'384;
  config.most_literals_before_login = 1'024;
  config.most_dropped = 200'000;
  config.most_dropped_before_login = 4'096;
  config.failed_login_pause = Duration(0);
  return config;
}

}  // namespace

ImapWorld::ImapWorld()
    : default_(config_of(&tls_, true, false)),
      private_(config_of(&tls_, false, false)),
      plain_(config_of(nullptr, false, false)),
      imaps_(config_of(&tls_, false, true)) {}

Service ImapWorld::service(const imap::Config* config) { return service(config, &backend_); }

Service ImapWorld::service(const imap::Config* config, const imap::Backend* backend) {
  return {[self = shared_from_this(), config, backend](net::Stream* stream) {
            return imap::serve(stream, config, backend);
          },
          config->is_implicit_tls};
}

std::map<std::string, Service> ImapWorld::services() {
  return {{"default", service(&default_)},
          {"private", service(&private_)},
          {"plain", service(&plain_)},
          {"imaps", service(&imaps_)},
          {"proofs", service(&default_, &proving_backend_)}};
}

Result<void> ImapWorld::perform(const std::string& what) {
  auto done = mail_.perform(what);
  backend_.mailstore = proving_backend_.mailstore = mail_.mailstore();
  return done;
}

}  // namespace posthorn::script
