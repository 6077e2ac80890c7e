#include "posthorn/version.h"

namespace posthorn::program {

const char* version() { return POSTHORN_VERSION; }

}  // namespace posthorn::program
