// Requests of HTTP/1.1: whole or byte for byte they are the same, and nothing is taken that is not theirs.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/request_parser.h"

using posthorn::http::RequestParser;

namespace {

/// What the first request is, and what is left of the input.
std::string read(std::string_view input, std::size_t piece) {
  RequestParser parser({.header = 4096, .body = 1024});
  std::string buffered;
  std::size_t at = 0;
  while (true) {
    auto got = parser.feed(buffered);
    if (!got) return "mistake";
    if (*got) {
      const auto& r = **got;
      return r.method + "\n" + r.path + "\n" + r.query + "\n" + r.body + "\n" + (r.keeps_alive ? "1" : "0") + "\n" +
             buffered + std::string(input.substr(at));
    }
    if (at == input.size()) return "more";
    const auto next = input.substr(at, piece);
    buffered += next;
    at += next.size();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (read(input, 1 << 20) != read(input, 1)) std::abort();
  return 0;
}
