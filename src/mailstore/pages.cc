#include "mailstore/pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/log.h"
#include "mailstore/common_fields.h"
#include "mailstore/email.h"

namespace posthorn::mailstore {
namespace {

/// A larger header section is not worth a place in a page.
constexpr std::uint64_t kLargestHeader = 64 * 1024;

std::string folder_of(AccountId account) { return fmt::format("pages.{:08x}", account.value()); }
std::string name_of(std::uint64_t page) { return fmt::format("{:016x}", page); }

/// flags(1: 1 where there is a Date) [seconds(8) zone_minutes(2)]
std::string encode_sent(const std::optional<message::DateTime>& sent) {
  std::string out;
  put_u8(out, sent ? 1 : 0);
  if (sent) {
    put_u64(out, static_cast<std::uint64_t>(sent->seconds));
    put_u16(out, static_cast<std::uint16_t>(sent->zone_minutes));
  }
  return out;
}

/// Empty where they must be read from the message.
std::string fields_of(const store::Store& store, const Email& email) {
  const auto size = email.summary.header_size;
  if (email.summary.is_rendered || size > kLargestHeader) return {};
  const auto header = read_octets(store, email, 0, size, store::Wait::disk);
  return header && header->size() == size ? encode_common_fields(*header) : std::string();
}

void log_unreadable(AccountId account, std::uint64_t page, const Error& error) {
  base::log::Line(base::log::warning, "mailstore", "page.ignored")
      .with("account", account.value())
      .with("page", page)
      .with("error", error.text);
}

}  // namespace

Result<void> write_page(store::Store& store, AccountId account, std::uint64_t page) {
  const EmailId first(page * kEmailsAPage), end((page + 1) * kEmailsAPage);
  PageMaker maker(account, page);
  Result<void> decoded;
  const auto scanned =
      store.scan(email_key(account, first), email_key(account, end), [&](std::string_view key, std::string_view row) {
        const EmailId id(ByteReader(key.substr(key.size() - 8)).u64());
        const auto email = decode_email(row);
        if (!email) {
          decoded = fail(email);
          return false;
        }
        maker.add(id, PageColumn::envelope, email->summary.envelope);
        maker.add(id, PageColumn::body_structure, email->summary.bodystructure);
        maker.add(id, PageColumn::body, email->summary.body);
        maker.add(id, PageColumn::fields, fields_of(store, *email));
        maker.add(id, PageColumn::sent, encode_sent(email->summary.sent));
        return true;
      });
  if (!scanned) return scanned;
  if (!decoded) return decoded;
  return store.put_derived(folder_of(account), name_of(page), maker.finish());
}

Result<std::vector<std::uint64_t>> missing_pages(const store::Store& store, AccountId account, std::uint64_t from,
                                                 std::uint64_t end) {
  const auto names = store.list_derived(folder_of(account));
  if (!names) return fail(names);
  std::vector<std::uint64_t> missing;
  for (std::uint64_t page = from; page < end; ++page)
    if (!std::binary_search(names->begin(), names->end(), name_of(page))) missing.push_back(page);
  return missing;
}

Result<void> erase_page(store::Store& store, AccountId account, std::uint64_t page) {
  return store.erase_derived(folder_of(account), name_of(page));
}

Result<void> erase_pages(store::Store& store, AccountId account) {
  const auto names = store.list_derived(folder_of(account));
  if (!names) return fail(names);
  for (const auto& name : *names)
    if (auto done = store.erase_derived(folder_of(account), name); !done) return done;
  return {};
}

Result<Page> Page::read(const store::Store& store, AccountId account, std::uint64_t number,
                        const std::vector<PageColumn>& columns, store::Wait wait) {
  const auto folder = folder_of(account), name = name_of(number);
  const auto bytes = store.read_derived(folder, name, 0, kPageHeadSize, wait);
  if (!bytes) return fail(bytes);
  const auto head = decode_page_head(*bytes, account, number);
  if (!head) return fail(head);
  Page page;
  for (const PageColumn column : columns) {
    const auto place = static_cast<std::size_t>(column);
    const ColumnExtent& extent = (*head)[place];
    auto values = store.read_derived(folder, name, extent.offset, extent.size, wait);
    if (!values) return fail(values);
    auto view = PageColumnView::of(std::move(*values), extent);
    if (!view) return fail(view);
    page.columns_[place] = std::move(*view);
  }
  return page;
}

std::string_view Page::find(PageColumn column, EmailId email) const {
  return columns_[static_cast<std::size_t>(column)]->find(email);
}

std::optional<message::DateTime> Page::decode_sent(std::string_view value) {
  ByteReader in(value);
  if (in.u8() == 0) return std::nullopt;
  message::DateTime sent;
  sent.seconds = static_cast<std::int64_t>(in.u64());
  sent.zone_minutes = static_cast<std::int16_t>(in.u16());
  return sent;
}

std::string_view PageCursor::find(PageColumn column, EmailId email) {
  constexpr std::uint64_t kNear = 16;
  const bool is_near = email >= last_ && email.value() - last_.value() < kNear;
  last_ = email;
  if (number_ != page_of(email)) {
    if (!is_near) return {};
    number_ = page_of(email);
    columns_ = {};
    is_missing_ = false;
  }
  auto& held = columns_[static_cast<std::size_t>(column)];
  if (!held && !is_missing_) {
    auto page = Page::read(*store_, account_, *number_, {column}, store::Wait::disk);
    if (!page && page.error().code != Code::not_found) log_unreadable(account_, *number_, page.error());
    is_missing_ = !page;
    if (page) held = std::move(*page);
  }
  return held ? held->find(column, email) : std::string_view();
}

Task<bool> PageReader::turn_to(std::uint64_t number) {
  if (is_at(number)) co_return true;
  const store::Store* store = &mailstore_->store();
  auto page = Page::read(*store, account_, number, columns_, store::Wait::never);
  if (!page && page.error().code == Code::unavailable)
    page = co_await mailstore_->offload().run(
        [this, store, number] { return Page::read(*store, account_, number, columns_, store::Wait::disk); });
  if (!page && page.error().code != Code::not_found) log_unreadable(account_, number, page.error());
  page_.reset();
  if (!page) co_return false;
  page_ = std::move(*page);
  number_ = number;
  co_return true;
}

}  // namespace posthorn::mailstore
