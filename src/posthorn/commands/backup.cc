// `posthorn backup`: points in time of all mail, the directory and the configuration, in a folder.
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <iostream>

#include "backup/taker.h"
#include "backup/upkeep.h"
#include "posthorn/commands.h"
#include "posthorn/commands/interrupt.h"
#include "posthorn/commands/progress.h"
#include "posthorn/commands/times.h"
#include "posthorn/conversation.h"
#include "posthorn/file_content.h"
#include "posthorn/print.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

struct Asked {
  std::string folder;
  std::size_t keep = 0;
  bool list = false, verify = false, repair = false;
};

/// The configuration and what it names. Those that cannot be read are told in `missing`.
std::vector<backup::OwnFile> files_of(const Config& config, std::vector<std::string>& missing) {
  std::vector<backup::OwnFile> files;
  for (const auto& path : config.files()) {
    struct stat st{};
    auto content = content_of(path);
    if (content.empty() || ::stat(path.c_str(), &st) != 0)
      missing.push_back(path.string() + ": cannot be read");
    else
      files.push_back({path.string(), static_cast<std::uint32_t>(st.st_mode & 07777), std::move(content)});
  }
  return files;
}

std::string absolute(const std::string& folder) { return fs::absolute(folder).lexically_normal().string(); }

int list_points(const backup::Archive& archive, bool as_json) {
  const auto names = archive.point_names();
  if (!names) return failed(names.error());
  json::array rows;
  for (const auto& name : *names) {
    const auto point = backup::read_point(archive, name);
    json::object row{{"point", name}, {"time", ""}, {"accounts", 0}, {"messages", 0}, {"bytes", 0}, {"state", "whole"}};
    if (point) {
      row["time"] = print_time(point->point.time);
      row["accounts"] = point->point.accounts.size();
      row["messages"] = point->point.messages;
      row["bytes"] = point->point.bytes;
      if (!point->point.damaged.empty()) row["state"] = "incomplete";
    } else {
      row["state"] = point.error().text;
    }
    rows.push_back(std::move(row));
  }
  return print_answer("backup", rows, as_json);
}

int tell_wrong(const std::vector<std::string>& wrong, const std::string& summary) {
  for (const auto& line : wrong) std::cerr << "posthorn: " << line << "\n";
  return wrong.empty() ? 0 : failed({Code::damaged, summary});
}

int check(const Asked& asked, bool as_json) {
  const auto archive = backup::Archive::open(store::real_files(), asked.folder);
  if (!archive) return failed(archive.error());
  if (asked.list) return list_points(**archive, as_json);
  Result<backup::Verified> verified;
  {
    ProgressBar bar;
    verified = backup::verify(**archive, false, catch_interrupts(), [&](std::uint64_t bytes) { bar.step(0, bytes); });
  }
  if (!verified) return failed(verified.error());
  if (as_json)
    std::cout << json::serialize(json::object{{"points", verified->points},
                                              {"files", verified->packs},
                                              {"bytes", verified->bytes},
                                              {"wrong", json::value_from(verified->wrong)}})
              << "\n";
  else
    std::cout << fmt::format("verified {} points in time: {} in {} files\n", verified->points,
                             print_bytes(verified->bytes), verified->packs);
  return tell_wrong(verified->wrong, "the backup is damaged; `posthorn backup " + asked.folder +
                                         " --repair` replaces what the server still has");
}

