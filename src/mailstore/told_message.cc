#include "mailstore/told_message.h"

#include <algorithm>

#include "codec/base64.h"

namespace posthorn::mailstore {
namespace {

/// The transfer encoding is looked for in so much of a header section, as the parser does.
constexpr std::uint64_t kMostHeader = message::kMaxRootHeader;

}  // namespace

Task<Result<ToldMessage>> ToldMessage::open(Mailstore* mailstore, const Email* email) {
  ToldMessage told(mailstore, email);
  if (!email->summary.is_rendered) co_return told;
  const auto tree = message::decode_mime_tree(email->summary.tree);
  if (!tree) co_return fail(tree);
  told.rendition_ = std::make_shared<const message::Rendition>(*tree);
  if (const auto found = co_await told.find_words(&*tree); !found) co_return fail(found);
  co_return told;
}

Task<Result<void>> ToldMessage::find_words(const message::MimeTree* tree) {
  for (std::size_t i = 0; i < tree->parts.size(); ++i) {
    const auto& part = tree->parts[i];
    if (part.encoding == rendition_->tree().parts[i].encoding) continue;
    const auto size = std::min(part.body_start - part.header_start, kMostHeader);
    const auto header = co_await read_octets(mailstore_, email_, part.header_start, size);
    if (!header) co_return fail(header);
    const auto at = message::find_binary_word(*header);
    if (at != std::string::npos) words_.push_back(part.header_start + at);
  }
  co_return Result<void>();
}

Result<message::MimeTree> ToldMessage::tree() const {
  if (rendition_) return rendition_->tree();
  return message::decode_mime_tree(email_->summary.tree);
}

void ToldMessage::put_words(std::string& bytes, std::uint64_t start) const {
  for (const std::uint64_t word : words_)
    for (std::size_t i = 0; i < message::kBase64.size(); ++i)
      if (word + i >= start && word + i < start + bytes.size()) bytes[word + i - start] = message::kBase64[i];
}

Task<Result<std::string>> ToldMessage::read(std::uint64_t offset, std::uint64_t length) const {
  if (!rendition_) co_return co_await read_octets(mailstore_, email_, offset, length);
  std::string told;
  while (told.size() < length) {
    const std::uint64_t at = offset + told.size(), left = length - told.size();
    if (at >= size()) co_return fail(Code::damaged, "a message is shorter than it was");
    const auto& piece = rendition_->piece_at(at);
    const std::uint64_t taken = std::min(left, piece.told_start + piece.told_size - at);
    const auto source = message::Rendition::source_of(piece, at, taken);
    auto bytes = co_await read_octets(mailstore_, email_, source.start, source.size);
    if (!bytes) co_return bytes;
    if (!piece.is_base64) {
      put_words(*bytes, source.start);
      told += *bytes;
      continue;
    }
    std::string encoded;
    codec::Base64Encoder encoder(codec::Base64Encoder::Lines::of_76);
    encoder.feed(*bytes, encoded);
    encoder.finish(encoded);
    told += encoded.substr(source.skipped, taken);
  }
  co_return told;
}

std::uint64_t ToldMessage::best_piece(std::uint64_t offset) const {
  constexpr std::uint64_t kPiece = 64 * 1024;
  return rendition_ ? kPiece : mailstore::best_piece(*email_, offset);
}

}  // namespace posthorn::mailstore
