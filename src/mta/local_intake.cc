#include "mta/local_intake.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/text.h"
#include "mta/trace.h"

namespace posthorn::mta {
namespace {

constexpr std::size_t kIdLength = 12;
constexpr std::string_view kPostmaster = "postmaster";

const metrics::Label kOutcomes{"outcome", {"delivered", "failed"}};
metrics::Counters deliveries("posthorn_deliveries_total", "Deliveries of a message to one recipient.", kOutcomes);
metrics::Counters delivery_bytes("posthorn_delivery_bytes_total", "Bytes of the messages, counted for each recipient.",
                                 kOutcomes);

/// RFC 5321 4.5.1: a bare postmaster is the server's own.
std::string address_of(const smtp::ForwardPath& to, const std::string& hostname) {
  return to.is_bare_postmaster() ? std::string(kPostmaster) + "@" + hostname : to.mailbox.text();
}

}  // namespace

smtp::Task<Result<void>> LocalIntake::connect() {
  if (mail_->limits == nullptr || session_->service == smtp::Service::lmtp) co_return Result<void>();
  auto counted = mail_->limits->enter(session_->peer.ip);
  if (!counted) co_return fail(counted);
  counted_ = std::move(*counted);
  co_return Result<void>();
}

smtp::Task<Result<void>> LocalIntake::mail(smtp::ReversePath from, smtp::MailParameters parameters) {
  if (auto may = mailstore::MessageWriter::may_begin(mail_->mailstore->store()); !may) co_return may;
  if (mail_->limits != nullptr && session_->service != smtp::Service::lmtp)
    if (auto done = mail_->limits->count_message(session_->peer.ip); !done) co_return done;
  if (!session_->credential.empty()) {
    auto* threads = mail_->asking != nullptr ? mail_->asking : &mail_->mailstore->offload();
    const auto may =
        co_await threads->run([&] { return check_submitter(*mail_->directory, *mail_->rate, *session_, from); });
    if (!may) co_return fail(may);
  }
  id_ = random_name(kIdLength);
  envelope_ = {std::move(from), std::move(parameters)};
  co_return Result<void>();
}

smtp::Task<Result<std::vector<Addressee>>> LocalIntake::find_addressees(std::string address) const {
  return mta::find_addressees({mail_->mailstore, mail_->directory, mail_->asking}, std::move(address),
                              {mail_->hostname, mail_->postmaster, session_->user});
}

smtp::Task<Result<void>> LocalIntake::rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) {
  std::string address = address_of(to, mail_->hostname);
  auto addressees = co_await find_addressees(address);
  if (!addressees) co_return fail(addressees);
  // With the trace fields, which count as well; of an undeclared message they show at least whether the account is
  // full.
  const auto bytes = trace(address).size() + envelope_.parameters.size.value_or(0);
  wants_report_ = wants_report_ || (parameters.notify && parameters.notify->success);
  co_return delivery_.add({std::move(address), std::move(parameters), std::move(*addressees)}, bytes);
}

std::string LocalIntake::trace(const std::string& recipient) const {
  return trace_fields(*session_, {.hostname = mail_->hostname,
                                  .id = id_,
                                  .reverse_path = envelope_.from,
                                  .recipient = recipient,
                                  .time = wall_now()});
}

smtp::Task<Result<void>> LocalIntake::data() {
  if (auto may = mailstore::MessageWriter::may_begin(mail_->mailstore->store()); !may) co_return may;
  const auto& recipients = delivery_.recipients();
  auto fields = trace(recipients.size() == 1 ? recipients.front().address : "");
  writer_ = std::make_unique<mailstore::MessageWriter>(*mail_->mailstore, std::move(fields));
  co_return Result<void>();
}

smtp::Task<Result<std::vector<Result<void>>>> LocalIntake::deliver() {
  const auto size = writer_->size();
  if (const auto declared = envelope_.parameters.size.value_or(0); size > declared)
    if (auto room = delivery_.grow(size - declared); !room) co_return fail(room);
  auto message = co_await writer_->finish();
  if (!message) co_return fail(message);
  co_return co_await delivery_.deliver(std::move(*message), &envelope_);
}

void LocalIntake::log_outcome(const LocalRecipient& recipient, const Result<void>& outcome, std::uint64_t size) const {
  deliveries.add(outcome ? 0 : 1);
  delivery_bytes.add(outcome ? 0 : 1, 0, size);
  base::log::Line line(outcome ? base::log::info : base::log::warning, "mta",
                       outcome ? "delivered" : "delivery.failed");
  line.with("session", session_->id)
      .with("message", id_)
      .with("from", envelope_.from.text())
      .with("to", recipient.address)
      .with("size", size);
  if (!outcome) line.with("error", outcome.error().text);
}

void LocalIntake::log_outcomes(const Result<std::vector<Result<void>>>& outcomes, std::uint64_t size) const {
  const auto& recipients = delivery_.recipients();
  for (std::size_t i = 0; i < recipients.size(); ++i)
    log_outcome(recipients[i], outcomes ? (*outcomes)[i] : fail(outcomes), size);
}

smtp::Task<> LocalIntake::report(std::vector<Result<void>> outcomes) {
  if (!wants_report_ || envelope_.from.is_null()) co_return;
  SuccessReport report{.hostname = mail_->hostname,
                       .sender = envelope_.from.mailbox->text(),
                       .envelope_id = envelope_.parameters.envelope_id.value_or(""),
                       .arrived = wall_now(),
                       .recipients = {},
                       .header = header_.header()};
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto& [address, parameters, addressees] = delivery_.recipients()[i];
    if (outcomes[i] && parameters.notify && parameters.notify->success)
      report.recipients.push_back({address, parameters.original});
  }
  if (report.recipients.empty()) co_return;
  const auto done = co_await deliver_report(std::move(report));
  base::log::Line line(base::log::info, "mta", done ? "report.delivered" : "report.dropped");
  line.with("session", session_->id).with("message", id_).with("to", envelope_.from.text());
  if (!done) line.with("error", done.error().text);
}

smtp::Task<Result<void>> LocalIntake::deliver_report(SuccessReport report) {
  auto addressees = co_await find_addressees(report.sender);
  if (!addressees) co_return fail(addressees);
  // RFC 3464 2: a report has no sender, so that none is written about it.
  const Envelope nobody;
  mailstore::MessageWriter writer(*mail_->mailstore, "Return-Path: <>\r\n");
  const std::string text = report.compose();
  writer.feed(text);
  LocalDelivery delivery(mail_->mailstore, LocalDelivery::Answer::together);
  if (auto added = delivery.add({std::move(report.sender), {}, std::move(*addressees)}, text.size()); !added)
    co_return added;
  auto message = co_await writer.finish();
  if (!message) co_return fail(message);
  co_return (co_await delivery.deliver(std::move(*message), &nobody)).front();
}

smtp::Task<Result<smtp::Receipt>> LocalIntake::end() {
  const auto size = writer_->size();
  auto outcomes = co_await deliver();
  log_outcomes(outcomes, size);
  if (outcomes) co_await report(*outcomes);
  smtp::Receipt receipt{"accepted as " + id_};
  reset();
  if (!outcomes) co_return fail(outcomes);
  if (session_->service == smtp::Service::lmtp)
    receipt.recipients = std::move(*outcomes);
  else if (!outcomes->front())
    co_return fail(outcomes->front());
  co_return receipt;
}

void LocalIntake::reset() {
  writer_.reset();
  delivery_.clear();
  envelope_ = {};
  wants_report_ = false;
  header_ = {};
}

}  // namespace posthorn::mta
