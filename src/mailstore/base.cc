#include "mailstore/base.h"

#include <fmt/format.h>

#include <set>

#include "base/bytes.h"
#include "codec/crc32c.h"
#include "codec/digest.h"
#include "mailstore/row_fields.h"

namespace posthorn::mailstore {
namespace {

constexpr std::uint8_t kVersion = 1;      ///< of a chunk
constexpr std::uint8_t kHeadVersion = 2;  ///< 1 had no first_uid_validity
constexpr std::size_t kDigestSize = 32;
constexpr std::size_t kLargestCommit = 4 << 20;

store::KeyBuilder key_at(const Place& place) {
  return store::KeyBuilder(place.table).u32(place.account.value()).u8(place.generation);
}

void put_marks(std::string& out, const Mailbox& mailbox) {
  put_varint(out, mailbox.private_marks.size());
  for (const auto& [user, marks] : mailbox.private_marks) {
    put_id(out, user);
    put_varint(out, marks->size());
    for (const auto& m : *marks) {
      put_id(out, m.uid);
      put_u8(out, m.system);
      put_id(out, m.modseq);
    }
  }
}

void get_marks(ByteReader& in, Mailbox& mailbox) {
  const auto users = in.varint();
  for (std::uint64_t i = 0; i < users && in.ok(); ++i) {
    const auto user = get_id<AccountId>(in);
    const auto n = in.varint();
    auto marks = std::make_shared<PrivateMarks>();
    for (std::uint64_t j = 0; j < n && in.ok(); ++j) {
      const auto uid = get_id<Uid>(in);
      const auto system = in.u8();
      marks->push_back({uid, system, get_id<ModSeq>(in)});
    }
    mailbox.private_marks.emplace_back(user, std::move(marks));
  }
}

void put_mailbox(std::string& out, const Mailbox& m) {
  put_id(out, m.id);
  put_string(out, m.name);
  put_id(out, m.uid_validity);
  put_id(out, m.uid_next);
  put_u8(out, static_cast<std::uint8_t>(m.special_use));
  put_time(out, m.created);
  for (const std::uint64_t n : {std::uint64_t{m.messages}, std::uint64_t{m.unseen}, std::uint64_t{m.deleted}, m.bytes})
    put_varint(out, n);
  put_id(out, m.highest_modseq);
  put_marks(out, m);
}

std::shared_ptr<const Mailbox> get_mailbox(ByteReader& in) {
  auto m = std::make_shared<Mailbox>();
  m->id = get_id<MailboxId>(in);
  m->name = in.string();
  m->uid_validity = get_id<UidValidity>(in);
  m->uid_next = get_id<Uid>(in);
  m->special_use = static_cast<SpecialUse>(in.u8());
  m->created = get_time(in);
  m->messages = static_cast<std::uint32_t>(in.varint());
  m->unseen = static_cast<std::uint32_t>(in.varint());
  m->deleted = static_cast<std::uint32_t>(in.varint());
  m->bytes = in.varint();
  m->highest_modseq = get_id<ModSeq>(in);
  get_marks(in, *m);
  return m;
}

void put_version(std::string& out, const Version& v) {
  put_id(out, v.account);
  put_id(out, v.modseq);
  put_time(out, v.time);
  put_varint(out, v.epoch);
  put_id(out, v.next_email);
  put_id(out, v.next_mailbox);
  put_id(out, v.first_uid_validity);
  put_id(out, v.next_uid_validity);
  put_varint(out, v.bytes);
  put_varint(out, v.quota_bytes);
  put_varint(out, v.keywords->size());
  for (std::size_t i = 0; i < v.keywords->size(); ++i) put_string(out, v.keywords->name(static_cast<KeywordId>(i)));
  put_varint(out, v.subscriptions->size());
  for (const auto& name : *v.subscriptions) put_string(out, name);
  put_varint(out, v.mailboxes.size());
  for (const auto& m : v.mailboxes) put_mailbox(out, *m);
}

/// Of a head of version 1: nothing was taken over then, and INBOX, the first, is never deleted.
UidValidity first_given_out(const Version& v) {
  if (v.epoch > 1) return {};
  UidValidity first = v.next_uid_validity;
  for (const auto& m : v.mailboxes) first = std::min(first, m->uid_validity);
  return first;
}

std::shared_ptr<Version> get_version(ByteReader& in, std::uint8_t head_version) {
  auto v = std::make_shared<Version>();
  v->account = get_id<AccountId>(in);
  v->modseq = get_id<ModSeq>(in);
  v->time = get_time(in);
  v->epoch = static_cast<std::uint32_t>(in.varint());
  v->next_email = get_id<EmailId>(in);
  v->next_mailbox = get_id<MailboxId>(in);
  if (head_version > 1) v->first_uid_validity = get_id<UidValidity>(in);
  v->next_uid_validity = get_id<UidValidity>(in);
  v->bytes = in.varint();
  v->quota_bytes = in.varint();
  auto keywords = std::make_shared<KeywordTable>();
  for (auto n = in.varint(); n > 0 && in.ok() && !keywords->is_full(); --n) keywords->define(std::string(in.string()));
  v->keywords = std::move(keywords);
  auto subscriptions = std::make_shared<std::set<std::string>>();
  for (auto n = in.varint(); n > 0 && in.ok(); --n) subscriptions->insert(std::string(in.string()));
  v->subscriptions = std::move(subscriptions);
  for (auto n = in.varint(); n > 0 && in.ok(); --n) v->mailboxes.push_back(get_mailbox(in));
  if (head_version == 1) v->first_uid_validity = first_given_out(*v);
  return v;
}

void put_chunk_refs(std::string& out, const StoredVersion& stored) {
  put_varint(out, stored.chunks.size());
  for (const auto& [mailbox, refs] : stored.chunks) {
    put_id(out, mailbox);
    const auto removed = stored.removed_at.find(mailbox);
    put_id(out, removed == stored.removed_at.end() ? ModSeq() : removed->second);
    put_varint(out, refs.size());
    for (const auto& ref : refs) {
      put_id(out, ref.first_uid);
      put_id(out, ref.modseq);
      put_varint(out, ref.rows);
      put_id(out, ref.touched);
      put_u32(out, ref.crc);
    }
  }
}

void get_chunk_refs(ByteReader& in, StoredVersion& stored) {
  for (auto n = in.varint(); n > 0 && in.ok(); --n) {
    const auto mailbox = get_id<MailboxId>(in);
    stored.removed_at[mailbox] = get_id<ModSeq>(in);
    auto& refs = stored.chunks[mailbox];
    for (auto k = in.varint(); k > 0 && in.ok(); --k) {
      ChunkRef ref;
      ref.first_uid = get_id<Uid>(in);
      ref.modseq = get_id<ModSeq>(in);
      ref.rows = static_cast<std::uint32_t>(in.varint());
      ref.touched = get_id<ModSeq>(in);
      ref.crc = in.u32();
      refs.push_back(ref);
    }
  }
}

std::string encode_chunk(const Columns& columns, std::size_t i) {
  std::string out;
  put_u8(out, kVersion);
  const Chunk& chunk = *columns.chunk(i);
  const std::uint32_t rows = columns.chunk_rows(i);
  put_varint(out, rows);
  for (std::uint32_t row = 0; row < rows; ++row) put_placement(out, chunk.get(row));
  return out;
}

Result<std::shared_ptr<Chunk>> decode_chunk(std::string_view bytes, const ChunkRef& ref) {
  ByteReader in(bytes);
  const auto version = in.u8();
  if (codec::crc32c(bytes) != ref.crc || version != kVersion || in.varint() != ref.rows || ref.rows > kChunkRows)
    return fail(Code::damaged, "a chunk of placements is damaged");
  auto chunk = std::make_shared<Chunk>(ref.rows);
  for (std::uint32_t row = 0; row < ref.rows; ++row) chunk->set(row, get_placement(in));
  chunk->set_touched(ref.touched);
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "a chunk of placements is damaged");
  return chunk;
}

/// Gathers rows and commits them whenever they are many.
class RowWriter {
 public:
  explicit RowWriter(store::Store& store) : store_(store) {}
  Result<void> put(std::string key, std::string value) {
    commit_.put(std::move(key), std::move(value));
    return commit_.weight() > kLargestCommit ? flush() : Result<void>();
  }
  Result<void> erase(std::string key) {
    commit_.erase(std::move(key));
    return commit_.weight() > kLargestCommit ? flush() : Result<void>();
  }
  Result<void> flush() {
    if (commit_.rows.empty()) return {};
    return store_.commit(std::exchange(commit_, {}));
  }

