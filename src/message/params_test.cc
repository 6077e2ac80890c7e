#include "message/params.h"

#include <doctest/doctest.h>

#include "message/field_syntax.h"

using namespace posthorn::message;

static std::string shown(const Params& params) {
  std::string out;
  for (const auto& p : params)
    out += p.name + (p.form == ParamForm::extended ? "*" : p.form == ParamForm::words ? "?" : "") + "=" + p.value + "|";
  return out;
}

TEST_CASE("params: RFC 2045 and RFC 2231, and what senders make of them") {
  struct Row {
    std::string_view rest, expected;
  };
  for (const auto& [rest, expected] : std::vector<Row>{
           {"", ""},
           {"; charset=UTF-8", "charset=UTF-8|"},
           {"; Name=\"a \\\"b\\\" ;c\"; x=y", "name=a \"b\" ;c|x=y|"},
           {";;  ; a=b;", "a=b|"},
           {"; charset=us-ascii (Plain text)", "charset=us-ascii|"},
           {"; (c) a (d) = (e) b", "a=b|"},
           {"; name=my file.txt; a=1", "name=my file.txt|a=1|"},
           {"; a=b c=\"d\"; e=f", "a=b|e=f|"},
           {"; a=b==", "a=b==|"},
           {"; name=file(1).txt", "name=file(1).txt|"},
           {"; name=\"folded\r\n name\"", "name=folded name|"},
           {"; name=\"open", "name=open|"},
           {"; junk; a=b", "a=b|"},
           {"; =x; a=b", "a=b|"},
           {"; a=b; A=c", "a=b|"},
           // RFC 2231 3, 4, 4.1
           {"; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub\"", "url=ftp://cs.utk.edu/pub|"},
           {"; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "title*=This is ***fun***|"},
           {"; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't "
            "it!\"",
            "title*=This is even more ***fun*** isn't it!|"},
           {"; f*1=b; f*0=a; f*2=c", "f=abc|"},
           {"; f*0*=utf-8''%C3; f*1*=%A4", "f*=\u00e4|"},
           {"; f*0=a; f*2=c", "f=a|"},
           {"; filename=plain; filename*=utf-8''%C3%A4", "filename*=\u00e4|"},
           {"; f*=iso-8859-1''%E4", "f*=\u00e4|"},
           {"; f*=no-quotes%20here", "f*=no-quotes here|"},
           {"; f*=utf-8''%", "f*=%|"},
           {"; f*99999999999999=x", "f*99999999999999=x|"},
           {"; f*0*0=x", "f*0=x|"},
           // RFC 2047 where it must not be; raw 8-bit
           {"; name=\"=?utf-8?Q?=C3=A4.txt?=\"", "name?=\u00e4.txt|"},
           {"; name=\"\xe4.txt\"", "name=\u00e4.txt|"},
       })
    CHECK_MESSAGE(shown(parse_params(rest)) == expected, rest);
}

TEST_CASE("params: their number is bounded") {
  std::string many, continued;
  for (int i = 0; i < 50'000; ++i) {
    many += "; p" + std::to_string(i) + "=v";
    continued += "; f*" + std::to_string(i) + "=v";
  }
  CHECK(parse_params(many).size() == kMaxParams);
  CHECK(parse_params(continued).at(0).value.size() == kMaxParams);
}

TEST_CASE("params: Content-Type and Content-Disposition") {
  CHECK(parse_content_type(" Text/HTML; charset=x")->subtype == "html");
  CHECK(parse_content_type("text / plain")->type == "text");
  CHECK(parse_content_type("(c) text/(d)plain")->subtype == "plain");
  CHECK(parse_content_type("text/plain charset=x; a=b")->params.size() == 1);
  for (const auto* bad : {"", "text", "text/", "/plain", ";a=b", "\xff/x"}) CHECK_FALSE(parse_content_type(bad));
  CHECK(parse_disposition(" Attachment; filename=x")->type == "attachment");
  CHECK_FALSE(parse_disposition("; filename=x"));
}

TEST_CASE("params: printing comes back") {
  CHECK(print_param("a", "b") == "a=b");
  CHECK(print_param("a", "") == "a=\"\"");
  CHECK(print_param("a", "b \"c\"") == "a=\"b \\\"c\\\"\"");
  CHECK(print_param("a", "\u00e4") == "a*=utf-8''%C3%A4");
  std::string long_name;
  for (int i = 0; i < 50; ++i) long_name += "\u65e5x ";
  for (const auto& value :
       {std::string("x"), std::string("a;b"), std::string("\u00e4"), std::string(300, 'z'), long_name})
    CHECK(parse_params("; " + print_param("name", value)).at(0).value == value);
}

TEST_CASE("field_syntax: comments nest without recursion") {
  std::string deep(100'000, '(');
  std::size_t at = 0;
  skip_cfws(deep, at);
  CHECK(at == deep.size());
  at = 0;
  CHECK(take_comment("(a (b) \\) c) d", at) == "a (b) ) c");
  CHECK(at == 12);
}
