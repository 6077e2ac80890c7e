#include "mta/peer_limits.h"

#include <doctest/doctest.h>

#include <vector>

using namespace posthorn;

namespace {
net::IpAddress ip(std::string_view text) { return *net::IpAddress::parse(text); }
}  // namespace

TEST_CASE("peer limits: connections of one address at once") {
  mta::PeerLimits limits(2, 0);
  {
    const auto one = limits.enter(ip("192.0.2.1")), two = limits.enter(ip("192.0.2.1"));
    CHECK(one);
    CHECK(two);
    CHECK(limits.enter(ip("192.0.2.1")).error().code == Code::too_many);
    CHECK(limits.enter(ip("192.0.2.2")));
  }
  CHECK(limits.enter(ip("192.0.2.1")));
}

TEST_CASE("peer limits: a /64 is one peer, this machine is none") {
  mta::PeerLimits limits(1, 1);
  const auto one = limits.enter(ip("2001:db8:0:1::1"));
  CHECK_FALSE(limits.enter(ip("2001:db8:0:1:ffff::2")));
  CHECK(limits.enter(ip("2001:db8:0:2::1")));
  std::vector<mta::PeerLimits::Connection> own;
  for (int i = 0; i < 3; ++i) {
    own.push_back(std::move(*limits.enter(ip("127.0.0.1"))));
    own.push_back(std::move(*limits.enter(ip("::1"))));
    CHECK(limits.count_message(ip("127.0.0.1")));
  }
}

TEST_CASE("peer limits: messages within a minute") {
  mta::PeerLimits limits(0, 2);
  CHECK(limits.count_message(ip("192.0.2.1")));
  CHECK(limits.count_message(ip("192.0.2.1")));
  CHECK(limits.count_message(ip("192.0.2.1")).error().code == Code::too_many);
  CHECK(limits.count_message(ip("192.0.2.2")));
}
