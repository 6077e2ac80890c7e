#include "message/parser.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.h"

using namespace posthorn;
using namespace posthorn::message;

// One part a line: parent type [header|body] lines; CR is left out, LF shown as '/'.
static std::string shown(std::string_view message, const MimeTree& tree) {
  const auto piece = [message](std::uint64_t from, std::uint64_t to) {
    std::string out;
    for (const char c : message.substr(from, to - from))
      if (c != '\r') out += c == '\n' ? '/' : c;
    return out;
  };
  std::string out;
  for (const auto& p : tree.parts)
    out += fmt::format("{} {}/{} [{}|{}] {}\n", p.parent == kNoPart ? -1 : static_cast<int>(p.parent), p.type,
                       p.subtype, piece(p.header_start, p.body_start), piece(p.body_start, p.body_end), p.body_lines);
  return out;
}

static Parsed parse_in_pieces(std::string_view message, std::size_t size) {
  Parser parser;
  for (std::size_t i = 0; i < message.size(); i += size) parser.feed(message.substr(i, size));
  return parser.finish();
}

struct Row {
  std::string_view message, expected;
};

static const std::vector<Row> kRows = {
    {"", "-1 text/plain [|] 0\n"},
    {"\n", "-1 text/plain [/|] 0\n"},
    {"\n\n", "-1 text/plain [/|/] 1\n"},
    {"A: b", "-1 text/plain [A: b|] 0\n"},
    {"A: b\n\nbody", "-1 text/plain [A: b//|body] 0\n"},
    {"A: b\n\nbody\n.\n", "-1 text/plain [A: b//|body/./] 2\n"},
    {"not a header\n\nbody\n", "-1 text/plain [not a header//|body/] 1\n"},
    {"\r\n", "-1 text/plain [/|] 0\n"},
    {"\r\r\n\r\nx", "-1 text/plain [//|x] 0\n"},
    // RFC 2045 5.2
    {"Content-Type: text\n\n", "-1 text/plain [Content-Type: text//|] 0\n"},
    {"content-type : IMAGE/(c)PNG ; x\n\n", "-1 image/png [content-type : IMAGE/(c)PNG ; x//|] 0\n"},
    {"Content-Type: a/b\nContent-Type: c/d\n\n", "-1 a/b [Content-Type: a/b/Content-Type: c/d//|] 0\n"},
    // a multipart with preamble and epilogue
    {"Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: "
     "a/b\n\ntwo\nlines\n\n--b--\nepi\n",
     "-1 multipart/mixed [Content-Type: multipart/mixed; boundary=b//|pre/--b//one/--b/Content-Type: "
     "a/b//two/lines//--b--/epi/] 12\n"
     "0 text/plain [/|one] 0\n"
     "0 a/b [Content-Type: a/b//|two/lines/] 2\n"},
    // trailing white space, a missing last delimiter
    {"Content-Type: multipart/mixed; boundary=\"b c\"\n\n--b c \t\n\none\n--b c\n\ntwo",
     "-1 multipart/mixed [Content-Type: multipart/mixed; boundary=\"b c\"//|--b c \t//one/--b c//two] 5\n"
     "0 text/plain [/|one] 0\n"
     "0 text/plain [/|two] 0\n"},
    // no boundary; a boundary that never comes; an empty one
    {"Content-Type: multipart/mixed\n\n--b\n", "-1 multipart/mixed [Content-Type: multipart/mixed//|--b/] 1\n"},
    {"Content-Type: multipart/x; boundary=b\n\nx\n", "-1 multipart/x [Content-Type: multipart/x; boundary=b//|x/] 1\n"},
    {"Content-Type: multipart/x; boundary=\"\"\n\n--\n",
     "-1 multipart/x [Content-Type: multipart/x; boundary=\"\"//|--/] 1\n"},
    // parts without a blank line, without anything
    {"Content-Type: multipart/x; boundary=b\n\n--b\n--b\nA: b\n--b\n\n--b\n\n\n--b--",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b/--b/A: b/--b//--b///--b--] 8\n"
     "0 text/plain [|] 0\n"
     "0 text/plain [A: b/|] 0\n"
     "0 text/plain [/|] 0\n"
     "0 text/plain [/|] 0\n"},
    {"Content-Type: multipart/x; boundary=b\n\n--b",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b] 0\n0 text/plain [|] 0\n"},
    {"Content-Type: multipart/x; boundary=b\n\n--b--",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b--] 0\n"},
    // after the last delimiter its boundary is text
    {"Content-Type: multipart/x; boundary=b\n\n--b\n\n1\n--b--\n--b\n\n2\n",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b//1/--b--/--b//2/] 7\n"
     "0 text/plain [/|1] 0\n"},
    // nested: the inner boundary begins with the outer, and the outer ends the inner
    {"Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: multipart/y; "
     "boundary=bb\n\n--bb\n\n1\n--bb--\n--b\n\n2\n--b--\n",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b/Content-Type: multipart/y; "
     "boundary=bb//--bb//1/--bb--/--b//2/--b--/] 11\n"
     "0 multipart/y [Content-Type: multipart/y; boundary=bb//|--bb//1/--bb--] 3\n"
     "1 text/plain [/|1] 0\n"
     "0 text/plain [/|2] 0\n"},
    {"Content-Type: multipart/x; boundary=bb\n\n--bb\nContent-Type: multipart/y; "
     "boundary=b\n\n--b\n\n1\n--bb\n\n2\n--bb--\n",
     "-1 multipart/x [Content-Type: multipart/x; boundary=bb//|--bb/Content-Type: multipart/y; "
     "boundary=b//--b//1/--bb//2/--bb--/] 10\n"
     "0 multipart/y [Content-Type: multipart/y; boundary=b//|--b//1] 2\n"
     "1 text/plain [/|1] 0\n"
     "0 text/plain [/|2] 0\n"},
    // an empty part at the end of an inner multipart
    {"Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: multipart/y; boundary=c\n\n--c\n--b--\n",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b/Content-Type: multipart/y; boundary=c//--c/--b--/] "
     "5\n"
     "0 multipart/y [Content-Type: multipart/y; boundary=c//|--c/] 1\n"
     "1 text/plain [|] 0\n"},
    // the same boundary twice: the innermost
    {"Content-Type: multipart/x; boundary=b\n\n--b\nContent-Type: multipart/y; boundary=b\n\n--b\n\n1\n--b--\n--b--\n",
     "-1 multipart/x [Content-Type: multipart/x; boundary=b//|--b/Content-Type: multipart/y; "
     "boundary=b//--b//1/--b--/--b--/] 8\n"
     "0 multipart/y [Content-Type: multipart/y; boundary=b//|--b//1/--b--] 3\n"
     "1 text/plain [/|1] 0\n"},
    // a message in a message, alone and in a digest
    {"Content-Type: message/rfc822\n\nSubject: in\n\nbody\n",
     "-1 message/rfc822 [Content-Type: message/rfc822//|Subject: in//body/] 3\n"
     "0 text/plain [Subject: in//|body/] 1\n"},
    {"Content-Type: message/rfc822\n",
     "-1 message/rfc822 [Content-Type: message/rfc822/|] 0\n"
     "0 text/plain [|] 0\n"},
    {"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\n1\n--b\nContent-Type: text/x\n\n2\n--b--\n",
     "-1 multipart/digest [Content-Type: multipart/digest; boundary=b//|--b//Subject: in//1/--b/Content-Type: "
     "text/x//2/--b--/] 10\n"
     "0 message/rfc822 [/|Subject: in//1] 2\n"
     "1 text/plain [Subject: in//|1] 0\n"
     "0 text/x [Content-Type: text/x//|2] 0\n"},
    {"Content-Type: multipart/digest; boundary=b\n\n--b\n--b--\n",
     "-1 multipart/digest [Content-Type: multipart/digest; boundary=b//|--b/--b--/] 2\n"
     "0 message/rfc822 [|] 0\n"
     "1 text/plain [|] 0\n"},
};

