// What the configuration says to each protocol's listeners.
#pragma once

#include "imap/server/config.h"
#include "pop3/config.h"
#include "posthorn/config.h"
#include "smtp/server/config.h"

namespace posthorn::program {

/// `tls` outlives what is made.
smtp::Config smtp_config(const Config& config, smtp::Service service, const net::TlsCertificateSlot* tls);
imap::Config imap_config(const Config& config, bool is_implicit_tls, const net::TlsCertificateSlot* tls);
pop3::Config pop3_config(const Config& config, bool is_implicit_tls, const net::TlsCertificateSlot* tls);

}  // namespace posthorn::program
