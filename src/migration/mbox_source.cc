#include "migration/mbox_source.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "codec/digest.h"
#include "message/date_time.h"
#include "message/header.h"
#include "migration/files.h"
#include "migration/importer.h"
#include "migration/mbox_reader.h"
#include "migration/uid_list.h"

namespace posthorn::migration {
namespace {

namespace fs = std::filesystem;
using mailstore::SpecialUse;
using net::Task;

constexpr std::size_t kPiece = 256 * 1024;
constexpr int kDeepest = 20;

bool begins_as_mbox(const InputFile& file) { return file.read_at(0, 5) == "From "; }

bool is_inbox(std::string_view name) { return iequals(name, "INBOX"); }

/// What Gmail's own labels are here; an empty name: it says nothing of a place.
struct GmailLabel {
  std::string_view label;
  std::string_view name;
  SpecialUse use = SpecialUse::none;
};
constexpr GmailLabel kGmailLabels[] = {
    {"Inbox", "INBOX"},
    {"Sent", "Sent", SpecialUse::sent},
    {"Drafts", "Drafts", SpecialUse::drafts},
    {"Spam", "Junk", SpecialUse::junk},
    {"Trash", "Trash", SpecialUse::trash},
    {"Archived", ""},
    {"Important", ""},
    {"Starred", ""},
    {"Unread", ""},
    {"Opened", ""},
};

const GmailLabel* gmail_label(std::string_view label) {
  for (const auto& known : kGmailLabels)
    if (known.label == label) return &known;
  return nullptr;
}

void take_gmail_flags(MboxFields& fields) {
  const auto has = [&](std::string_view label) {
    return std::ranges::find(fields.labels, label) != fields.labels.end();
  };
  if (!has("Unread")) fields.flags.system |= mailstore::kSeen;
  if (has("Starred")) fields.flags.system |= mailstore::kFlagged;
  if (has("Drafts")) fields.flags.system |= mailstore::kDraft;
  if (has("Important")) fields.flags.keywords.emplace_back("$Important");
}

/// The labels that are places; of a message without any, the archive.
std::vector<std::string> places_of(const MboxFields& fields) {
  std::vector<std::string> places;
  for (const auto& label : fields.labels) {
    const auto* known = gmail_label(label);
    if ((known != nullptr && known->name.empty()) || label.starts_with("Category ")) continue;
    places.push_back(label);
  }
  if (places.empty()) places.emplace_back("Archived");
  return places;
}

struct MboxFile {
  fs::path path;
  std::string name;
  bool is_subscribed = false;
};

class MboxSource final : public Source {
 public:
  MboxSource(FileTree tree, std::vector<MboxFile> files, std::vector<std::string> subscriptions)
      : tree_(std::move(tree)), files_(std::move(files)), subscriptions_(std::move(subscriptions)) {}

  Task<Result<std::vector<SourceMailbox>>> mailboxes() override {
    std::vector<SourceMailbox> all;
    for (const auto& file : files_) list(file, all);
    co_return all;
  }

  Task<Result<ReadTo>> read(const SourceMailbox* mailbox, std::string, bool, Intake* intake) override {
    const auto& at = places_.at(mailbox->place);
    const auto file = tree_.file(at.path);
    if (!file) {
      intake->refuse(at.path.string(), file.error().text);
      co_return ReadTo{};
    }
    if (at.is_label) co_return read_label(*file, at, intake);
    co_return read_all(*file, mailbox, intake);
  }

  std::vector<std::string> other_subscriptions() override { return subscriptions_; }

 private:
  /// A file, or one label of it.
  struct Place {
    fs::path path;
    bool is_label = false;
    std::vector<std::uint64_t> offsets;  ///< of the label's messages
  };

  static MboxReader reader_of(const InputFile& file, std::uint64_t from = 0) {
    return MboxReader([&file](std::uint64_t offset, std::size_t n) { return file.read_at(offset, n); }, from);
  }

  /// What cannot be read is told when it is to be.
  void list(const MboxFile& mbox, std::vector<SourceMailbox>& all) {
    const auto file = tree_.file(mbox.path);
    MboxFields fields;
    if (file) {
      auto reader = reader_of(*file);
      if (const auto first = reader.next()) fields = take_mbox_fields(first->header, false);
    }
    if (fields.has_labels) return list_labels(mbox, *file, all);
    all.push_back({.place = mbox.path.string(),
                   .name = mbox.name,
                   .special_use = use_of_name(mbox.name),
                   .uid_validity = fields.uid_validity,
                   .uid_next = fields.uid_next,
                   .is_subscribed = mbox.is_subscribed,
                   .bytes = file ? file->size() : 0});
    places_[mbox.path.string()] = {mbox.path, false, {}};
  }

