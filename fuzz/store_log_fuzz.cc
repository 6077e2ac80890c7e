// What the store reads from its own folder: headers, frames and commits of the log, places of bodies, files of bodies;
// any bytes are read or reported. What was made of a payload is read back as it was.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "codec/digest.h"
#include "store/blob/blob_file.h"
#include "store/blob/location.h"
#include "store/commit_codec.h"
#include "store/log/frame.h"
#include "store/log/replay.h"
#include "store/simulated_files.h"

using namespace posthorn;
using namespace posthorn::store;

namespace {

const std::string kStoreId(16, 'i');

void require(bool holds) {
  if (!holds) std::abort();
}

Digest digest_of(std::string_view bytes) {
  const auto digest = codec::sha256(bytes);
  Digest out;
  std::copy(digest.begin(), digest.end(), out.begin());
  return out;
}

void read_all(std::string_view bytes) {
  (void)store::log::decode_header(bytes);
  (void)store::log::read_frame(bytes, 0);
  (void)store::log::proves_durable(bytes, 0, 1);
  (void)store::log::segment_number(bytes);
  if (const auto commit = decode_commit(bytes))
    for (const auto& blob : commit->blobs)
      require(blob.offset <= bytes.size() && blob.stored <= bytes.size() - blob.offset);
  if (const auto location = decode_location(bytes)) require(decode_location(encode(*location)).has_value());
}

void seal_and_read(std::string_view payload) {
  std::string bytes(store::log::kFrameHeaderSize, '\0');
  bytes += payload;
  store::log::seal_frame(bytes, 0, 7, store::log::FrameKind::commit, 3, 2);
  const auto frame = store::log::read_frame(bytes, 7);
  require(frame && frame->payload == payload && frame->sequence == 3 && frame->durable == 2);
}

/// A segment that begins as one does and goes on with the input, whose frames may be sealed.
void replay_segment(std::string_view bytes, bool seals) {
  SimulatedFiles disk;
  (void)disk.make_folder("log");
  std::string segment = store::log::encode_header({.store_id = kStoreId, .number = 1, .first_sequence = 1});
  const auto start = segment.size();
  if (seals) segment.resize(start + store::log::kFrameHeaderSize);
  segment += bytes;
  if (seals)
    store::log::seal_frame(segment, start, store::log::salt_of(kStoreId, 1), store::log::FrameKind::commit, 1, 0);
  (void)(*disk.open("log/" + store::log::segment_name(1), Open::create))->write_at(0, segment);
  const auto visit = [](const store::log::FramePlace&, std::string_view payload) -> Result<void> {
    const auto commit = decode_commit(payload);
    if (!commit) return fail(commit);
    return {};
  };
  (void)store::log::replay(disk, "log", kStoreId, 0, 0, 0, visit);
}

void read_blob(std::string_view bytes) {
  SimulatedFiles disk;
  (void)disk.make_folder("blobs");
  (void)disk.make_folder(blob_file_folder("blobs", 1));
  (void)(*disk.open(blob_file_path("blobs", 1), Open::create))->write_at(0, bytes);
  (void)read_blob_file(disk, "blobs", 1, digest_of("a body"), 0, UINT64_MAX, Wait::disk);
  (void)read_blob_file(disk, "blobs", 1, digest_of("a body"), 70'000, 10, Wait::disk);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::log::configure(base::log::error, base::log::Format::text);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_all(bytes);
  seal_and_read(bytes);
  for (const bool seals : {false, true}) replay_segment(bytes, seals);
  read_blob(bytes);
  return 0;
}
