// The steps of a mechanism until it is done, for every protocol that carries them (RFC 4422 3).
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "sasl/mechanism.h"

namespace posthorn::sasl {

/// What an exchange came to: somebody, the Verifier's or the mechanism's refusal, or the protocol's own reply.
template <class Reply>
using Ended = std::variant<Identity, Error, Reply>;

/// `response` is the client's initial one, decoded; nothing where it gave none. `ask` sends a challenge and answers the
/// client's next response, decoded, or the protocol's reply that ends the exchange. The pointers outlive the call.
template <class Session, class Reply>
Task<Ended<Reply>> exchange(ServerMechanism* mechanism, std::optional<std::string> response, Session* session,
                            Task<std::expected<std::string, Reply>> (*ask)(Session* session, std::string challenge)) {
  if (!response) {
    auto first = co_await ask(session, mechanism->first_challenge());
    if (!first) co_return std::move(first.error());
    response = std::move(*first);
  }
  while (true) {
    Step step = co_await mechanism->step(std::move(*response));
    if (step.kind == Step::Kind::done) co_return std::move(step.identity);
    if (step.kind == Step::Kind::failed) co_return std::move(step.error);
    auto next = co_await ask(session, std::move(step.bytes));
    if (!next) co_return std::move(next.error());
    response = std::move(*next);
  }
}

}  // namespace posthorn::sasl
