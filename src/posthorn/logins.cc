#include "posthorn/logins.h"

namespace posthorn::program {

imap::Task<Result<mailstore::AccountPtr>> ImapLogin::open(std::string user) {
  const auto entry = co_await parts_.mail->offload().run([&] { return parts_.directory->find(user); });
  if (!entry) co_return fail(entry);
  if (!*entry) co_return fail(Code::not_found, "there is no account " + user);
  co_return co_await parts_.mail->open((*entry)->id);
}

pop3::Task<Result<pop3::Opened>> Pop3Login::open(std::string user) {
  const auto entry = co_await parts_.mail->offload().run([&] { return parts_.directory->find(user); });
  if (!entry) co_return fail(entry);
  if (!*entry) co_return fail(Code::not_found, "there is no account " + user);
  auto account = co_await parts_.mail->open((*entry)->id);
  if (!account) co_return fail(account);
  co_return pop3::Opened{std::move(*account), {}};
}

}  // namespace posthorn::program
