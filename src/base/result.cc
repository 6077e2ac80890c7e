#include "base/result.h"

namespace posthorn {
inline namespace base {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::syntax: return "syntax";
    case Code::invalid: return "invalid";
    case Code::not_found: return "not_found";
    case Code::already_exists: return "already_exists";
    case Code::denied: return "denied";
    case Code::bad_credentials: return "bad_credentials";
    case Code::over_quota: return "over_quota";
    case Code::too_big: return "too_big";
    case Code::too_many: return "too_many";
    case Code::not_supported: return "not_supported";
    case Code::conflict: return "conflict";
    case Code::full_disk: return "full_disk";
    case Code::no_memory: return "no_memory";
    case Code::unavailable: return "unavailable";
    case Code::timeout: return "timeout";
    case Code::cancelled: return "cancelled";
    case Code::closed: return "closed";
    case Code::damaged: return "damaged";
    case Code::io: return "io";
    case Code::internal: return "internal";
  }
  return "unknown";
}

bool is_temporary(Code code) {
  switch (code) {
    case Code::over_quota:
    case Code::too_many:
    case Code::conflict:
    case Code::full_disk:
    case Code::no_memory:
    case Code::unavailable:
    case Code::timeout:
    case Code::cancelled:
    case Code::closed:
    case Code::damaged:
    case Code::io:
    case Code::internal: return true;
    default: return false;
  }
}

}  // namespace base
}  // namespace posthorn
