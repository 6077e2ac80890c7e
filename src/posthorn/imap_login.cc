#include "posthorn/imap_login.h"

namespace posthorn::program {

imap::Task<Result<mailstore::AccountPtr>> ImapLogin::open(std::string user) {
  const auto entry = co_await mail_.offload().run([&] { return directory_.find(user); });
  if (!entry) co_return fail(entry);
  if (!*entry) co_return fail(Code::not_found, "there is no account " + user);
  co_return co_await mail_.open((*entry)->id);
}

}  // namespace posthorn::program
