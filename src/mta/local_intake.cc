#include "mta/local_intake.h"

#include <algorithm>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "mta/trace.h"

namespace posthorn::mta {
namespace {

constexpr std::size_t kIdLength = 12;
constexpr std::string_view kPostmaster = "postmaster";

std::unexpected<Error> no_room() { return fail(Code::full_disk, "the disk is nearly full, please try again later"); }

/// RFC 5321 4.5.1: a bare postmaster is the server's own.
std::string address_of(const smtp::ForwardPath& to, const std::string& hostname) {
  return to.is_bare_postmaster() ? std::string(kPostmaster) + "@" + hostname : to.mailbox.text();
}

}  // namespace

smtp::Task<Result<void>> LocalIntake::connect() { co_return Result<void>(); }

smtp::Task<Result<void>> LocalIntake::mail(smtp::ReversePath from, smtp::MailParameters parameters) {
  if (!mail_->mailstore->store().has_room()) co_return no_room();
  id_ = random_name(kIdLength);
  from_ = std::move(from);
  declared_size_ = parameters.size.value_or(0);
  co_return Result<void>();
}

smtp::Task<Result<std::optional<directory::AccountEntry>>> LocalIntake::find_entry(std::string address) const {
  const auto* directory = mail_->directory;
  auto entry = directory->find(address, store::Wait::never);
  if (!entry && entry.error().code == Code::unavailable)
    entry = co_await mail_->mailstore->offload().run([&] { return directory->find(address); });
  co_return entry;
}

smtp::Task<Result<mailstore::AccountPtr>> LocalIntake::find_account(std::string address) const {
  auto entry = co_await find_entry(address);
  if (!entry) co_return fail(entry);
  if (*entry) co_return co_await mail_->mailstore->open((*entry)->id);
  const auto at = address.rfind('@');
  const auto domain = address.substr(at + 1);
  const auto is_ours = co_await mail_->mailstore->offload().run([&] { return mail_->directory->has_domain(domain); });
  if (!is_ours) co_return fail(is_ours);
  const bool is_here = *is_ours || iequals(domain, mail_->hostname);
  if (is_here && iequals(address.substr(0, at), kPostmaster) && !mail_->postmaster.empty()) {
    entry = co_await find_entry(mail_->postmaster);
    if (!entry) co_return fail(entry);
    if (*entry) co_return co_await mail_->mailstore->open((*entry)->id);
  }
  if (*is_ours) co_return fail(Code::not_found, "there is no mailbox " + address);
  co_return fail(Code::denied, "this server takes mail for its own domains only");
}

smtp::Task<Result<void>> LocalIntake::rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) {
  std::string address = address_of(to, mail_->hostname);
  auto account = co_await find_account(address);
  if (!account) co_return fail(account);
  // With the trace fields, which count as well; of an undeclared message they show at least whether the account is
  // full.
  const auto bytes = trace(address).size() + declared_size_;
  co_return delivery_.add({std::move(address), std::move(parameters), std::move(*account)}, bytes);
}

std::string LocalIntake::trace(const std::string& recipient) const {
  return trace_fields(
      *session_,
      {.hostname = mail_->hostname, .id = id_, .reverse_path = from_, .recipient = recipient, .time = wall_now()});
}

smtp::Task<Result<void>> LocalIntake::data() {
  if (!mail_->mailstore->store().has_room()) co_return no_room();
  const auto& recipients = delivery_.recipients();
  auto fields = trace(recipients.size() == 1 ? recipients.front().address : "");
  writer_ = std::make_unique<mailstore::MessageWriter>(*mail_->mailstore, std::move(fields));
  co_return Result<void>();
}

smtp::Task<Result<std::vector<Result<void>>>> LocalIntake::deliver() {
  const auto size = writer_->size();
  if (size > declared_size_)
    if (auto room = delivery_.grow(size - declared_size_); !room) co_return fail(room);
  auto message = co_await writer_->finish();
  if (!message) co_return fail(message);
  co_return co_await delivery_.deliver(std::move(*message));
}

void LocalIntake::log_outcome(const LocalRecipient& recipient, const Result<void>& outcome, std::uint64_t size) const {
  base::log::Line line(outcome ? base::log::info : base::log::warning, "mta",
                       outcome ? "delivered" : "delivery.failed");
  line.with("session", session_->id)
      .with("message", id_)
      .with("from", from_.text())
      .with("to", recipient.address)
      .with("size", size);
  if (!outcome) line.with("error", outcome.error().text);
}

void LocalIntake::log_outcomes(const Result<std::vector<Result<void>>>& outcomes, std::uint64_t size) const {
  const auto& recipients = delivery_.recipients();
  for (std::size_t i = 0; i < recipients.size(); ++i)
    log_outcome(recipients[i], outcomes ? (*outcomes)[i] : fail(outcomes), size);
}

smtp::Task<Result<smtp::Receipt>> LocalIntake::end() {
  const auto size = writer_->size();
  const auto outcomes = co_await deliver();
  log_outcomes(outcomes, size);
  std::string text = "accepted as " + id_;
  reset();
  if (!outcomes) co_return fail(outcomes);
  // Answered together, they share one outcome.
  if (!outcomes->front()) co_return fail(outcomes->front());
  co_return smtp::Receipt{std::move(text)};
}

void LocalIntake::reset() {
  writer_.reset();
  delivery_.clear();
  declared_size_ = 0;
  from_ = {};
}

}  // namespace posthorn::mta
