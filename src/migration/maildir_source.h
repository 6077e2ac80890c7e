// An import's source: a Maildir with its subfolders, as Maildir++ (`.Folder.Sub`) or as folders within folders.
#pragma once

#include <filesystem>
#include <memory>

#include "migration/source.h"

namespace posthorn::migration {

/// `pop3_format`: how the old server made unique-ids that it did not keep (pop3_unique_id_of); "" for none. Errors:
/// not_found, io, invalid (no Maildir is there).
Result<std::unique_ptr<Source>> open_maildir_source(const std::filesystem::path& path, std::string pop3_format);

}  // namespace posthorn::migration
