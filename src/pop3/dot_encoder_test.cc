#include "pop3/dot_encoder.h"

#include <doctest/doctest.h>

using posthorn::pop3::DotEncoder;

TEST_CASE("dot_encoder: lines by wire, in pieces of any size") {
  struct Row {
    std::string bytes, wire;
  };
  for (const Row& row : {
           Row{"", ".\r\n"},
           Row{"a\r\n", "a\r\n.\r\n"},
           Row{"a", "a\r\n.\r\n"},
           Row{"a\r", "a\r\n.\r\n"},
           Row{".\r\n", "..\r\n.\r\n"},
           Row{".a\r\n..b\r\n", "..a\r\n...b\r\n.\r\n"},
           Row{"\r\n.\r\n", "\r\n..\r\n.\r\n"},
           Row{"a\n.\n", "a\r\n..\r\n.\r\n"},
           Row{"a\r\r\n.b", "a\r\r\n..b\r\n.\r\n"},
           Row{"a\r.b\r\n", "a\r.b\r\n.\r\n"},
           Row{"\n\n", "\r\n\r\n.\r\n"},
       }) {
    CAPTURE(row.bytes);
    for (std::size_t piece = 1; piece <= row.bytes.size() + 1; ++piece) {
      DotEncoder encoder;
      std::string out;
      for (std::size_t at = 0; at < row.bytes.size(); at += piece)
        encoder.feed(std::string_view(row.bytes).substr(at, piece), out);
      encoder.finish(out);
      CHECK(out == row.wire);
    }
  }
}
