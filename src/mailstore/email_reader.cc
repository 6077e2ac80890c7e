#include "mailstore/email_reader.h"

namespace posthorn::mailstore {
Result<Email> read_email(const store::View& view, AccountId account, EmailId id, store::Wait wait) {
  const auto row = view.get(email_key(account, id), wait);
  if (!row) return fail(row);
  if (!*row) return fail(Code::damaged, "a message is not in the store");
  return decode_email(**row);
}

Task<Result<Email>> read_email(Mailstore* mailstore, AccountId account, EmailId id) {
  const store::View* view = &mailstore->store();
  auto email = read_email(*view, account, id, store::Wait::never);
  if (!email && email.error().code == Code::unavailable)
    email = co_await mailstore->offload().run([=] { return read_email(*view, account, id, store::Wait::disk); });
  co_return email;
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

std::uint64_t best_piece(const Email& email, std::uint64_t offset) {
  constexpr std::uint64_t kFrame = 64 * 1024;
  const std::uint64_t prefix = email.prefix.size();
  return offset < prefix ? prefix - offset + kFrame : kFrame - (offset - prefix) % kFrame;
}

}  // namespace posthorn::mailstore
