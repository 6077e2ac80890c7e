#include "mailstore/pages.h"

#include "mailstore/common_fields.h"
#include "mailstore/world_for_test.h"
#include "message/date_time.h"

using namespace posthorn;
using namespace posthorn::mailstore;

namespace {

constexpr std::uint32_t kPage = kEmailsAPage;

struct World : WorldForTest {
  void add_many(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i)
      REQUIRE(add({1}, "Date: Sat, 21 Nov 2026 20:53:13 +0100\r\nSubject: s\r\n\r\n" + std::to_string(i)));
  }
  void write_all() {
    while (mail->tidy()) {
    }
  }
  std::vector<std::uint64_t> missing(std::uint64_t end) { return *missing_pages(*store, AccountId(1), 0, end); }
  Result<Page> read(std::uint64_t page) {
    return Page::read(*store, AccountId(1), page, {PageColumn::envelope, PageColumn::sent}, store::Wait::disk);
  }
};

}  // namespace

TEST_CASE("pages: written when they are full, of what is there") {
  World w;
  w.add_many(kPage + 10);
  CHECK(w.missing(1).size() == 1);
  w.write_all();
  CHECK(w.missing(2) == std::vector<std::uint64_t>{1});
  const auto page = w.read(0);
  REQUIRE(page);
  CHECK(page->find(PageColumn::envelope, EmailId(0)).empty());
  CHECK(page->find(PageColumn::envelope, EmailId(1)).starts_with("(\"Sat, 21 Nov 2026 20:53:13 +0100\" \"s\" "));
  CHECK(page->find(PageColumn::envelope, EmailId(kPage - 1)) == page->find(PageColumn::envelope, EmailId(1)));
  CHECK(Page::decode_sent(page->find(PageColumn::sent, EmailId(1))) ==
        message::parse_date("Sat, 21 Nov 2026 20:53:13 +0100"));
}

TEST_CASE("pages: gone with the emails in them, and written anew") {
  World w;
  w.add_many(2 * kPage);
  w.write_all();
  CHECK(w.missing(2).empty());
  w.expunge_inbox(1);
  REQUIRE(w.mail->truncate_log(AccountId(1), w.account()->published()->modseq));
  CHECK(w.missing(2).size() == 2);
  w.write_all();
  CHECK(w.missing(2).empty());
  CHECK(w.read(1)->find(PageColumn::envelope, EmailId(kPage + 1)).empty());
  REQUIRE(w.mail->delete_account(AccountId(1)));
  CHECK(w.missing(2).size() == 2);
}

TEST_CASE("pages: one that is gone is written anew after the next opening") {
  World w;
  w.add_many(kPage);
  w.write_all();
  w.close();
  REQUIRE(w.disk.remove("s/derived/pages.00000001/0000000000000000"));
  w.open();
  CHECK_FALSE(w.read(0));
  REQUIRE(w.account());
  w.write_all();
  CHECK(w.read(0));
}

TEST_CASE("pages: every wrong bit is seen") {
  PageMaker maker(AccountId(1), 3);
  for (std::uint32_t i = 0; i < kPage; i += 3) maker.add(EmailId(3 * kPage + i), PageColumn::body, std::to_string(i));
  const auto bytes = maker.finish();
  const auto find_all = [](const std::string& page) -> Result<std::string> {
    const auto head = decode_page_head(std::string_view(page).substr(0, kPageHeadSize), AccountId(1), 3);
    if (!head) return fail(head);
    const auto& extent = (*head)[static_cast<std::size_t>(PageColumn::body)];
    const auto column = PageColumnView::of(page.substr(std::min(page.size(), extent.offset), extent.size), extent);
    if (!column) return fail(column);
    std::string all;
    for (std::uint32_t i = 0; i < kPage; ++i) all += std::string(column->find(EmailId(3 * kPage + i))) + ",";
    return all;
  };
  const auto told = find_all(bytes);
  REQUIRE(told);
  CHECK(told->starts_with("0,,,3,,,6,"));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto wrong = bytes;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
    const auto seen = find_all(wrong);
    if (seen) CHECK(*seen == *told);
    if (const auto cut = at % 7 == 0 ? find_all(bytes.substr(0, at)) : seen) CHECK(*cut == *told);
  }
}
