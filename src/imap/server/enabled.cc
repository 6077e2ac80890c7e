#include "imap/server/enabled.h"

#include "base/text.h"

namespace posthorn::imap {

bool Enabled::* enabled_by(std::string_view name) {
  if (iequals(name, "CONDSTORE")) return &Enabled::condstore;
  if (iequals(name, "QRESYNC")) return &Enabled::qresync;
  if (iequals(name, "UTF8=ACCEPT")) return &Enabled::utf8_accept;
  if (iequals(name, "IMAP4rev2")) return &Enabled::imap4rev2;
  return nullptr;
}

}  // namespace posthorn::imap
