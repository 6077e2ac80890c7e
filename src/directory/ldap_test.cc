#include "directory/ldap.h"

#include <doctest/doctest.h>

#include "directory/pam.h"

using namespace posthorn;
using directory::escape_filter_value;
using directory::fill_filter;

TEST_CASE("ldap: what is in a filter's value means itself (RFC 4515 3)") {
  CHECK(escape_filter_value("ann+x@example.org") == "ann+x@example.org");
  CHECK(escape_filter_value("*)(uid=*") == "\\2a\\29\\28uid=\\2a");
  CHECK(escape_filter_value(std::string_view("\\\0\xC3\xA4", 4)) == "\\5c\\00\\c3\\a4");
  CHECK(fill_filter("(|(mail=%s)(alias=%s))", "a*") == "(|(mail=a\\2a)(alias=a\\2a))");
  CHECK(fill_filter("(mail=%s)", "%s") == "(mail=\\25s)");
  CHECK(fill_filter("(cn=x)", "y") == "(cn=x)");
}

TEST_CASE("pam: names of users") {
  for (const auto* good : {"ann", "_x", "a-b.c_1"}) CHECK_MESSAGE(directory::is_user_name(good), good);
  for (const auto* bad :
       {"", "-a", "1a", ".a", "a/b", "../a", "A", "a b", "\xC3\xA4", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    CHECK_FALSE_MESSAGE(directory::is_user_name(bad), bad);
}
