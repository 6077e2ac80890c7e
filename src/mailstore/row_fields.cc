#include "mailstore/row_fields.h"

namespace posthorn::mailstore {
namespace {

/// Whole seconds; more of them than a WallTime can tell are damage.
WallTime get_seconds(ByteReader& in) {
  const auto seconds = get_signed(in);
  const auto most = std::chrono::floor<std::chrono::seconds>(WallTime::max().time_since_epoch()).count();
  if (seconds < -most || seconds > most) in.set_failed();
  return in.ok() ? from_seconds(seconds) : WallTime();
}

}  // namespace

void put_signed(std::string& out, std::int64_t n) {
  put_varint(out, static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63));
}

std::int64_t get_signed(ByteReader& in) {
  const auto n = in.varint();
  return static_cast<std::int64_t>(n >> 1 ^ (~(n & 1) + 1));
}

void put_time(std::string& out, WallTime t) { put_u64(out, static_cast<std::uint64_t>(to_micros(t))); }

WallTime get_time(ByteReader& in) { return from_micros(static_cast<std::int64_t>(in.u64())); }

void put_flags(std::string& out, const Flags& flags) {
  put_u8(out, static_cast<std::uint8_t>(flags.system | (flags.keywords.empty() ? 0 : 0x80)));
  if (flags.keywords.empty()) return;
  for (const auto word : flags.keywords.words()) put_varint(out, word);
}

Flags get_flags(ByteReader& in) {
  Flags flags;
  const auto first = in.u8();
  flags.system = first & 0x7f;
  if (first & 0x80)
    for (auto& word : flags.keywords.words()) word = in.varint();
  return flags;
}

void put_placement(std::string& out, const Placement& p) {
  put_id(out, p.uid);
  put_id(out, p.email);
  put_flags(out, p.flags);
  put_id(out, p.modseq);
  put_varint(out, p.size);
  put_signed(out, to_seconds(p.received));
  put_signed(out, to_seconds(p.saved));
}

Placement get_placement(ByteReader& in) {
  Placement p;
  p.uid = get_id<Uid>(in);
  p.email = get_id<EmailId>(in);
  p.flags = get_flags(in);
  p.modseq = get_id<ModSeq>(in);
  p.size = static_cast<std::uint32_t>(in.varint());
  p.received = get_seconds(in);
  p.saved = get_seconds(in);
  return p;
}

}  // namespace posthorn::mailstore
