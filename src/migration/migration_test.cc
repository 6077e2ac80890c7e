#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codec/unicode.h"
#include "migration/channel.h"
#include "migration/frames.h"
#include "migration/importer.h"
#include "migration/mbox_reader.h"
#include "migration/output_file.h"
#include "migration/uid_list.h"

using namespace posthorn;
using namespace posthorn::migration;

namespace {

MboxReader reader_of(const std::string& text) {
  return MboxReader(
      [text](std::uint64_t offset, std::size_t n) { return offset < text.size() ? text.substr(offset, n) : ""; });
}

/// Header and body of each message, unquoted, with CRLF.
std::vector<std::string> messages_of(const std::string& text) {
  std::vector<std::string> all;
  auto reader = reader_of(text);
  while (const auto message = reader.next()) {
    std::string out;
    CrlfMaker crlf;
    FromUnquoter unquoter;
    const auto pass = [&](std::string_view s) { crlf.feed(s, [&](std::string_view o) { out += o; }); };
    const auto raw = std::string_view(text).substr(message->begin, message->end - message->begin);
    if (message->is_counted)
      pass(raw);
    else
      for (const char c : raw) unquoter.feed(std::string_view(&c, 1), pass);
    unquoter.finish(pass);
    all.push_back(out);
  }
  return all;
}

constexpr const char* kFrom = "From a@x.test Fri Nov 21 10:00:00 2025\n";

}  // namespace

TEST_CASE("mbox: From lines") {
  CHECK(is_from_line("From a@x.test Fri Nov 21 10:00:00 2025"));
  CHECK(is_from_line("From - Fri Nov 21 10:00:00 2025"));
  CHECK(is_from_line("From \"a b\"@x.test Fri Nov 21 10:00 +0100 2025"));
  CHECK(is_from_line("From 1@xxx Fri Nov 21 10:00:00 +0000 2025"));
  CHECK_FALSE(is_from_line("From here on at 10:00"));
  CHECK_FALSE(is_from_line("From 2025 on"));
  CHECK_FALSE(is_from_line("From"));
  CHECK_FALSE(is_from_line(">From a@x.test Fri Nov 21 10:00:00 2025"));
  CHECK(time_of_from_line("From a@x.test Fri Nov 21 10:00:00 2025") == from_seconds(1763719200));
  CHECK(time_of_from_line("From 1@xxx Fri Nov 21 10:00:00 +0000 2025") == from_seconds(1763719200));
  CHECK_FALSE(time_of_from_line("From a@x.test 10:00 2025"));
}

