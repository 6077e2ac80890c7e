// `posthorn store`: the store in which mail is kept.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "backup/heal.h"
#include "base/text.h"
#include "mailstore/affected.h"
#include "mailstore/check.h"
#include "mailstore/repair.h"
#include "posthorn/apart.h"
#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"
#include "posthorn/commands/times.h"
#include "posthorn/control.h"
#include "posthorn/conversation.h"
#include "posthorn/figures.h"
#include "posthorn/print.h"
#include "posthorn/scrub.h"
#include "store/log/repair.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

/// As operators call accounts.
std::function<std::string(AccountId)> name_of_account(World& world) {
  std::map<AccountId, std::string> addresses;
  if (const auto entries = world.directory.accounts())
    for (const auto& entry : *entries) addresses[entry.id] = entry.address;
  return [addresses = std::move(addresses)](AccountId id) {
    const auto it = addresses.find(id);
    return it == addresses.end() ? fmt::format("account {}", id.value()) : it->second;
  };
}

Result<json::value> store_check(World& world, const json::object&) {
  std::vector<store::Digest> bodies;
  auto wrong = world.store->check(&bodies);
  if (!wrong) return fail(wrong);
  auto mail = mailstore::check(*world.store);
  if (!mail) return fail(mail);
  wrong->insert(wrong->end(), mail->wrong.begin(), mail->wrong.end());
  bodies.insert(bodies.end(), mail->missing_bodies.begin(), mail->missing_bodies.end());
  for (const auto& line : mailstore::messages_of(*world.store->snapshot(), bodies, name_of_account(world)))
    wrong->push_back(line + ": the body is damaged or missing");
  json::object answer{{"accounts", mail->accounts}, {"messages", mail->messages}, {"log_entries", mail->entries}};
  if (!bodies.empty()) {
    json::array named;
    for (const auto& digest : bodies) named.emplace_back(to_hex(store::view(digest)));
    answer["bodies"] = std::move(named);
  }
  answer["wrong"] = json::value_from(*wrong);
  return answer;
}

Result<mailstore::RepairReport> repair_mail(World& world, mailstore::RepairMode mode, bool lacks_commits) {
  mailstore::RepairAsked asked{.mode = mode, .lacks_commits = lacks_commits};
  const auto entries = world.directory.accounts();
  if (!entries) return fail(entries);
  for (const auto& entry : *entries) asked.known.insert(entry.id);
  return mailstore::repair(*world.store, asked);
}

/// What can be repaired beside those who use the store.
Result<json::value> store_repair(World& world, const json::object&) {
  const auto report = repair_mail(world, mailstore::RepairMode::online, false);
  if (!report) return fail(report);
  return json::object{{"mended", json::value_from(report->mended)}, {"lost", json::value_from(report->lost)}};
}

Result<json::value> store_stats(World& world, const json::object&) {
  const auto s = world.store->statistics();
  const auto& data = world.config.data;
  const auto scrub = read_scrub(*world.store);
  if (!scrub) return fail(scrub);
  const auto time = [](WallTime t) { return t == WallTime() ? std::string("never") : print_time(t); };
  return json::object{
      {"commits", s.commits},
      {"flushes", s.flushes},
      {"replayed_at_start", s.replayed},
      {"log_bytes", bytes_below(data / "log")},
      {"blob_bytes", bytes_below(data / "blobs")},
      {"index_bytes", bytes_below(data / "index")},
      {"scrub_began", time(scrub->began)},
      {"scrub_ended", scrub->began != WallTime() && scrub->ended == WallTime() ? "it runs" : time(scrub->ended)},
      {"scrub_bodies", scrub->bodies},
      {"scrub_bytes", scrub->bytes},
      {"scrub_damaged", scrub->damaged.size()}};
}

// Repairs, on the command's side.

struct Asked {
  bool repair = false;
  std::string from;
};

struct Outcome {
  std::vector<std::string> mended, lost;
};

std::string text_of(const store::log::LostFrame& frame) {
  std::string text =
      fmt::format("log segment {} at offset {}: ", store::log::segment_name(frame.segment), frame.offset);
  text += frame.first > frame.last    ? "commits are gone"
          : frame.first == frame.last ? fmt::format("commit {} is gone", frame.first)
                                      : fmt::format("commits {} to {} are gone", frame.first, frame.last);
  const auto about = mailstore::describe_commit(frame.payload);
  return about.empty() ? text : text + ": " + about;
}

