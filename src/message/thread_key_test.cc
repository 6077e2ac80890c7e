#include "message/thread_key.h"

#include <doctest/doctest.h>

using namespace posthorn::message;

TEST_CASE("thread_key: the base subject of RFC 5256 2.1") {
  struct Row {
    std::string_view subject, base;
    bool is_reply;
  };
  for (const auto& [subject, base, is_reply] : std::vector<Row>{
           {"", "", false},
           {"hello", "hello", false},
           {" \t a   b\t c ", "a b c", false},
           {"Re: hello", "hello", true},
           {"RE : fwd:FW[2]: hello", "hello", true},
           {"re: re: re:", "", true},
           {"Re[2]: hello", "hello", true},
           {"[list] hello", "hello", false},
           {"[list] Re: [other] hello", "hello", true},
           {"Re: [list] Re: hello (fwd) (FWD) ", "hello", true},
           {"[list]", "[list]", false},
           {"[a] [b]", "[b]", false},
           {"[Fwd: hello]", "hello", true},
           {"[fwd: Re: [x] hello (fwd)]", "hello", true},
           {"[fwd: [fwd: hello]]", "hello", true},
           {"[fwd: hello", "[fwd: hello", false},
           {"Reply: hello", "Reply: hello", false},
           {"re hello", "re hello", false},
           {"[a[b] hello", "[a[b] hello", false},
           {"(fwd)", "", true},
           {"AW: hello", "AW: hello", false},
       })
    CHECK_MESSAGE(base_subject(subject) == (BaseSubject{std::string(base), is_reply}), subject);
}

TEST_CASE("thread_key: base subject of hostile length") {
  std::string blobs, forwards;
  for (int i = 0; i < 100'000; ++i) {
    blobs += "[]";
    forwards += "[fwd:";
  }
  CHECK(base_subject(blobs).text == "[]");
  CHECK(base_subject(forwards + forwards).text.size() <= kMaxBaseSubject);
}

TEST_CASE("thread_key: message ids") {
  using Ids = std::vector<std::string>;
  CHECK(message_ids("") == Ids{});
  CHECK(message_ids("<a@b>") == Ids{"a@b"});
  CHECK(message_ids(" <a@b>\r\n\t<c@d> junk <a@b> <e@[x]>") == Ids{"a@b", "c@d", "e@[x]"});
  CHECK(message_ids("<\"a\"@b> < a @ b > <a(comment)@b>") == Ids{"a@b"});
  CHECK(message_ids("<a> <> <b@c <d@e> f@g") == Ids{"d@e"});
  CHECK(message_ids("Your message of Monday <1@x> of (me)") == Ids{"1@x"});
  CHECK(message_ids("<" + std::string(2000, 'x') + "@y> <a@b>") == Ids{"a@b"});
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "<" + std::to_string(i) + "@x>";
  const auto ids = message_ids(many);
  CHECK(ids.size() == kMaxReferences);
  CHECK(ids.front() == "0@x");
  CHECK(ids[1] == "4901@x");
  CHECK(ids.back() == "4999@x");
}
