// What commands of several topics say of accounts.
#pragma once

#include <boost/json.hpp>

#include "posthorn/world.h"

namespace posthorn::program {

/// The one that the argument `address` names. Errors: not_found.
Result<directory::AccountEntry> account_named(const World& world, const boost::json::object& arguments);

/// Its mail. Errors: not_found, and the store's.
Result<mailstore::AccountPtr> mail_of(World& world, const boost::json::object& arguments);

/// Name and figures of each mailbox.
boost::json::array mailboxes_of(const mailstore::Version& version);

}  // namespace posthorn::program
