#include "store/blob/location.h"

namespace posthorn::store {

std::string encode(const BlobLocation& l) {
  std::string out;
  put_u8(out, l.kind);
  put_varint(out, l.size);
  put_u8(out, l.codec);
  put_varint(out, l.key_id);
  if (l.kind == BlobLocation::in_file) {
    put_varint(out, l.file_id);
    return out;
  }
  put_varint(out, l.segment);
  put_varint(out, l.offset);
  put_varint(out, l.stored);
  put_u32(out, l.crc);
  return out;
}

Result<BlobLocation> decode_location(std::string_view bytes) {
  ByteReader in(bytes);
  BlobLocation l;
  const auto kind = in.u8();
  l.size = in.varint();
  l.codec = in.u8();
  l.key_id = in.varint();
  if (kind == BlobLocation::in_file) {
    l.kind = BlobLocation::in_file;
    l.file_id = in.varint();
  } else if (kind == BlobLocation::in_log) {
    l.segment = in.varint();
    l.offset = in.varint();
    l.stored = in.varint();
    l.crc = in.u32();
  } else {
    in.set_failed();
  }
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the row of a body is damaged");
  return l;
}

}  // namespace posthorn::store
