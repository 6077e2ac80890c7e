#include "posthorn/scrub.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/text.h"
#include "codec/digest.h"
#include "mailstore/affected.h"
#include "store/blob/location.h"

namespace posthorn::program {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr int kNice = 19;
constexpr std::uint64_t kPiece = 256 << 10;
constexpr std::uint64_t kLeastRead = 4096;
constexpr std::size_t kBodiesAtOnce = 500;
constexpr auto kSaveEvery = std::chrono::minutes(1);
constexpr auto kLookAgain = std::chrono::minutes(1);
constexpr auto kFirst = std::chrono::seconds(5);

std::string scrub_key() { return store::KeyBuilder(store::Table::system).bytes("scrub").take(); }

}  // namespace

std::string encode(const ScrubState& state) {
  std::string out;
  put_u8(out, kVersion);
  put_u64(out, static_cast<std::uint64_t>(to_micros(state.began)));
  put_u64(out, static_cast<std::uint64_t>(to_micros(state.ended)));
  out += store::view(state.cursor);
  put_varint(out, state.bodies);
  put_varint(out, state.bytes);
  put_varint(out, state.damaged.size());
  for (const auto& digest : state.damaged) out += store::view(digest);
  return out;
}

ScrubState decode_scrub(std::string_view bytes) {
  ByteReader in(bytes);
  ScrubState state;
  const auto version = in.u8();
  state.began = from_micros(static_cast<std::int64_t>(in.u64()));
  state.ended = from_micros(static_cast<std::int64_t>(in.u64()));
  state.cursor = store::get_digest(in);
  state.bodies = in.varint();
  state.bytes = in.varint();
  for (auto n = in.varint(); n > 0 && in.ok(); --n) state.damaged.push_back(store::get_digest(in));
  return in.ok() && in.at_end() && version == kVersion ? state : ScrubState();
}

Result<ScrubState> read_scrub(const store::View& view) {
  const auto row = view.get(scrub_key());
  if (!row) return fail(row);
  return *row ? decode_scrub(**row) : ScrubState();
}

Scrubber::Scrubber(World& world) : world_(world) {
  if (world_.config.scrub_days == 0) return;
  thread_ = std::thread([this] { run(); });
}

Scrubber::~Scrubber() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// False: it is time to end.
bool Scrubber::wait(Duration time) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, time, [this] { return stopping_; });
}

void Scrubber::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNice);
  if (const auto known = read_scrub(*world_.store)) state_ = *known;
  const auto every = std::chrono::hours(24) * world_.config.scrub_days;
  for (auto next = Duration(kFirst); wait(next); next = kLookAgain) {
    const bool has_ended = state_.ended != WallTime();
    // A clock that was set back does not keep a round from beginning.
    const auto since = wall_now() - state_.began;
    if (has_ended && since >= Duration(0) && since < every) continue;
    if (has_ended || state_.began == WallTime()) {
      state_ = {};
      state_.began = wall_now();
    }
    round();
    save();
  }
}

void Scrubber::round() {
  while (read_some()) {
    if (steady_now() < saved_ + kSaveEvery) continue;
    save();
  }
}

/// False: the round has ended, or the server ends.
bool Scrubber::read_some() {
  std::vector<store::Digest> digests;
  const auto from =
      state_.bodies == 0 ? store::KeyBuilder(store::Table::blob).take() : store::blob_key(state_.cursor) + '\0';
  const auto scanned = world_.store->scan(from, store::after_prefix(store::KeyBuilder(store::Table::blob).take()),
                                          [&](std::string_view key, std::string_view) {
                                            if (key.size() != store::Digest().size() + 1) return true;
                                            digests.push_back(store::to_digest(key.substr(1)));
                                            return digests.size() < kBodiesAtOnce;
                                          });
  if (!scanned) base::log::Line(base::log::error, "scrub", "index.damaged").with("error", scanned.error().text);
  for (const auto& digest : digests) {
    if (!check(digest)) return false;
    state_.cursor = digest;
    ++state_.bodies;
  }
  if (!digests.empty() && scanned) return true;
  finish();
  return false;
}

/// Rests after every so many bytes. False: the server ends.
bool Scrubber::spend(std::uint64_t bytes) {
  state_.bytes += bytes;
  unpaid_ += std::max<std::uint64_t>(bytes, kLeastRead);
  if (unpaid_ < kPiece) return true;
  return wait(Duration(std::exchange(unpaid_, 0) * 1'000'000 / world_.config.scrub_rate));
}

/// False: the server ends.
bool Scrubber::check(const store::Digest& digest) {
  codec::Digest sum(codec::Hash::sha256);
  for (std::uint64_t at = 0;;) {
    const auto piece = world_.store->read_blob(digest, at, kPiece, store::Wait::disk);
    if (!piece) {
      if (piece.error().code != Code::not_found) tell(digest, piece.error().text);  // else it was erased meanwhile
      return spend(0);
    }
    sum.update(*piece);
    at += piece->size();
    if (!spend(piece->size())) return false;
    if (piece->size() < kPiece) break;
  }
  if (sum.finish() != store::view(digest)) tell(digest, "it does not match its digest");
  return true;
}

void Scrubber::tell(const store::Digest& digest, const std::string& why) {
  if (state_.damaged.size() < ScrubState::kMostDamaged) state_.damaged.push_back(digest);
  const auto whose = mailstore::messages_of(*world_.store->snapshot(), {digest},
                                            [](AccountId id) { return fmt::format("account {}", id.value()); });
  base::log::Line(base::log::error, "scrub", "body.damaged")
      .with("body", to_hex(store::view(digest)))
      .with("error", why)
      .with("messages", fmt::format("{}", fmt::join(whose, "; ")))
      .with("help", "posthorn store check --repair --from BACKUP");
}

void Scrubber::finish() {
  if (const auto good = world_.store->verify_index(); !good)
    base::log::Line(base::log::error, "scrub", "index.damaged").with("error", good.error().text);
  state_.ended = wall_now();
  base::log::Line(base::log::info, "scrub", "round.ended")
      .with("bodies", state_.bodies)
      .with("bytes", state_.bytes)
      .with("damaged", state_.damaged.size());
}

void Scrubber::save() {
  saved_ = steady_now();
  if (const auto done = world_.store->commit(store::Commit().put(scrub_key(), encode(state_))); !done)
    base::log::Line(base::log::warning, "scrub", "state.not_written").with("error", done.error().text);
}

}  // namespace posthorn::program
