#include "posthorn/file_content.h"

#include <fstream>
#include <sstream>

namespace posthorn::program {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

}  // namespace posthorn::program
