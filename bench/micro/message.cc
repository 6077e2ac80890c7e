// What is done once for every message that comes in: parsing it as it comes, and its summary.
#include "allocations.h"
#include "message/parser.h"
#include "message/summary.h"
#include "messages.h"

namespace posthorn::bench {
namespace {

/// As bodies come from a socket.
constexpr std::size_t kPiece = 16 * 1024;

message::Parsed parse_in_pieces(std::string_view bytes) {
  message::Parser parser;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPiece))) parser.feed(bytes.substr(0, kPiece));
  return parser.finish();
}

void parse(benchmark::State& state, const std::string& bytes) {
  const CountAllocations count(state);
  for (auto _ : state) benchmark::DoNotOptimize(parse_in_pieces(bytes));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void summarize(benchmark::State& state, const std::string& bytes) {
  const message::Parsed parsed = message::parse(bytes);
  const CountAllocations count(state);
  for (auto _ : state) benchmark::DoNotOptimize(message::summarize(parsed));
}

void add(const char* shape, const std::string& bytes) {
  benchmark::RegisterBenchmark((std::string("parse/") + shape).c_str(), [bytes](auto& state) { parse(state, bytes); });
  benchmark::RegisterBenchmark((std::string("summarize/") + shape).c_str(),
                               [bytes](auto& state) { summarize(state, bytes); });
}

[[maybe_unused]] const bool kAdded = [] {
  add("plain_4KiB", plain_message(2500));
  add("alternative_16KiB", alternative_message(14000));
  add("attachment_5MiB", message_with_attachment(5 << 20));
  return true;
}();

}  // namespace
}  // namespace posthorn::bench
