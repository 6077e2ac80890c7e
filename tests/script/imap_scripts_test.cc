// Runs tests/scripts/imap/*.t against the IMAP server on a store in memory.
#include <doctest/doctest.h>

#include "base/log.h"
#include "script/imap_world.h"

using namespace posthorn;

TEST_CASE("scripts: IMAP over every transport") {
  base::log::redirect(-1);
  script::check_folder("tests/scripts/imap", [](script::Transport transport) {
    const auto world = std::make_shared<script::ImapWorld>();
    return std::make_unique<script::Host>(transport, world->services(),
                                          [world](const std::string& what) { return world->perform(what); });
  });
  base::log::redirect(2);
}