  void list_labels(const MboxFile& mbox, const InputFile& file, std::vector<SourceMailbox>& all) {
    std::map<std::string, std::pair<std::vector<std::uint64_t>, std::uint64_t>> labels;
    auto reader = reader_of(file);
    while (const auto message = reader.next())
      for (const auto& label : places_of(take_mbox_fields(message->header, false))) {
        labels[label].first.push_back(message->offset);
        labels[label].second += message->next - message->offset;
      }
    for (auto& [label, where] : labels) {
      const auto* known = gmail_label(label);
      const bool is_archive = known != nullptr && known->name.empty();
      const auto place = mbox.path.string() + " " + label;
      all.push_back({.place = place,
                     .name = known == nullptr ? label
                             : is_archive     ? "Archive"
                                              : std::string(known->name),
                     .special_use = known == nullptr ? SpecialUse::none
                                    : is_archive     ? SpecialUse::archive
                                                     : known->use,
                     .uid_validity = {},
                     .is_subscribed = true,
                     .messages = where.first.size(),
                     .bytes = where.second});
      places_[place] = {mbox.path, true, std::move(where.first)};
    }
  }

  Result<ReadTo> read_label(const InputFile& file, const Place& place, Intake* intake) {
    std::map<std::string, int> seen;
    for (const auto offset : place.offsets) {
      const auto message = reader_of(file, offset).next();
      if (!message) continue;
      if (auto done = offer(file, *message, MboxFields(take_mbox_fields(message->header, message->is_counted)), {},
                            seen, intake);
          !done)
        return fail(done);
    }
    return ReadTo{};
  }

  Result<ReadTo> read_all(const InputFile& file, const SourceMailbox* mailbox, Intake* intake) {
    auto reader = reader_of(file);
    if (file.size() > 0 && !reader.is_mbox()) {
      intake->refuse(mailbox->place, "it is no mbox file");
      return ReadTo{};
    }
    std::map<std::string, int> seen;
    Uid highest;
    while (const auto message = reader.next()) {
      auto fields = take_mbox_fields(message->header, message->is_counted);
      if (fields.is_gone || fields.is_internal) {
        intake->passed(message->next - message->offset);
        continue;
      }
      // UIDs that do not ascend are of nobody's making who knew the others.
      const Uid uid = !mailbox->uid_validity.is_zero() && fields.uid > highest ? fields.uid : Uid();
      highest = std::max(highest, uid);
      if (auto done = offer(file, *message, std::move(fields), uid, seen, intake); !done) return fail(done);
    }
    if (file.has_failed()) intake->refuse(mailbox->place, "the file cannot be read to its end");
    return ReadTo{highest.is_zero() ? Uid() : std::max(highest.next(), mailbox->uid_next), ""};
  }

  /// A key that stays the same when flags change: the message's digest, and the how manieth of its like it is.
  static std::string key_of(const InputFile& file, const MboxMessage& message, const MboxFields& fields,
                            std::map<std::string, int>& seen) {
    codec::Digest digest(codec::Hash::sha256);
    digest.update(fields.header);
    for (auto at = message.begin + message.header.size(); at < message.end;) {
      const auto piece = file.read_at(at, static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, message.end - at)));
      if (piece.empty()) break;
      digest.update(piece);
      at += piece.size();
    }
    auto key = digest.finish().substr(0, 16);
    const int before = seen[key]++;
    return before == 0 ? key : key + std::to_string(before);
  }

  static WallTime received_of(const InputFile& file, const MboxMessage& message) {
    if (const auto time = time_of_from_line(message.from_line)) return *time;
    const message::Headers headers(message.header);
    if (const auto received = headers.find("Received"))
      if (const auto semicolon = received->value.rfind(';'); semicolon != std::string_view::npos)
        if (const auto date = message::parse_date(received->value.substr(semicolon + 1)))
          return from_seconds(date->seconds);
    if (const auto field = headers.find("Date"))
      if (const auto date = message::parse_date(field->value)) return from_seconds(date->seconds);
    return file.modified();
  }

  static Result<void> offer(const InputFile& file, const MboxMessage& message, MboxFields fields, Uid uid,
                            std::map<std::string, int>& seen, Intake* intake) {
    if (fields.has_labels) take_gmail_flags(fields);
    const SourceMessage told{.key = key_of(file, message, fields, seen),
                             .place = "the message at byte " + std::to_string(message.offset),
                             .uid = uid,
                             .flags = fields.flags,
                             .received = received_of(file, message),
                             .pop3_unique_id = ""};
    const auto wanted = intake->offer(told);
    if (!wanted) return fail(wanted);
    if (!*wanted) {
      intake->passed(message.end - message.begin);
      return {};
    }
    if (auto begun = intake->begin(told); !begun) return begun;
    return send(file, message, fields.header, intake);
  }

