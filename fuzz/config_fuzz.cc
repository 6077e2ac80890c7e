// The configuration file: any bytes are a configuration or an error that names the file.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "posthorn/config.h"
#include "posthorn/demo.h"

using namespace posthorn::program;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto file = std::filesystem::temp_directory_path() / ("posthorn-fuzz-" + std::to_string(::getpid()));
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& config : {text, "hostname = \"a.test\"\ndata = \"d\"\n" + text}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << config;
    const auto read = read_config(file);
    if (!read && read.error().text.find(file.filename().string()) == std::string::npos) std::abort();
  }
  std::filesystem::remove(file);
  (void)demo_config(text, 1000);
  (void)parse_demo_account(text.substr(0, text.find("..")));  // a range may be a million accounts
  return 0;
}
