// The pages of an account (email_page.h) as derived objects of the store: written in the background, read by whoever
// lists many messages.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "mailstore/email_page.h"
#include "mailstore/mailstore.h"
#include "message/date_time.h"
#include "store/store.h"

namespace posthorn::mailstore {

/// Makes a page anew from the rows of its emails and their bodies. Errors: damaged, io, full_disk.
Result<void> write_page(store::Store& store, AccountId account, std::uint64_t page);
/// Those of the pages [from, end) that are not there.
Result<std::vector<std::uint64_t>> missing_pages(const store::Store& store, AccountId account, std::uint64_t from,
                                                 std::uint64_t end);
/// Errors: io.
Result<void> erase_page(store::Store& store, AccountId account, std::uint64_t page);
Result<void> erase_pages(store::Store& store, AccountId account);

/// The columns of one page in memory.
class Page {
 public:
  /// Errors: not_found, damaged, io, unavailable.
  static Result<Page> read(const store::Store& store, AccountId account, std::uint64_t page,
                           const std::vector<PageColumn>& columns, store::Wait wait);
  /// Empty where the email is not in it. `column` is one of those read.
  std::string_view find(PageColumn column, EmailId email) const;
  /// What a value of PageColumn::sent says; the Date may be missing.
  static std::optional<message::DateTime> decode_sent(std::string_view value);

 private:
  std::array<std::optional<PageColumnView>, kPageColumns> columns_;
};

/// The page that was asked for last, for a session's thread.
class PageReader {
 public:
  /// `mailstore` outlives it.
  PageReader(Mailstore* mailstore, AccountId account, std::vector<PageColumn> columns)
      : mailstore_(mailstore), account_(account), columns_(std::move(columns)) {}

  bool is_at(std::uint64_t page) const { return page_ && number_ == page; }
  /// False where there is no such page, or none that can be read; then the rows of the emails are.
  Task<bool> turn_to(std::uint64_t page);
  std::string_view find(PageColumn column, EmailId email) const { return page_->find(column, email); }

 private:
  Mailstore* mailstore_;
  AccountId account_;
  std::vector<PageColumn> columns_;
  std::optional<Page> page_;
  std::uint64_t number_ = 0;
};

/// The same for a thread that may block, and that asks for emails mostly in their order: a page is read for those that
/// are near the one asked for before.
class PageCursor {
 public:
  /// `store` outlives it.
  PageCursor(const store::Store* store, AccountId account) : store_(store), account_(account) {}

  /// Empty where no page tells. Good until the next call.
  std::string_view find(PageColumn column, EmailId email);

 private:
  const store::Store* store_;
  AccountId account_;
  EmailId last_;
  std::optional<std::uint64_t> number_;
  std::array<std::optional<Page>, kPageColumns> columns_;  ///< of that page, those asked for
  bool is_missing_ = false;
};

}  // namespace posthorn::mailstore