TEST_CASE("mbox: where messages begin and end") {
  const std::string from = kFrom;
  CHECK(messages_of("").empty());
  CHECK(messages_of(from + "A: b\n\nc\n\n") == std::vector<std::string>{"A: b\r\n\r\nc\r\n"});
  CHECK(messages_of(from + "A: b\n\nc") == std::vector<std::string>{"A: b\r\n\r\nc"});
  CHECK(messages_of(from + "A: b\n\nc\n" + from + "D: e\n\n\n\n") ==
        std::vector<std::string>{"A: b\r\n\r\nc\r\n", "D: e\r\n\r\n\r\n"});
  CHECK(messages_of(from + "A: b\r\n\r\nc\r\n\r\n") == std::vector<std::string>{"A: b\r\n\r\nc\r\n"});
  CHECK(messages_of(from + "A: b\n\n>From x\n>>From y\n>Fro\n >From\nFrom z\n") ==
        std::vector<std::string>{"A: b\r\n\r\nFrom x\r\n>From y\r\n>Fro\r\n >From\r\nFrom z\r\n"});
  CHECK(messages_of(from + from + "A: b\n\n") == std::vector<std::string>{"", "A: b\r\n\r\n"});
  CHECK(messages_of(from + "A: b\n\n" + std::string(300'000, 'x') + "\n" + from + "D: e\n\n").size() == 2);
  CHECK(messages_of(from + "Content-Length: 10\n\n>From\nabcd" + "\n" + from + "\n") ==
        std::vector<std::string>{"Content-Length: 10\r\n\r\n>From\r\nabcd", "\r\n"});
  CHECK(messages_of(from + "Content-Length: 99999999999999999999\n\nx\n").size() == 1);
  CHECK(messages_of(from + "Content-Length: 4611686018427387903\n\nx\n").size() == 1);
}

TEST_CASE("mbox: what programs keep in the header is taken out of it") {
  auto fields = take_mbox_fields(
      "A: b\nStatus: RO\nX-Status: AFDT\nX-Keywords: one\n two\nX-UID: 7\nX-IMAPbase: 5 9 one two\nContent-Length: "
      "3\n\n",
      false);
  CHECK(fields.header == "A: b\nContent-Length: 3\n\n");
  CHECK(fields.flags.system ==
        (mailstore::kSeen | mailstore::kAnswered | mailstore::kFlagged | mailstore::kDeleted | mailstore::kDraft));
  CHECK(fields.flags.keywords == std::vector<std::string>{"one", "two"});
  CHECK(fields.uid == Uid(7));
  CHECK(fields.uid_validity == UidValidity(5));
  CHECK(fields.uid_next == Uid(10));
  CHECK(take_mbox_fields("Content-Length: 3\n\n", true).header == "\n");
  CHECK(take_mbox_fields("X-Mozilla-Status: 0009\n\n", false).is_gone);
  CHECK_FALSE(take_mbox_fields("X-Mozilla-Status: zz\n\n", false).is_gone);
  CHECK(take_mbox_fields("X-IMAP: 1 2\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\n", false)
            .is_internal);
  CHECK(take_mbox_fields("X-Gmail-Labels: Inbox,\"a b\",=?UTF-8?Q?=C3=BC?=\n\n", false).labels ==
        std::vector<std::string>{"Inbox", "a b", "\xc3\xbc"});
}

TEST_CASE("uid list: Dovecot's in both versions, Courier's, and what is none") {
  const auto list = UidList::parse(
      "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,\n"
      "25017 W2481 P000061b94c07 :1276533073.M242911P3632.kurkku:2,F\nnonsense\n0 :zero\n99999999999 :large\n");
  CHECK(list.uid_validity == UidValidity(1275660208));
  CHECK(list.uid_next == Uid(25022));
  REQUIRE(list.messages.size() == 2);
  CHECK(list.messages.at("1276528487.M364837P9451.kurkku,S=1355,W=1394").uid == Uid(25006));
  CHECK(list.messages.at("1276533073.M242911P3632.kurkku").pop3_unique_id == "000061b94c07");
  std::string printed;
  list.print(printed);
  CHECK(printed ==
        "3 V1275660208 N25022\n25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394\n"
        "25017 P000061b94c07 :1276533073.M242911P3632.kurkku\n");
  const auto old = UidList::parse("1 1100000000 8\n5 a:2,S\n7 b\n");
  CHECK(old.uid_validity == UidValidity(1100000000));
  CHECK(old.messages.at("a").uid == Uid(5));
  CHECK(UidList::parse("").messages.empty());
}

TEST_CASE("uid list: keywords, subscriptions, unique-ids") {
  CHECK(parse_dovecot_keywords("0 work\n2 $Junk\nx\n26 beyond\n") == std::vector<std::string>{"work", "", "$Junk"});
  CHECK(parse_courier_keywords("one\ntwo\n\na:2,S:0 1\nb:9\n").at("a") == std::vector<std::string>{"one", "two"});
  CHECK(parse_courier_pop3("/2 8 123\na:2,S 100 7:123\nb 5 0:0\nc 5 9\n") ==
        std::map<std::string, std::string, std::less<>>{{"a", "UID7-123"}, {"b", "b"}, {"c", "UID9"}});
  CHECK(parse_subscriptions("V\t2\n\na\tb\nINBOX\n") == std::vector<std::string>{"a/b", "INBOX"});
  CHECK(parse_subscriptions("INBOX.Sent\n") == std::vector<std::string>{"INBOX.Sent"});
  CHECK(pop3_unique_id_of("%08Xu%08Xv", Uid(26), UidValidity(0x4c070000), "x") == "0000001a4c070000");
  CHECK(pop3_unique_id_of("%v-%u", Uid(26), UidValidity(5), "x") == "5-26");
  CHECK(pop3_unique_id_of("%f%%", Uid(26), UidValidity(5), "x") == "x%");
  CHECK(pop3_unique_id_of("%q", Uid(26), UidValidity(5), "x").empty());
  CHECK(pop3_unique_id_of("%", Uid(26), UidValidity(5), "x").empty());
  CHECK(pop3_unique_id_of("%99999999999u", Uid(26), UidValidity(5), "x").empty());
}

TEST_CASE("names: what other systems call their mailboxes") {
  CHECK(use_of_name("sent items") == mailstore::SpecialUse::sent);
  CHECK(use_of_name("Work") == mailstore::SpecialUse::none);
  CHECK(acceptable_name("a//b/") == "a/b");
  CHECK(acceptable_name("inbox") == "INBOX");
  CHECK(acceptable_name("a\tb") == "a_b");
  CHECK(acceptable_name("") == "Imported");
  CHECK(acceptable_name(std::string(5000, 'x')).size() == 1000);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "d/";
  CHECK(acceptable_name(deep) != "Imported");
}

TEST_CASE("export: names of files are as long as they may be, and none is another's") {
  CHECK(file_name_of("short") == "short");
  const std::string one = std::string(300, 'x') + "1", other = std::string(300, 'x') + "2";
  CHECK(file_name_of(one).size() == 230);
  CHECK(file_name_of(one) != file_name_of(other));
  std::string long_name = "a";
  for (int i = 0; i < 150; ++i) long_name += "\u00e4";
  CHECK(codec::is_valid_utf8(file_name_of(long_name)));
}

TEST_CASE("frames: pass a channel as they are, and anything else is refused") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  std::atomic<bool> stop{false};
  {
    Channel one(ends[0], &stop), other(ends[1], &stop);
    const MessageTold told{"key", Uid(7), {mailstore::kSeen, {"work"}}, from_seconds(5), "id"};
    REQUIRE(one.write(kind::kMessage, encode(told)));
    REQUIRE(one.flush());
    const auto frame = other.read();
    REQUIRE(frame);
    const auto read = decode<MessageTold>(frame->payload);
    REQUIRE(read);
    CHECK(encode(*read) == encode(told));
    for (std::size_t n = 0; n < frame->payload.size(); ++n)
      CHECK_FALSE(decode<MessageTold>(frame->payload.substr(0, n)));
    REQUIRE(::write(ends[0], "B\xff\xff\xff\xff", 5) == 5);
    CHECK(other.read().error().code == Code::invalid);
  }
  stop = true;
  CHECK(Channel(ends[0], &stop).read().error().code == Code::cancelled);
  ::close(ends[1]);
  stop = false;
  CHECK(Channel(ends[0], &stop).read().error().code == Code::closed);
  ::close(ends[0]);
}

TEST_CASE("frames: why the other side has gone is read, also by who had something to say") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const std::atomic<bool> stop = false;
  Channel here(ends[0], &stop), there(ends[1], &stop);
  REQUIRE(here.write(kind::kOffer, "not read"));
  REQUIRE(here.flush());
  REQUIRE(there.write(kind::kError, "why"));
  REQUIRE(there.flush());
  ::close(ends[1]);
  REQUIRE(here.write(kind::kOffer, "not sent"));
  const auto frame = here.read();
  REQUIRE(frame);
  CHECK(frame->payload == "why");
  CHECK(here.read().error().code == Code::closed);
  ::close(ends[0]);
}
