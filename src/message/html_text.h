// The text of an HTML body, for previews and the search index. Not a renderer and not a sanitizer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace posthorn::message {

/// Tags, comments and what script, style, head and their like enclose are left out; character references are decoded;
/// block elements and <br> become LF. Total, linear, at most `limit` bytes and a code point more. UTF-8 in, UTF-8 out.
std::string html_text(std::string_view html, std::size_t limit);

}  // namespace posthorn::message
