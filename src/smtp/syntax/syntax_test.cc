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
                               "<\xc3@b>",
                               "<a@\xc3>",
                               "<\"\xff\"@b>",
                               "<a@\xe2\x80\x8b.test>",
                               "<a@xn--.\xc3\xa4>",
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

TEST_CASE("path: internationalised addresses") {
  for (const char* text : {"<\xc3\xa4@b>", "<a.\xe4\xb8\xad+x@b.test>", "<\"\xc3\xa4 b\"@c>",
                           "<a@b\xc3\xbc"
                           "cher.test>",
                           "<\xe7\x94\xa8\xe6\x88\xb7@\xe4\xbe\x8b.test>"}) {
    CAPTURE(text);
    const auto path = ForwardPath::parse(text);
    REQUIRE(path);
    CHECK(path->text() == text);
    CHECK_FALSE(path->is_ascii());
    CHECK_FALSE(ReversePath::parse(text)->is_ascii());
  }
  CHECK(ReversePath::parse("<>")->is_ascii());
  CHECK(ForwardPath::parse("<a@xn--bcher-kva.test>")->is_ascii());
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
  CHECK(MailParameters::from({{"HOLDFOR", "1"}}).error().code == Code::not_supported);
  for (const Parameter& bad : {Parameter{"SIZE", "-1"},
                               {"SIZE", std::nullopt},
                               {"SIZE", "99999999999999999999"},
                               {"BODY", "9BIT"},
                               {"AUTH", "a+2"},
                               {"AUTH", "a+2b"},
                               {"AUTH", std::nullopt},
                               {"SMTPUTF8", "1"},
                               {"RET", "BODY"},
                               {"RET", std::nullopt},
                               {"ENVID", std::nullopt},
                               {"ENVID", "a+0D+0Ab"},
                               {"ENVID", "\xc3\xa4"},
                               {"ENVID", std::string(101, 'x')}})
    CHECK(MailParameters::from({bad}).error().code == Code::syntax);
  for (const char* bad : {"x", " =1", " A=", " A=b=c", " -A", " A=\x80"}) CHECK_FALSE(parse_parameters(bad));
  CHECK(parse_parameters("  A  B=1 \t")->size() == 2);
  CHECK(*decode_xtext(encode_xtext("a b+c=\x01\xff")) == "a b+c=\x01\xff");
}

TEST_CASE("parameters: of delivery status notifications") {
  const auto mail = Mail::parse("FROM:<a@b> ret=hdrs ENVID=QQ+20314159 SMTPUTF8 BODY=BINARYMIME");
  const auto of_mail = MailParameters::from(mail->parameters);
  REQUIRE(of_mail);
  CHECK(of_mail->returns == Return::headers);
  CHECK(of_mail->envelope_id == "QQ 314159");
  CHECK(of_mail->is_utf8);
  CHECK(of_mail->is_binary());
  CHECK(print_parameters(of_mail->to_parameters()) == " BODY=BINARYMIME SMTPUTF8 RET=HDRS ENVID=QQ+20314159");

  struct Case {
    const char *text, *printed;
    OriginalRecipient original;
  };
  const Case cases[] = {
      {"rfc822;Dana@Ivory.EDU", "rfc822;Dana@Ivory.EDU", {"rfc822", "Dana@Ivory.EDU"}},
      {"RFC822;a+2Bb@c", "rfc822;a+2Bb@c", {"rfc822", "a+b@c"}},
      {"utf-8;\\x{FC}b@c",
       "utf-8;\\x{FC}b@c",
       {"utf-8",
        "\xc3\xbc"
        "b@c"}},
      {"UTF-8;\xc3\xbc@c", "utf-8;\\x{FC}@c", {"utf-8", "\xc3\xbc@c"}},
      {"utf-8;a\\x{2B}b@c", "utf-8;a\\x{2B}b@c", {"utf-8", "a+b@c"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto original = OriginalRecipient::parse(c.text);
    REQUIRE(original);
    CHECK(*original == c.original);
    CHECK(original->print() == c.printed);
    CHECK(*OriginalRecipient::parse(original->print()) == *original);
  }
  const std::string bad[] = {"",
                             "rfc822",
                             "rfc822;",
                             ";a",
                             "rf c;a",
                             "rfc822;a+",
                             "rfc822;a+0A",
                             "rfc822;\xc3\xbc",
                             "utf-8;a+2Bb",
                             "utf-8;\\x{D800}",
                             "utf-8;\\x{110000}",
                             "utf-8;\\x{}",
                             "utf-8;\\x{0A}",
                             "utf-8;\\xFC",
                             "utf-8;\\x{fc}",
                             "utf-8;\xff",
                             "rfc822;" + std::string(501, 'x')};
  for (const auto& text : bad) {
    CAPTURE(text);
    CHECK_FALSE(OriginalRecipient::parse(text));
  }

  CHECK(RcptParameters::from({{"NOTIFY", "never"}})->notify == Notify{});
  CHECK(RcptParameters::from({{"NOTIFY", "SUCCESS,delay"}})->notify == Notify{.success = true, .delay = true});
  const auto all = RcptParameters::from({{"NOTIFY", "DELAY,FAILURE,SUCCESS"}, {"ORCPT", "rfc822;a@b"}});
  CHECK(print_parameters(all->to_parameters()) == " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a@b");
  CHECK(print_parameters(RcptParameters::from({{"NOTIFY", "NEVER"}})->to_parameters()) == " NOTIFY=NEVER");
  for (const char* text : {"", "NEVER,SUCCESS", "SUCCESS,NEVER", "SUCCESS,", "ALWAYS"})
    CHECK(RcptParameters::from({{"NOTIFY", text}}).error().code == Code::syntax);
  CHECK(RcptParameters::from({{"NOTIFY", "DELAY"}, {"NOTIFY", "DELAY"}}).error().code == Code::syntax);
  CHECK(RcptParameters::from({{"SIZE", "1"}}).error().code == Code::not_supported);
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
  CHECK(*Bdat::parse("86400 last ") == Bdat{86400, true});
  CHECK(*Bdat::parse(Bdat{0, false}.print().substr(5)) == Bdat{0, false});
  for (const char* bad : {"", "x", "-1", "1 LASTLY", "1 LAST x", "1  LAST", "18446744073709551616", "LAST"})
    CHECK_FALSE(Bdat::parse(bad));
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
