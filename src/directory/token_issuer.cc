#include "directory/token_issuer.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "codec/base64.h"
#include "codec/digest.h"

namespace posthorn::directory {
namespace {

constexpr auto kKeysLast = std::chrono::hours(1);
constexpr auto kBetweenFetches = std::chrono::minutes(1);
constexpr auto kAfterFailure = std::chrono::seconds(5);
constexpr auto kLeeway = std::chrono::seconds(60);
constexpr auto kIntrospectionLasts = std::chrono::seconds(60);
constexpr std::size_t kMostRemembered = 10'000;

std::unexpected<Error> refused(const std::string& why) { return fail(Code::bad_credentials, "the token " + why); }

// application/x-www-form-urlencoded
std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || std::string_view("-._~").find(c) != std::string_view::npos)
      out += c;
    else
      out += "%" + to_upper(to_hex(std::string_view(&c, 1)));
  }
  return out;
}

std::string configuration_url(const std::string& issuer) {
  return (issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer) + "/.well-known/openid-configuration";
}

bool is_https(const std::string& url) { return istarts_with(url, "https://"); }

}  // namespace

bool TokenIssuer::Published::has_key(const std::string& id) const {
  return id.empty() || std::ranges::any_of(keys, [&](const auto& key) { return key.id == id; });
}

std::string TokenIssuer::openid_configuration() const {
  return options_.issuer.empty() ? "" : configuration_url(options_.issuer);
}

net::Task<Result<TokenClaims>> TokenIssuer::verify(std::string token) {
  if (!options_.introspection_url.empty()) co_return co_await introspect(options_.introspection_url, std::move(token));
  auto parsed = codec::JsonWebToken::parse(token);
  if (parsed) co_return co_await verify_signed(std::move(*parsed));
  if (parsed.error().code != Code::syntax || options_.client_id.empty()) co_return refused("is not one that we know");
  auto issuer = co_await published("");
  if (!issuer) co_return fail(issuer);
  const std::string url = (*issuer)->introspection_endpoint;
  if (url.empty()) co_return refused("is not one that we know");
  co_return co_await introspect(url, std::move(token));
}

net::Task<Result<TokenClaims>> TokenIssuer::verify_signed(codec::JsonWebToken token) {
  bool is_signed = false;
  if (token.algorithm().starts_with("HS")) {
    is_signed = token.is_signed_by_secret(options_.client_secret);
  } else {
    const auto issuer = co_await published(token.key_id());
    if (!issuer) co_return fail(issuer);
    for (const auto& key : (*issuer)->keys)
      if (!is_signed && (token.key_id().empty() || key.id == token.key_id())) is_signed = token.is_signed_by(key);
  }
  if (!is_signed) co_return refused("is not signed by its issuer");
  const codec::ClaimRules rules{options_.issuer, options_.audience, wall_now(), kLeeway};
  if (const auto good = codec::check_claims(token.claims(), rules); !good) co_return fail(good);
  co_return claims_of(token.claims());
}

Result<TokenClaims> TokenIssuer::claims_of(const codec::JsonObject& claims) const {
  auto user = claims.text(options_.user_claim);
  if (!user || user->empty()) return refused("does not name its user (" + options_.user_claim + ")");
  // OpenID Connect Core 5.7: an address that anybody may have typed in is nobody's. Amazon Cognito tells it as a text.
  const bool is_verified = !claims.has("email_verified") || claims.truth("email_verified") == true ||
                           claims.text("email_verified") == "true";
  if (options_.user_claim == "email" && !is_verified) return refused("has an address that is not verified");
  return TokenClaims{std::move(*user), claims.text("sub").value_or(""),
                     claims.text("azp").value_or(claims.text("client_id").value_or(""))};
}

// Introspection.

net::Task<Result<TokenClaims>> TokenIssuer::introspect(std::string url, std::string token) {
  const auto digest = codec::sha256(token);
  if (auto known = recall(digest)) co_return std::move(*known);
  http::ClientRequest request{.method = "POST", .url = std::move(url)};
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  // RFC 6749 2.3.1
  if (!options_.client_id.empty())
    request.fields.emplace_back(
        "Authorization",
        "Basic " + codec::base64_encode(form_encoded(options_.client_id) + ":" + form_encoded(options_.client_secret)));
  request.body = "token=" + form_encoded(token) + "&token_type_hint=access_token";
  const auto response = co_await client_.ask(std::move(request));
  std::string failure;
  if (!response)
    failure = response.error().text;
  else if (response->status != 200)
    failure = "introspection is answered with status " + std::to_string(response->status);
  if (!failure.empty()) {
    base::log::Line(base::log::warning, "directory", "token.issuer_failed").with("why", failure);
    co_return fail(Code::unavailable, "the issuer of tokens cannot be asked now");
  }
  auto claims = introspected(response->body);
  if (claims) remember(digest, *claims);
  co_return claims;
}

