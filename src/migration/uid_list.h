// The files in which Maildir servers keep UIDs and keywords beside the messages.
//
// Pure and total on any bytes: lines that make no sense are passed over. Lists are bounded by their files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace posthorn::migration {

struct UidList {
  struct Entry {
    Uid uid;
    std::string pop3_unique_id;  ///< "" where none is kept
  };
  UidValidity uid_validity;
  Uid uid_next;
  std::map<std::string, Entry, std::less<>> messages;  ///< by the part of the file's name before its flags

  /// dovecot-uidlist of versions 1 and 3, and courierimapuiddb, which is as version 1.
  static UidList parse(std::string_view file);
  void print(std::string& out) const;
};

/// `name` without `:2,FLAGS` (also `;2,` and `!2,`, where ':' cannot be in names).
std::string_view base_of_maildir_name(std::string_view name);
/// The letters behind it, "" where there are none.
std::string_view flags_of_maildir_name(std::string_view name);

/// dovecot-keywords: `INDEX NAME` a line; the places are the indexes, 0 to 25 for the letters a to z.
std::vector<std::string> parse_dovecot_keywords(std::string_view file);
/// courierimapkeywords/:list: names, an empty line, then `FILE:INDEX INDEX ...`.
std::map<std::string, std::vector<std::string>, std::less<>> parse_courier_keywords(std::string_view file);
/// courierpop3dsizelist: unique-ids by the part of the file's name before its flags.
std::map<std::string, std::string, std::less<>> parse_courier_pop3(std::string_view file);
/// subscriptions of Dovecot in both versions, courierimapsubscribed: names as they stand there, tabs made '/'.
std::vector<std::string> parse_subscriptions(std::string_view file);

/// A unique-id of POP3 as Dovecot makes it from a format: %u, %v (with 0, a width, and X, as in %08Xu%08Xv), %f, %g
/// (the file's name, without its flags), %%. "" where the format is not understood.
std::string pop3_unique_id_of(std::string_view format, Uid uid, UidValidity uid_validity, std::string_view base);

}  // namespace posthorn::migration
