// Room promised to mail that is on its way: taken at RCPT, given back when the mail is in its mailbox or is not coming.
//
// A promise is of this process and in memory only; the quota itself is a field of the account's version. What is
// already delivered counts by itself, so that the reservation is let go as soon as the delivery is acknowledged.
#pragma once

#include <memory>
#include <utility>

#include "mailstore/account.h"

namespace posthorn::mailstore {

class QuotaReservation {
 public:
  /// Errors: over_quota, where the account's mail, what is promised to others and `bytes` do not fit.
  static Result<QuotaReservation> make(std::shared_ptr<Account> account, std::uint64_t bytes) {
    if (auto done = account->reserve_room(bytes); !done) return fail(done);
    return QuotaReservation(std::move(account), bytes);
  }
  ~QuotaReservation() {
    if (account_) account_->release_room(bytes_);
  }
  QuotaReservation(QuotaReservation&&) noexcept = default;
  QuotaReservation& operator=(QuotaReservation&& other) noexcept {
    std::swap(account_, other.account_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

 private:
  QuotaReservation(std::shared_ptr<Account> account, std::uint64_t bytes)
      : account_(std::move(account)), bytes_(bytes) {}

  std::shared_ptr<Account> account_;
  std::uint64_t bytes_ = 0;
};

}  // namespace posthorn::mailstore
