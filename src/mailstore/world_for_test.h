// For tests: a mail store with two accounts on a simulated disk, which can be opened again.
#pragma once

#include <doctest/doctest.h>

#include <memory>

#include "mailstore/append.h"
#include "mailstore/expunge.h"
#include "mailstore/mailstore.h"
#include "net/run_for_test.h"
#include "store/log/log_store.h"
#include "store/simulated_files.h"

namespace posthorn::mailstore {

struct WorldForTest {
  WorldForTest() {
    REQUIRE(disk.make_folder("s"));
    open();
    REQUIRE(mail->create_accounts({AccountId(1), AccountId(2)}));
  }
  void close() {
    mail.reset();
    store.reset();
  }
  void open() {
    close();
    auto opened = store::log::LogStore::open(
        disk, "s",
        {.index = {.write_buffer_bytes = 64 << 10}, .segment_bytes = segment_bytes, .reserve_bytes = reserve_bytes});
    REQUIRE(opened);
    store = std::move(*opened);
    mail = std::make_unique<Mailstore>(*store, offload, options);
  }
  AccountPtr account(std::uint32_t id = 1) { return *mail->open_now(AccountId(id)); }

  template <class T>
  T run(net::Task<T> task) {
    return net::result_for_test(std::move(task));
  }
  /// Delivers a message with \Deleted to the INBOX of each.
  Result<std::vector<AppendedTo>> add(const std::vector<std::uint32_t>& ids, const std::string& text) {
    MessageWriter writer(*mail, "");
    writer.feed(text);
    const auto message = *run(writer.finish());
    std::vector<Addition> additions;
    additions.reserve(ids.size());
    for (const auto id : ids)
      additions.push_back(
          {message, {account(id), account(id)->published()->find("INBOX")->id, {kDeleted, {}}, wall_now(), true}});
    return run(append(mail.get(), std::move(additions)));
  }
  void expunge_inbox(std::uint32_t id) {
    const auto a = account(id);
    const auto open = *mail->open_mailbox_now(a, a->published()->find("INBOX")->id);
    REQUIRE(run(expunge(mail.get(), open, std::nullopt)));
  }

  std::uint64_t segment_bytes = 1 << 20;
  std::uint64_t reserve_bytes = 0;
  MailstoreOptions options{.idle = Duration(0), .grace = Duration(0)};
  store::SimulatedFiles disk;
  net::Offload offload{1};
  std::unique_ptr<store::log::LogStore> store;
  std::unique_ptr<Mailstore> mail;
};

}  // namespace posthorn::mailstore
