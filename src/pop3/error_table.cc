#include "pop3/error_table.h"

namespace posthorn::pop3 {

Reply reply_to(const Error& error) {
  switch (error.code) {
    case Code::bad_credentials:
    case Code::denied: return {false, "AUTH", error.text};
    case Code::syntax:
    case Code::invalid: return {false, {}, error.text};
    case Code::damaged:
    case Code::not_supported:
    case Code::not_found: return {false, "SYS/PERM", error.text};
    default: return {false, "SYS/TEMP", error.text};
  }
}

}  // namespace posthorn::pop3
