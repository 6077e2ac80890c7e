// An import's source: one mbox file, or a folder of them as Dovecot, UW, Thunderbird (`.sbd`) and Apple Mail (`*.mbox`
// folders) keep it. A file of Google Takeout (X-Gmail-Labels) is a mailbox for each label.
#pragma once

#include <filesystem>
#include <memory>

#include "migration/source.h"

namespace posthorn::migration {

/// Errors: not_found, io, invalid (no mbox is there).
Result<std::unique_ptr<Source>> open_mbox_source(const std::filesystem::path& path);

}  // namespace posthorn::migration
