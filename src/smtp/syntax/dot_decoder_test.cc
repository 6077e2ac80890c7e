#include "smtp/syntax/dot_decoder.h"

#include <doctest/doctest.h>

#include <string>

using namespace std::string_literals;
using posthorn::smtp::DotDecoder;
using Fault = DotDecoder::Fault;

namespace {

struct Outcome {
  std::string content;
  std::size_t used = 0;
  bool is_done = false;
  Fault fault = Fault::none;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(const std::string& bytes, std::size_t piece) {
  DotDecoder decoder;
  Outcome o;
  for (std::size_t at = 0; at < bytes.size() && !decoder.is_done(); at += piece)
    o.used += decoder.feed(std::string_view(bytes).substr(at, piece), [&](std::string_view s) { o.content += s; });
  o.is_done = decoder.is_done();
  o.fault = decoder.fault();
  return o;
}

}  // namespace

TEST_CASE("dot_decoder: contents and the true end, in pieces of every size") {
  struct Case {
    std::string bytes, content;
    std::size_t used;
  };
  const Case cases[] = {
      {".\r\n"s, ""s, 3},
      {"a\r\n.\r\nQUIT\r\n"s, "a\r\n"s, 6},
      {"..\r\n.\r\n"s, ".\r\n"s, 7},
      {"...a\r\n.b\r\n.\r\n"s, "..a\r\nb\r\n"s, 13},
      {"a.\r\n..\r\n.\r\n"s, "a.\r\n.\r\n"s, 11},
      {"\r\n\r\n.\r\n"s, "\r\n\r\n"s, 7},
      {".a.\r\n.\r\n"s, "a.\r\n"s, 8},
  };
  for (const Case& c : cases)
    for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) {
      CAPTURE(c.bytes);
      CAPTURE(piece);
      CHECK(decode(c.bytes, piece) == Outcome{c.content, c.used, true, Fault::none});
    }
}

TEST_CASE("dot_decoder: nothing but CRLF . CRLF ends the data") {
  struct Case {
    std::string bytes;
    Fault fault;
  };
  const Case cases[] = {
      {"a\n.\nb"s, Fault::bare_lf},       {"a\n.\r\nb"s, Fault::bare_lf}, {"a\r\n.\nb"s, Fault::bare_lf},
      {"a\r.\rb"s, Fault::bare_cr},       {"a\r.\r\nb"s, Fault::bare_cr}, {"a\r\n.\rb"s, Fault::bare_cr},
      {"a\r\n.\r\0\nb"s, Fault::bare_cr}, {"a\0b"s, Fault::nul},          {"a\r\r\nb"s, Fault::bare_cr},
      {"a\n\n.\r\n.\r"s, Fault::bare_lf}, {"\n.\r\n"s, Fault::bare_lf},   {"a\0\r\n.\0\r\n"s, Fault::nul},
      {"a\0b\nc"s, Fault::nul},           {"a\nb\0c"s, Fault::bare_lf},   {".\n"s, Fault::bare_lf},
      {".\r\r\n"s, Fault::bare_cr},
  };
  for (const Case& c : cases)
    for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) {
      CAPTURE(c.bytes);
      CAPTURE(piece);
      const Outcome open = decode(c.bytes, piece);
      CHECK_FALSE(open.is_done);
      const Outcome closed = decode(c.bytes + "\r\n.\r\nrest", piece);
      CHECK(closed.is_done);
      CHECK(closed.fault == c.fault);
      CHECK(closed.used == c.bytes.size() + 5);
    }
}

TEST_CASE("dot_decoder: with faults let through, the text is whole, and a mender makes lines of it") {
  struct Case {
    std::string bytes, content;
  };
  const Case cases[] = {
      {"a\nb\r\n.\r\n"s, "a\nb\r\n"s},
      {"a\n.\nb\r\n.\r\n"s, "a\n.\nb\r\n"s},
      {"a\r\n.\rb\r\n.\r\n"s, "a\r\n\rb\r\n"s},
      {"a\0b\r\n..\r\n.\r\n"s, "a\0b\r\n.\r\n"s},
      {"a\r.\r\n.\r\n"s, "a\r.\r\n"s},
      {"\n.\r\n.\r\n"s, "\n.\r\n"s},
      {".\r\r\n.\r\n"s, "\r\r\n"s},
  };
  for (const Case& c : cases)
    for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) {
      CAPTURE(c.bytes);
      CAPTURE(piece);
      DotDecoder decoder(true);
      std::string content;
      for (std::size_t at = 0; at < c.bytes.size() && !decoder.is_done(); at += piece)
        decoder.feed(std::string_view(c.bytes).substr(at, piece), [&](std::string_view s) { content += s; });
      CHECK(decoder.is_done());
      CHECK(decoder.fault() != Fault::none);
      CHECK(content == c.content);
    }
}