  static Result<void> send(const InputFile& file, const MboxMessage& message, const std::string& header,
                           Intake* intake) {
    CrlfMaker crlf;
    FromUnquoter unquoter;
    Result<void> outcome;
    const auto pass = [&](std::string_view bytes) {
      crlf.feed(bytes, [&](std::string_view out) {
        if (outcome) outcome = intake->bytes(out);
      });
    };
    const auto feed = [&](std::string_view bytes) {
      if (message.is_counted)
        pass(bytes);
      else
        unquoter.feed(bytes, pass);
    };
    pass(header);
    auto at = message.begin + message.header.size();
    while (at < message.end && outcome) {
      const auto piece = file.read_at(at, static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, message.end - at)));
      if (piece.empty()) return intake->broken("the file cannot be read there");
      feed(piece);
      at += piece.size();
    }
    unquoter.finish(pass);
    return outcome ? intake->end() : outcome;
  }

  const FileTree tree_;
  const std::vector<MboxFile> files_;
  const std::vector<std::string> subscriptions_;
  std::map<std::string, Place> places_;
};

/// Gathers the files below a folder.
class Walk {
 public:
  explicit Walk(const FileTree* tree) : tree_(tree) {}

  Result<void> folder(const fs::path& path, const std::string& above, int depth) {
    const auto names = tree_->names(path);
    if (!names) return fail(names);
    for (const auto& name : *names)
      if (auto done = entry(path / name, name, above, depth); !done) return done;
    return {};
  }
  /// A file that cannot be opened may be one.
  bool may_be_mbox(const fs::path& path) const {
    const auto file = tree_->file(path);
    return file ? begins_as_mbox(*file) : file.error().code != Code::not_found;
  }
  std::vector<MboxFile> files;
  std::vector<std::string> subscriptions;

 private:
  Result<void> entry(const fs::path& path, const std::string& name, const std::string& above, int depth) {
    std::error_code error;
    if (name == ".subscriptions" || name == "subscriptions" || name == ".mailboxlist")
      return subscriptions = parse_subscriptions(tree_->small_file(path)), Result<void>();
    if (name.starts_with('.')) return {};
    const auto status = fs::symlink_status(path, error);
    const auto below = [&](std::string_view level) {
      return above.empty() ? std::string(level) : above + "/" + std::string(level);
    };
    if (fs::is_directory(status)) {
      if (depth >= kDeepest) return {};
      const std::string_view ending = name.ends_with(".sbd") ? ".sbd" : name.ends_with(".mbox") ? ".mbox" : "";
      const std::string_view level = std::string_view(name).substr(0, name.size() - ending.size());
      if (ending == ".mbox" && may_be_mbox(path / "mbox")) {
        files.push_back({path / "mbox", is_inbox(level) && above.empty() ? "INBOX" : below(level)});
        return {};
      }
      return folder(path, below(level), depth + 1);
    }
    const bool may_hold_mail = fs::is_regular_file(status) || fs::is_symlink(status);
    if (!may_hold_mail || !may_be_mbox(path)) return {};
    const std::string_view level =
        name.ends_with(".mbox") ? std::string_view(name).substr(0, name.size() - 5) : std::string_view(name);
    files.push_back({path, is_inbox(level) && above.empty() ? "INBOX" : below(level)});
    return {};
  }

  const FileTree* tree_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_mbox_source(const fs::path& path) {
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  auto tree = FileTree::open(is_folder ? path : path.has_parent_path() ? path.parent_path() : fs::path("."));
  if (!tree) return fail(tree);
  if (!is_folder) {
    const auto file = tree->file(path);
    if (!file) return fail(file);
    if (file->size() > 0 && !begins_as_mbox(*file))
      return fail(Code::invalid, path.string() + " is no mbox file: it does not begin with \"From \"");
    return std::make_unique<MboxSource>(std::move(*tree), std::vector<MboxFile>{{path, "INBOX"}},
                                        std::vector<std::string>());
  }
  Walk walk(&*tree);
  if (const auto only = path / "mbox"; fs::exists(only, error) && walk.may_be_mbox(only)) {
    walk.files.push_back({only, "INBOX"});  // Apple Mail exports one mailbox as a folder
  } else if (auto done = walk.folder(path, "", 0); !done) {
    return fail(done);
  }
  if (walk.files.empty()) return fail(Code::invalid, "there is no mbox file below " + path.string());
  for (auto& file : walk.files)
    file.is_subscribed =
        walk.subscriptions.empty() || std::ranges::find(walk.subscriptions, file.name) != walk.subscriptions.end();
  return std::make_unique<MboxSource>(std::move(*tree), std::move(walk.files), std::move(walk.subscriptions));
}

}  // namespace posthorn::migration
