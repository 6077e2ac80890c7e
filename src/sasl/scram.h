// SCRAM-SHA-1 and SCRAM-SHA-256, each with -PLUS: RFC 5802, RFC 7677, channel bindings of RFC 5929 and RFC 9266.
//
// A failed exchange ends without a server-final-message, which RFC 5802 7 leaves to us: the protocol's own refusal
// says more than `e=`, and clients need not answer first. The client's role understands `e=`.
#pragma once

#include <optional>

#include "sasl/gs2.h"
#include "sasl/mechanism.h"
#include "sasl/plain.h"

namespace posthorn::sasl {

/// client-first-message.
struct ScramFirst {
  Gs2Header header;
  std::string user;   ///< prepared by SASLprep (RFC 5802 5.1)
  std::string nonce;  ///< printable ASCII without ",", at most 1024 bytes
  std::string bare;   ///< the message without its header, as it came

  /// Errors: syntax, mandatory extensions (`m=`) among it.
  static Result<ScramFirst> parse(std::string_view message);
};

/// client-final-message.
struct ScramFinal {
  std::string binding;  ///< of `c=`, decoded
  std::string nonce;
  std::string proof;          ///< decoded
  std::string without_proof;  ///< client-final-message-without-proof, as it came

  /// Errors: syntax.
  static Result<ScramFinal> parse(std::string_view message);
};

class ScramServer final : public ServerMechanism {
 public:
  /// `nonce` is the server's part: printable ASCII without ",", fresh for every exchange.
  ScramServer(codec::Hash hash, bool is_plus, Origin origin, Verifier* verifier, std::string nonce = fresh_nonce());
  Task<Step> step(std::string response) override;

  static std::string fresh_nonce();

 private:
  Task<Step> answer_first(std::string response);
  Task<Step> answer_final(std::string response);
  Result<void> check_binding() const;
  const ScramKeys* fitting_keys(const std::string& proof, const std::string& message) const;

  const codec::Hash hash_;
  const bool is_plus_;
  const Origin origin_;
  Verifier* const verifier_;
  const std::string own_nonce_;
  std::optional<ScramFirst> first_;
  std::string server_first_;
  std::string binding_;  ///< what `c=` must hold: the GS2 header and the channel's data
  ScramKeys keys_;
  std::optional<Identity> identity_;  ///< proved; the server's signature is with the client
};

/// What the client's side of a connection can bind to.
struct ScramBinding {
  Gs2Header::Flag flag = Gs2Header::Flag::none;
  std::string name = "", data = "";

  /// For mechanism -PLUS (or not), at the channel with this data (Origin::channel_binding).
  static ScramBinding choose(bool is_plus, const std::function<std::string(net::ChannelBinding)>& channel);
};

class ScramClient final : public ClientMechanism {
 public:
  ScramClient(codec::Hash hash, PlainMessage credentials, ScramBinding binding,
              std::string nonce = ScramServer::fresh_nonce());
  std::string_view name() const override;
  bool has_initial_response() const override { return true; }
  /// The second step takes as long as the server asks for, at most ScramKeys::kMostIterations.
  Result<std::string> step(const std::string& challenge) override;
  bool is_complete() const override { return state_ == State::complete; }

 private:
  enum class State { first, proof, signature, complete, over };

  Result<std::string> prove(const std::string& server_first);
  Result<std::string> check_signature(const std::string& server_final);

  const codec::Hash hash_;
  const PlainMessage credentials_;
  const ScramBinding binding_;
  const std::string nonce_;
  State state_ = State::first;
  std::string bare_;
  std::string server_signature_;
};

}  // namespace posthorn::sasl
