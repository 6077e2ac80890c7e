// A message that holds NUL, as it is told where NUL cannot be: in IMAP but for BINARY (RFC 9051 4.3.1), in POP3. Parts
// with the transfer encoding `binary` (RFC 3030 3) are told in base64; the bytes that are kept stay as they came.
//
// The names of both encodings have six letters, so that header sections keep their size, and the place of every byte
// can be reckoned: any range is made from the few bytes that it stands for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "message/mime_tree.h"

namespace posthorn::message {

inline constexpr std::string_view kBinary = "binary";
inline constexpr std::string_view kBase64 = "base64";

class Rendition {
 public:
  /// A run of the told message: bytes as they are, or bytes in base64.
  struct Piece {
    std::uint64_t told_start = 0;
    std::uint64_t told_size = 0;
    std::uint64_t start = 0;  ///< of what it stands for
    std::uint64_t size = 0;
    bool is_base64 = false;
  };
  /// What a range of one piece is made from: its lines in base64 are whole, `skipped` of their bytes come before.
  struct Source {
    std::uint64_t start = 0;
    std::uint64_t size = 0;
    std::uint64_t skipped = 0;
  };

  explicit Rendition(const MimeTree& tree);

  /// The tree of the told message.
  const MimeTree& tree() const { return tree_; }
  std::uint64_t size() const { return tree_.size; }
  /// In order, without gaps.
  const std::vector<Piece>& pieces() const { return pieces_; }
  /// The piece that holds the byte at `offset` < size().
  const Piece& piece_at(std::uint64_t offset) const;
  static Source source_of(const Piece& piece, std::uint64_t offset, std::uint64_t size);

 private:
  MimeTree tree_;
  std::vector<Piece> pieces_;
};

/// Whether a part of it would be told in base64.
bool has_binary_part(const MimeTree& tree);
/// Where in a header section, from its start, the word `binary` stands as the transfer encoding; npos where nowhere.
std::size_t find_binary_word(std::string_view header);

}  // namespace posthorn::message
