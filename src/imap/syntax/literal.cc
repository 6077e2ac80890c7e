#include "imap/syntax/literal.h"

#include "imap/syntax/lexer.h"

namespace posthorn::imap {

void LiteralAnnouncement::print(std::string& out) const {
  if (binary) out += '~';
  out += '{';
  out += std::to_string(size);
  out += synchronising ? "}" : "+}";
}

Result<std::optional<LiteralAnnouncement>> announced_literal(std::string_view line) {
  std::optional<LiteralAnnouncement> announced;
  if (!line.ends_with('}')) return announced;
  auto start = line.rfind('{');
  if (start == std::string_view::npos) return announced;
  if (start > 0 && line[start - 1] == '~') --start;
  Lexer in(line.substr(start));
  announced = in.literal_announcement();
  in.require_end();
  return in.result(announced);
}

}  // namespace posthorn::imap
