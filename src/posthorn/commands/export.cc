// `posthorn export`: an account's mail as files that other systems read.
#include <fmt/format.h>

#include <iostream>

#include "base/text.h"
#include "migration/exporter.h"
#include "posthorn/commands.h"
#include "posthorn/commands/interrupt.h"
#include "posthorn/commands/progress.h"
#include "posthorn/conversation.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
using migration::Exported;

struct Asked {
  std::string address, folder;
  bool remove_gone = false;
};

json::object summary_of(const Exported& exported) {
  json::array mailboxes;
  for (const auto& [name, path] : exported.mailboxes) mailboxes.push_back(json::object{{"name", name}, {"path", path}});
  return json::object{{"messages", exported.messages},
                      {"bytes", exported.bytes},
                      {"known", exported.known},
                      {"renamed", exported.renamed},
                      {"removed", exported.removed},
                      {"mailboxes", std::move(mailboxes)},
                      {"refused", json::value_from(exported.refused)}};
}

int finish(const Exported& exported, const Result<void>& outcome, bool as_json) {
  if (as_json) {
    std::cout << json::serialize(summary_of(exported)) << "\n";
  } else {
    std::cout << fmt::format("exported {} messages ({})", exported.messages, print_bytes(exported.bytes));
    if (exported.known != 0) std::cout << fmt::format("; {} were there already", exported.known);
    if (exported.renamed != 0) std::cout << fmt::format(", {} of them with other flags", exported.renamed);
    if (exported.removed != 0) std::cout << fmt::format("; {} are gone and were removed", exported.removed);
    std::cout << "\n";
  }
  for (const auto& refused : exported.refused) std::cerr << "posthorn: not exported whole: " << refused << "\n";
  if (!outcome && outcome.error().code == Code::cancelled)
    return failed({Code::cancelled, "stopped; the same command goes on from here"});
  if (!outcome) return failed(outcome.error());
  if (exported.refused.empty()) return 0;
  return failed({Code::invalid, fmt::format("{} could not be exported whole; see above", exported.refused.size())});
}

int run_export(const CommandLine& line, const Asked& asked, bool is_maildir) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  const auto* interrupted = catch_interrupts();
  const auto conversation = OpenedConversation::open(*config, "export", {{"address", asked.address}});
  if (!conversation) return failed(conversation.error());
  migration::Channel channel((*conversation)->fd());
  // However it is typed the next time.
  const auto owner = directory::canonical_address(asked.address).value_or(asked.address);
  Exported exported;
  Result<void> outcome;
  {
    ProgressBar bar;
    migration::ExportSource source(&channel, interrupted,
                                   [&bar](auto messages, auto bytes) { bar.step(messages, bytes); });
    const auto listed = source.list();
    if (listed) {
      std::uint64_t messages = 0;
      for (const auto& mailbox : listed->mailboxes) messages += mailbox.messages;
      bar.set_total(messages, 0);
    }
    outcome = !listed      ? Result<void>(fail(listed))
              : is_maildir ? migration::export_maildir(&source, asked.folder, owner, asked.remove_gone, &exported)
                           : migration::export_mbox(&source, asked.folder, &exported);
  }
  return finish(exported, outcome, line.json);
}

void offer(CLI::App& app, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* group = app.add_subcommand("export",
                                   "Export an account's mail, byte for byte.\n"
                                   "Example: posthorn export ann@example.org maildir /srv/export/ann");
  group->add_option("ADDRESS", asked->address, "the account")->required();
  group->require_subcommand(1);
  auto* maildir = group->add_subcommand(
      "maildir",
      "Export to a Maildir with subfolders, UIDs, flags and subscriptions, as Dovecot takes it over. Once more, it\n"
      "brings the folder up to date.\nExample: posthorn export ann@example.org maildir /srv/export/ann --delete");
  maildir->add_option("DIR", asked->folder, "the folder")->required();
  maildir->add_flag("--delete", asked->remove_gone, "remove what an export before wrote and is gone here");
  maildir->callback([&line, asked] { line.run = [&line, asked] { return run_export(line, *asked, true); }; });
  auto* mbox = group->add_subcommand("mbox",
                                     "Export to files in mboxrd format, one a mailbox.\n"
                                     "Example: posthorn export ann@example.org mbox /srv/export/ann");
  mbox->add_option("DIR", asked->folder, "the folder")->required();
  mbox->callback([&line, asked] { line.run = [&line, asked] { return run_export(line, *asked, false); }; });
}

}  // namespace

Topic export_topic() { return {offer, {}}; }

}  // namespace posthorn::program
