#include "mta/trace.h"

#include <doctest/doctest.h>

using namespace posthorn;

namespace {

smtp::SessionInfo session() {
  smtp::SessionInfo info;
  info.hello = "client.test";
  info.is_extended = true;
  info.peer = *net::Endpoint::parse("192.0.2.1:4000");
  return info;
}

std::string fields(const smtp::SessionInfo& info, const char* from, std::string recipient) {
  return mta::trace_fields(info, {.hostname = "mx.test",
                                  .id = "abc",
                                  .reverse_path = *smtp::ReversePath::parse(from),
                                  .recipient = std::move(recipient),
                                  .time = from_micros(1'700'000'000'000'000)});
}

}  // namespace

TEST_CASE("trace: RFC 5321 4.4, with the words of RFC 3848 and RFC 6531 4.3") {
  auto info = session();
  CHECK(fields(info, "<a@b.test>", "c@d.test") ==
        "Return-Path: <a@b.test>\r\n"
        "Received: from client.test ([192.0.2.1])\r\n"
        "\tby mx.test (Posthorn) with ESMTP id abc\r\n"
        "\tfor <c@d.test>; Tue, 14 Nov 2023 22:13:20 +0000\r\n");
  info.is_extended = false;
  CHECK(fields(info, "<>", "") ==
        "Return-Path: <>\r\n"
        "Received: from client.test ([192.0.2.1])\r\n"
        "\tby mx.test (Posthorn) with SMTP id abc; Tue, 14 Nov 2023 22:13:20 +0000\r\n");
}

TEST_CASE("trace: what is said of TLS, AUTH, LMTP and SMTPUTF8") {
  struct Case {
    smtp::Service service;
    bool has_tls, has_user, is_utf8;
    const char* protocol;
  };
  using smtp::Service;
  const Case cases[] = {
      {Service::relay, true, false, false, "ESMTPS"},         {Service::submission, false, true, false, "ESMTPA"},
      {Service::submission, true, true, false, "ESMTPSA"},    {Service::lmtp, false, false, false, "LMTP"},
      {Service::lmtp, true, true, false, "LMTPSA"},           {Service::relay, false, false, true, "UTF8SMTP"},
      {Service::submissions, true, true, true, "UTF8SMTPSA"}, {Service::lmtp, true, false, true, "UTF8LMTPS"},
  };
  net::TlsInfo tls;
  tls.protocol = "TLSv1.3";
  tls.cipher = "TLS_AES_256_GCM_SHA384";
  for (const Case& c : cases) {
    auto info = session();
    info.service = c.service;
    info.is_utf8 = c.is_utf8;
    if (c.has_tls) info.tls = &tls;
    if (c.has_user) info.user = "alice@x.test";
    const auto text = fields(info, "<>", "");
    CAPTURE(text);
    CHECK(text.find(std::string(" with ") + c.protocol + " id abc") != std::string::npos);
    CHECK((text.find("\r\n\t(TLSv1.3 TLS_AES_256_GCM_SHA384)") != std::string::npos) == c.has_tls);
    // Where users send from is not told.
    CHECK((text.find("192.0.2.1") == std::string::npos) == c.has_user);
    CHECK(text.find("alice") == std::string::npos);
  }
}
