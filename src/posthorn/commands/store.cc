// `posthorn store`: the store in which mail is kept.
#include "mailstore/check.h"
#include "posthorn/commands.h"
#include "posthorn/figures.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

Result<json::value> store_check(World& world, const json::object&) {
  auto wrong = world.store->check();
  if (!wrong) return fail(wrong);
  auto mail = mailstore::check(*world.store);
  if (!mail) return fail(mail);
  wrong->insert(wrong->end(), mail->wrong.begin(), mail->wrong.end());
  return json::object{{"accounts", mail->accounts},
                      {"messages", mail->messages},
                      {"log_entries", mail->entries},
                      {"wrong", json::value_from(*wrong)}};
}

Result<json::value> store_stats(World& world, const json::object&) {
  const auto s = world.store->statistics();
  const auto& data = world.config.data;
  return json::object{{"commits", s.commits},
                      {"flushes", s.flushes},
                      {"replayed_at_start", s.replayed},
                      {"log_bytes", bytes_below(data / "log")},
                      {"blob_bytes", bytes_below(data / "blobs")},
                      {"index_bytes", bytes_below(data / "index")}};
}

void offer(CLI::App& app, CommandLine& line) {
  auto* store = offer_group(app, "store", "The store in which mail is kept");
  ServerCommand(line, store, "check",
                "Read everything and check every checksum and invariant.\nExample: posthorn store check");
  ServerCommand(line, store, "stats", "Figures of the store.\nExample: posthorn store stats --json");
}

constexpr Command kCommands[] = {{"store check", store_check}, {"store stats", store_stats}};

}  // namespace

Topic store_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