static std::string with_crlf(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '\n' && !out.ends_with('\r')) out += '\r';
    out += c;
  }
  return out;
}

TEST_CASE("parser: parts and their places, with LF and CRLF, in any pieces") {
  for (const auto& [message, expected] : kRows) {
    const auto crlf = with_crlf(message);
    CHECK_MESSAGE(shown(message, parse(message).tree) == expected, message);
    CHECK_MESSAGE(shown(crlf, parse(crlf).tree) == expected, message);
    for (const std::size_t size : {1, 2, 3, 7}) {
      CHECK(parse_in_pieces(message, size).tree == parse(message).tree);
      CHECK(parse_in_pieces(crlf, size).tree == parse(crlf).tree);
    }
  }
}

TEST_CASE("parser: what MIME fields say") {
  const auto parsed = parse(
      "Content-Type: image/png; name=a\r\nContent-Transfer-Encoding: BASE64 (c)\r\nContent-ID: <a@b>\r\n"
      "Content-Description: some\r\n thing\r\nContent-Disposition: Attachment; filename*=utf-8''%C3%A4\r\n"
      "Content-Language: en, (c) de\r\nContent-Location: http://x/\r\nContent-MD5: Q2hlY2s=\r\n\r\n");
  const auto& p = parsed.tree.root();
  CHECK(*find_param(p.params, "name") == "a");
  CHECK(p.encoding == "base64");
  CHECK(p.id == "<a@b>");
  CHECK(p.description == "some thing");
  CHECK(p.is_attachment());
  CHECK(*find_param(p.disposition_params, "filename") == "\u00e4");
  CHECK(p.languages == std::vector<std::string>{"en", "de"});
  CHECK(p.location == "http://x/");
  CHECK(p.md5 == "Q2hlY2s=");
}

