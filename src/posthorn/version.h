// The version of the program, as CMakeLists.txt says it.
#pragma once

namespace posthorn::program {

const char* version();

}  // namespace posthorn::program
