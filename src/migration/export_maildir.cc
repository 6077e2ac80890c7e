#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "base/text.h"
#include "codec/utf7.h"
#include "migration/exporter.h"
#include "migration/files.h"
#include "migration/output_file.h"
#include "migration/uid_list.h"

namespace posthorn::migration {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLetters = 26;

/// ".Lists.posthorn"; "" for INBOX. '.' and '\' in a level as Dovecot's listescape writes them.
std::string folder_name(const std::string& mailbox) {
  if (mailbox == "INBOX") return "";
  std::string name;
  for (const auto level : split(mailbox, '/')) {
    name += '.';
    for (const char c : codec::utf7_encode(level)) {
      if (c == '.' || c == '\\')
        name += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
      else
        name += c;
    }
  }
  return file_name_of(std::move(name));
}

/// The letters of keywords in one folder, which are kept as they are once given.
class Letters {
 public:
  explicit Letters(const fs::path& folder)
      : keywords_(parse_dovecot_keywords(read_small_file(folder / "dovecot-keywords"))) {}

  std::optional<char> of(const std::string& keyword) {
    auto it = std::ranges::find_if(keywords_, [&](const std::string& k) { return iequals(k, keyword); });
    if (it == keywords_.end()) {
      if (keywords_.size() == kMostLetters) return std::nullopt;
      it = keywords_.insert(keywords_.end(), keyword);
    }
    return static_cast<char>('a' + (it - keywords_.begin()));
  }
  Result<void> write(const fs::path& folder) const {
    if (keywords_.empty()) return {};
    std::string out;
    for (std::size_t i = 0; i < keywords_.size(); ++i) out += fmt::format("{} {}\n", i, keywords_[i]);
    return write_small_file(folder / "dovecot-keywords", out);
  }

 private:
  std::vector<std::string> keywords_;
};

class MaildirExport {
 public:
  MaildirExport(ExportSource* source, fs::path folder, std::string owner, bool remove_gone, Exported* exported)
      : source_(source),
        root_(std::move(folder)),
        owner_(std::move(owner)),
        remove_gone_(remove_gone),
        exported_(exported) {}

  Result<void> run() {
    const auto listed = source_->list();
    if (!listed) return fail(listed);
    if (auto done = claim(); !done) return done;
    for (const auto& mailbox : listed->mailboxes)
      if (auto done = export_one(mailbox); !done) return done;
    std::string subscriptions = "V\t2\n\n";
    for (auto name : listed->subscriptions) {
      std::ranges::replace(name, '/', '\t');
      subscriptions += name + "\n";
    }
    return write_small_file(root_ / "subscriptions", subscriptions);
  }

 private:
  /// UIDVALIDITYs of two accounts may be the same: a file says whose mail it is.
  Result<void> claim() const {
    if (auto made = make_folders(root_); !made) return made;
    const auto mark = root_ / "posthorn-export";
    const auto before = read_small_file(mark);
    if (before == owner_ + "\n") return {};
    std::error_code error;
    if (before.empty() && !fs::exists(root_ / "cur", error)) return write_small_file(mark, owner_ + "\n");
    return fail(Code::invalid, root_.string() + (before.empty() ? " holds a Maildir that no export wrote"
                                                                : " holds the mail of " + std::string(trim(before))));
  }

  Result<void> export_one(const MailboxListed& mailbox) {
    const auto name = folder_name(mailbox.name);
    const fs::path folder = name.empty() ? root_ : root_ / name;
    for (const char* sub : {"cur", "new", "tmp"})
      if (auto made = make_folders(folder / sub); !made) return made;
    if (!name.empty())
      if (auto done = write_small_file(folder / "maildirfolder", ""); !done) return done;
    UidList uids = UidList::parse(read_small_file(folder / "dovecot-uidlist"));
    if (!uids.uid_validity.is_zero() && uids.uid_validity != mailbox.uid_validity)
      return fail(Code::invalid, folder.string() + " holds another mailbox: its UIDVALIDITY is " +
                                     std::to_string(uids.uid_validity.value()) + ", that of " + mailbox.name + " is " +
                                     std::to_string(mailbox.uid_validity.value()));
    exported_->mailboxes.emplace_back(mailbox.name, folder.string());
    const auto rows = source_->rows(mailbox.id);
    if (!rows) return fail(rows);
    uids.uid_validity = mailbox.uid_validity;
    uids.uid_next = mailbox.uid_next;
    return write(mailbox, folder, *rows, std::move(uids));
  }

