#include "imap/commands/fetch_binary.h"

#include <algorithm>

#include "imap/server/session.h"
#include "imap/syntax/printer.h"
#include "mailstore/email_reader.h"
#include "message/section.h"
#include "message/transfer_decoder.h"

namespace posthorn::imap {
namespace {

using mailstore::Email;
using message::ByteRange;
using message::TransferDecoder;

/// Where the part lies, and how it is encoded.
struct Encoded {
  ByteRange range;
  std::string encoding;
};

Result<std::optional<Encoded>> locate(const Email& email, const SectionSpec& section) {
  if (section.part.empty()) return Encoded{{0, email.size()}, {}};
  const auto tree = message::decode_mime_tree(email.summary.tree);
  if (!tree) return base::fail(tree);
  const auto range = message::section_range(*tree, section.part, message::SectionText::whole);
  if (!range) return std::nullopt;
  const auto& part = tree->parts[message::find_part(*tree, section.part)];
  // What holds other parts has no encoding of its own (RFC 2045 6.4).
  if (part.is_multipart() || part.is_message()) return Encoded{*range, {}};
  if (!message::is_known_encoding(part.encoding))
    return base::fail(Code::not_supported, "The transfer encoding of the part is not known");
  return Encoded{*range, part.encoding};
}

/// The part decoded, piece by piece.
class Decoding {
 public:
  Decoding(Session* session, const Email* email, const Encoded* encoded)
      : session_(session), email_(email), range_(encoded->range), decoder_(encoded->encoding) {}

  bool at_end() const { return is_finished_; }
  /// The next piece, perhaps empty. Not to be called at the end.
  net::Task<Result<std::string>> next() {
    std::string decoded;
    if (range_.size > 0) {
      const auto length = std::min(range_.size, mailstore::best_piece(*email_, range_.offset));
      const auto piece = co_await mailstore::read_octets(session_->mailstore(), email_, range_.offset, length);
      if (!piece) co_return base::fail(piece);
      decoder_.feed(*piece, decoded);
      range_ = {range_.offset + length, range_.size - length};
    }
    if (range_.size == 0) {
      decoder_.finish(decoded);
      is_finished_ = true;
    }
    co_return decoded;
  }

 private:
  Session* session_;
  const Email* email_;
  ByteRange range_;
  TransferDecoder decoder_;
  bool is_finished_ = false;
};

/// What is to be told of a decoded part, and whether it can only go as a literal8.
struct Measure {
  std::uint64_t size = 0;
  bool has_nul = false;
};

net::Task<Result<Measure>> measure(Session* session, const Email* email, const Encoded* encoded) {
  Measure measured;
  Decoding decoding(session, email, encoded);
  while (!decoding.at_end()) {
    const auto piece = co_await decoding.next();
    if (!piece) co_return base::fail(piece);
    measured.size += piece->size();
    measured.has_nul |= piece->find('\0') != std::string::npos;
  }
  co_return measured;
}

net::Task<> send_decoded(Session* session, const Email* email, const Encoded* encoded, Measure measured,
                         std::optional<Partial> partial) {
  const std::uint64_t skipped = partial ? std::min(partial->offset, measured.size) : 0;
  std::uint64_t left = partial ? std::min(partial->count, measured.size - skipped) : measured.size;
  LiteralAnnouncement{.size = left, .binary = measured.has_nul}.print(session->out());
  session->out() += "\r\n";
  Decoding decoding(session, email, encoded);
  std::uint64_t to_skip = skipped;
  while (left > 0 && !decoding.at_end()) {
    const auto piece = co_await decoding.next();
    if (!piece) throw net::Lost(Code::io, piece.error().text);
    std::string_view told = *piece;
    const auto gone = std::min<std::uint64_t>(to_skip, told.size());
    told = told.substr(gone, left);
    to_skip -= gone;
    left -= told.size();
    session->out() += told;
    if (session->is_out_full()) co_await session->flush();
  }
}

}  // namespace

bool is_binary(FetchAtt att) {
  return att == FetchAtt::binary || att == FetchAtt::binary_peek || att == FetchAtt::binary_size;
}

net::Task<Result<void>> send_binary(Session* session, const FetchItem* item, const Email* email) {
  const bool is_size = item->att == FetchAtt::binary_size;
  const std::string_view nothing = is_size ? "0" : "NIL";
  item->print_name(session->out());
  session->out() += ' ';
  const auto encoded = locate(*email, item->section);
  if (!encoded || !*encoded) {
    session->out() += nothing;
    co_return encoded ? Result<void>() : base::fail(encoded);
  }
  const auto measured = co_await measure(session, email, &**encoded);
  if (!measured) {
    session->out() += nothing;
    co_return base::fail(measured);
  }
  if (is_size) {
    print_number(session->out(), measured->size);
  } else {
    co_await send_decoded(session, email, &**encoded, *measured, item->partial);
  }
  co_return Result<void>();
}

}  // namespace posthorn::imap