int finish(const backup::BackedUp& done, const backup::Pruned& pruned, const std::vector<std::string>& wrong,
           bool as_json) {
  if (as_json) {
    std::cout << json::serialize(json::object{{"point", done.point},
                                              {"accounts", done.accounts},
                                              {"messages", done.messages},
                                              {"bytes", done.bytes},
                                              {"new_bodies", done.new_bodies},
                                              {"written", done.written},
                                              {"points_removed", pruned.points},
                                              {"bytes_freed", pruned.bytes},
                                              {"wrong", json::value_from(wrong)}})
              << "\n";
  } else {
    std::cout << fmt::format("backed up {} messages ({}) of {} accounts as {}; {} of them are new, {} written\n",
                             done.messages, print_bytes(done.bytes), done.accounts, done.point, done.new_bodies,
                             print_bytes(done.written));
    if (pruned.points != 0)
      std::cout << fmt::format("removed {} older points; {} freed\n", pruned.points, print_bytes(pruned.bytes));
  }
  return tell_wrong(wrong, "the backup is made, but for what is named above");
}

/// What is damaged in the folder is taken out of use, so that it is asked for again.
Result<void> mend(backup::Archive& archive, const std::atomic<bool>* stop) {
  ProgressBar bar;
  const auto verified = backup::verify(archive, true, stop, [&](std::uint64_t bytes) { bar.step(0, bytes); });
  if (!verified) return fail(verified);
  for (const auto& line : verified->wrong) bar.say(line);
  return {};
}

int run_backup(const CommandLine& line, Asked asked) {
  asked.folder = absolute(asked.folder);
  if (asked.list || asked.verify) return check(asked, line.json);
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  const auto* interrupted = catch_interrupts();
  std::error_code error;
  fs::create_directories(fs::path(asked.folder).parent_path(), error);
  if (error) return failed({Code::io, "cannot make the folder above " + asked.folder + ": " + error.message()});
  const auto archive = backup::Archive::open_to_write(store::real_files(), asked.folder);
  if (!archive) return failed(archive.error());
  if (asked.repair)
    if (auto done = mend(**archive, interrupted); !done) return failed(done.error());
  std::vector<std::string> wrong;
  const backup::BackupAsked what{
      .files = files_of(*config, wrong), .program = "posthorn", .asks_for_all = asked.repair, .stop = interrupted};
  Result<backup::BackedUp> done;
  {
    const auto conversation = OpenedConversation::open(*config, "backup", {});
    if (!conversation) return failed(conversation.error());
    migration::Channel channel((*conversation)->fd());
    ProgressBar bar;
    done = backup::take_backup(**archive, channel, what, [&](std::uint64_t bytes) { bar.step(1, bytes); });
  }
  if (!done && done.error().code == Code::cancelled)
    return failed({Code::cancelled, "stopped; the same command goes on from here"});
  if (!done) return failed(done.error());
  std::ranges::copy(done->damaged, std::back_inserter(wrong));
  backup::Pruned pruned;
  if (asked.keep != 0) {
    const auto collected = backup::prune(**archive, asked.keep);
    if (collected)
      pruned = *collected;
    else
      wrong.push_back(collected.error().text);
  }
  return finish(*done, pruned, wrong, line.json);
}

void offer(CLI::App& app, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* command = app.add_subcommand(
      "backup",
      "Make a point in time of all mail, the directory and the configuration in a folder of its own, while the server\n"
      "runs. What the folder holds already is not copied again; all that is written is read again.\n"
      "Example: posthorn backup /srv/backup --keep 30");
  command->add_option("DIR", asked->folder, "the folder; it is made if it is not there")->required();
  command->add_option("--keep", asked->keep, "keep so many points in time, this one included; none: all")
      ->check(CLI::Range(1, 1'000'000));
  auto* list = command->add_flag("--list", asked->list, "make none, but show those that are there");
  auto* verify = command->add_flag("--verify", asked->verify, "make none, but read every byte that is there");
  auto* repair =
      command->add_flag("--repair", asked->repair,
                        "read every byte first; what is damaged is replaced, as far as the server still has it");
  list->excludes(verify)->excludes(repair);
  verify->excludes(repair);
  command->callback([&line, asked] { line.run = [&line, asked] { return run_backup(line, *asked); }; });
}

}  // namespace

Topic backup_topic() { return {offer, {}}; }

}  // namespace posthorn::program
