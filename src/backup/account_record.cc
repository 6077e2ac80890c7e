#include "backup/account_record.h"

#include "base/bytes.h"
#include "mailstore/row_fields.h"

namespace posthorn::backup {
namespace {

using mailstore::get_id;
using mailstore::put_id;

constexpr std::uint8_t kVersion = 1;

void put_digest(std::string& out, const Digest& digest) { out += store::view(digest); }

void put_since(std::string& out, const Since& since) {
  put_id(out, since.modseq);
  put_digest(out, since.entry);
  put_id(out, since.next_email);
  put_id(out, since.last_email);
  put_digest(out, since.email);
}
Since get_since(ByteReader& in) {
  Since since;
  since.modseq = get_id<ModSeq>(in);
  since.entry = get_digest(in);
  since.next_email = get_id<EmailId>(in);
  since.last_email = get_id<EmailId>(in);
  since.email = get_digest(in);
  return since;
}

template <class List, class Put>
void put_all(std::string& out, const List& list, Put put) {
  put_varint(out, list.size());
  for (const auto& item : list) put(item);
}

template <class Get>
void get_all(ByteReader& in, Get get) {
  for (auto n = in.varint(); n > 0 && in.ok(); --n) get();
}

Result<void> ended(const ByteReader& in, const char* what) {
  if (in.ok() && in.at_end()) return {};
  return fail(Code::damaged, std::string(what) + " does not follow its format");
}

}  // namespace

std::string encode(const AccountRecord& account) {
  std::string out;
  put_u8(out, kVersion);
  put_string(out, account.head);
  put_since(out, account.since);
  put_all(out, account.mailboxes, [&](const auto& mailbox) {
    put_id(out, mailbox.first);
    put_all(out, mailbox.second, [&](const Block& block) {
      put_varint(out, block.number);
      put_digest(out, block.digest);
    });
  });
  put_all(out, account.side, [&](const Digest& digest) { put_digest(out, digest); });
  put_all(out, account.batches, [&](const Batch& batch) {
    put_id(out, batch.first);
    put_id(out, batch.last);
    put_varint(out, batch.count);
    put_varint(out, batch.bytes);
    put_digest(out, batch.rows);
    put_digest(out, batch.bodies);
  });
  put_all(out, account.missing, [&](const auto& missing) {
    put_id(out, missing.first);
    put_string(out, missing.second);
  });
  return out;
}

Result<AccountRecord> decode_account(std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.u8();
  if (in.ok() && version != kVersion) return fail(Code::not_supported, "an account of a later version");
  AccountRecord account;
  account.head = in.string();
  account.since = get_since(in);
  get_all(in, [&] {
    auto& [id, blocks] = account.mailboxes.emplace_back();
    id = get_id<MailboxId>(in);
    get_all(in, [&] {
      const auto number = static_cast<std::uint32_t>(in.varint());
      blocks.push_back({number, get_digest(in)});
    });
  });
  get_all(in, [&] { account.side.push_back(get_digest(in)); });
  get_all(in, [&] {
    Batch batch;
    batch.first = get_id<EmailId>(in);
    batch.last = get_id<EmailId>(in);
    batch.count = in.varint();
    batch.bytes = in.varint();
    batch.rows = get_digest(in);
    batch.bodies = get_digest(in);
    account.batches.push_back(batch);
  });
  get_all(in, [&] {
    const auto email = get_id<EmailId>(in);
    account.missing.emplace_back(email, in.string());
  });
  if (auto good = ended(in, "an account"); !good) return fail(good);
  return account;
}

std::string encode(const Since& since) {
  std::string out;
  put_since(out, since);
  return out;
}

Result<Since> decode_since(std::string_view bytes) {
  ByteReader in(bytes);
  const auto since = get_since(in);
  if (auto good = ended(in, "a request"); !good) return fail(good);
  return since;
}

std::string encode_block(const std::vector<mailstore::Placement>& placements) {
  std::string out;
  for (const auto& placement : placements) mailstore::put_placement(out, placement);
  return out;
}

Result<std::vector<mailstore::Placement>> decode_block(std::string_view bytes) {
  ByteReader in(bytes);
  std::vector<mailstore::Placement> placements;
  while (in.ok() && !in.at_end()) {
    placements.push_back(mailstore::get_placement(in));
    if (placements.size() > 1 && placements.back().uid <= placements[placements.size() - 2].uid) in.set_failed();
  }
  if (auto good = ended(in, "a list of messages"); !good) return fail(good);
  return placements;
}

Result<std::vector<std::pair<EmailId, std::string>>> decode_emails(std::string_view bytes) {
  ByteReader in(bytes);
  std::vector<std::pair<EmailId, std::string>> emails;
  while (in.ok() && !in.at_end()) {
    const auto id = get_id<EmailId>(in);
    emails.emplace_back(id, in.string());
  }
  if (auto good = ended(in, "a batch of emails"); !good) return fail(good);
  return emails;
}

Result<std::vector<BodyOfEmail>> decode_bodies(std::string_view bytes) {
  ByteReader in(bytes);
  std::vector<BodyOfEmail> bodies;
  while (in.ok() && !in.at_end()) {
    BodyOfEmail body;
    body.email = get_id<EmailId>(in);
    body.digest = get_digest(in);
    body.size = in.varint();
    bodies.push_back(body);
  }
  if (auto good = ended(in, "a list of bodies"); !good) return fail(good);
  return bodies;
}

void put_email(std::string& out, EmailId email, std::string_view row) {
  put_id(out, email);
  put_string(out, row);
}

void put_body(std::string& out, const BodyOfEmail& body) {
  put_id(out, body.email);
  put_digest(out, body.digest);
  put_varint(out, body.size);
}

void put_row(std::string& out, std::string_view key, std::string_view value) {
  put_string(out, key);
  put_string(out, value);
}

Result<Rows> decode_rows(std::string_view bytes) {
  ByteReader in(bytes);
  Rows rows;
  while (in.ok() && !in.at_end()) {
    const auto key = in.string();
    rows.emplace_back(key, in.string());
  }
  if (auto good = ended(in, "a list of rows"); !good) return fail(good);
  return rows;
}

}  // namespace posthorn::backup
