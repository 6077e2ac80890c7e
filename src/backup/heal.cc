#include "backup/heal.h"

#include "backup/restore_frames.h"
#include "base/text.h"

namespace posthorn::backup {

Result<Healed> give_bodies(const Archive& archive, migration::Channel& channel, const std::vector<Digest>& bodies) {
  Healed healed;
  for (const auto& digest : bodies) {
    // Read once before: what is damaged there as well is not sent.
    const auto good = archive.read(digest, [](std::string_view) { return Result<void>(); });
    if (!good) {
      healed.left.push_back("body " + to_hex(store::view(digest)) + ": " + good.error().text);
      continue;
    }
    if (auto done = send(channel, kind::kBody, store::view(digest)); !done) return fail(done);
    const auto sent = archive.read(digest, [&](std::string_view piece) { return send(channel, kind::kBytes, piece); });
    if (!sent) return fail(sent);
    if (auto done = send(channel, kind::kEnd); !done) return fail(done);
    const auto answer = receive(channel);
    if (!answer) return fail(answer);
    if (answer->kind == kind::kDone)
      ++healed.bodies;
    else
      healed.left.push_back("body " + to_hex(store::view(digest)) + ": " + answer->payload);
  }
  return healed;
}

Result<void> take_bodies(store::log::LogStore& store, migration::Channel& channel) {
  while (true) {
    const auto asked = receive(channel);
    if (!asked && asked.error().code == Code::closed) return {};
    if (!asked) return fail(asked);
    if (asked->kind != kind::kBody || asked->payload.size() != Digest().size())
      return fail(Code::invalid, "an unknown frame");
    bool has_ended = false;
    const auto piece = [&]() -> Result<std::string> {
      auto frame = receive(channel);
      if (!frame) return fail(frame);
      has_ended = frame->kind == kind::kEnd;
      if (frame->kind != kind::kBytes && !has_ended) return fail(Code::invalid, "an unknown frame");
      return std::move(frame->payload);
    };
    const auto done = store.heal(to_digest(asked->payload), piece);
    while (!has_ended)
      if (const auto rest = piece(); !rest) return fail(rest);
    if (auto told = done ? send(channel, kind::kDone) : send(channel, kind::kBroken, done.error().text); !told)
      return told;
  }
}

}  // namespace posthorn::backup
