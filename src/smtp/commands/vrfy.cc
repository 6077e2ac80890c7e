// VRFY, RFC 5321 4.1.1.6 and 7.3: whom we know is not told to strangers.
#include "base/text.h"
#include "codec/unicode.h"
#include "smtp/commands/commands.h"

namespace posthorn::smtp::commands {

net::Task<Reply> vrfy(Session*, std::string arguments) {
  constexpr std::string_view kUtf8 = " SMTPUTF8";  // RFC 6531 3.7.4.2
  std::string_view name = arguments;
  while (!name.empty() && is_wsp(name.back())) name.remove_suffix(1);
  const bool is_utf8 = name.size() > kUtf8.size() && iequals(name.substr(name.size() - kUtf8.size()), kUtf8);
  if (is_utf8) name.remove_suffix(kUtf8.size());
  if (trim(name).empty() || !codec::is_valid_utf8(name)) co_return Reply{501, {5, 5, 4}, "VRFY takes an address"};
  if (has_8bit(name) && !is_utf8) co_return Reply{553, {5, 6, 7}, "An address that is not ASCII needs SMTPUTF8"};
  co_return Reply{252, {2, 5, 0}, "Cannot verify, but will take mail and try to deliver it"};
}

}  // namespace posthorn::smtp::commands