/// While no server runs: the log and the index first, so that the store opens; then what is in it.
Result<json::value> repair_offline(const Config& config) {
  base::log::configure(base::log::error, config.log_format);
  const auto log = store::log::repair_log(store::real_files(), config.data.string(), {});
  if (!log) return fail(log);
  auto mended = log->mended;
  std::vector<std::string> lost;
  for (const auto& frame : log->lost) lost.push_back(text_of(frame));
  const auto world = World::open(config);
  if (!world) return fail(world);
  const bool lacks_commits = !log->lost.empty() || log->is_index_damaged;
  const auto report = repair_mail(**world, mailstore::RepairMode::offline, lacks_commits);
  if (!report) return fail(report);
  std::ranges::copy(report->mended, std::back_inserter(mended));
  std::ranges::copy(report->lost, std::back_inserter(lost));
  return json::object{{"mended", json::value_from(mended)}, {"lost", json::value_from(lost)}};
}

Result<Outcome> repair(const Config& config) {
  auto answer = ask_server(control_socket(config), "store repair", {});
  if (!answer) answer = run_apart(config, [&config] { return repair_offline(config); });
  if (!*answer) return fail(*answer);
  return Outcome{texts((**answer).as_object(), "mended"), texts((**answer).as_object(), "lost")};
}

std::vector<store::Digest> bodies_of(const json::value& checked) {
  std::vector<store::Digest> bodies;
  for (const auto& hex : texts(checked.as_object(), "bodies"))
    if (const auto bytes = from_hex(hex)) bodies.push_back(store::to_digest(*bytes));
  return bodies;
}

/// Bodies that are damaged, out of a backup.
Result<void> heal(const Config& config, const std::string& folder, Outcome& outcome) {
  const auto archive =
      backup::Archive::open(store::real_files(), std::filesystem::absolute(folder).lexically_normal().string());
  if (!archive) return fail(archive);
  const auto checked = ask_anywhere(config, "store check", {});
  if (!checked) return fail(checked);
  const auto bodies = bodies_of(*checked);
  if (bodies.empty()) return {};
  const auto conversation = OpenedConversation::open(config, "heal", {});
  if (!conversation) return fail(conversation);
  migration::Channel channel((*conversation)->fd());
  const auto healed = backup::give_bodies(**archive, channel, bodies);
  if (!healed) return fail(healed);
  if (healed->bodies != 0) outcome.mended.push_back(fmt::format("{} bodies came back from the backup", healed->bodies));
  std::ranges::copy(healed->left, std::back_inserter(outcome.lost));
  return {};
}

int run_check(const CommandLine& line, const Asked& asked) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  Outcome outcome;
  if (asked.repair) {
    const auto repaired = repair(*config);
    if (!repaired) return failed(repaired.error());
    outcome = *repaired;
    if (!asked.from.empty())
      if (auto done = heal(*config, asked.from, outcome); !done) return failed(done.error());
  }
  auto checked = ask_anywhere(*config, "store check", {});
  if (!checked) return failed(checked.error());
  auto& answer = checked->as_object();
  if (!line.json) answer.erase("bodies");
  if (asked.repair) {
    answer["mended"] = json::value_from(outcome.mended);
    answer["lost"] = json::value_from(outcome.lost);
  }
  const int status = print_answer("store check", *checked, line.json);
  return outcome.lost.empty() ? status : 1;
}

void offer(CLI::App& app, CommandLine& line) {
  auto* store = offer_group(app, "store", "The store in which mail is kept");
  auto asked = std::make_shared<Asked>();
  auto* check = store->add_subcommand(
      "check",
      "Read everything and check every checksum and invariant. With --repair, put right what can be, and tell what "
      "was\n"
      "lost: all of it while the server is stopped, some while it runs (docs/operations/repair.md).\n"
      "Example: posthorn store check --repair --from /srv/backup");
  auto* repair = check->add_flag("--repair", asked->repair, "put right what can be");
  check->add_option("--from", asked->from, "the folder of a backup, out of which damaged bodies come back")
      ->needs(repair);
  check->callback([&line, asked] { line.run = [&line, asked] { return run_check(line, *asked); }; });
  ServerCommand(line, store, "stats", "Figures of the store.\nExample: posthorn store stats --json");
}

constexpr Command kCommands[] = {
    {"store check", store_check}, {"store repair", store_repair}, {"store stats", store_stats}};

}  // namespace

Topic store_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
