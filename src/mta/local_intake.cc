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
  announced_ = parameters.size.value_or(0);
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

bool LocalIntake::is_recipient(const mailstore::AccountPtr& account) const {
  return std::ranges::find(recipients_, account, &Recipient::account) != recipients_.end();
}

smtp::Task<Result<void>> LocalIntake::rcpt(smtp::ForwardPath to, smtp::RcptParameters) {
  std::string address = address_of(to, mail_->hostname);
  auto account = co_await find_account(address);
  if (!account) co_return fail(account);
  Recipient recipient{std::move(address), std::move(*account), std::nullopt};
  if (!is_recipient(recipient.account)) {
    // A full account takes nothing, also where no size was announced.
    auto room = mailstore::QuotaReservation::make(recipient.account, std::max<std::uint64_t>(announced_, 1));
    if (!room) co_return fail(room);
    recipient.room = std::move(*room);
  }
  recipients_.push_back(std::move(recipient));
  co_return Result<void>();
}

smtp::Task<Result<void>> LocalIntake::data() {
  if (!mail_->mailstore->store().has_room()) co_return no_room();
  const Trace trace{.hostname = mail_->hostname,
                    .id = id_,
                    .reverse_path = from_,
                    .recipient = recipients_.size() == 1 ? recipients_.front().address : "",
                    .time = wall_now()};
  writer_ = std::make_unique<mailstore::MessageWriter>(*mail_->mailstore, trace_fields(*session_, trace));
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
  from_ = {};
}

}  // namespace posthorn::mta
