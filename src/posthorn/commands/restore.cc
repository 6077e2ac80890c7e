// `posthorn restore`: a backup back into an empty installation, or parts of it into the living one.
#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "backup/restore_all.h"
#include "backup/restore_part.h"
#include "backup/saved_mail.h"
#include "base/text.h"
#include "directory/address.h"
#include "posthorn/apart.h"
#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"
#include "posthorn/commands/interrupt.h"
#include "posthorn/commands/mailbox.h"
#include "posthorn/commands/progress.h"
#include "posthorn/commands/times.h"
#include "posthorn/conversation.h"
#include "posthorn/print.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;
using directory::AccountEntry;

struct Asked {
  std::string folder, point, account, mailbox, uids, into, files;
  bool list = false;
};

struct Opened {
  std::unique_ptr<backup::Archive> archive;
  backup::NamedPoint point;
};

Result<Opened> open(const Asked& asked) {
  const auto folder = fs::absolute(asked.folder).lexically_normal().string();
  auto archive = backup::Archive::open(store::real_files(), folder);
  if (!archive) return fail(archive);
  auto point = backup::read_point(**archive, asked.point);
  if (!point) return fail(point);
  for (const auto& line : point->passed_over) std::cerr << "posthorn: passed over: " << line << "\n";
  return Opened{std::move(*archive), std::move(*point)};
}

int tell_lost(const std::vector<std::string>& lost) {
  for (const auto& line : lost) std::cerr << "posthorn: not restored: " << line << "\n";
  if (lost.empty()) return 0;
  return failed({Code::damaged,
                 "what is named above is damaged in the backup; all else is restored. An older point in "
                 "time may have it: posthorn backup DIR --list"});
}

// All of it.

/// What a store consists of, and what an unfinished restore left of one.
constexpr std::string_view kOfAStore[] = {"format", "lock", "log", "index", "blobs", "derived"};

Result<void> check_empty(const fs::path& data) {
  std::error_code error;
  const bool was_begun = fs::exists(data / kRestoreUnfinished, error);
  for (auto it = fs::directory_iterator(data, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    const auto name = it->path().filename().string();
    const bool is_of_store = std::ranges::find(kOfAStore, name) != std::end(kOfAStore);
    if (name == kRestoreUnfinished || name == "lost+found" || (was_begun && is_of_store)) continue;
    return fail(Code::already_exists,
                data.string() +
                    " is not empty: a whole backup goes into an empty data folder, parts of it into a "
                    "living one (--account)");
  }
  if (!was_begun) return {};
  for (const auto name : kOfAStore) fs::remove_all(data / name, error);
  return error ? fail(Code::io, data.string() + ": " + error.message()) : Result<void>();
}

/// As root, for the server's user, or else for whoever owns the folder.
void give_to_owner(const Config& config) {
  const auto& data = config.data;
  struct stat st{};
  if (::geteuid() != 0 || ::stat(data.c_str(), &st) != 0) return;
  if (const auto* user = config.sandbox.user.empty() ? nullptr : ::getpwnam(config.sandbox.user.c_str())) {
    st.st_uid = user->pw_uid;
    st.st_gid = user->pw_gid;
  }
  if (st.st_uid == 0) return;
  if (::lchown(data.c_str(), st.st_uid, st.st_gid) != 0 || ::chmod(data.c_str(), 0700) != 0)
    std::cerr << "posthorn: the owner of " << data.string() << " cannot be changed\n";
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(data, error); !error && it != end(it); it.increment(error))
    if (::lchown(it->path().c_str(), st.st_uid, st.st_gid) != 0)
      std::cerr << "posthorn: the owner of " << it->path().string() << " cannot be changed\n";
}

Result<backup::RestoredAll> fill_store(const Opened& opened, const Config& config) {
  auto& files = store::real_files();
  store::log::StoreOptions options;
  options.reserve_bytes = config.reserve_bytes;
  auto store = store::log::LogStore::open(files, config.data.string(), options);
  if (!store) return fail(store);
  ProgressBar bar;
  bar.set_total(0, opened.point.point.bytes);
  return backup::restore_all(*opened.archive, opened.point, **store, catch_interrupts(),
                             [&](std::uint64_t bytes) { bar.step(1, bytes); });
}

