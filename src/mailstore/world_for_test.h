// For tests: a mail store with two accounts on a simulated disk, which can be opened again.
#pragma once

#include <doctest/doctest.h>

#include <memory>

#include "mailstore/mailstore.h"
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

  std::uint64_t segment_bytes = 1 << 20;
  std::uint64_t reserve_bytes = 0;
  MailstoreOptions options{.idle = Duration(0), .grace = Duration(0)};
  store::SimulatedFiles disk;
  net::Offload offload{1};
  std::unique_ptr<store::log::LogStore> store;
  std::unique_ptr<Mailstore> mail;
};

}  // namespace posthorn::mailstore