// RFC 7662 2.2: all but `active` is optional; what is there must be right.
Result<TokenClaims> TokenIssuer::introspected(const std::string& body) const {
  const auto answer = codec::JsonObject::parse(body);
  if (!answer || !answer->truth("active")) return fail(Code::unavailable, "the issuer of tokens makes no sense");
  if (!*answer->truth("active")) return refused("is not active");
  if (!options_.issuer.empty() && answer->has("iss") && answer->text("iss") != options_.issuer)
    return refused("is of another issuer");
  const auto audience = answer->texts("aud");
  if (!options_.audience.empty() && answer->has("aud") &&
      std::ranges::find(audience, options_.audience) == audience.end())
    return refused("is for another audience");
  if (const auto good = codec::check_times(*answer, wall_now(), kLeeway); !good) return fail(good);
  return claims_of(*answer);
}

std::optional<TokenClaims> TokenIssuer::recall(const std::string& digest) {
  const std::lock_guard lock(mutex_);
  const auto it = introspected_.find(digest);
  if (it == introspected_.end() || it->second.until <= steady_now()) return std::nullopt;
  return it->second.claims;
}

void TokenIssuer::remember(const std::string& digest, const TokenClaims& claims) {
  const std::lock_guard lock(mutex_);
  if (introspected_.size() >= kMostRemembered) introspected_.clear();
  introspected_[digest] = {claims, steady_now() + kIntrospectionLasts};
}

// What the issuer publishes.

/// While it lives, this task fetches; whoever else wants the outcome waits for its end, however that comes.
class TokenIssuer::Fetching {
 public:
  explicit Fetching(TokenIssuer& issuer) : issuer_(issuer) {}
  ~Fetching() {
    std::vector<net::Completion<bool>> waiting;
    {
      const std::lock_guard lock(issuer_.mutex_);
      issuer_.is_fetching_ = false;
      waiting.swap(issuer_.waiting_);
    }
    for (auto& completion : waiting) completion(true);
  }
  Fetching(const Fetching&) = delete;
  Fetching& operator=(const Fetching&) = delete;

 private:
  TokenIssuer& issuer_;
};

net::Task<Result<TokenIssuer::PublishedPtr>> TokenIssuer::published(std::string key_id) {
  enum class Todo { take, wait, fetch };
  if (options_.issuer.empty()) co_return refused("is not one that we know");
  for (int round = 0;; ++round) {
    Todo todo = Todo::take;
    {
      const std::lock_guard lock(mutex_);
      const auto now = steady_now();
      const bool has_key = published_ && published_->has_key(key_id);
      const bool is_good = has_key && now < published_->fetched + kKeysLast;
      // Whoever can do with old keys is not to wait every few seconds for an issuer that is down.
      const auto pause = failure_.empty() || has_key ? Duration(kBetweenFetches) : Duration(kAfterFailure);
      if (!is_good && is_fetching_ && round < 2) todo = Todo::wait;
      if (!is_good && !is_fetching_ && round < 2 && (!tried_ || now >= *tried_ + pause)) {
        todo = Todo::fetch;
        is_fetching_ = true;
      }
      if (todo == Todo::take) {
        // Old keys are better than none while the issuer is down; a key that is not among them may be new.
        if (has_key || (published_ && failure_.empty())) co_return published_;
        co_return fail(Code::unavailable, "the issuer of tokens cannot be asked now");
      }
    }
    if (todo == Todo::wait)
      co_await await_fetch();
    else
      co_await fetch();
  }
}

net::Task<void> TokenIssuer::await_fetch() {
  co_await net::await_completion<bool>([this](net::Completion<bool> completion) {
    {
      const std::lock_guard lock(mutex_);
      if (is_fetching_) {
        waiting_.push_back(std::move(completion));
        return;
      }
    }
    completion(true);
  });
}

net::Task<void> TokenIssuer::fetch() {
  const Fetching fetching(*this);
  auto found = co_await discover();
  if (!found) base::log::Line(base::log::warning, "directory", "token.issuer_failed").with("why", found.error().text);
  const std::lock_guard lock(mutex_);
  tried_ = steady_now();
  failure_ = found ? "" : found.error().text;
  if (found) published_ = std::make_shared<const Published>(std::move(*found));
}

net::Task<Result<TokenIssuer::Published>> TokenIssuer::discover() const {
  const auto configuration = co_await get(configuration_url(options_.issuer));
  if (!configuration) co_return fail(configuration);
  // OpenID Connect Discovery 4.3: or another may speak for it.
  if (configuration->text("issuer") != options_.issuer)
    co_return fail(Code::unavailable, "the configuration found is not that of " + options_.issuer);
  const auto url = configuration->text("jwks_uri").value_or("");
  if (!is_https(url)) co_return fail(Code::unavailable, "jwks_uri is no https URL");
  const auto response = co_await client_.ask({.url = url});
  if (!response) co_return fail(response);
  auto keys = codec::parse_json_web_keys(response->body);
  if (response->status != 200 || !keys || keys->empty())
    co_return fail(Code::unavailable, "there are no keys at " + url);
  const auto endpoint = configuration->text("introspection_endpoint").value_or("");
  co_return Published{std::move(*keys), is_https(endpoint) ? endpoint : "", steady_now()};
}

net::Task<Result<codec::JsonObject>> TokenIssuer::get(std::string url) const {
  const auto response = co_await client_.ask({.url = url, .fields = {{"Accept", "application/json"}}});
  if (!response) co_return fail(response);
  auto object = codec::JsonObject::parse(response->body);
  if (response->status != 200 || !object) co_return fail(Code::unavailable, "there is no configuration at " + url);
  co_return object;
}

}  // namespace posthorn::directory
