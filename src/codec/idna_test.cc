#include "codec/idna.h"

#include <doctest/doctest.h>

#include <vector>

using namespace posthorn;
using namespace posthorn::codec;

TEST_CASE("idna: domains to the wire and back") {
  struct Row {
    std::string_view utf8, ascii, shown;
  };
  for (const auto& [utf8, ascii, shown] : std::vector<Row>{
           {"example.COM", "example.com", "example.com"},
           {"_dmarc.Example.com", "_dmarc.example.com", "_dmarc.example.com"},
           {"B\u00fccher.example", "xn--bcher-kva.example", "b\u00fccher.example"},
           {"stra\u00dfe.de", "xn--strae-oqa.de", "stra\u00dfe.de"},
           {"\u4f8b\u3048.\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah", "\u4f8b\u3048.\u30c6\u30b9\u30c8"},
       }) {
    CHECK(domain_to_ascii(utf8).value_or("?") == ascii);
    CHECK(domain_to_unicode(ascii) == shown);
  }
  CHECK(domain_to_unicode("xn--zz.example") == "xn--zz.example");
  CHECK(domain_to_unicode("a..b") == "a..b");
  CHECK(domain_to_unicode(".xn--bcher-kva") == ".b\u00fccher");
}

TEST_CASE("idna: what is no domain") {
  CHECK_FALSE(domain_to_ascii(""));
  CHECK_FALSE(domain_to_ascii("\xff.example"));
  CHECK_FALSE(domain_to_ascii("\u00e4..de"));
  CHECK_FALSE(domain_to_ascii(std::string(256, 'a')));
  CHECK_FALSE(domain_to_ascii(std::string(5000, '\xc3')));
  CHECK_FALSE(domain_to_ascii("\u00e4" + std::string(70, 'a')));
}
