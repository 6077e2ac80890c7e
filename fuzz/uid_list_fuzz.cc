// The files beside a Maildir: any bytes are read, and what a list prints it reads again.
#include <cstdlib>

#include "imap/syntax/list_pattern.h"
#include "migration/frames.h"
#include "migration/importer.h"
#include "migration/uid_list.h"

using namespace posthorn::migration;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto list = UidList::parse(text);
  std::string printed, again;
  list.print(printed);
  UidList::parse(printed).print(again);
  const bool has_bad_name = text.find('\r') != std::string::npos;  // a line's end, in a name of a file
  if (printed != again && !has_bad_name) std::abort();
  (void)parse_dovecot_keywords(text);
  (void)parse_courier_keywords(text);
  (void)parse_courier_pop3(text);
  (void)parse_subscriptions(text);
  (void)flags_of_maildir_name(text);
  (void)posthorn::migration::pop3_unique_id_of(text, posthorn::Uid(1), posthorn::UidValidity(2), "base");
  if (acceptable_name(text).empty()) std::abort();
  (void)posthorn::imap::ListPattern("", text).matches(text);
  (void)decode<MailboxAsked>(text);
  (void)decode<Committed>(text);
  (void)decode<Listed>(text);
  (void)decode<MailboxOpened>(text);
  (void)decode<MessageTold>(text);
  (void)decode<MailboxFinished>(text);
  (void)decode<RowTold>(text);
  return 0;
}
