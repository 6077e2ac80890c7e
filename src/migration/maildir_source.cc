#include "migration/maildir_source.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "codec/utf7.h"
#include "migration/files.h"
#include "migration/importer.h"
#include "migration/mbox_reader.h"
#include "migration/uid_list.h"

namespace posthorn::migration {
namespace {

namespace fs = std::filesystem;
using net::Task;

constexpr std::size_t kPiece = 256 * 1024;
constexpr int kDeepest = 20;

bool is_maildir(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path / "cur", error) && fs::is_directory(path / "new", error);
}

/// "\2e" is '.', as Dovecot's listescape and our export write it.
std::string without_escapes(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool is_escape =
        name[i] == '\\' && i + 2 < name.size() && hex_value(name[i + 1]) >= 0 && hex_value(name[i + 2]) >= 0;
    text += is_escape ? static_cast<char>(hex_value(name[i + 1]) * 16 + hex_value(name[i + 2])) : name[i];
    if (is_escape) i += 2;
  }
  return text;
}

/// One level, in modified UTF-7 or in UTF-8.
std::string decoded(std::string_view name) {
  const auto decoded = codec::utf7_decode(name);
  return decoded ? *decoded : std::string(name);
}

/// "INBOX.Lists.posthorn", ".Lists.posthorn" -> "Lists/posthorn"
std::string name_of_levels(std::string_view name, char separator) {
  if (name.starts_with(separator)) name.remove_prefix(1);
  std::string text;
  for (const auto level : split(name, separator)) {
    if (level.empty()) continue;
    auto clean = decoded(separator == '.' ? without_escapes(level) : std::string(level));
    std::ranges::replace(clean, '/', '_');
    text += (text.empty() ? "" : "/") + clean;
  }
  if (iequals(text, "INBOX")) return "INBOX";
  if (istarts_with(text, "INBOX/")) text.erase(0, 6);
  return text;
}

struct Folder {
  fs::path path;
  std::string name;
};

struct File {
  bool is_new = false;
  std::string name;
  Uid uid;
};

class MaildirSource final : public Source {
 public:
  MaildirSource(FileTree tree, std::vector<Folder> folders, std::vector<std::string> subscriptions,
                std::string pop3_format)
      : tree_(std::move(tree)),
        folders_(std::move(folders)),
        subscriptions_(std::move(subscriptions)),
        pop3_format_(std::move(pop3_format)) {}

  Task<Result<std::vector<SourceMailbox>>> mailboxes() override {
    std::vector<SourceMailbox> all;
    for (const auto& folder : folders_) {
      std::uint64_t messages = 0;
      for (const char* sub : {"cur", "new"}) {
        // What cannot be looked into is told when it is read.
        if (const auto names = tree_.names(folder.path / sub)) messages += names->size();
      }
      const auto uids = uid_list(folder.path);
      all.push_back({.place = folder.path.string(),
                     .name = folder.name,
                     .special_use = use_of_name(folder.name),
                     .uid_validity = uids.uid_validity,
                     .uid_next = uids.uid_next,
                     .is_subscribed = subscriptions_.empty() || folder.name == "INBOX" ||
                                      std::ranges::find(subscriptions_, folder.name) != subscriptions_.end(),
                     .messages = messages});
    }
    co_return all;
  }

  Task<Result<ReadTo>> read(const SourceMailbox* mailbox, std::string, bool, Intake* intake) override {
    const fs::path path = mailbox->place;
    const Known known{
        .uids = uid_list(path),
        .keywords = parse_dovecot_keywords(tree_.small_file(path / "dovecot-keywords")),
        .courier_keywords = parse_courier_keywords(tree_.small_file(path / "courierimapkeywords" / ":list")),
        .courier_pop3 = parse_courier_pop3(tree_.small_file(path / "courierpop3dsizelist"))};
    const auto files = files_in(path, known.uids);
    if (!files) {
      intake->refuse(mailbox->place, files.error().text);
      co_return ReadTo{};
    }
    for (const auto& file : *files)
      if (auto done = offer(path, file, known, intake); !done) co_return fail(done);
    co_return ReadTo{known.uids.uid_next, ""};
  }

