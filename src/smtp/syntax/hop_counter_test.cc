#include "smtp/syntax/hop_counter.h"

#include <doctest/doctest.h>

#include <string>

using posthorn::smtp::HopCounter;

TEST_CASE("hop_counter: Received fields of the header, in pieces of every size") {
  struct Case {
    std::string text;
    std::uint32_t hops;
  };
  const Case cases[] = {
      {"", 0},
      {"Received: a\r\n", 1},
      {"RECEIVED:a\r\n b\r\nSubject: x\r\nreceived:\r\n\r\nReceived: body\r\n", 2},
      {"\r\nReceived: body\r\n", 0},
      {"\nReceived: body\r\n", 0},
      {"X-Received: a\r\n Received: folded\r\n", 0},
      {"Received : a\r\nReceive: b\r\nReceivedx: c\r\n", 0},
      {"Received: a\nReceived: b\n\nReceived: body", 2},
  };
  for (const Case& c : cases)
    for (std::size_t piece = 1; piece <= c.text.size() + 1; ++piece) {
      CAPTURE(c.text);
      CAPTURE(piece);
      HopCounter counter;
      for (std::size_t at = 0; at < c.text.size(); at += piece)
        counter.feed(std::string_view(c.text).substr(at, piece));
      CHECK(counter.hops() == c.hops);
    }
}
