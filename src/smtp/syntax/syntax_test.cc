#include <doctest/doctest.h>

#include "smtp/syntax/command.h"
#include "smtp/syntax/reply.h"

using namespace posthorn;
using namespace posthorn::smtp;

TEST_CASE("path: what is meant, and how it is printed") {
  struct Case {
    const char *text, *local_part, *domain, *printed;
  };
  const Case cases[] = {
      {"<a@b.c>", "a", "b.c", "<a@b.c>"},
      {"<a.b+c=d'e@host>", "a.b+c=d'e", "host", "<a.b+c=d'e@host>"},
      {"<\"a b\"@c>", "a b", "c", "<\"a b\"@c>"},
      {"<\"a\\\"\\\\b\"@c>", "a\"\\b", "c", "<\"a\\\"\\\\b\"@c>"},
      {"<\"plain\"@c>", "plain", "c", "<plain@c>"},
      {"<\"a..b\"@c>", "a..b", "c", "<\"a..b\"@c>"},
      {"<\"\"@c>", "", "c", "<\"\"@c>"},
      {"<a@[192.0.2.1]>", "a", "[192.0.2.1]", "<a@[192.0.2.1]>"},
      {"<a@[IPv6:2001:db8::1]>", "a", "[IPv6:2001:db8::1]", "<a@[IPv6:2001:db8::1]>"},
      {"<a@[x-tag:some.thing]>", "a", "[x-tag:some.thing]", "<a@[x-tag:some.thing]>"},
      {"<@r.example,@s.example:a@b>", "a", "b", "<a@b>"},
      {"<a@under_score.example>", "a", "under_score.example", "<a@under_score.example>"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto path = ReversePath::parse(c.text);
    REQUIRE(path);
    CHECK(path->mailbox->local_part == c.local_part);
    CHECK(path->mailbox->domain == c.domain);
    CHECK(path->text() == c.printed);
    CHECK(*ReversePath::parse(path->text()) == *path);
    CHECK(ForwardPath::parse(c.text)->text() == c.printed);
  }
}

TEST_CASE("path: what is not one") {
  const std::string long_label(64, 'x'), long_local(257, 'x');
  const std::string cases[] = {"",
                               "<",
                               ">",
                               "a@b",
                               "<a@b",
                               "a@b>",
                               "<a@b> ",
                               "<a>",
                               "<@b>",
                               "<a@>",
                               "<.a@b>",
                               "<a.@b>",
                               "<a..b@c>",
                               "<a b@c>",
                               "<a@b..c>",
                               "<a@.b>",
                               "<a@b.>",
                               "<a@-b>",
                               "<a@b->",
                               "<a@b c>",
                               "<\"a@b>",
                               "<\"a\"b@c>",
                               "<\"a\\\"@c>",
                               "<a@[1.2.3]>",
                               "<a@[1.2.3.4>",
                               "<a@[IPv6:1.2.3.4]>",
                               "<a@[::1]>",
                               "<a@[IPv6:zz]>",
                               "<a@[tag:]>",
                               "<@r:>",
                               "<@r a@b>",
                               "<a@b><c@d>",
                               "<\xc3\xa4@b>",
                               "<\"\x01\"@b>",
                               "<a@" + long_label + ">",
                               "<" + long_local + "@b>",
                               std::string("<a\0@b>", 6)};
  for (const auto& text : cases) {
    CAPTURE(text);
    CHECK_FALSE(ReversePath::parse(text));
    CHECK_FALSE(ForwardPath::parse(text));
  }
}

TEST_CASE("path: the null sender, and the postmaster without a domain") {
  CHECK(ReversePath::parse("<>")->is_null());
  CHECK(ReversePath::parse("<>")->text() == "<>");
  CHECK_FALSE(ForwardPath::parse("<>"));
  CHECK_FALSE(ReversePath::parse("<postmaster>"));
  CHECK(ForwardPath::parse("<POSTmaster>")->is_bare_postmaster());
  CHECK(ForwardPath::parse("<postmaster>")->text() == "<postmaster>");
  CHECK(Mailbox::parse("a@[IPv6:::1]")->literal() == net::IpAddress::parse("::1"));
  CHECK_FALSE(Mailbox::parse("a@b.c")->literal());
  CHECK_FALSE(Mailbox::parse("a@[tag:x]")->literal());
}

TEST_CASE("parameters: by meaning, and back") {
  const auto mail = Mail::parse("FROM:<a@b> size=12 BODY=8bitmime AUTH=a+2Bb@c ");
  REQUIRE(mail);
  const auto known = MailParameters::from(mail->parameters);
  REQUIRE(known);
  CHECK(known->size == 12);
  CHECK(known->body == BodyType::eight_bit_mime);
  CHECK(known->auth == "a+b@c");
  CHECK(print_parameters(known->to_parameters()) == " SIZE=12 BODY=8BITMIME AUTH=a+2Bb@c");
  CHECK(MailParameters::from({{"AUTH", "<>"}})->auth == "");
  CHECK(MailParameters::from({{"RET", "FULL"}}).error().code == Code::not_supported);
  for (const Parameter& bad : {Parameter{"SIZE", "-1"},
                               {"SIZE", std::nullopt},
                               {"SIZE", "99999999999999999999"},
                               {"BODY", "9BIT"},
                               {"AUTH", "a+2"},
                               {"AUTH", "a+2b"},
                               {"AUTH", std::nullopt}})
    CHECK(MailParameters::from({bad}).error().code == Code::syntax);
  CHECK_FALSE(RcptParameters::from({{"NOTIFY", "NEVER"}}));
  for (const char* bad : {"x", " =1", " A=", " A=b=c", " -A", " A=\x80"}) CHECK_FALSE(parse_parameters(bad));
  CHECK(parse_parameters("  A  B=1 \t")->size() == 2);
  CHECK(*decode_xtext(encode_xtext("a b+c=\x01\xff")) == "a b+c=\x01\xff");
}

TEST_CASE("commands: what the client prints, the server parses") {
  CHECK(CommandLine::split("MAIL FROM:<>").verb == "MAIL");
  CHECK(CommandLine::split("NOOP").arguments == "");
  CHECK(CommandLine::split("").verb == "");
  const Mail mail{{Mailbox{"a b", "c"}}, {{"SIZE", "1"}}};
  CHECK(*Mail::parse(mail.print().substr(5)) == mail);
  const Rcpt rcpt{{Mailbox{"a", "[192.0.2.1]"}}, {{"X", std::nullopt}}};
  CHECK(*Rcpt::parse(rcpt.print().substr(5)) == rcpt);
  const Auth auth{"PLAIN", "AGEAYg=="};
  CHECK(*Auth::parse(auth.print().substr(5)) == auth);
  CHECK(Auth::parse("login")->mechanism == "LOGIN");
  CHECK(Auth::parse("PLAIN =")->initial_response == "=");
  for (const char* bad : {"", "PLAIN  x", "PLAIN x y", "A-VERY-LONG-MECHANISM-NAME", "P\xc3"})
    CHECK_FALSE(Auth::parse(bad));
  CHECK(Hello::parse("[IPv6:::1] ")->print(true) == "EHLO [IPv6:::1]");
  CHECK(Hello::parse("x")->print(false) == "HELO x");
  for (const char* bad : {"", " ", "a b", "a(b)", "<a>"}) CHECK_FALSE(Hello::parse(bad));
}

TEST_CASE("reply: printed and parsed") {
  const Reply replies[] = {{250, {2, 1, 0}, "Sender accepted"},
                           {250, {}, "mail.test\nPIPELINING\nSIZE 100"},
                           {550, {5, 7, 1}, "no\nreally\nno"},
                           {354, {}, "Go ahead"},
                           {220, {}, ""}};
  for (const Reply& reply : replies) {
    const std::string printed = reply.print();
    CAPTURE(printed);
    ReplyParser parser;
    ReplyParser::Progress progress = ReplyParser::Progress::more;
    for (auto line : split(std::string_view(printed).substr(0, printed.size() - 2), '\n')) {
      CHECK(progress == ReplyParser::Progress::more);
      progress = parser.feed(trim(line));
    }
    CHECK(progress == ReplyParser::Progress::done);
    CHECK(parser.reply() == reply);
  }
  CHECK(Reply{250, {2, 0, 0}, "a\rb\xff"}.print() == "250 2.0.0 a\\x0db\\xff\r\n");
  CHECK(Reply{550, {5, 6, 11}, "x\ny"}.print() == "550-5.6.11 x\r\n550 5.6.11 y\r\n");
}

TEST_CASE("reply: what is not one, and what is kept within bounds") {
  using enum ReplyParser::Progress;
  for (const char* bad : {"", "25", "abc x", "999 x", "250x", "150 x"}) {
    ReplyParser parser;
    CHECK(parser.feed(bad) == failed);
    CHECK(parser.feed("250 ok") == done);
  }
  ReplyParser parser;
  CHECK(parser.feed("250-a") == more);
  CHECK(parser.feed("251 b") == failed);
  CHECK(parser.feed("250") == done);
  CHECK(parser.feed("250 4.1.0 text") == done);
  CHECK(parser.reply().text == "4.1.0 text");
  ReplyParser endless;
  int lines = 0;
  while (endless.feed("250-x") == more) ++lines;
  CHECK(lines == 512);
}
