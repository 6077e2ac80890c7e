#include "mailstore/email_reader.h"

#include <algorithm>

namespace posthorn::mailstore {
namespace {

Result<Email> read_email(const store::View& view, AccountId account, EmailId id, store::Wait wait) {
  const auto row = view.get(email_key(account, id), wait);
  if (!row) return fail(row);
  if (!*row) return fail(Code::damaged, "a message is not in the store");
  return decode_email(**row);
}

bool is_on_disk(const Result<Email>& email) { return !email && email.error().code == Code::unavailable; }

}  // namespace

Task<std::vector<Result<Email>>> read_emails(Mailstore* mailstore, AccountId account, std::vector<EmailId> ids) {
  const store::View* view = &mailstore->store();
  std::vector<Result<Email>> emails;
  emails.reserve(ids.size());
  for (const EmailId id : ids) emails.push_back(read_email(*view, account, id, store::Wait::never));
  if (std::none_of(emails.begin(), emails.end(), is_on_disk)) co_return emails;
  co_await mailstore->offload().run([view, account, &ids, &emails] {
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (is_on_disk(emails[i])) emails[i] = read_email(*view, account, ids[i], store::Wait::disk);
  });
  co_return emails;
}

Task<Result<std::string>> read_octets(Mailstore* mailstore, const Email* email, std::uint64_t offset,
                                      std::uint64_t length) {
  const store::Store* store = &mailstore->store();
  auto octets = read_octets(*store, *email, offset, length, store::Wait::never);
  if (!octets && octets.error().code == Code::unavailable)
    octets = co_await mailstore->offload().run(
        [=] { return read_octets(*store, *email, offset, length, store::Wait::disk); });
  if (octets && octets->size() < length) co_return fail(Code::damaged, "a message is shorter than it was");
  co_return octets;
}

namespace {

constexpr std::uint64_t kMostAhead = 512 * 1024;

/// Whether it would have to wait.
bool is_left_on_disk(const store::Store& store, Email& email, store::Wait wait) {
  auto bytes = store.read_blob(email.digest, 0, email.blob_size, wait);
  if (bytes) email.blob = std::make_shared<const std::string>(*std::move(bytes));
  return !bytes && bytes.error().code == Code::unavailable;
}

}  // namespace

Task<std::size_t> read_ahead(Mailstore* mailstore, std::vector<Result<Email>>* emails, std::size_t first) {
  const store::Store* store = &mailstore->store();
  std::vector<Email*> on_disk;
  std::uint64_t ahead = 0;
  for (; first < emails->size() && ahead < kMostAhead; ++first) {
    auto& email = (*emails)[first];
    if (!email || email->blob_size > store::kLargestInlineBlob) continue;
    ahead += email->blob_size;
    if (is_left_on_disk(*store, *email, store::Wait::never)) on_disk.push_back(&*email);
  }
  if (!on_disk.empty())
    co_await mailstore->offload().run([store, &on_disk] {
      for (Email* email : on_disk) is_left_on_disk(*store, *email, store::Wait::disk);
    });
  co_return first;
}

std::uint64_t best_piece(const Email& email, std::uint64_t offset) {
  constexpr std::uint64_t kFrame = 64 * 1024;
  const std::uint64_t prefix = email.prefix.size();
  return offset < prefix ? prefix - offset + kFrame : kFrame - (offset - prefix) % kFrame;
}

}  // namespace posthorn::mailstore