  std::vector<std::string> other_subscriptions() override {
    std::vector<std::string> others;
    for (const auto& name : subscriptions_)
      if (std::ranges::none_of(folders_, [&](const Folder& f) { return f.name == name; })) others.push_back(name);
    return others;
  }

 private:
  /// What servers keep beside the messages.
  struct Known {
    UidList uids;
    std::vector<std::string> keywords;
    std::map<std::string, std::vector<std::string>, std::less<>> courier_keywords;
    std::map<std::string, std::string, std::less<>> courier_pop3;
  };

  UidList uid_list(const fs::path& path) const {
    auto list = UidList::parse(tree_.small_file(path / "dovecot-uidlist"));
    return list.uid_validity.is_zero() ? UidList::parse(tree_.small_file(path / "courierimapuiddb")) : list;
  }

  /// Those with UIDs first, in their order; then the others, oldest first, as their names begin with the time.
  Result<std::vector<File>> files_in(const fs::path& path, const UidList& uids) const {
    std::vector<File> files;
    for (const bool is_new : {false, true}) {
      auto names = tree_.names(path / (is_new ? "new" : "cur"));
      if (!names) return fail(names);
      for (auto& name : *names) {
        if (name.starts_with('.')) continue;
        const auto known = uids.messages.find(base_of_maildir_name(name));
        files.push_back({is_new, std::move(name), known == uids.messages.end() ? Uid() : known->second.uid});
      }
    }
    std::ranges::sort(files, [](const File& a, const File& b) {
      if (a.uid.is_zero() != b.uid.is_zero()) return b.uid.is_zero();
      return a.uid != b.uid ? a.uid < b.uid : a.uid.is_zero() && a.name < b.name;
    });
    return files;
  }

  static mailstore::FlagNames flags_of(const File& file, std::string_view base, const Known& known) {
    mailstore::FlagNames flags;
    for (const char c : flags_of_maildir_name(file.name)) {
      switch (c) {
        case 'S': flags.system |= mailstore::kSeen; break;
        case 'R': flags.system |= mailstore::kAnswered; break;
        case 'F': flags.system |= mailstore::kFlagged; break;
        case 'D': flags.system |= mailstore::kDraft; break;
        case 'T': flags.system |= mailstore::kDeleted; break;
        case 'P': flags.keywords.emplace_back("$Forwarded"); break;
        default:
          if (is_lower(c) && static_cast<std::size_t>(c - 'a') < known.keywords.size())
            if (const auto& keyword = known.keywords[static_cast<std::size_t>(c - 'a')]; !keyword.empty())
              flags.keywords.push_back(keyword);
      }
    }
    if (const auto more = known.courier_keywords.find(base); more != known.courier_keywords.end())
      flags.keywords.insert(flags.keywords.end(), more->second.begin(), more->second.end());
    std::ranges::sort(flags.keywords);
    flags.keywords.erase(std::unique(flags.keywords.begin(), flags.keywords.end()), flags.keywords.end());
    return flags;
  }

  std::string unique_id_of(const File& file, std::string_view base, const Known& known) const {
    if (const auto kept = known.uids.messages.find(base);
        kept != known.uids.messages.end() && !kept->second.pop3_unique_id.empty())
      return kept->second.pop3_unique_id;
    if (const auto kept = known.courier_pop3.find(base); kept != known.courier_pop3.end()) return kept->second;
    if (pop3_format_.empty() || file.uid.is_zero()) return "";
    return pop3_unique_id_of(pop3_format_, file.uid, known.uids.uid_validity, base);
  }

