#include "posthorn/protocol_configs.h"

namespace posthorn::program {

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

}  // namespace posthorn::program
