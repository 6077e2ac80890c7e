// The file `format` in a store's folder: the version of the store, and the id that every segment of its log repeats.
//
//   format := "posthorn store 1" LF 32HEXDIG LF
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace posthorn::store::log {

std::string encode_format(std::string_view store_id);
/// The store's id, 16 bytes. Errors: not_supported (a newer Posthorn wrote it), damaged.
Result<std::string> decode_format(std::string_view content);

}  // namespace posthorn::store::log
