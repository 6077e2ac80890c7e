// VRFY, RFC 5321 4.1.1.6 and 7.3: whom we know is not told to strangers.
#include "base/text.h"
#include "smtp/commands/commands.h"

namespace posthorn::smtp::commands {

net::Task<Reply> vrfy(Session*, std::string arguments) {
  if (trim(arguments).empty()) co_return Reply{501, {5, 5, 4}, "VRFY takes an address"};
  co_return Reply{252, {2, 5, 0}, "Cannot verify, but will take mail and try to deliver it"};
}

}  // namespace posthorn::smtp::commands
