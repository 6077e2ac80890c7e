// Names of mailboxes as other systems have them, brought into the form that Posthorn keeps.
#include "base/text.h"
#include "codec/unicode.h"
#include "imap/syntax/mailbox_name.h"
#include "migration/importer.h"

namespace posthorn::migration {
namespace {

using mailstore::SpecialUse;

struct Known {
  std::string_view name;
  SpecialUse use;
};

/// As Outlook, Exchange, Apple Mail, Thunderbird, Gmail, Courier and their German and French twins call them.
constexpr Known kKnown[] = {
    {"Drafts", SpecialUse::drafts},
    {"Draft", SpecialUse::drafts},
    {"Entwürfe", SpecialUse::drafts},
    {"Brouillons", SpecialUse::drafts},
    {"Sent", SpecialUse::sent},
    {"Sent Items", SpecialUse::sent},
    {"Sent Messages", SpecialUse::sent},
    {"Sent Mail", SpecialUse::sent},
    {"Gesendet", SpecialUse::sent},
    {"Gesendete Elemente", SpecialUse::sent},
    {"Gesendete Objekte", SpecialUse::sent},
    {"Envoyés", SpecialUse::sent},
    {"Éléments envoyés", SpecialUse::sent},
    {"Junk", SpecialUse::junk},
    {"Spam", SpecialUse::junk},
    {"Junk E-mail", SpecialUse::junk},
    {"Junk Email", SpecialUse::junk},
    {"Bulk Mail", SpecialUse::junk},
    {"Junk-E-Mail", SpecialUse::junk},
    {"Courrier indésirable", SpecialUse::junk},
    {"Trash", SpecialUse::trash},
    {"Deleted Items", SpecialUse::trash},
    {"Deleted Messages", SpecialUse::trash},
    {"Papierkorb", SpecialUse::trash},
    {"Gelöschte Elemente", SpecialUse::trash},
    {"Corbeille", SpecialUse::trash},
    {"Éléments supprimés", SpecialUse::trash},
    {"Archive", SpecialUse::archive},
    {"Archives", SpecialUse::archive},
    {"Archiv", SpecialUse::archive},
};

}  // namespace

SpecialUse use_of_name(std::string_view name) {
  for (const auto& known : kKnown)
    if (iequals(known.name, name)) return known.use;
  return SpecialUse::none;
}

std::string acceptable_name(std::string_view name) {
  std::string clean;
  int depth = 0;
  for (const auto level : split(name, '/')) {
    std::string text;
    for (const char c : codec::is_valid_utf8(level) ? std::string(trim(level)) : printable(level))
      text += is_ctl(c) ? '_' : c;
    if (text.empty()) continue;
    // What is deeper than may be becomes part of the last level's name.
    clean += (clean.empty() ? "" : depth < imap::MailboxName::kMaxDepth ? "/" : "_") + text;
    ++depth;
  }
  const auto good = imap::MailboxName::from_utf8(codec::cut_utf8(clean, imap::MailboxName::kMaxBytes));
  return good ? good->utf8() : "Imported";
}

}  // namespace posthorn::migration