 private:
  store::Store& store_;
  store::Commit commit_;
};

/// Whether the stored chunk still holds just the rows of chunk `i`: nothing was appended, changed or removed since.
bool is_same(const Columns& columns, std::size_t i, const ChunkRef& ref, ModSeq stored_at) {
  const Chunk& chunk = *columns.chunk(i);
  const std::uint32_t rows = columns.chunk_rows(i);
  return chunk.uid(0) == ref.first_uid && rows == ref.rows && chunk.touched() <= stored_at &&
         chunk.modseq(rows - 1) <= stored_at && columns.removed_at() <= stored_at;
}

const ChunkRef* find_same(const StoredVersion* previous, MailboxId mailbox, const Columns& columns, std::size_t i) {
  if (previous == nullptr) return nullptr;
  const auto it = previous->chunks.find(mailbox);
  if (it == previous->chunks.end()) return nullptr;
  for (const auto& ref : it->second)
    if (is_same(columns, i, ref, previous->version->modseq)) return &ref;
  return nullptr;
}

Result<void> erase_unnamed(store::Store& store, const Place& place, const StoredVersion& stored) {
  std::set<std::string> named;
  for (const auto& [mailbox, refs] : stored.chunks)
    for (const auto& ref : refs) named.insert(chunk_key(place, mailbox, ref));
  const auto prefix = key_at(place).u8('c').take();
  std::vector<std::string> unnamed;
  const auto scanned = store.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    if (!named.contains(std::string(key))) unnamed.emplace_back(key);
    return true;
  });
  if (!scanned) return scanned;
  RowWriter writer(store);
  for (auto& key : unnamed)
    if (auto done = writer.erase(std::move(key)); !done) return done;
  return writer.flush();
}

}  // namespace

