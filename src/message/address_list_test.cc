#include "message/address_list.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::message;

static std::string shown(const AddressList& list) {
  std::string out;
  for (const auto& a : list) {
    if (a.kind == Address::Kind::group_start) out += "{" + a.name + "}";
    if (a.kind == Address::Kind::group_end) out += "{}";
    if (a.kind == Address::Kind::mailbox)
      out += "[" + a.name + "|" + (a.route.empty() ? "" : a.route + "|") + a.mailbox + "|" + a.domain + "]";
  }
  return out;
}

TEST_CASE("address_list: RFC 5322 3.4 and its obsolete and wild forms") {
  struct Row {
    std::string_view value, expected;
  };
  for (const auto& [value, expected] : std::vector<Row>{
           {"", ""},
           {" ,, \r\n ,", ""},
           {"joe@example.com", "[|joe|example.com]"},
           {"Joe Q. Public <john.q.public@example.com>", "[Joe Q. Public|john.q.public|example.com]"},
           {"\"Joe \\\"Q\\\"\" <j@x>", "[Joe \"Q\"|j|x]"},
           {"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
            "[Mary Smith|mary|x.test][|jdoe|example.org][Who?|one|y.test]"},
           {"<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
            "[|boss|nil.test][Giant; \"Big\" Box|sysservices|example.net]"},
           {"A Group:Ed Jones <joe@where.test>,joe@where.test,John <jdoe@one.test>;",
            "{A Group}[Ed Jones|joe|where.test][|joe|where.test][John|jdoe|one.test]{}"},
           {"Undisclosed recipients:;", "{Undisclosed recipients}{}"},
           {"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", "{Hidden recipients}{}"},
           {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "[Pete|pete|silly.test]"},
           {"c@(Chris's host.)public.example, joe@example.org", "[Chris's host.|c|public.example][|joe|example.org]"},
           {"Mary Smith <@machine.tld,@b :mary@example.net>, , jdoe@test   . example",
            "[Mary Smith|@machine.tld,@b|mary|example.net][|jdoe|test.example]"},
           {"john . doe @ example . com", "[|john.doe|example.com]"},
           {"\"john doe\"@example.com", "[|john doe|example.com]"},
           {"\"a\".b@x", "[|a.b|x]"},
           {"u@[127.0.0.1], <v@[IPv6:::1]>", "[|u|[127.0.0.1]][|v|[IPv6:::1]]"},
           {"(c) joe@x (Joe (\"J\") Real)", "[Joe (\"J\") Real|joe|x]"},
           {"=?utf-8?Q?J=C3=B6?= <j@x>", "[=?utf-8?Q?J=C3=B6?=|j|x]"},
           {"J\u00f6 <j\u00f6@\u00e4.de>", "[J\u00f6|j\u00f6|\u00e4.de]"},
           // lenient
           {"root", "[|root|]"},
           {"Someone Else, a . b", "[Someone Else||][a . b||]"},
           {"John Smith joe@x.com", "[John Smith|joe|x.com]"},
           {"joe@x.com <joe@x.com>", "[joe@x.com|joe|x.com]"},
           {"a@b; c@d", "[|a|b][|c|d]"},
           {"Joe <joe@x", "[Joe|joe|x]"},
           {"Joe <joe@x, b@c", "[Joe|joe|x][|b|c]"},
           {"<>", "[||]"},
           {"Joe <>", "[Joe||]"},
           {"@x", "[||x]"},
           {"a@", "[|a|]"},
           {"G: a@b, c@d", "{G}[|a|b][|c|d]{}"},
           {"\"open", "[|open|]"},
           {"(open", ""},
           {"a@b@c", "[|a|b]"},
           {"<a b@c>", "[|ab|c]"},
           {"a@[1.2", "[|a|[1.2]"},
           {"\\ ) ] > x@y", "[|x|y]"},
       })
    CHECK_MESSAGE(shown(parse_address_list(value)) == expected, value);
}

TEST_CASE("address_list: bounded, and hostile nesting is quick") {
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += "a,";
  CHECK(parse_address_list(many).size() == kMaxAddresses);
  for (const char* piece : {"a@[,", "<@,", "<", "(", "\"", "@", ":", "a:", "<@", "[", ";", "a ", ". "}) {
    std::string s;
    while (s.size() < 200'000) s += piece;
    parse_address_list(s);
  }
}

TEST_CASE("address_list: printing") {
  const auto list =
      parse_address_list("=?utf-8?Q?J=C3=B6?= <j@x>, G: \"a b\"@c, J\xf6 R. <r@y>;, root, \"a, b\" <c@d>");
  const auto printed = print_address_list(list);
  CHECK(printed == "=?utf-8?B?SsO2?= <j@x>, G: \"a b\"@c, =?utf-8?B?SsO2IFIu?= <r@y>;, root, \"a, b\" <c@d>");
  CHECK(print_address_list(parse_address_list(printed)) == printed);
}
