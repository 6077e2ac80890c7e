#include "mailstore/emails_ahead.h"

#include <utility>

#include "mailstore/email_reader.h"

namespace posthorn::mailstore {
namespace {

constexpr std::size_t kMostEmails = 64;
constexpr std::uint64_t kMostBytes = 256 * 1024;

}  // namespace

EmailsAhead::EmailsAhead(Mailstore* mailstore, AccountId account, std::vector<EmailId> ids, Blobs blobs)
    : mailstore_(mailstore),
      asked_{&mailstore->store(), account, std::make_shared<const std::vector<EmailId>>(std::move(ids)), blobs} {}

/// With Wait::never it ends before the first that lies on disk.
EmailsAhead::Lot EmailsAhead::read(const Asked& asked, std::size_t first, store::Wait wait) {
  const auto is_on_disk = [wait](const auto& result) {
    return wait == store::Wait::never && !result && result.error().code == Code::unavailable;
  };
  Lot lot;
  std::uint64_t bytes = 0;
  for (; first < asked.ids->size() && lot.size() < kMostEmails && bytes < kMostBytes; ++first) {
    auto email = read_email(*asked.store, asked.account, (*asked.ids)[first], wait);
    if (is_on_disk(email)) break;
    if (email && asked.blobs == Blobs::read && email->blob_size <= store::kLargestInlineBlob) {
      auto blob = asked.store->read_blob(email->digest, 0, email->blob_size, wait);
      if (is_on_disk(blob)) break;
      if (blob) email->blob = std::make_shared<const std::string>(*std::move(blob));
      bytes += email->blob_size;
    }
    lot.push_back(std::move(email));
  }
  return lot;
}

Task<EmailsAhead::Lot> EmailsAhead::next() {
  if (taken_ == asked_.ids->size()) co_return Lot();
  const auto read_from_disk = [this](std::size_t first) {
    return [asked = asked_, first] { return read(asked, first, store::Wait::disk); };
  };
  Lot lot;
  if (under_way_) {
    lot = co_await under_way_->outcome();
    under_way_.reset();
  } else {
    lot = read(asked_, taken_, store::Wait::never);
    if (lot.empty()) lot = co_await mailstore_->offload().run(read_from_disk(taken_));
  }
  taken_ += lot.size();
  if (taken_ < asked_.ids->size()) under_way_ = mailstore_->offload().begin(read_from_disk(taken_));
  co_return lot;
}

}  // namespace posthorn::mailstore
