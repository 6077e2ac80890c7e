#include "store/log/format.h"

#include "base/text.h"

namespace posthorn::store::log {
namespace {

constexpr std::string_view kLine = "posthorn store 1\n";
constexpr std::string_view kAnyVersion = "posthorn store ";
constexpr std::size_t kIdSize = 16;

}  // namespace

std::string encode_format(std::string_view store_id) { return std::string(kLine) + to_hex(store_id) + "\n"; }

Result<std::string> decode_format(std::string_view content) {
  if (content.starts_with(kAnyVersion) && !content.starts_with(kLine))
    return fail(Code::not_supported,
                "the store was written by a newer Posthorn: " + printable(content.substr(0, content.find('\n'))));
  if (!content.starts_with(kLine)) return fail(Code::damaged, "the store's file format is damaged");
  auto id = from_hex(trim(content.substr(kLine.size())));
  if (!id || id->size() != kIdSize) return fail(Code::damaged, "the store's file format is damaged");
  return std::move(*id);
}

}  // namespace posthorn::store::log
