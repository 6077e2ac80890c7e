#include "imap/commands/flag_names.h"

namespace posthorn::imap {

mailstore::FlagNames flag_names(const FlagList& flags) {
  constexpr std::pair<SystemFlag, mailstore::SystemFlag> kPairs[] = {
      {SystemFlag::seen, mailstore::kSeen},       {SystemFlag::answered, mailstore::kAnswered},
      {SystemFlag::flagged, mailstore::kFlagged}, {SystemFlag::deleted, mailstore::kDeleted},
      {SystemFlag::draft, mailstore::kDraft},
  };
  mailstore::FlagNames names;
  for (const auto& [told, kept] : kPairs)
    if (flags.has(told)) names.system = static_cast<std::uint8_t>(names.system | kept);
  names.keywords = flags.keywords();
  return names;
}

}  // namespace posthorn::imap
