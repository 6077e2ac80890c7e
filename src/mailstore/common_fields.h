// The header fields that clients ask for when they list messages (BODY.PEEK[HEADER.FIELDS (...)]), and a message's
// fields among them, kept as they stand.
//
// Format: how many(1), then of each, in the order of the message, which(1) and its size as a varint; then their bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthorn::mailstore {

/// A set of common fields.
using CommonFields = std::uint64_t;

/// Nothing where one of the names, in any case, is not common.
std::optional<CommonFields> common_fields_of(const std::vector<std::string>& names);

/// Those of a raw header section. Empty where there are too many to be kept: never where there are none.
std::string encode_common_fields(std::string_view header);

/// The wanted ones behind one another, as they stand. False, and nothing appended, where the bytes are damaged.
bool append_common_fields(std::string& out, std::string_view encoded, CommonFields wanted);
/// As message::select_header_fields() gives the wanted ones of the whole header section, printed as a literal,
/// "{n}\r\n" before it. False, and nothing printed, where the bytes are damaged.
bool print_common_fields(std::string& out, std::string_view encoded, CommonFields wanted);

}  // namespace posthorn::mailstore