std::string head_key(const Place& place) { return key_at(place).u8('h').take(); }

std::string chunk_key(const Place& place, MailboxId mailbox, const ChunkRef& ref) {
  return key_at(place).u8('c').u32(mailbox.value()).u32(ref.first_uid.value()).u64(ref.modseq.value()).take();
}

std::string place_prefix(const Place& place) { return key_at(place).take(); }

std::string encode_head(const StoredVersion& stored) {
  std::string out;
  put_u8(out, kHeadVersion);
  put_version(out, *stored.version);
  put_chunk_refs(out, stored);
  out += codec::sha256(out);
  return out;
}

Result<StoredVersion> decode_head(std::string_view bytes) {
  if (bytes.size() <= kDigestSize) return fail(Code::damaged, "the base of an account is damaged");
  const auto body = bytes.substr(0, bytes.size() - kDigestSize);
  if (codec::sha256(body) != bytes.substr(body.size())) return fail(Code::damaged, "the base of an account is damaged");
  ByteReader in(body);
  const auto version = in.u8();
  if (version == 0 || version > kHeadVersion)
    return fail(Code::not_supported, fmt::format("a base of version {}; this program knows {}", version, kHeadVersion));
  StoredVersion stored;
  stored.version = get_version(in, version);
  get_chunk_refs(in, stored);
  if (!in.ok() || !in.at_end()) return fail(Code::damaged, "the base of an account does not follow its format");
  return stored;
}

Result<std::optional<StoredVersion>> read_head(const store::View& view, const Place& place) {
  const auto row = view.get(head_key(place));
  if (!row) return fail(row);
  if (!*row) return std::nullopt;
  auto stored = decode_head(**row);
  if (!stored) return fail(stored);
  return std::move(*stored);
}

Result<Columns> read_columns(const store::View& view, const Place& place, const StoredVersion& stored,
                             MailboxId mailbox) {
  Columns columns;
  const auto it = stored.chunks.find(mailbox);
  if (it == stored.chunks.end()) return columns;
  for (const auto& ref : it->second) {
    const auto row = view.get(chunk_key(place, mailbox, ref));
    if (!row) return fail(row);
    if (!*row) return fail(Code::damaged, "a chunk of placements is missing");
    auto chunk = decode_chunk(**row, ref);
    if (!chunk) return fail(chunk);
    columns.add_chunk(std::move(*chunk), ref.rows);
  }
  if (const auto removed = stored.removed_at.find(mailbox); removed != stored.removed_at.end())
    columns.set_removed_at(removed->second);
  return columns;
}

Result<void> write_version(store::Store& store, const Place& place, const Version& version,
                           const StoredVersion* previous) {
  StoredVersion stored{.version = std::make_shared<Version>(version), .chunks = {}, .removed_at = {}};
  RowWriter writer(store);
  for (const auto& mailbox : version.mailboxes) {
    const Columns& columns = *mailbox->columns;
    auto& refs = stored.chunks[mailbox->id];
    stored.removed_at[mailbox->id] = columns.removed_at();
    for (std::size_t i = 0; i < columns.chunks(); ++i) {
      if (const ChunkRef* same = find_same(previous, mailbox->id, columns, i)) {
        refs.push_back(*same);
        continue;
      }
      auto bytes = encode_chunk(columns, i);
      refs.push_back({columns.chunk(i)->uid(0), version.modseq, columns.chunk_rows(i), columns.chunk(i)->touched(),
                      codec::crc32c(bytes)});
      if (auto done = writer.put(chunk_key(place, mailbox->id, refs.back()), std::move(bytes)); !done) return done;
    }
  }
  if (auto done = writer.put(head_key(place), encode_head(stored)); !done) return done;
  if (auto done = writer.flush(); !done) return done;
  return erase_unnamed(store, place, stored);
}

Result<void> erase_version(store::Store& store, const Place& place) {
  const auto prefix = place_prefix(place);
  RowWriter writer(store);
  std::vector<std::string> keys;
  const auto scanned = store.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  if (!scanned) return scanned;
  for (auto& key : keys)
    if (auto done = writer.erase(std::move(key)); !done) return done;
  return writer.flush();
}

}  // namespace posthorn::mailstore
