#include "backup/restore_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "backup/restore_frames.h"
#include "backup/saved_mail.h"
#include "base/bytes.h"
#include "base/text.h"
#include "mailstore/pop3_marks.h"

namespace posthorn::backup {
namespace {

using mailstore::Mailbox;
using mailstore::Placement;

constexpr std::string_view kInbox = "INBOX";

class Sender {
 public:
  Sender(const Archive& archive, SavedMail& mail, const PartAsked& asked, migration::Channel& channel,
         const std::function<void(std::uint64_t)>& step, RestoredPart& outcome)
      : archive_(archive), mail_(mail), asked_(asked), channel_(channel), step_(step), outcome_(outcome) {
    const auto& subscribed = *mail.version().subscriptions;
    subscribed_.insert(subscribed.begin(), subscribed.end());
    side_.insert(mail.side().begin(), mail.side().end());
  }

  Result<void> mailbox(const Mailbox& mailbox) {
    MailboxToRestore there{mailbox.name, mailbox.special_use, subscribed_.contains(mailbox.name)};
    if (!asked_.into.empty()) there = {.name = asked_.into, .is_subscribed = false};
    if (auto done = send(channel_, kind::kMailbox, encode(there)); !done) return done;
    if (auto answer = answered(kind::kDone); !answer) return fail(answer);
    for (std::uint32_t n = 0; n < mailbox.columns->size(); ++n) {
      const Placement placement = mailbox.columns->at(n);
      if (asked_.uids && !asked_.uids->contains(placement.uid)) continue;
      if (auto done = add(mailbox, placement); !done) return done;
      if (page_.size() >= kMostMessagesAPage || page_bytes_ >= kMostBytesAPage)
        if (auto done = flush(); !done) return done;
    }
    return flush();
  }

 private:
  struct Told {
    EmailId id;
    Digest digest{};
    std::uint64_t size = 0;
  };

  Result<std::string> answered(char kind) {
    if (asked_.stop != nullptr && *asked_.stop) return fail(Code::cancelled, "stopped");
    auto frame = receive(channel_);
    if (!frame) return fail(frame);
    if (frame->kind != kind) return fail(Code::invalid, "the server says what was not asked");
    return std::move(frame->payload);
  }

  Result<void> add(const Mailbox& mailbox, const Placement& placement) {
    auto row = mail_.email_row(placement.email);
    const auto email = row ? mailstore::decode_email(*row) : fail(row);
    if (!email) {
      mail_.lose(placement.email, email.error().text);
      return {};
    }
    MessageToRestore message{.row = std::move(*row),
                             .flags = {static_cast<std::uint8_t>(placement.flags.system & ~mailstore::kDeleted), {}},
                             .received = placement.received,
                             .pop3_unique_id = ""};
    placement.flags.keywords.for_each(
        [&](auto id) { message.flags.keywords.push_back(mail_.version().keywords->name(id)); });
    if (mailbox.name == kInbox) message.pop3_unique_id = unique_id(mailbox, placement.uid);
    page_.push_back({placement.email, email->digest, email->blob_size});
    page_bytes_ += email->blob_size;
    return send(channel_, kind::kMessage, encode(message));
  }

  /// What POP3 told of it (pop3/maildrop.cc).
  std::string unique_id(const Mailbox& mailbox, Uid uid) const {
    store::Commit row;
    mailstore::put_pop3_unique_id(row, mail_.version().account, mailbox.id, uid, "");
    const auto known = side_.find(row.rows.front().key);
    if (known != side_.end() && !known->second.empty()) return known->second.substr(1);
    return mailstore::default_unique_id(mailbox.uid_validity, uid);
  }

  Result<void> flush() {
    if (page_.empty()) return {};
    const auto page = std::exchange(page_, {});
    page_bytes_ = 0;
    if (auto done = send(channel_, kind::kAsk); !done) return done;
    const auto verdict = answered(kind::kVerdict);
    if (!verdict) return fail(verdict);
    if (verdict->size() != page.size()) return fail(Code::invalid, "the server says what was not asked");
    for (std::size_t i = 0; i < page.size(); ++i) {
      outcome_.there += (*verdict)[i] == kIsThere;
      if ((*verdict)[i] != kWanted) continue;
      if (auto done = body(page[i]); !done) return done;
    }
    if (auto done = send(channel_, kind::kCommit); !done) return done;
    const auto committed = answered(kind::kDone);
    if (!committed) return fail(committed);
    outcome_.restored += ByteReader(*committed).varint();
    return {};
  }

  Result<void> body(const Told& told) {
    Result<void> sent;
    const auto read = archive_.read(told.digest, [&](std::string_view piece) {
      sent = send(channel_, kind::kBytes, piece);
      return sent;
    });
    if (!sent) return sent;
    if (!read) {
      mail_.lose(told.id, read.error().text);
      return send(channel_, kind::kBroken);
    }
    outcome_.bytes += told.size;
    if (step_) step_(told.size);
    return send(channel_, kind::kEnd);
  }

  const Archive& archive_;
  SavedMail& mail_;
  const PartAsked& asked_;
  migration::Channel& channel_;
  const std::function<void(std::uint64_t)>& step_;
  RestoredPart& outcome_;
  std::set<std::string> subscribed_;
  std::map<std::string, std::string> side_;
  std::vector<Told> page_;
  std::uint64_t page_bytes_ = 0;
};

/// The mailboxes asked for, those above first. Errors: not_found.
Result<std::vector<std::shared_ptr<const Mailbox>>> mailboxes_asked(const mailstore::Version& version,
                                                                    const PartAsked& asked) {
  std::vector<std::shared_ptr<const Mailbox>> all;
  for (const auto& mailbox : version.mailboxes)
    if (asked.mailbox.empty() || mailbox->name == asked.mailbox) all.push_back(mailbox);
  if (all.empty()) {
    std::string names;
    for (const auto& mailbox : version.mailboxes) names += (names.empty() ? "" : ", ") + printable(mailbox->name);
    return fail(Code::not_found,
                fmt::format("the backup has no mailbox {}; there were {}", printable(asked.mailbox), names));
  }
  std::ranges::sort(all, {}, [](const auto& m) { return m->name; });
  if (!asked.uids) return all;
  const bool is_there =
      std::ranges::any_of(all, [&](const auto& m) { return !m->columns->find_all(*asked.uids).empty(); });
  if (is_there) return all;
  return fail(Code::not_found, fmt::format("the backup has no messages under these UIDs in {}", asked.mailbox));
}

}  // namespace

Result<void> restore_part(const Archive& archive, const SavedAccount& account, const PartAsked& asked,
                          migration::Channel& channel, const std::function<void(std::uint64_t)>& step,
                          RestoredPart& outcome) {
  const auto mail = SavedMail::open(archive, account);
  if (!mail) return fail(mail);
  const auto mailboxes = mailboxes_asked((*mail)->version(), asked);
  if (!mailboxes) return fail(mailboxes);
  Result<void> done;
  {
    Sender sender(archive, **mail, asked, channel, step, outcome);
    for (const auto& mailbox : *mailboxes)
      if (done = sender.mailbox(*mailbox); !done) break;
    // Who has gone may have said why before.
    if (!done && done.error().code == Code::closed)
      if (const auto last = receive(channel); !last) done = fail(last);
  }
  (*mail)->take_out_lost();
  outcome.lost = (*mail)->lost();
  return done;
}

}  // namespace posthorn::backup
