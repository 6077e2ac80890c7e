#include "mailstore/email_page.h"

#include "base/bytes.h"
#include "codec/crc32c.h"

namespace posthorn::mailstore {
namespace {

constexpr std::string_view kMagic = "PHpg";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kOffsetsSize = (kEmailsAPage + 1) * 4;
constexpr std::uint64_t kLargestColumn = kOffsetsSize + kEmailsAPage * kLargestPageValue;

}  // namespace

void PageMaker::fill(Column& column, std::size_t upto) {
  for (; column.filled < upto; ++column.filled)
    column.ends[column.filled] = static_cast<std::uint32_t>(column.bytes.size());
}

void PageMaker::add(EmailId email, PageColumn which, std::string_view value) {
  if (value.size() > kLargestPageValue) return;
  Column& column = columns_[static_cast<std::size_t>(which)];
  fill(column, place_in_page(email) + 1);
  column.bytes += value;
}

std::string PageMaker::finish() {
  std::string head(kMagic), body;
  put_u8(head, kVersion);
  put_u32(head, account_.value());
  put_u64(head, page_);
  for (Column& column : columns_) {
    fill(column, kEmailsAPage + 1);
    const std::size_t start = body.size();
    for (const auto end : column.ends) put_u32(body, end);
    body += column.bytes;
    put_u64(head, kPageHeadSize + start);
    put_u64(head, body.size() - start);
    put_u32(head, codec::crc32c(std::string_view(body).substr(start)));
  }
  put_u32(head, codec::crc32c(head));
  return head + body;
}

Result<PageHead> decode_page_head(std::string_view bytes, AccountId account, std::uint64_t page) {
  ByteReader in(bytes);
  const bool is_page = in.bytes(kMagic.size()) == kMagic;
  const auto version = in.u8();
  if (is_page && in.ok() && version != kVersion) return fail(Code::not_supported, "a page has another format");
  const bool is_it = in.u32() == account.value() && in.u64() == page;
  PageHead head;
  for (auto& column : head) column = {.offset = in.u64(), .size = in.u64(), .crc = in.u32()};
  const auto crc = in.u32();
  if (!in.ok() || !is_page || !is_it || crc != codec::crc32c(bytes.substr(0, kPageHeadSize - 4)))
    return fail(Code::damaged, "the head of a page is damaged");
  for (const auto& column : head)
    if (column.size < kOffsetsSize || column.size > kLargestColumn)
      return fail(Code::damaged, "the head of a page is damaged");
  return head;
}

Result<PageColumnView> PageColumnView::of(std::string bytes, const ColumnExtent& extent) {
  if (bytes.size() != extent.size || codec::crc32c(bytes) != extent.crc)
    return fail(Code::damaged, "a column of a page is damaged");
  PageColumnView view(std::move(bytes));
  std::uint32_t before = 0;
  for (std::size_t place = 0; place <= kEmailsAPage; ++place) {
    const auto end = view.end_of(place);
    if (end < before || end > view.bytes_.size() - kOffsetsSize)
      return fail(Code::damaged, "a column of a page is damaged");
    before = end;
  }
  return view;
}

std::uint32_t PageColumnView::end_of(std::size_t place) const {
  return ByteReader(std::string_view(bytes_).substr(place * 4, 4)).u32();
}

std::string_view PageColumnView::find(EmailId email) const {
  const std::size_t place = place_in_page(email);
  const auto start = end_of(place), end = end_of(place + 1);
  return std::string_view(bytes_).substr(kOffsetsSize + start, end - start);
}

}  // namespace posthorn::mailstore
