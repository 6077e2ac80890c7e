#include "net/proxy.h"

#include <doctest/doctest.h>

#include "base/log.h"
#include "codec/crc32c.h"
#include "net/memory_stream.h"
#include "net/proxy_header.h"
#include "net/run_for_test.h"
#include "net/task_group.h"

using namespace posthorn;
using namespace posthorn::net;
using namespace std::string_literals;

namespace {

std::string header(char command, char family, const std::string& rest) {
  return "\r\n\r\n\0\r\nQUIT\n"s + command + family + static_cast<char>(rest.size() >> 8) +
         static_cast<char>(rest.size()) + rest;
}

const std::string kFour = "\xc0\x00\x02\x07\xc6\x33\x64\x01\x0f\xa0\x00\x19"s;  // 192.0.2.7:4000 -> 198.51.100.1:25
const std::string kSix = std::string(15, '\0') + '\x07' + std::string(15, '\0') + '\x08' + "\x0f\xa0\x00\x19"s;
const ProxyHeader kNamesFour{
    ProxyHeader::Names{*Endpoint::parse("192.0.2.7:4000"), *Endpoint::parse("198.51.100.1:25")}};

std::string with_checksum(const std::string& addresses, std::uint32_t error) {
  std::string whole = header(0x21, 0x11, addresses + "\x03\x00\x04\0\0\0\0"s);
  const auto sum = codec::crc32c(whole) ^ error;
  for (int i = 0; i < 4; ++i)
    whole[whole.size() - 4 + static_cast<std::size_t>(i)] = static_cast<char>(sum >> (24 - 8 * i));
  return whole;
}

}  // namespace

TEST_CASE("proxy_header: what is one") {
  struct Case {
    std::string bytes;
    ProxyHeader expected;
  };
  const Case cases[] = {
      {header(0x21, 0x11, kFour), kNamesFour},
      {header(0x21, 0x21, kSix), {ProxyHeader::Names{*Endpoint::parse("[::7]:4000"), *Endpoint::parse("[::8]:25")}}},
      {header(0x21, 0x11, kFour + "\x04\x00\x03xyz\xe0\x00\x00"s), kNamesFour},
      {with_checksum(kFour, 0), kNamesFour},
      {header(0x20, 0x00, ""), {}},
      {header(0x20, 0x11, "garbage"), {}},
      {header(0x21, 0x00, "garbage"), {}},
      {header(0x21, 0x31, std::string(216, 'x')), {}},
      {header(0x21, 0x11, kFour + "\x04\x0f\xe1"s + std::string(0xfe1, 'x')), kNamesFour},
  };
  for (const Case& c : cases) {
    CAPTURE(c.bytes);
    const auto parsed = parse_proxy_header(c.bytes);
    REQUIRE(parsed);
    CHECK(*parsed == c.expected);
    for (std::size_t n = 0; n < std::min<std::size_t>(c.bytes.size(), 100); ++n)
      CHECK_FALSE(parse_proxy_header(std::string_view(c.bytes).substr(0, n)));
    CHECK_FALSE(parse_proxy_header(c.bytes + "x"));
  }
}

TEST_CASE("proxy_header: what is not one") {
  const std::string cases[] = {
      "PROXY TCP4 192.0.2.7 198.51.100.1 4000 25\r\n",
      "EHLO a client that knows no proxy\r\n",
      header(0x11, 0x11, kFour),
      header(0x22, 0x11, kFour),
      header(0x21, 0x12, kFour),
      header(0x21, 0x41, kFour),
      header(0x21, 0x11, kFour.substr(1)),
      header(0x21, 0x21, kFour),
      header(0x21, 0x11, kFour + "\x04\x00"s),
      header(0x21, 0x11, kFour + "\x04\x00\x09xyz"s),
      header(0x21, 0x11, kFour + "\x03\x00\x03xyz"s),
      with_checksum(kFour, 1),
      header(0x20, 0x00, std::string(4097, 'x')),
  };
  for (const auto& bytes : cases) {
    CAPTURE(bytes);
    CHECK_FALSE(parse_proxy_header(bytes));
  }
}

TEST_CASE("address: networks") {
  struct Case {
    const char *network, *ip;
    bool contains;
  };
  const Case cases[] = {
      {"192.0.2.0/24", "192.0.2.255", true},
      {"192.0.2.0/24", "192.0.3.0", false},
      {"10.0.0.0/9", "10.127.0.1", true},
      {"10.0.0.0/9", "10.128.0.1", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "127.0.0.2", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"::1/128", "::1", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.network);
    CAPTURE(c.ip);
    CHECK(IpNetwork::parse(IpNetwork::parse(c.network)->text()) == IpNetwork::parse(c.network));
    CHECK(IpNetwork::parse(c.network)->contains(*IpAddress::parse(c.ip)) == c.contains);
  }
  CHECK(IpNetwork::parse("10.1.2.3/8")->text() == "10.0.0.0/8");
  CHECK(IpNetwork::parse("192.0.2.1/32")->text() == "192.0.2.1");
  CHECK(IpNetwork::of_peer(*IpAddress::parse("192.0.2.1")).text() == "192.0.2.1");
  CHECK(IpNetwork::of_peer(*IpAddress::parse("2001:db8::1:0:0:0:1")).text() == "2001:db8:0:1::/64");
  for (const char* bad : {"", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0/8", "localhost"})
    CHECK_FALSE(IpNetwork::parse(bad));
}

namespace {

Task<> tell_peer(Stream* stream) {
  co_await stream->write(stream->peer().text() + " " + stream->local().text() + "\n");
  char c = 0;
  co_await stream->read_some(&c, 1);
  co_await stream->write(std::string(1, c));
  stream->close();
}

/// What comes back over a connection on which `bytes` are sent; the memory stream's client is 192.0.2.1.
Task<std::string> answer_to(std::string bytes, const char* trusted, bool drip) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto [client, server] = make_memory_pair(executor, {.drip = drip});
  const Serve serve = behind_proxy(tell_peer, {*IpNetwork::parse(trusted)});
  TaskGroup group(executor);
  group.spawn(serve(server.get()));
  std::string all;
  char buffer[256];
  try {
    co_await client->write(std::move(bytes));
    while (const auto got = co_await client->read_some(buffer, sizeof buffer)) all.append(buffer, got);
  } catch (const Lost&) {
    CHECK(all.empty());
  }
  co_await group.join(steady_now() + std::chrono::seconds(5));
  co_return all;
}

}  // namespace

TEST_CASE("proxy: the session has the peer that the header names, and every byte behind it") {
  base::log::redirect(-1);
  for (const bool drip : {false, true}) {
    const auto ask = [drip](std::string bytes, const char* trusted = "192.0.2.0/24") {
      return result_for_test(answer_to(std::move(bytes), trusted, drip));
    };
    CHECK(ask(header(0x21, 0x11, kFour) + "x") == "192.0.2.7:4000 198.51.100.1:25\nx");
    CHECK(ask(header(0x20, 0x00, "") + "y") == "192.0.2.1:40000 192.0.2.2:25\ny");
    CHECK(ask(header(0x21, 0x11, kFour) + "x", "198.51.100.0/24").empty());
    CHECK(ask("EHLO client.test\r\nNOOP\r\n").empty());
    CHECK(ask("PROXY TCP4 192.0.2.7 198.51.100.1 4000 25\r\n").empty());
  }
  base::log::redirect(2);
}
