#include "message/preview.h"

#include <doctest/doctest.h>

#include "codec/unicode.h"

using namespace posthorn::message;

static std::string preview_of(std::string_view message) { return preview(parse(message)); }

TEST_CASE("preview: the first words, whatever they are wrapped in") {
  struct Row {
    std::string_view message, expected;
  };
  for (const auto& [message, expected] : std::vector<Row>{
           {"", ""},
           {"Subject: x\r\n\r\n", ""},
           {"\r\n  Hello \t there,\r\n\r\nhow  are you?\r\n", "Hello there, how are you?"},
           {"\n> quoted\nanswer\n> more\n", "answer"},
           {"\nOn Monday, Joe wrote:\n\n> quoted\n\nanswer\n", "answer"},
           {"\n> all quoted\n>> twice\n", "all quoted twice"},
           {"\ntext\n-- \nJoe\nCEO\n", "text"},
           {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9=\n!\n",
            "caf\u00e9!"},
           {"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nY2Fmw6k=\n", "caf\u00e9"},
           {"Content-Type: text/html\n\n<style>x{}</style><p>Hi&nbsp;<b>you</b></p><div>there</div>", "Hi you there"},
           {"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: "
            "text/html\n\n<p>html\n--b--",
            "plain"},
           {"Content-Type: image/png\n\nPNG", ""},
           {"\na\u200b\u200c\ufeff\u034f b\xc2\xad", "a b"},
           {"\n\x01\x02 a\x7f", "a"},
       })
    CHECK_MESSAGE(preview_of(message) == expected, message);
}

TEST_CASE("preview: at most 200 characters, none cut") {
  std::string message = "\n";
  for (int i = 0; i < 300; ++i) message += "\u65e5";
  CHECK(preview_of(message).size() == 3 * kPreviewLength);
  CHECK(preview_of("\n" + std::string(199, 'x') + " yz").size() == 199);
  CHECK(posthorn::codec::is_valid_utf8(preview_of("Content-Transfer-Encoding: quoted-printable\n\n=E2=82 =FF=00")));
}
