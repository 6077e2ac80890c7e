#include "mta/local_delivery.h"

#include <algorithm>

namespace posthorn::mta {
namespace {

/// The account's own trouble, which others do not share.
bool is_of_one_account(Code code) { return code == Code::not_found || code == Code::too_many; }

std::string value_of(const smtp::Parameters& parameters, std::string_view keyword) {
  const auto it = std::ranges::find(parameters, keyword, &smtp::Parameter::keyword);
  return it == parameters.end() ? "" : it->value.value_or("");
}

mailstore::Arrival arrival_of(const Envelope& envelope, const LocalRecipient& recipient) {
  const auto of_mail = envelope.parameters.to_parameters();
  const auto of_rcpt = recipient.parameters.to_parameters();
  return {.from = envelope.from.mailbox ? envelope.from.mailbox->text() : "",
          .to = recipient.address,
          .returns = value_of(of_mail, "RET"),
          .envelope_id = envelope.parameters.envelope_id.value_or(""),
          .notify = value_of(of_rcpt, "NOTIFY"),
          .original_recipient = value_of(of_rcpt, "ORCPT"),
          .is_utf8 = envelope.parameters.is_utf8,
          .is_binary = envelope.parameters.is_binary()};
}

}  // namespace

Result<void> LocalDelivery::add(LocalRecipient recipient, std::uint64_t bytes) {
  std::vector<Share> fresh;
  std::optional<Error> refused;
  bool has_anyone = false;
  for (const auto& [account, mailbox] : recipient.addressees) {
    if (share_of_.contains(account.get())) {
      has_anyone = true;
      continue;
    }
    auto room = mailstore::QuotaReservation::make(account, bytes);
    has_anyone = has_anyone || room.has_value();
    if (!room) refused = room.error();
    Share share{account, mailbox, recipients_.size(), recipient.addressees.size() > 1, std::nullopt};
    if (room) share.room = std::move(*room);
    fresh.push_back(std::move(share));
  }
  if (refused && !has_anyone) return std::unexpected(*refused);
  for (auto& share : fresh) {
    share_of_.emplace(share.account.get(), shares_.size());
    shares_.push_back(std::move(share));
  }
  recipients_.push_back(std::move(recipient));
  return {};
}

Result<void> LocalDelivery::grow(std::uint64_t bytes) {
  std::optional<Error> refused;
  bool has_anyone = false;
  for (auto& share : shares_) {
    auto room = mailstore::QuotaReservation::make(share.account, bytes);
    has_anyone = has_anyone || room.has_value();
    if (room) {
      share.rest = std::move(*room);
    } else {
      refused = room.error();
      if (answer_ == Answer::each && !share.is_one_of_many) share.outcome = fail(room);
    }
  }
  if (refused && !has_anyone) return std::unexpected(*refused);
  return {};
}

mailstore::Addition LocalDelivery::addition(const Share& share, const mailstore::NewMessagePtr& message,
                                            const Envelope& envelope) const {
  return {message,
          {share.account, share.mailbox, {}, wall_now(), true},
          arrival_of(envelope, recipients_[share.recipient])};
}

/// Of a group, that one has got it: who has not is gone meanwhile.
Result<void> LocalDelivery::outcome_of(const LocalRecipient& recipient) const {
  Result<void> outcome;
  for (const auto& addressee : recipient.addressees) {
    const auto& share = shares_[share_of_.at(addressee.account.get())];
    if (share.outcome) return {};
    outcome = share.outcome;
  }
  return outcome;
}

net::Task<Result<void>> LocalDelivery::append(std::vector<mailstore::Addition> additions) {
  const auto added = co_await mailstore::append(mailstore_, std::move(additions));
  if (!added) co_return fail(added);
  co_return Result<void>();
}

net::Task<std::vector<Result<void>>> LocalDelivery::deliver(mailstore::NewMessagePtr message,
                                                            const Envelope* envelope) {
  std::vector<Share*> willing;
  std::vector<mailstore::Addition> additions;
  for (auto& share : shares_) {
    if (!share.outcome) continue;
    willing.push_back(&share);
    additions.push_back(addition(share, message, *envelope));
  }
  Result<void> done;
  if (!willing.empty()) done = co_await append(std::move(additions));
  const bool is_of_one = !done && is_of_one_account(done.error().code) && willing.size() > 1;
  // Asked again, the sender hears of that one at RCPT.
  if (is_of_one && answer_ == Answer::together) done = fail(Code::conflict, "a recipient has just changed, try again");
  for (Share* share : willing) {
    if (!is_of_one || answer_ == Answer::together) {
      share->outcome = done;
      continue;
    }
    std::vector<mailstore::Addition> alone;
    alone.push_back(addition(*share, message, *envelope));
    share->outcome = co_await append(std::move(alone));
  }
  std::vector<Result<void>> outcomes;
  outcomes.reserve(recipients_.size());
  for (const auto& recipient : recipients_) outcomes.push_back(outcome_of(recipient));
  co_return outcomes;
}

void LocalDelivery::clear() {
  recipients_.clear();
  shares_.clear();
  share_of_.clear();
}

}  // namespace posthorn::mta
