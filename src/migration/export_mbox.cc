#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.h"
#include "migration/exporter.h"
#include "migration/output_file.h"

namespace posthorn::migration {
namespace {

namespace fs = std::filesystem;

/// "A.sbd/B.mbox"
fs::path file_of(const std::string& mailbox) {
  const auto levels = split(mailbox, '/');
  fs::path path;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    // No hidden file, no "..", and none that is another's: _.x is .x, __.x is _.x, and so on.
    const auto dot = levels[i].find_first_not_of('_');
    const bool may_hide = dot != std::string_view::npos && levels[i][dot] == '.';
    path /= file_name_of((may_hide ? "_" : "") + std::string(levels[i])) + (i + 1 == levels.size() ? ".mbox" : ".sbd");
  }
  return path;
}

/// CRLF to LF, the fields before the header's end, '>' before lines of '>'s and "From ".
class MboxrdPrinter {
 public:
  explicit MboxrdPrinter(std::string fields) : fields_(std::move(fields)) {}

  void feed(std::string_view bytes, std::string& out) {
    for (const char c : bytes) {
      if (c != '\n') {
        line_ += c;
        if (line_.size() >= kLongestHeld) pass_on(out, false);
        continue;
      }
      if (line_.ends_with('\r')) line_.pop_back();
      if (is_header_ && is_line_start_ && line_.empty()) end_header(out);
      pass_on(out, true);
      out += '\n';
      is_line_start_ = true;
    }
  }
  void finish(std::string& out) {
    if (!line_.empty() || !is_line_start_) {
      pass_on(out, true);
      out += '\n';
      is_line_start_ = true;
    }
    if (is_header_) {
      end_header(out);
      out += '\n';
    }
    out += '\n';
  }

 private:
  static constexpr std::size_t kLongestHeld = 1000;

  void end_header(std::string& out) {
    is_header_ = false;
    out += fields_;
  }
  void pass_on(std::string& out, bool is_whole) {
    // The CR of a CRLF that may still come.
    const bool has_cr = !is_whole && line_.ends_with('\r');
    if (has_cr) line_.pop_back();
    if (is_line_start_) {
      const auto at = line_.find_first_not_of('>');
      if (at != std::string::npos && std::string_view(line_).substr(at).starts_with("From ")) out += '>';
    }
    if (!line_.empty() || has_cr) is_line_start_ = false;
    out += line_;
    line_ = has_cr ? "\r" : "";
  }

  std::string fields_, line_;
  bool is_header_ = true, is_line_start_ = true;
};

std::string fields_of(const RowTold& row, const MailboxListed& mailbox, bool is_first) {
  std::string fields;
  if (is_first)
    fields += fmt::format("X-IMAPbase: {} {}\n", mailbox.uid_validity.value(), mailbox.uid_next.value() - 1);
  fields +=
      fmt::format("X-UID: {}\nStatus: {}\n", row.uid.value(), (row.flags.system & mailstore::kSeen) != 0 ? "RO" : "O");
  std::string letters;
  if ((row.flags.system & mailstore::kAnswered) != 0) letters += 'A';
  if ((row.flags.system & mailstore::kFlagged) != 0) letters += 'F';
  if ((row.flags.system & mailstore::kDraft) != 0) letters += 'T';
  if ((row.flags.system & mailstore::kDeleted) != 0) letters += 'D';
  if (!letters.empty()) fields += "X-Status: " + letters + "\n";
  if (!row.flags.keywords.empty()) fields += fmt::format("X-Keywords: {}\n", fmt::join(row.flags.keywords, " "));
  return fields;
}

std::string from_line(const RowTold& row) {
  return fmt::format("From MAILER-DAEMON {:%a %b %e %H:%M:%S %Y}\n",
                     fmt::gmtime(static_cast<std::time_t>(to_seconds(row.received))));
}

Result<void> export_one(ExportSource* source, const MailboxListed& mailbox, const fs::path& path, Exported* exported) {
  if (auto made = make_folders(path.parent_path()); !made) return made;
  const auto rows = source->rows(mailbox.id);
  if (!rows) return fail(rows);
  auto file = OutputFile::create(path.string() + ".posthorn");
  if (!file) return fail(file);
  bool is_first = true;
  for (const auto& row : *rows) {
    std::string out = from_line(row), why;
    MboxrdPrinter printer(fields_of(row, mailbox, is_first));
    std::uint64_t bytes = 0;
    const auto fetched = source->fetch(
        row.uid,
        [&](std::string_view piece) {
          bytes += piece.size();
          printer.feed(piece, out);
          return file->write(std::exchange(out, {}));
        },
        why);
    if (!fetched) return fail(fetched);
    if (!*fetched && bytes != 0)
      return fail(Code::damaged, fmt::format("{}: UID {}: {}", mailbox.name, row.uid.value(), why));
    if (!*fetched) {
      exported->refused.push_back(fmt::format("{}: UID {}: {}", mailbox.name, row.uid.value(), why));
      continue;
    }
    printer.finish(out);
    if (auto done = file->write(out); !done) return done;
    is_first = false;
    ++exported->messages;
    exported->bytes += bytes;
  }
  exported->mailboxes.emplace_back(mailbox.name, path.string());
  return file->put_in_place(path);
}

}  // namespace

Result<void> export_mbox(ExportSource* source, const fs::path& folder, Exported* exported) {
  const auto listed = source->list();
  if (!listed) return fail(listed);
  for (const auto& mailbox : listed->mailboxes)
    if (auto done = export_one(source, mailbox, folder / file_of(mailbox.name), exported); !done) return done;
  std::string subscriptions;
  for (const auto& name : listed->subscriptions) subscriptions += name + "\n";
  return write_small_file(folder / ".subscriptions", subscriptions);
}

}  // namespace posthorn::migration
