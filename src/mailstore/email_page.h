// A page: what clients ask of many messages at once (FETCH ENVELOPE, BODYSTRUCTURE, common header fields, SEARCH
// SENTSINCE), of kEmailsAPage emails with consecutive EmailIds, column by column. Derived from the rows of the emails
// and their bodies: it may be gone at any time, and never changes.
//
// Format: magic(4) version(1) account(4) page(8), of each column offset(8) size(8) crc32c(4), then crc32c(4) of all
// that. A column: (kEmailsAPage + 1) offsets(4) into what follows them. An empty value: the email is not in this page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace posthorn::mailstore {

inline constexpr std::uint64_t kEmailsAPage = 256;

enum class PageColumn : std::uint8_t {
  envelope,
  body_structure,
  body,
  fields,  ///< common_fields.h
  sent,    ///< encode_sent() of email_page.cc
};
inline constexpr std::size_t kPageColumns = 5;

/// The page that an email belongs to.
inline std::uint64_t page_of(EmailId email) { return email.value() / kEmailsAPage; }
inline std::size_t place_in_page(EmailId email) { return email.value() % kEmailsAPage; }

/// Put together column by column; what is not added stays empty.
class PageMaker {
 public:
  PageMaker(AccountId account, std::uint64_t page) : account_(account), page_(page) {}
  /// Emails in ascending order. Values above kLargestPageValue are left out.
  void add(EmailId email, PageColumn column, std::string_view value);
  std::string finish();

 private:
  struct Column {
    std::array<std::uint32_t, kEmailsAPage + 1> ends{};
    std::size_t filled = 0;  ///< places whose end is set
    std::string bytes;
  };
  void fill(Column& column, std::size_t upto);

  AccountId account_;
  std::uint64_t page_;
  std::array<Column, kPageColumns> columns_;
};

struct ColumnExtent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};
using PageHead = std::array<ColumnExtent, kPageColumns>;
inline constexpr std::size_t kPageHeadSize = 17 + kPageColumns * 20 + 4;
/// What is larger stays out of the pages, so that a column in memory is bounded.
inline constexpr std::size_t kLargestPageValue = 16 * 1024;

/// Errors: damaged, also where it is of another page; not_supported.
Result<PageHead> decode_page_head(std::string_view bytes, AccountId account, std::uint64_t page);

/// A column in memory.
class PageColumnView {
 public:
  /// Errors: damaged.
  static Result<PageColumnView> of(std::string bytes, const ColumnExtent& extent);
  /// Empty where the email is not in the page.
  std::string_view find(EmailId email) const;

 private:
  explicit PageColumnView(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint32_t end_of(std::size_t place) const;
  std::string bytes_;
};

}  // namespace posthorn::mailstore
