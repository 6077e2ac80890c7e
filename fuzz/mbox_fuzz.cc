// mbox files: every byte is of one message, of a From line, or of the empty line behind a message.
#include <cstdlib>

#include "migration/mbox_reader.h"

using namespace posthorn::migration;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  MboxReader reader([&](std::uint64_t offset, std::size_t n) {
    return offset < text.size() ? text.substr(offset, n) : std::string();
  });
  std::uint64_t at = 0;
  while (const auto message = reader.next()) {
    const bool is_in_order = message->offset == at && message->begin >= at && message->end >= message->begin &&
                             message->next >= message->end && message->next - message->end <= 2 && message->next > at &&
                             message->next <= text.size();
    if (!is_in_order) std::abort();
    at = message->next;
    const auto fields = take_mbox_fields(message->header, message->is_counted);
    if (fields.header.size() > message->header.size()) std::abort();
    (void)time_of_from_line(message->from_line);
  }
  if (at != text.size()) std::abort();
  // Unquoting depends on the lines alone, not on the pieces in which they come.
  std::string whole, pieces;
  FromUnquoter one, other;
  one.feed(text, [&](std::string_view s) { whole += s; });
  one.finish([&](std::string_view s) { whole += s; });
  for (const char& c : text) other.feed(std::string_view(&c, 1), [&](std::string_view s) { pieces += s; });
  other.finish([&](std::string_view s) { pieces += s; });
  if (whole != pieces || whole.size() > text.size()) std::abort();
  return 0;
}
