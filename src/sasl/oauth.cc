#include "sasl/oauth.h"

#include <algorithm>

#include "base/text.h"
#include "codec/unicode.h"
#include "sasl/gs2.h"

namespace posthorn::sasl {
namespace {

constexpr char kSeparator = '\x01';
constexpr std::size_t kLongestMessage = 64 * 1024;

// RFC 6750 2.1: b64token
bool is_token_char(char c) { return is_alnum(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos; }

// RFC 7628 3.1: value = *(VCHAR / SP / HTAB / CR / LF)
bool is_value_char(char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n'; }

void take_token(abnf::Cursor& c, std::string& token) {
  if (c.peek() == kSeparator) return;  // RFC 7628 4.3: the client asks where to get one
  c.require_text("Bearer");
  if (c.take_while([](char x) { return x == ' '; }).empty()) c.fail("a space is expected");
  token = c.take_while(is_token_char);
  if (token.empty()) c.fail("a bearer token is expected");
}

// kvpair = key "=" value ^A, of which `auth` counts.
void take_pairs(abnf::Cursor& c, std::string& token) {
  bool has_auth = false;
  while (!c.at_end() && c.peek() != kSeparator) {
    const auto key = c.take_while(is_alpha);
    if (key.empty()) c.fail("a key is expected");
    c.require_char('=');
    if (iequals(key, "auth")) {
      if (std::exchange(has_auth, true)) c.fail("auth may be given once");
      take_token(c, token);
    } else {
      c.take_while(is_value_char);
    }
    c.require_char(kSeparator);
  }
  c.require_char(kSeparator);
  c.require_end();
  if (!has_auth) c.fail("auth is missing");
}

Result<OAuthMessage> outcome(const abnf::Cursor& c, OAuthMessage message, std::string_view name) {
  if (c.ok()) return message;
  return fail(Code::syntax, std::string(name) + ": " + c.error());
}

}  // namespace

Result<OAuthMessage> OAuthMessage::parse_oauthbearer(std::string_view message) {
  if (message.size() > kLongestMessage) return fail(Code::syntax, "OAUTHBEARER: the message is too long");
  abnf::Cursor c(message);
  OAuthMessage out;
  const auto header = Gs2Header::parse(c);
  if (header.flag == Gs2Header::Flag::bound) c.fail("it has no channel binding");
  out.authorization = header.authorization;
  c.require_char(kSeparator);
  take_pairs(c, out.token);
  return outcome(c, std::move(out), "OAUTHBEARER");
}

Result<OAuthMessage> OAuthMessage::parse_xoauth2(std::string_view message) {
  if (message.size() > kLongestMessage) return fail(Code::syntax, "XOAUTH2: the message is too long");
  abnf::Cursor c(message);
  OAuthMessage out;
  c.require_text("user=");
  out.authorization = c.take_while([](char x) { return !is_ctl(x); });
  if (!codec::is_valid_utf8(out.authorization) || out.authorization.size() > 1020) c.fail("a user is expected");
  c.require_char(kSeparator);
  take_pairs(c, out.token);
  return outcome(c, std::move(out), "XOAUTH2");
}

// RFC 7628 3.2.2; XOAUTH2 says an HTTP status. The URL is of our configuration and holds nothing that JSON escapes.
std::string OAuthServer::refusal() const {
  std::string json = kind_ == Kind::oauthbearer ? R"({"status":"invalid_token")" : R"({"status":"401")";
  json += R"(,"schemes":"bearer")";
  if (const auto url = verifier_->openid_configuration(); kind_ == Kind::oauthbearer && !url.empty())
    json += R"(,"openid-configuration":")" + url + '"';
  return json + "}";
}

Task<Step> OAuthServer::step(std::string response) {
  if (error_) co_return Step::failed(*error_);
  auto message =
      kind_ == Kind::oauthbearer ? OAuthMessage::parse_oauthbearer(response) : OAuthMessage::parse_xoauth2(response);
  if (!message) co_return Step::failed(message.error());
  if (message->token.empty()) {
    error_ = Error{Code::bad_credentials, "A bearer token is needed"};
    co_return Step::challenge(refusal());
  }
  auto identity =
      co_await verifier_->verify_token(origin_, std::move(message->authorization), std::move(message->token));
  if (identity) co_return Step::done(std::move(*identity));
  if (identity.error().code != Code::bad_credentials) co_return Step::failed(identity.error());
  error_ = identity.error();
  co_return Step::challenge(refusal());
}

Result<std::string> OAuthClient::step(const std::string& challenge) {
  const bool is_bearer = kind_ == Kind::oauthbearer;
  switch (steps_++) {
    case 0: {
      if (!challenge.empty()) return fail(Code::denied, "the client speaks first");
      std::string message;
      if (is_bearer)
        message = Gs2Header{.authorization = user_}.print();
      else
        message = "user=" + user_;
      return message + kSeparator + "auth=Bearer " + token_ + kSeparator + kSeparator;
    }
    // Google's server wants an empty response where RFC 7628 3.2.3 has ^A.
    case 1: return is_bearer ? std::string(1, kSeparator) : std::string();
    default: return fail(Code::denied, "the token was refused");
  }
}

}  // namespace posthorn::sasl
