// Which thread an email belongs to: decided when it is added, never changed later, threads never merge.
//
// An email joins the thread of a message that it refers to (References, In-Reply-To) or that has referred to it, if
// their base subjects are the same (RFC 8621 3, RFC 5256); else it begins a thread, named by its own EmailId.
// The row, key (account, hash of a Message-ID): thread, hash of the base subject.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "message/summary.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// Reads the rows of an email's Message-IDs: the thread that it joins, ThreadId() where it begins one.
Result<ThreadId> find_thread(const store::View& view, AccountId account, const message::Summary& summary);

/// The rows by which later emails find the thread.
void put_thread_rows(store::Commit& commit, AccountId account, const message::Summary& summary, ThreadId thread);

}  // namespace posthorn::mailstore
