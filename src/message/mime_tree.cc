// Format of encode(), integers as varints, strings as length and bytes:
//
//   tree   := version(u8 = 1) size count part{count}
//   part   := parent + 1 | has(u16) | header_start - the parent's | body_start - header_start | body_size | body_lines
//             then, for each bit of `has` from the lowest: type, subtype, params, encoding, id, description, md5,
//             disposition, disposition params, languages, location
//   params := count { form(u8) name value }
#include "message/mime_tree.h"

#include "base/bytes.h"

namespace posthorn::message {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxLanguages = kMaxParams;

enum Has : std::uint16_t {
  kType = 1,
  kSubtype = 1 << 1,
  kTypeParams = 1 << 2,
  kEncoding = 1 << 3,
  kId = 1 << 4,
  kDescription = 1 << 5,
  kMd5 = 1 << 6,
  kDisposition = 1 << 7,
  kDispositionParams = 1 << 8,
  kLanguages = 1 << 9,
  kLocation = 1 << 10,
};

std::uint16_t bits_of(const Part& p) {
  const auto bit = [](bool is_there, Has has) { return is_there ? static_cast<unsigned>(has) : 0u; };
  return static_cast<std::uint16_t>(bit(p.type != "text", kType) | bit(p.subtype != "plain", kSubtype) |
                                    bit(!p.params.empty(), kTypeParams) | bit(!p.encoding.empty(), kEncoding) |
                                    bit(!p.id.empty(), kId) | bit(!p.description.empty(), kDescription) |
                                    bit(!p.md5.empty(), kMd5) | bit(!p.disposition.empty(), kDisposition) |
                                    bit(!p.disposition_params.empty(), kDispositionParams) |
                                    bit(!p.languages.empty(), kLanguages) | bit(!p.location.empty(), kLocation));
}

void put_params(std::string& out, const Params& params) {
  put_varint(out, params.size());
  for (const auto& param : params) {
    put_u8(out, static_cast<std::uint8_t>(param.form));
    put_string(out, param.name);
    put_string(out, param.value);
  }
}

void put_part(std::string& out, const Part& p, std::uint64_t parent_start) {
  const auto has = bits_of(p);
  put_varint(out, p.parent == kNoPart ? 0 : p.parent + 1);
  put_u16(out, has);
  put_varint(out, p.header_start - parent_start);
  put_varint(out, p.body_start - p.header_start);
  put_varint(out, p.body_size());
  put_varint(out, p.body_lines);
  if ((has & kType) != 0) put_string(out, p.type);
  if ((has & kSubtype) != 0) put_string(out, p.subtype);
  if ((has & kTypeParams) != 0) put_params(out, p.params);
  if ((has & kEncoding) != 0) put_string(out, p.encoding);
  if ((has & kId) != 0) put_string(out, p.id);
  if ((has & kDescription) != 0) put_string(out, p.description);
  if ((has & kMd5) != 0) put_string(out, p.md5);
  if ((has & kDisposition) != 0) put_string(out, p.disposition);
  if ((has & kDispositionParams) != 0) put_params(out, p.disposition_params);
  if ((has & kLanguages) != 0) {
    put_varint(out, p.languages.size());
    for (const auto& language : p.languages) put_string(out, language);
  }
  if ((has & kLocation) != 0) put_string(out, p.location);
}

Params read_params(ByteReader& in) {
  const auto count = in.varint();
  if (count > kMaxParams) in.set_failed();
  Params params;
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) {
    const auto form = in.u8();
    if (form > static_cast<std::uint8_t>(ParamForm::extended)) in.set_failed();
    std::string name(in.string()), value(in.string());
    params.push_back({std::move(name), std::move(value), static_cast<ParamForm>(form)});
  }
  return params;
}

std::vector<std::string> read_languages(ByteReader& in) {
  const auto count = in.varint();
  if (count > kMaxLanguages) in.set_failed();
  std::vector<std::string> languages;
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) languages.emplace_back(in.string());
  return languages;
}

// A sum that stays within the message, or a failure.
std::uint64_t add(ByteReader& in, std::uint64_t a, std::uint64_t b, std::uint64_t most) {
  if (a > most || b > most - a) in.set_failed();
  return in.ok() ? a + b : 0;
}

Part read_part(ByteReader& in, const MimeTree& tree) {
  Part p;
  const auto parent = in.varint();
  const auto has = in.u16();
  // Depth first: the root alone has no parent, and a parent is the part before or one of its ancestors.
  if ((parent == 0) != tree.parts.empty() || parent > tree.parts.size()) in.set_failed();
  if (!in.ok()) return p;
  std::uint64_t start = 0;
  if (parent != 0) {
    p.parent = static_cast<std::uint32_t>(parent - 1);
    auto ancestor = static_cast<std::uint32_t>(tree.parts.size() - 1);
    while (ancestor != kNoPart && ancestor > p.parent) ancestor = tree.parts[ancestor].parent;
    if (ancestor != p.parent) in.set_failed();
    start = tree.parts[p.parent].header_start;
  }
  p.header_start = add(in, start, in.varint(), tree.size);
  p.body_start = add(in, p.header_start, in.varint(), tree.size);
  p.body_end = add(in, p.body_start, in.varint(), tree.size);
  p.body_lines = in.varint();
  if ((has & kType) != 0) p.type = in.string();
  if ((has & kSubtype) != 0) p.subtype = in.string();
  if ((has & kTypeParams) != 0) p.params = read_params(in);
  if ((has & kEncoding) != 0) p.encoding = in.string();
  if ((has & kId) != 0) p.id = in.string();
  if ((has & kDescription) != 0) p.description = in.string();
  if ((has & kMd5) != 0) p.md5 = in.string();
  if ((has & kDisposition) != 0) p.disposition = in.string();
  if ((has & kDispositionParams) != 0) p.disposition_params = read_params(in);
  if ((has & kLanguages) != 0) p.languages = read_languages(in);
  if ((has & kLocation) != 0) p.location = in.string();
  return p;
}

}  // namespace

std::uint32_t MimeTree::child(std::uint32_t part, std::uint32_t number) const {
  for (std::uint32_t i = part + 1; i < parts.size() && parts[i].parent != kNoPart && parts[i].parent >= part; ++i)
    if (parts[i].parent == part && --number == 0) return i;
  return kNoPart;
}

bool MimeTree::has_message_header(std::uint32_t part) const {
  return parts[part].parent == kNoPart || parts[parts[part].parent].is_message();
}

std::string encode(const MimeTree& tree) {
  std::string out;
  put_u8(out, kVersion);
  put_varint(out, tree.size);
  put_varint(out, tree.parts.size());
  for (const auto& part : tree.parts)
    put_part(out, part, part.parent == kNoPart ? 0 : tree.parts[part.parent].header_start);
  return out;
}

Result<MimeTree> decode_mime_tree(std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  if (version > kVersion) return fail(Code::not_supported, "the MIME tree was written by a later version");
  MimeTree tree;
  tree.size = in.varint();
  const auto count = in.varint();
  if (version != kVersion || count == 0 || count > kMaxParts) in.set_failed();
  for (std::uint64_t i = 0; in.ok() && i < count; ++i) tree.parts.push_back(read_part(in, tree));
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the MIME tree is damaged");
  return tree;
}

}  // namespace posthorn::message