  Result<void> offer(const fs::path& path, const File& file, const Known& known, Intake* intake) const {
    const std::string base(base_of_maildir_name(file.name));
    auto open = open_file(path, file);
    if (!open) {
      intake->refuse(file.name, open.error().text);
      return {};
    }
    const SourceMessage told{.key = base,
                             .place = file.name,
                             .uid = file.uid,
                             .flags = flags_of(file, base, known),
                             .received = open->modified(),
                             .pop3_unique_id = unique_id_of(file, base, known)};
    const auto wanted = intake->offer(told);
    if (!wanted) return fail(wanted);
    if (!*wanted) return {};
    if (auto begun = intake->begin(told); !begun) return begun;
    return send(*open, intake);
  }

  /// A server that runs renames files as flags change: it is looked for once more under its other name.
  Result<InputFile> open_file(const fs::path& path, const File& file) const {
    auto open = tree_.file(path / (file.is_new ? "new" : "cur") / file.name);
    if (open || open.error().code != Code::not_found) return open;
    const auto names = tree_.names(path / "cur");
    const auto base = base_of_maildir_name(file.name);
    if (names)
      for (const auto& name : *names)
        if (base_of_maildir_name(name) == base) return tree_.file(path / "cur" / name);
    return open;
  }

  static Result<void> send(const InputFile& file, Intake* intake) {
    CrlfMaker crlf;
    Result<void> outcome;
    for (std::uint64_t at = 0; at < file.size() && outcome;) {
      const auto piece = file.read_at(at, kPiece);
      if (piece.empty()) return intake->broken("the file cannot be read to its end");
      crlf.feed(piece, [&](std::string_view out) {
        if (outcome) outcome = intake->bytes(out);
      });
      at += piece.size();
    }
    return outcome ? intake->end() : outcome;
  }

  const FileTree tree_;
  const std::vector<Folder> folders_;
  const std::vector<std::string> subscriptions_;
  const std::string pop3_format_;
};

Result<void> find_nested(const FileTree& tree, const fs::path& path, const std::string& above, int depth,
                         std::vector<Folder>& folders) {
  const auto names = tree.names(path);
  if (!names) return fail(names);
  for (const auto& name : *names) {
    std::error_code error;
    const bool is_inner = name == "cur" || name == "new" || name == "tmp" || name.starts_with('.');
    if (is_inner || depth >= kDeepest || !fs::is_directory(fs::symlink_status(path / name, error))) continue;
    const auto level = name_of_levels(name, '/');
    const auto full = above.empty() ? level : above + "/" + level;
    // Dovecot's LAYOUT=fs with DIRNAME puts the messages one level deeper.
    if (is_maildir(path / name)) folders.push_back({path / name, full});
    if (auto done = find_nested(tree, path / name, full, depth + 1, folders); !done) return done;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> open_maildir_source(const fs::path& path, std::string pop3_format) {
  auto tree = FileTree::open(path);
  if (!tree) return fail(tree);
  const auto names = tree->names(path);
  if (!names) return fail(names);
  std::vector<Folder> folders;
  if (is_maildir(path)) folders.push_back({path, "INBOX"});
  bool is_plus_plus = false;
  for (const auto& name : *names) {
    if (name.size() < 2 || !name.starts_with('.') || !is_maildir(path / name)) continue;
    is_plus_plus = true;
    folders.push_back({path / name, name_of_levels(name, '.')});
  }
  if (!is_plus_plus)
    if (auto done = find_nested(*tree, path, "", 0, folders); !done) return fail(done);
  if (folders.empty())
    return fail(Code::invalid, path.string() + " is no Maildir: there are no folders cur and new in it or below");
  auto subscriptions = parse_subscriptions(tree->small_file(path / "subscriptions"));
  if (subscriptions.empty()) subscriptions = parse_subscriptions(tree->small_file(path / "courierimapsubscribed"));
  for (auto& name : subscriptions)
    name = name_of_levels(name, name.find('/') == std::string::npos && is_plus_plus ? '.' : '/');
  std::erase(subscriptions, "");
  return std::make_unique<MaildirSource>(std::move(*tree), std::move(folders), std::move(subscriptions),
                                         std::move(pop3_format));
}

}  // namespace posthorn::migration
