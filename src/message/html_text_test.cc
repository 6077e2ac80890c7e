#include "message/html_text.h"

#include <doctest/doctest.h>

#include <vector>

using namespace posthorn::message;

TEST_CASE("html_text: text without its clothes") {
  struct Row {
    std::string_view html, text;
  };
  for (const auto& [html, text] : std::vector<Row>{
           {"", ""},
           {"plain", "plain"},
           {"<p>a</p>b<br/>c", "\na\nb\nc"},
           {"a<b>c</b>d", "acd"},
           {"<!DOCTYPE html><html><HEAD><title>t</title></head><body>x", "x"},
           {"<style>p { a > b }</STYLE >x<script>if (a<b) '</p>'</script>y", "xy"},
           {"a<!-- <b> -- > -->c", "ac"},
           {"a < b &amp; c &lt;d&gt; &auml;&#228;&#xE4;&nbsp;e",
            "a < b & c <d> \u00e4\u00e4\u00e4\u00a0"
            "e"},
           {"&unknown; &; &# &#x; &#xZ; &#99999999; &#0; &", "&unknown; &; &# &#x; &#xZ; &#99999999; &#0; &"},
           {"&#xD800;", "\uFFFD"},
           {"open <a href=\"x", "open "},
           {"<script>never closed", ""},
           {"<", "<"},
           {"</", "</"},
           {"<>", "<>"},
       })
    CHECK_MESSAGE(html_text(html, 1000) == text, html);
}

TEST_CASE("html_text: bounded") {
  CHECK(html_text(std::string(1000, 'x'), 10).size() == 10);
  std::string nasty;
  for (int i = 0; i < 100'000; ++i) nasty += "<!--<a &";
  CHECK(html_text(nasty, 100'000).size() <= 100'000);
}
