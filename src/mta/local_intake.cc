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

smtp::Task<Result<void>> LocalIntake::rcpt(smtp::ForwardPath to, smtp::RcptParameters) {
  std::string address = address_of(to, mail_->hostname);
  auto account = co_await find_account(address);
  if (!account) co_return fail(account);
  auto room = reserve(*account, address);
  if (!room) co_return fail(room);
  recipients_.push_back({std::move(address), std::move(*account), std::move(*room)});
  co_return Result<void>();
}

std::string LocalIntake::trace(const std::string& recipient) const {
  return trace_fields(
      *session_,
      {.hostname = mail_->hostname, .id = id_, .reverse_path = from_, .recipient = recipient, .time = wall_now()});
}

bool LocalIntake::is_named(const mailstore::AccountPtr& account) const {
  return std::any_of(recipients_.begin(), recipients_.end(), [&](const Recipient& r) { return r.account == account; });
}

// With the trace fields, which count as well; of an undeclared message they show at least whether the account is full.
Result<std::optional<mailstore::QuotaReservation>> LocalIntake::reserve(const mailstore::AccountPtr& account,
                                                                        const std::string& address) const {
  if (is_named(account)) return std::nullopt;
  auto room = mailstore::QuotaReservation::make(account, trace(address).size() + declared_size_);
  if (!room) return fail(room);
  return std::optional(std::move(*room));
}

Result<void> LocalIntake::reserve_rest(std::uint64_t size) {
  if (size <= declared_size_) return {};
  std::optional<Error> refused;
  for (const auto& recipient : recipients_) {
    if (!recipient.room) continue;
    auto room = mailstore::QuotaReservation::make(recipient.account, size - declared_size_);
    if (room)
      rest_.push_back(std::move(*room));
    else
      refused = room.error();
  }
  if (refused && rest_.empty()) return std::unexpected(*refused);
  return {};
}

smtp::Task<Result<void>> LocalIntake::data() {
  if (!mail_->mailstore->store().has_room()) co_return no_room();
  auto fields = trace(recipients_.size() == 1 ? recipients_.front().address : "");
  writer_ = std::make_unique<mailstore::MessageWriter>(*mail_->mailstore, std::move(fields));
  co_return Result<void>();
}

std::vector<mailstore::Addition> LocalIntake::additions(const mailstore::NewMessagePtr& message) const {
  std::vector<mailstore::Addition> all;
  const auto now = wall_now();
  for (const auto& recipient : recipients_) {
    const bool is_named_twice = std::any_of(
        all.begin(), all.end(), [&](const mailstore::Addition& a) { return a.target.account == recipient.account; });
    if (is_named_twice) continue;
    // INBOX: the first mailbox of every account, never removed or made anew.
    all.push_back({message, {recipient.account, MailboxId(1), {}, now, true}});
  }
  return all;
}

void LocalIntake::log_outcome(const Result<std::vector<mailstore::AppendedTo>>& outcome, std::uint64_t size) const {
  for (std::size_t i = 0; i < recipients_.size(); ++i) {
    base::log::Line line(outcome ? base::log::info : base::log::warning, "mta",
                         outcome ? "delivered" : "delivery.failed");
    line.with("session", session_->id)
        .with("message", id_)
        .with("from", from_.text())
        .with("to", recipients_[i].address)
        .with("size", size);
    if (!outcome) line.with("error", outcome.error().text);
  }
}

smtp::Task<Result<std::vector<mailstore::AppendedTo>>> LocalIntake::deliver() {
  if (auto room = reserve_rest(writer_->size()); !room) co_return fail(room);
  auto message = co_await writer_->finish();
  if (!message) co_return fail(message);
  co_return co_await mailstore::append(mail_->mailstore, additions(*message));
}

smtp::Task<Result<std::string>> LocalIntake::end() {
  const auto size = writer_->size();
  const auto outcome = co_await deliver();
  log_outcome(outcome, size);
  std::string text = "accepted as " + id_;
  reset();
  if (!outcome) co_return fail(outcome);
  co_return text;
}

void LocalIntake::reset() {
  writer_.reset();
  recipients_.clear();
  rest_.clear();
  declared_size_ = 0;
  from_ = {};
}

}  // namespace posthorn::mta
