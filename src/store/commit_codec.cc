#include "store/commit_codec.h"

#include "base/bytes.h"
#include "codec/crc32c.h"

namespace posthorn::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kPut = 1;
constexpr std::uint8_t kErase = 2;
constexpr std::size_t kBlobRows = 160;   // a body's head in a commit, or the two rows of a staged one
constexpr std::size_t kSmallestRow = 2;  // a tag and an empty key: bounds what a lying count may reserve

EncodedBlob encode_blob(std::string& out, std::size_t start, const Commit::Blob& blob) {
  EncodedBlob encoded{.digest = blob.digest, .stored = blob.bytes->size(), .size = blob.bytes->size()};
  encoded.crc = codec::crc32c(*blob.bytes);
  out += view(blob.digest);
  put_u8(out, encoded.codec);
  put_varint(out, encoded.key_id);
  put_varint(out, encoded.size);
  put_u32(out, encoded.crc);
  put_varint(out, encoded.stored);
  encoded.offset = out.size() - start;
  out += *blob.bytes;
  return encoded;
}

EncodedBlob decode_blob(ByteReader& in, std::string_view whole) {
  EncodedBlob blob;
  blob.digest = get_digest(in);
  blob.codec = in.u8();
  blob.key_id = in.varint();
  blob.size = in.varint();
  blob.crc = in.u32();
  const auto bytes = in.string();
  blob.stored = bytes.size();
  blob.offset = in.ok() ? static_cast<std::uint64_t>(bytes.data() - whole.data()) : 0;
  return blob;
}

DecodedCommit::Row decode_row(ByteReader& in) {
  DecodedCommit::Row row;
  const auto tag = in.u8();
  if (tag != kPut && tag != kErase) in.set_failed();
  row.erase = tag == kErase;
  row.key = in.string();
  if (!row.erase) row.value = in.string();
  return row;
}

}  // namespace

std::size_t Commit::weight() const {
  std::size_t n = 64;
  for (const auto& row : rows) n += row.key.size() + (row.value ? row.value->size() : 0) + 12;
  for (const auto& blob : blobs) n += (blob.bytes ? blob.bytes->size() : 0) + kBlobRows;
  return n;
}

std::vector<EncodedBlob> encode_commit(std::string& out, const Commit& commit) {
  const std::size_t start = out.size();
  put_u8(out, kVersion);
  put_varint(out, commit.rows.size());
  for (const auto& row : commit.rows) {
    put_u8(out, row.value ? kPut : kErase);
    put_string(out, row.key);
    if (row.value) put_string(out, *row.value);
  }
  std::vector<EncodedBlob> blobs;
  std::uint64_t inline_blobs = 0;
  for (const auto& blob : commit.blobs) inline_blobs += blob.bytes != nullptr;
  put_varint(out, inline_blobs);
  for (const auto& blob : commit.blobs)
    if (blob.bytes) blobs.push_back(encode_blob(out, start, blob));
  return blobs;
}

Result<DecodedCommit> decode_commit(std::string_view bytes) {
  ByteReader in(bytes);
  DecodedCommit commit;
  if (in.u8() != kVersion) return fail(Code::damaged, "a commit of an unknown version");
  const auto rows = in.varint();
  if (rows > bytes.size() / kSmallestRow) return fail(Code::damaged, "a commit with an impossible number of rows");
  commit.rows.reserve(rows);
  for (std::uint64_t i = 0; i < rows && in.ok(); ++i) commit.rows.push_back(decode_row(in));
  const auto blobs = in.varint();
  for (std::uint64_t i = 0; i < blobs && in.ok(); ++i) commit.blobs.push_back(decode_blob(in, bytes));
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "a commit that does not follow its format");
  return commit;
}

}  // namespace posthorn::store