int restore_whole(const CommandLine& line, const Asked& asked) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  const auto opened = open(asked);
  if (!opened) return failed(opened.error());
  if (auto empty = check_empty(config->data); !empty) return failed(empty.error());
  std::error_code error;
  fs::create_directories(config->data, error);
  auto& files = store::real_files();
  if (auto done = store::replace_file(files, config->data.string(), kRestoreUnfinished, opened->point.name); !done)
    return failed(done.error());
  const auto restored = fill_store(*opened, *config);
  if (!restored && restored.error().code == Code::cancelled)
    return failed({Code::cancelled, "stopped; the same command begins anew"});
  if (!restored) return failed(restored.error());
  auto gone = files.remove((config->data / kRestoreUnfinished).string());
  if (gone) gone = files.sync_folder(config->data.string());
  if (!gone) return failed(gone.error());
  give_to_owner(*config);
  if (line.json)
    std::cout << json::serialize(json::object{{"point", opened->point.name},
                                              {"accounts", restored->accounts},
                                              {"messages", restored->messages},
                                              {"lost", json::value_from(restored->lost)}})
              << "\n";
  else
    std::cout << fmt::format("restored {} messages of {} accounts as of {}\n", restored->messages, restored->accounts,
                             print_time(opened->point.point.time));
  return tell_lost(restored->lost);
}

// Parts of it.

/// The directory's rows of an account in the backup, as arguments of "restore account".
Result<json::object> account_rows(const Opened& opened, const backup::SavedAccount& saved) {
  json::object arguments{{"address", saved.address}};
  json::array keys;
  const auto passwords = directory::app_password_key(saved.id, "");
  for (const auto& digest : opened.point.point.tables) {
    const auto bytes = opened.archive->read(digest);
    const auto rows = bytes ? backup::decode_rows(*bytes) : fail(bytes);
    if (!rows) continue;  // the account may be in another; else it is told that it is missing
    for (const auto& [key, value] : *rows) {
      if (key == directory::account_key(saved.address)) arguments["entry"] = to_hex(value);
      if (key.starts_with(passwords))
        keys.push_back(json::object{{"name", key.substr(passwords.size())}, {"entry", to_hex(value)}});
    }
  }
  if (!arguments.contains("entry"))
    return fail(Code::damaged,
                "what the backup has of the account's password and settings is damaged; make it with "
                "`posthorn account add " +
                    saved.address + "`, then restore its mail");
  arguments["app_passwords"] = std::move(keys);
  const auto mail = backup::SavedMail::open(*opened.archive, saved);
  if (mail) arguments["quota"] = static_cast<std::int64_t>((*mail)->version().quota_bytes);
  return arguments;
}

/// Makes an account that is gone, with the password and settings that it had.
Result<json::value> restore_account(World& world, const json::object& arguments) {
  const auto address = directory::canonical_address(text(arguments, "address"));
  if (!address) return fail(address);
  const auto there = world.directory.find(*address);
  if (!there) return fail(there);
  if (*there) return json::object{{"made", false}};
  if (!arguments.contains("entry")) return json::object{{"made", false}, {"missing", true}};
  const auto row = from_hex(text(arguments, "entry"));
  const auto like = row ? directory::decode<AccountEntry>(*address, *row) : fail(row);
  if (!like) return fail(like);
  const auto added = world.directory.add_accounts({*address}, *like);
  if (!added) return fail(added);
  if (added->empty()) return json::object{{"made", false}};
  const AccountId id = added->front().id;
  auto made = world.mail.create_account(id);
  if (made) made = world.set_quota(id, static_cast<std::uint64_t>(number(arguments, "quota").value_or(0)));
  if (!made) {
    (void)world.directory.remove_account(*address);
    return fail(made);
  }
  const auto* keys = arguments.if_contains("app_passwords");
  for (const auto& key : keys != nullptr && keys->is_array() ? keys->as_array() : json::array()) {
    const auto& fields = key.as_object();
    const auto bytes = from_hex(text(fields, "entry"));
    const auto entry = bytes ? directory::decode<directory::AppPassword>(text(fields, "name"), *bytes) : fail(bytes);
    if (!entry) return fail(entry);
    if (auto done = world.directory.add_app_password(*address, *entry); !done) return fail(done);
  }
  return json::object{{"made", true}};
}

