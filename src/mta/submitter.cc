#include "mta/submitter.h"

#include "directory/app_password.h"

namespace posthorn::mta {

Result<void> check_submitter(directory::Directory& directory, SenderRate& rate, const smtp::SessionInfo& session,
                             const smtp::ReversePath& from) {
  const auto account = directory.find(session.user);
  if (!account) return fail(account);
  if (!*account) return fail(Code::denied, "this account is no more");
  const auto app = directory.find_app_password((*account)->id, session.credential);
  if (!app) return fail(app);
  if (!*app) return fail(Code::denied, "this app password is no more");
  if (!(*app)->senders.empty() && !from.is_null()) {
    const auto refused = [&] { return fail(Code::denied, "this key may not send as " + from.mailbox->text()); };
    const auto address = directory::canonical_address(from.mailbox->text());
    if (!address || !directory::may_send_as(**app, *address)) return refused();
    const auto owns = directory.owns(**account, *address);
    if (!owns) return fail(owns);
    if (!*owns) return refused();
  }
  const auto most = (*app)->messages_an_hour;
  if (most != 0 && !rate.take(session.user, session.credential, most))
    return fail(Code::too_many, "this key may send " + std::to_string(most) + " messages an hour");
  return {};
}

}  // namespace posthorn::mta