TEST_CASE("parser: the text that is kept is the first that is shown") {
  const std::string_view message =
      "Content-Type: multipart/mixed; boundary=b\n\n"
      "--b\nContent-Disposition: attachment\n\nno\n"
      "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nno\n"
      "--b\nContent-Type: text/html\n\nyes\nyes\n"
      "--b\n\nno\n--b--\n";
  for (const std::size_t size : {1, 5, 1000}) {
    const auto parsed = parse_in_pieces(message, size);
    CHECK(parsed.text_part == 4);
    CHECK(parsed.text == "yes\nyes\n");
    CHECK(parsed.header == message.substr(0, 43));
    CHECK(parsed.header_of(3) == "Subject: x\n\n");
    CHECK(parsed.header_of(1).empty());
  }
}

TEST_CASE("parser: limits hold") {
  std::string many = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 3000; ++i) many += "--b\n\nx\n";
  const auto parts = parse(many + "--b--\n").tree.parts;
  CHECK(parts.size() == kMaxParts);
  CHECK(parts.back().body_end == many.size() - 1);

  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "Content-Type: message/rfc822\n\n";
  const auto nested = parse(deep).tree.parts;
  CHECK(nested.size() == kMaxNesting + 1);
  CHECK(nested.back().is("application", "octet-stream"));
  CHECK(nested.back().body_end == deep.size());

  const std::string long_header = "X: " + std::string(400'000, 'x') + "\nContent-Type: image/png\n\nbody";
  const auto root = parse_in_pieces(long_header, 1000);
  CHECK(root.header.size() == kMaxRootHeader);
  CHECK(root.tree.root().type == "text");
  CHECK(root.tree.root().body_size() == 4);

  std::string heavy = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 900; ++i) heavy += "--b\nContent-ID: " + std::string(60'000, 'i') + "\n\nx\n";
  std::size_t kept = 0;
  for (const auto& part : parse_in_pieces(heavy, 65'536).tree.parts) kept += part.id.size();
  CHECK(kept <= kMaxPartHeaders + kMaxParts * kMinPartHeader);

  const std::string text = "\n" + std::string(100'000, 't');
  CHECK(parse_in_pieces(text, 999).text.size() == kMaxText);
}

TEST_CASE("parser: random lines in random pieces are one message") {
  constexpr std::string_view kLines[] = {"--b\n",
                                         "--b--\r\n",
                                         "--bb\n",
                                         "--bb--\n",
                                         "\n",
                                         "\r\n",
                                         "text\n",
                                         "A: b\r\n",
                                         "-",
                                         "--",
                                         "\r",
                                         "Content-Type: multipart/mixed; boundary=b\n",
                                         "Content-Type: multipart/digest;\r\n boundary=bb\r\n",
                                         "Content-Type: message/rfc822\n\n"};
  SeededRandom random(11);
  for (int n = 0; n < 2000; ++n) {
    std::string message;
    for (std::uint64_t i = random.below(30); i > 0; --i) message += kLines[random.below(std::size(kLines))];
    const auto whole = parse(message);
    const auto dripped = parse_in_pieces(message, 1 + random.below(9));
    CHECK(whole.tree == dripped.tree);
    CHECK(whole.text == dripped.text);
    CHECK(whole.nested_headers == dripped.nested_headers);
    CHECK(decode_mime_tree(encode(whole.tree)).value() == whole.tree);
  }
}