/// Whether the account was made.
Result<bool> ensure_account(const Config& config, const Opened& opened, const backup::SavedAccount& saved) {
  const auto asked = ask_anywhere(config, "restore account", {{"address", saved.address}});
  if (!asked) return fail(asked);
  if (!asked->as_object().contains("missing")) return false;
  const auto rows = account_rows(opened, saved);
  if (!rows) return fail(rows);
  const auto made = ask_anywhere(config, "restore account", *rows);
  if (!made) return fail(made);
  return made->as_object().at("made") == true;
}

Result<backup::PartAsked> part_of(const Asked& asked) {
  backup::PartAsked part{.stop = catch_interrupts()};
  for (const auto& [word, into] : {std::pair(&asked.mailbox, &part.mailbox), std::pair(&asked.into, &part.into)}) {
    if (word->empty()) continue;
    const auto name = name_of_mailbox(*word);
    if (!name) return fail(name);
    *into = *name;
  }
  if (asked.uids.empty()) return part;
  auto uids = uids_of(asked.uids);
  if (!uids) return fail(uids);
  part.uids = std::move(*uids);
  return part;
}

int tell_part(const backup::RestoredPart& outcome, const Result<void>& done, bool is_made, const std::string& address,
              bool as_json) {
  if (as_json) {
    std::cout << json::serialize(json::object{{"restored", outcome.restored},
                                              {"bytes", outcome.bytes},
                                              {"there_already", outcome.there},
                                              {"account_made", is_made},
                                              {"lost", json::value_from(outcome.lost)}})
              << "\n";
  } else {
    if (is_made)
      std::cout << address << " was not there and is made anew, with the password and settings that it had\n";
    std::cout << fmt::format("restored {} messages ({})", outcome.restored, print_bytes(outcome.bytes));
    if (outcome.there != 0) std::cout << fmt::format("; {} were there already and stay as they are", outcome.there);
    std::cout << "\n";
  }
  if (!done && done.error().code == Code::cancelled)
    return failed({Code::cancelled, "stopped; the same command goes on from here"});
  if (!done) return failed(done.error());
  return tell_lost(outcome.lost);
}

Result<backup::SavedAccount> account_asked(const Opened& opened, const Asked& asked) {
  const auto address = directory::canonical_address(asked.account);
  if (!address) return fail(address);
  return backup::find_account(opened.point, *address);
}

int restore_part(const CommandLine& line, const Asked& asked) {
  const auto config = read_config(line.config_file);
  if (!config) return failed(config.error());
  const auto part = part_of(asked);
  if (!part) return failed(part.error());
  const auto opened = open(asked);
  if (!opened) return failed(opened.error());
  const auto saved = account_asked(*opened, asked);
  if (!saved) return failed(saved.error());
  // What is not in the backup makes no account.
  if (const auto mail = backup::SavedMail::open(*opened->archive, *saved); !mail) return failed(mail.error());
  const auto made = ensure_account(*config, *opened, *saved);
  if (!made) return failed(made.error());
  const auto conversation =
      OpenedConversation::open(*config, "restore", {{"address", saved->address}, {"into", part->into}});
  if (!conversation) return failed(conversation.error());
  migration::Channel channel((*conversation)->fd());
  backup::RestoredPart outcome;
  Result<void> done;
  {
    ProgressBar bar;
    done = backup::restore_part(
        *opened->archive, *saved, *part, channel, [&](std::uint64_t bytes) { bar.step(1, bytes); }, outcome);
  }
  return tell_part(outcome, done, *made, saved->address, line.json);
}

// Looking.

json::array messages_of(backup::SavedMail& mail, const mailstore::Mailbox& mailbox) {
  json::array rows;
  mailbox.columns->for_each(0, mailbox.columns->size(), [&](const mailstore::Placement& p) {
    json::object row{
        {"uid", p.uid.value()}, {"received", print_time(p.received)}, {"bytes", p.size}, {"from", ""}, {"subject", ""}};
    const auto bytes = mail.email_row(p.email);
    if (const auto email = bytes ? mailstore::decode_email(*bytes) : fail(bytes)) describe(*email, row);
    rows.push_back(std::move(row));
  });
  return rows;
}

