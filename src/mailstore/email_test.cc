#include "mailstore/email.h"

#include <doctest/doctest.h>

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

Email sample() {
  Email email;
  email.digest.fill(7);
  email.blob_size = 90;
  email.prefix = "Return-Path: <>\r\n";
  email.thread = ThreadId(3);
  email.received = from_micros(1'700'000'000'000'000);
  email.summary.preview = "hello";
  return email;
}

}  // namespace

TEST_CASE("email: the row keeps how it arrived") {
  Email email = sample();
  CHECK_FALSE(decode_email(encode_email(email))->arrival);
  email.arrival = Arrival{.from = "a@x.test",
                          .to = "b@y.test",
                          .returns = "HDRS",
                          .envelope_id = "id 1",
                          .notify = "SUCCESS,DELAY",
                          .original_recipient = "rfc822;c@z.test",
                          .is_utf8 = true,
                          .is_binary = false};
  const auto row = encode_email(email);
  const auto again = decode_email(row);
  REQUIRE(again);
  CHECK(again->arrival == email.arrival);
  CHECK(again->summary.preview == "hello");
  for (std::size_t n = 0; n < row.size(); ++n) CHECK_FALSE(decode_email(std::string_view(row).substr(0, n)));
}

TEST_CASE("email: a row of version 1 is read, a newer one is refused") {
  const Email email = sample();
  std::string row = encode_email(email);
  const std::size_t arrival = 1 + email.digest.size() + 1 + 1 + email.prefix.size() + 1 + 8;
  CHECK(row[arrival] == 0);
  row.erase(arrival, 1);
  row[0] = 1;
  const auto old = decode_email(row);
  REQUIRE(old);
  CHECK(old->prefix == email.prefix);
  CHECK(old->received == email.received);
  CHECK(old->summary.preview == "hello");
  CHECK_FALSE(old->arrival);
  row[0] = 3;
  CHECK(decode_email(row).error().code == Code::not_supported);
}