  Result<void> write(const MailboxListed& mailbox, const fs::path& folder, const std::vector<RowTold>& rows,
                     UidList uids) {
    Letters letters(folder);
    std::map<Uid, std::string> bases;
    for (const auto& [base, entry] : uids.messages) bases[entry.uid] = base;
    auto there = names_there(folder);
    if (!there) return fail(there);
    std::map<std::string, UidList::Entry, std::less<>> kept;
    Result<void> outcome;
    for (const auto& row : rows) {
      const auto known = bases.find(row.uid);
      const auto base = known != bases.end() ? known->second
                                             : fmt::format("{}.V{}U{}.posthorn", to_seconds(row.received),
                                                           mailbox.uid_validity.value(), row.uid.value(), row.size);
      outcome = put(mailbox, folder, row, base, *there, letters);
      if (!outcome) break;
      // A message that is not there must not have a line: Dovecot would not mind, but an import counts it.
      if (there->contains(base)) kept.emplace(base, UidList::Entry{row.uid, row.pop3_unique_id});
      there->erase(base);
    }
    if (outcome && remove_gone_) {
      for (const auto& [base, path] : *there)
        if (uids.messages.contains(base) && ::unlink(path.c_str()) == 0) ++exported_->removed;
    } else {
      for (const auto& [base, path] : *there)
        if (const auto entry = uids.messages.find(base); entry != uids.messages.end()) kept.insert(*entry);
    }
    uids.messages = std::move(kept);
    std::string list;
    uids.print(list);
    // What is there already is told even where the export ends in the middle.
    if (auto done = letters.write(folder); !done) return done;
    if (auto done = write_small_file(folder / "dovecot-uidlist", list); !done) return done;
    return outcome;
  }

  /// Paths by the part of the name before the flags.
  static Result<std::map<std::string, fs::path, std::less<>>> names_there(const fs::path& folder) {
    const auto tree = FileTree::open(folder);
    if (!tree) return fail(tree);
    std::map<std::string, fs::path, std::less<>> there;
    for (const char* sub : {"cur", "new"}) {
      const auto names = tree->names(folder / sub);
      if (!names) return fail(names);
      for (const auto& name : *names) there.emplace(base_of_maildir_name(name), folder / sub / name);
    }
    return there;
  }

  std::string flags_of(const MailboxListed& mailbox, const RowTold& row, Letters& letters) {
    std::string flags;
    const auto add = [&](mailstore::SystemFlag flag, char letter) {
      if ((row.flags.system & flag) != 0) flags += letter;
    };
    add(mailstore::kDraft, 'D');
    add(mailstore::kFlagged, 'F');
    add(mailstore::kAnswered, 'R');
    add(mailstore::kSeen, 'S');
    add(mailstore::kDeleted, 'T');
    for (const auto& keyword : row.flags.keywords) {
      if (const auto letter = letters.of(keyword))
        flags += *letter;
      else
        exported_->refused.push_back(fmt::format("{}: UID {}: the keyword {} has no room in a Maildir, which has 26",
                                                 mailbox.name, row.uid.value(), keyword));
    }
    std::ranges::sort(flags);
    return flags;
  }

  Result<void> put(const MailboxListed& mailbox, const fs::path& folder, const RowTold& row, const std::string& base,
                   std::map<std::string, fs::path, std::less<>>& there, Letters& letters) {
    const fs::path path = folder / "cur" / (base + ":2," + flags_of(mailbox, row, letters));
    if (const auto old = there.find(base); old != there.end()) {
      ++exported_->known;
      if (old->second == path) return {};
      ++exported_->renamed;
      if (::rename(old->second.c_str(), path.c_str()) != 0)
        return fail(Code::io, "cannot rename " + old->second.string() + ": " + std::strerror(errno));
      old->second = path;
      return {};
    }
    auto file = OutputFile::create(folder / "tmp" / base);
    if (!file) return fail(file);
    std::string why;
    std::uint64_t bytes = 0;
    const auto fetched =
        source_->fetch(row.uid, [&](std::string_view piece) { return bytes += piece.size(), file->write(piece); }, why);
    if (!fetched) return fail(fetched);
    if (!*fetched) {
      exported_->refused.push_back(fmt::format("{}: UID {}: {}", mailbox.name, row.uid.value(), why));
      return {};
    }
    if (auto done = file->put_in_place(path, row.received); !done) return done;
    there.emplace(base, path);
    ++exported_->messages;
    exported_->bytes += bytes;
    return {};
  }

  ExportSource* const source_;
  const fs::path root_;
  const std::string owner_;
  const bool remove_gone_;
  Exported* const exported_;
};

}  // namespace

Result<void> export_maildir(ExportSource* source, const fs::path& folder, const std::string& owner, bool remove_gone,
                            Exported* exported) {
  return MaildirExport(source, folder, owner, remove_gone, exported).run();
}

}  // namespace posthorn::migration
