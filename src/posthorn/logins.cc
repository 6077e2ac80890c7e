#include "posthorn/logins.h"

namespace posthorn::program {
namespace {

pop3::Rules rules_of(const directory::AccountEntry& entry) {
  using Dele = pop3::Rules::Dele;
  const auto dele = entry.pop3_delete == directory::Pop3Delete::archive ? Dele::archive
                    : entry.pop3_delete == directory::Pop3Delete::trash ? Dele::trash
                                                                        : Dele::remove;
  return {.dele = dele, .days_after_retr = entry.pop3_keep_days};
}

}  // namespace

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
  co_return pop3::Opened{std::move(*account), rules_of(**entry)};
}

}  // namespace posthorn::program
