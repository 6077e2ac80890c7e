// The bytes of an email as protocols tell them that cannot carry NUL: as they are, or where the email holds NUL, its
// binary parts in base64 (message/rendition.h).
//
// Threads: the caller's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mailstore/email_reader.h"
#include "message/rendition.h"

namespace posthorn::mailstore {

class ToldMessage {
 public:
  /// `mailstore` and `email` outlive it. Errors: damaged, io.
  static Task<Result<ToldMessage>> open(Mailstore* mailstore, const Email* email);

  std::uint64_t size() const { return rendition_ ? rendition_->size() : email_->size(); }
  std::uint64_t header_size() const { return email_->summary.header_size; }
  /// Errors: damaged.
  Result<message::MimeTree> tree() const;

  /// As read_octets(), of the told bytes.
  Task<Result<std::string>> read(std::uint64_t offset, std::uint64_t length) const;
  /// As best_piece().
  std::uint64_t best_piece(std::uint64_t offset) const;

 private:
  ToldMessage(Mailstore* mailstore, const Email* email) : mailstore_(mailstore), email_(email) {}

  Task<Result<void>> find_words(const message::MimeTree* tree);
  void put_words(std::string& bytes, std::uint64_t start) const;

  Mailstore* mailstore_;
  const Email* email_;
  std::shared_ptr<const message::Rendition> rendition_;  ///< null for most
  std::vector<std::uint64_t> words_;                     ///< where `binary` stands that is told as `base64`
};

}  // namespace posthorn::mailstore
