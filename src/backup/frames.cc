#include "backup/frames.h"

namespace posthorn::backup {
namespace {

using migration::Channel;
constexpr std::size_t kMostBytes = 256 << 20;

}  // namespace

Result<void> send(Channel& channel, char kind, std::string_view payload) {
  for (; payload.size() > Channel::kLongestFrame; payload.remove_prefix(Channel::kLongestFrame))
    if (auto done = channel.write(kind::kMore, payload.substr(0, Channel::kLongestFrame)); !done) return done;
  return channel.write(kind, payload);
}

Result<migration::Frame> receive(Channel& channel) {
  std::string before;
  while (true) {
    auto frame = channel.read();
    if (!frame) return frame;
    if (frame->kind == kind::kError) return fail(Code::invalid, std::move(frame->payload));
    if (before.size() + frame->payload.size() > kMostBytes) return fail(Code::invalid, "the other side sends too much");
    if (frame->kind == kind::kMore) {
      before += frame->payload;
      continue;
    }
    if (!before.empty()) frame->payload.insert(0, before);
    return frame;
  }
}

}  // namespace posthorn::backup
