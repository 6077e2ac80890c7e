#include "sasl/scram.h"

#include <algorithm>

#include "base/random.h"
#include "codec/base64.h"
#include "codec/saslprep.h"
#include "codec/unicode.h"

namespace posthorn::sasl {
namespace {

constexpr std::size_t kLongestMessage = 8192;
constexpr std::size_t kLongestNonce = 1024;
constexpr std::size_t kNonceSize = 18;
constexpr std::uint32_t kLeastIterations = 4096;  // RFC 7677 4

// RFC 5802 7: printable = %x21-2B / %x2D-7E
bool is_nonce_char(char c) { return c > ' ' && c <= '~' && c != ','; }
bool is_value_char(char c) { return c != ','; }

std::string take_nonce(abnf::Cursor& c) {
  c.require_text("r=");
  const auto nonce = c.take_while(is_nonce_char);
  if (nonce.empty() || nonce.size() > kLongestNonce) c.fail("a nonce is expected");
  return std::string(nonce);
}

// Base64 up to the next comma or the end.
std::string take_base64(abnf::Cursor& c, std::string_view name) {
  c.require_text(name);
  auto bytes = codec::base64_decode(c.take_while(is_value_char));
  if (!bytes) c.fail("base64 is expected");
  return bytes ? std::move(*bytes) : std::string();
}

// extensions = attr-val *("," attr-val): unknown ones are passed over (RFC 5802 5.1), as long as they are well formed.
// `last` is the letter of an attribute that stands behind them.
void skip_extensions(abnf::Cursor& c, char last) {
  while (c.peek() == ',' && c.peek(1) != last) {
    c.any_char();
    if (!is_alpha(c.any_char())) c.fail("an attribute is expected");
    c.require_char('=');
    const auto value = c.take_while(is_value_char);
    if (value.empty() || value.find('\0') != std::string_view::npos || !codec::is_valid_utf8(value))
      c.fail("a value is expected");
  }
}

std::string exclusive_or(std::string a, std::string_view b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}

Error as_syntax(const abnf::Cursor& c) { return {Code::syntax, "SCRAM: " + c.error()}; }

}  // namespace

Result<ScramFirst> ScramFirst::parse(std::string_view message) {
  if (message.size() > kLongestMessage) return fail(Code::syntax, "SCRAM: the message is too long");
  abnf::Cursor c(message);
  ScramFirst first;
  first.header = Gs2Header::parse(c);
  first.bare = c.rest();
  if (c.peek() == 'm') c.fail("no mandatory extension is known");
  c.require_text("n=");
  const auto user = take_saslname(c);
  c.require_char(',');
  first.nonce = take_nonce(c);
  skip_extensions(c, '\0');
  c.require_end();
  if (!c.ok()) return std::unexpected(as_syntax(c));
  auto prepared = codec::saslprep(user);
  if (!prepared || prepared->empty()) return fail(Code::syntax, "SCRAM: such a user name is not possible");
  first.user = std::move(*prepared);
  return first;
}

Result<ScramFinal> ScramFinal::parse(std::string_view message) {
  if (message.size() > kLongestMessage) return fail(Code::syntax, "SCRAM: the message is too long");
  abnf::Cursor c(message);
  ScramFinal final;
  final.binding = take_base64(c, "c=");
  c.require_char(',');
  final.nonce = take_nonce(c);
  skip_extensions(c, 'p');
  final.without_proof = message.substr(0, c.position());
  c.require_char(',');
  final.proof = take_base64(c, "p=");
  c.require_end();
  if (!c.ok()) return std::unexpected(as_syntax(c));
  return final;
}

std::string ScramServer::fresh_nonce() { return codec::base64_encode(random_bytes(kNonceSize)); }

ScramServer::ScramServer(codec::Hash hash, bool is_plus, Origin origin, Verifier* verifier, std::string nonce)
    : hash_(hash), is_plus_(is_plus), origin_(std::move(origin)), verifier_(verifier), own_nonce_(std::move(nonce)) {}

Task<Step> ScramServer::step(std::string response) {
  if (identity_) {
    if (!response.empty()) co_return Step::failed({Code::syntax, "SCRAM: an empty response is expected"});
    co_return Step::done(std::move(*identity_));
  }
  if (first_) co_return co_await answer_final(std::move(response));
  co_return co_await answer_first(std::move(response));
}

// RFC 5802 6: the flag tells whether somebody between us has taken -PLUS off the list.
Result<void> ScramServer::check_binding() const {
  using Flag = Gs2Header::Flag;
  const auto& header = first_->header;
  if (is_plus_ && header.flag != Flag::bound)
    return fail(Code::syntax, "SCRAM: -PLUS is chosen, but no channel is bound");
  if (!is_plus_ && header.flag == Flag::bound)
    return fail(Code::syntax, "SCRAM: a channel is bound, but -PLUS is not chosen");
  if (header.flag == Flag::unoffered && origin_.has_channel_binding())
    return fail(Code::denied, "SCRAM: -PLUS was offered, but somebody has hidden it from you");
  return {};
}

Task<Step> ScramServer::answer_first(std::string response) {
  auto first = ScramFirst::parse(response);
  if (!first) co_return Step::failed(first.error());
  first_ = std::move(*first);
  if (const auto fits = check_binding(); !fits) co_return Step::failed(fits.error());
  binding_ = first_->header.print();
  if (is_plus_) {
    std::string data;
    for (const auto kind : net::kChannelBindings)
      if (name_of(kind) == first_->header.binding) data = origin_.channel_binding(kind);
    if (data.empty()) co_return Step::failed({Code::invalid, "SCRAM: this channel has no such binding"});
    binding_ += data;
  }
  auto keys = co_await verifier_->scram_keys(origin_, first_->user, hash_);
  if (!keys) co_return Step::failed(keys.error());
  keys_ = std::move(*keys);
  server_first_ = "r=" + first_->nonce + own_nonce_ + ",s=" + codec::base64_encode(keys_.salt) +
                  ",i=" + std::to_string(keys_.iterations);
  co_return Step::challenge(server_first_);
}

Task<Step> ScramServer::answer_final(std::string response) {
  const auto final = ScramFinal::parse(response);
  if (!final) co_return Step::failed(final.error());
  if (final->nonce != first_->nonce + own_nonce_) co_return Step::failed({Code::denied, "SCRAM: the nonce is another"});
  if (!codec::equal_in_constant_time(final->binding, binding_))
    co_return Step::failed({Code::denied, "SCRAM: the channel binding does not fit, somebody may be between us"});
  if (final->proof.size() != codec::size_of(hash_))
    co_return Step::failed({Code::syntax, "SCRAM: the proof has not the size of the hash"});
  const std::string message = first_->bare + "," + server_first_ + "," + final->without_proof;
  const auto* fitting = fitting_keys(final->proof, message);
  auto identity = co_await verifier_->conclude_scram(origin_, first_->header.authorization, first_->user,
                                                     fitting ? std::optional(fitting->credential) : std::nullopt);
  if (!identity) co_return Step::failed(identity.error());
  if (fitting == nullptr) co_return Step::failed({Code::bad_credentials, "User name or password is wrong"});
  identity_ = std::move(*identity);
  co_return Step::challenge("v=" + codec::base64_encode(codec::hmac(hash_, fitting->server_key, message)));
}

// Those of the password behind the proof; null for none. All are tried, so that the time does not tell which it is.
const ScramKeys* ScramServer::fitting_keys(const std::string& proof, const std::string& message) const {
  const auto fits = [&](const ScramKeys& keys) {
    const auto client_key = exclusive_or(proof, codec::hmac(hash_, keys.stored_key, message));
    return codec::equal_in_constant_time(codec::digest(hash_, client_key), keys.stored_key);
  };
  const ScramKeys* found = fits(keys_) ? &keys_ : nullptr;
  for (const auto& keys : keys_.others)
    if (fits(keys)) found = &keys;
  return found;
}

ScramBinding ScramBinding::choose(bool is_plus, const std::function<std::string(net::ChannelBinding)>& channel) {
  if (channel)
    for (const auto kind : net::kChannelBindings) {
      auto data = channel(kind);
      if (data.empty()) continue;
      if (!is_plus) return {.flag = Gs2Header::Flag::unoffered};
      return {Gs2Header::Flag::bound, std::string(name_of(kind)), std::move(data)};
    }
  return {};
}

ScramClient::ScramClient(codec::Hash hash, PlainMessage credentials, ScramBinding binding, std::string nonce)
    : hash_(hash), credentials_(std::move(credentials)), binding_(std::move(binding)), nonce_(std::move(nonce)) {}

std::string_view ScramClient::name() const {
  const bool is_plus = binding_.flag == Gs2Header::Flag::bound;
  if (hash_ == codec::Hash::sha1) return is_plus ? "SCRAM-SHA-1-PLUS" : "SCRAM-SHA-1";
  return is_plus ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";
}

Result<std::string> ScramClient::step(const std::string& challenge) {
  switch (std::exchange(state_, State::over)) {
    case State::first: {
      if (!challenge.empty()) return fail(Code::denied, "SCRAM: the client speaks first");
      bare_ = "n=";
      print_saslname(bare_, codec::saslprep(credentials_.user).value_or(credentials_.user));
      bare_ += ",r=" + nonce_;
      state_ = State::proof;
      return Gs2Header{binding_.flag, binding_.name, credentials_.authorization}.print() + bare_;
    }
    case State::proof: return prove(challenge);
    case State::signature: return check_signature(challenge);
    default: return fail(Code::denied, "SCRAM: the exchange is over");
  }
}

Result<std::string> ScramClient::prove(const std::string& server_first) {
  if (server_first.size() > kLongestMessage) return fail(Code::denied, "SCRAM: the challenge is too long");
  abnf::Cursor c(server_first);
  if (c.peek() == 'm') c.fail("no mandatory extension is known");
  const auto nonce = take_nonce(c);
  c.require_char(',');
  const auto salt = take_base64(c, "s=");
  c.require_text(",i=");
  const auto iterations = c.number<std::uint32_t>();
  skip_extensions(c, '\0');
  c.require_end();
  if (!c.ok()) return fail(Code::denied, "SCRAM: " + c.error());
  if (!nonce.starts_with(nonce_) || nonce.size() == nonce_.size())
    return fail(Code::denied, "SCRAM: the server's nonce does not continue ours");
  if (salt.empty() || iterations < kLeastIterations || iterations > ScramKeys::kMostIterations)
    return fail(Code::denied, "SCRAM: the server's salt or iterations are not acceptable");
  const auto salted = scram_salted_password(hash_, credentials_.password, salt, iterations);
  const auto header = Gs2Header{binding_.flag, binding_.name, credentials_.authorization}.print();
  std::string final = "c=" + codec::base64_encode(header + binding_.data) + ",r=" + nonce;
  const std::string message = bare_ + "," + server_first + "," + final;
  const auto client_key = scram_client_key(hash_, salted);
  const auto signature = codec::hmac(hash_, codec::digest(hash_, client_key), message);
  server_signature_ = codec::hmac(hash_, codec::hmac(hash_, salted, "Server Key"), message);
  state_ = State::signature;
  return final + ",p=" + codec::base64_encode(exclusive_or(client_key, signature));
}

Result<std::string> ScramClient::check_signature(const std::string& server_final) {
  abnf::Cursor c(server_final);
  if (c.try_text("e=")) return fail(Code::bad_credentials, "SCRAM: the server says " + printable(c.rest()));
  const auto signature = take_base64(c, "v=");
  skip_extensions(c, '\0');
  c.require_end();
  if (!c.ok() || !codec::equal_in_constant_time(signature, server_signature_))
    return fail(Code::denied, "SCRAM: the server does not know the password either");
  state_ = State::complete;
  return "";
}

}  // namespace posthorn::sasl