int list(const CommandLine& line, const Asked& asked) {
  const auto opened = open(asked);
  if (!opened) return failed(opened.error());
  json::array rows;
  if (asked.account.empty()) {
    for (const auto& account : opened->point.point.accounts) rows.push_back(json::object{{"account", account.address}});
    return print_answer("restore", rows, line.json);
  }
  const auto part = part_of(asked);
  if (!part) return failed(part.error());
  const auto saved = account_asked(*opened, asked);
  if (!saved) return failed(saved.error());
  const auto mail = backup::SavedMail::open(*opened->archive, *saved);
  if (!mail) return failed(mail.error());
  const auto& version = (*mail)->version();
  if (!part->mailbox.empty()) {
    const auto* mailbox = version.find(part->mailbox);
    if (mailbox == nullptr) return failed({Code::not_found, "the backup has no mailbox " + printable(part->mailbox)});
    return print_answer("restore", messages_of(**mail, *mailbox), line.json);
  }
  for (const auto& mailbox : version.mailboxes)
    rows.push_back(
        json::object{{"mailbox", mailbox->name}, {"messages", mailbox->messages}, {"bytes", mailbox->bytes}});
  return print_answer("restore", rows, line.json);
}

/// The configuration's files, below a folder under the paths that they had.
int extract_files(const Asked& asked) {
  const auto opened = open(asked);
  if (!opened) return failed(opened.error());
  for (const auto& file : opened->point.point.files) {
    const auto content = opened->archive->read(file.content);
    if (!content) return failed(content.error());
    const auto path = fs::path(asked.files) / (fs::path("/") / file.path).lexically_normal().relative_path();
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(file.mode & 0777));
    if (fd < 0) return failed({Code::io, "cannot make " + path.string() + ": " + std::strerror(errno)});
    const bool good = ::write(fd, content->data(), content->size()) == static_cast<ssize_t>(content->size());
    if (::close(fd) != 0 || !good) return failed({Code::io, "cannot write " + path.string()});
    std::cout << path.string() << "\n";
  }
  return 0;
}

int run_restore(const CommandLine& line, const Asked& asked) {
  if (!asked.files.empty()) return extract_files(asked);
  if (asked.list) return list(line, asked);
  return asked.account.empty() ? restore_whole(line, asked) : restore_part(line, asked);
}

void offer(CLI::App& app, CommandLine& line) {
  auto asked = std::make_shared<Asked>();
  auto* command = app.add_subcommand(
      "restore",
      "Restore a backup: all of it into an empty data folder, while no server runs; or an account, a mailbox or\n"
      "messages into the living server, where nothing that is there is changed and what is there does not come twice.\n"
      "Example: posthorn restore /srv/backup --account ann@example.org --mailbox INBOX --uid 7,12:20 --into Restored");
  command->add_option("DIR", asked->folder, "the folder of the backup")->required();
  command->add_option("--point", asked->point,
                      "the point in time, as `posthorn backup DIR --list` names it; none: the newest");
  auto* account = command->add_option("--account", asked->account, "this account only; it is made if it is gone");
  auto* mailbox =
      command->add_option("--mailbox", asked->mailbox, "this mailbox only, as it was called then")->needs(account);
  auto* uids = command->add_option("--uid", asked->uids, "these messages only, by the UIDs that they had, as in 3,5:9")
                   ->needs(mailbox);
  auto* into =
      command->add_option("--into", asked->into, "the mailbox where they go; none: where they were")->needs(account);
  auto* list = command->add_flag("--list", asked->list, "restore nothing, but show what is there");
  command->add_option("--files", asked->files, "only write the configuration, certificates and keys below this folder")
      ->excludes(account)
      ->excludes(list);
  list->excludes(uids)->excludes(into);
  command->callback([&line, asked] { line.run = [&line, asked] { return run_restore(line, *asked); }; });
}

constexpr Command kCommands[] = {{"restore account", restore_account}};

}  // namespace

Topic restore_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
