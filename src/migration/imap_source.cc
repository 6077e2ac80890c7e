#include "migration/imap_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "imap/client/client.h"
#include "imap/syntax/date_time.h"
#include "imap/syntax/printer.h"
#include "imap/syntax/special_use.h"
#include "migration/files.h"
#include "migration/importer.h"
#include "migration/uid_list.h"

namespace posthorn::migration {
namespace {

using imap::Client;
using imap::Response;
using mailstore::SpecialUse;
using net::Task;

constexpr std::size_t kWindow = 500;
/// Bodies asked for at once, so that one that cannot be had is found soon.
constexpr std::size_t kBodies = 100;
/// A server that tells of more lies, or holds more than an account can.
constexpr std::size_t kMostMailboxes = 100'000;
constexpr std::uint64_t kMostMessages = 20'000'000;

/// What the last reading left: UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ.
struct Cursor {
  std::uint32_t uid_validity = 0, uid_next = 0;
  std::uint64_t modseq = 0;

  static Cursor parse(std::string_view text) {
    const auto words = split(text, ' ');
    if (words.size() != 3) return {};
    return {parse_decimal<std::uint32_t>(words[0]).value_or(0), parse_decimal<std::uint32_t>(words[1]).value_or(0),
            parse_decimal<std::uint64_t>(words[2]).value_or(0)};
  }
  std::string print() const { return fmt::format("{} {} {}", uid_validity, uid_next, modseq); }
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

struct Selected {
  std::uint32_t messages = 0;
  Cursor cursor;
};

mailstore::FlagNames names_of(const imap::FlagList& list) {
  mailstore::FlagNames names;
  constexpr std::pair<imap::SystemFlag, mailstore::SystemFlag> kFlags[] = {
      {imap::SystemFlag::seen, mailstore::kSeen},
      {imap::SystemFlag::answered, mailstore::kAnswered},
      {imap::SystemFlag::flagged, mailstore::kFlagged},
      {imap::SystemFlag::deleted, mailstore::kDeleted},
      {imap::SystemFlag::draft, mailstore::kDraft}};
  for (const auto& [theirs, ours] : kFlags)
    if (list.has(theirs)) names.system |= ours;
  names.keywords = list.keywords();
  return names;
}

/// Without what is not told; zero UID: nothing of use is.
SourceMessage message_of(const imap::FetchData& data) {
  SourceMessage message;
  message.received = wall_now();
  for (const auto& value : data.values) {
    imap::Lexer in(value.value);
    if (value.name == "UID") message.uid = Uid(parse_decimal<std::uint32_t>(value.value).value_or(0));
    if (value.name == "FLAGS")
      if (const auto list = imap::FlagList::parse_told(in); in.ok()) message.flags = names_of(list);
    if (value.name == "INTERNALDATE")
      if (const auto date = imap::DateTime::parse(in); in.ok()) message.received = date.instant;
  }
  message.key = std::to_string(message.uid.value());
  message.place = "UID " + message.key;
  return message;
}

std::string set_of(const std::vector<Uid>& uids) {
  imap::UidSet set;
  for (const Uid uid : uids) set.add(uid);
  std::string out;
  set.print(out);
  return out;
}

/// Passes bodies on to the intake under what was told of them.
class Bodies final : public imap::BodySink {
 public:
  Bodies(const std::map<Uid, SourceMessage>* messages, Intake* intake) : messages_(messages), intake_(intake) {}
  Result<void> begin(Uid uid) override {
    const auto it = messages_->find(uid);
    is_wanted_ = it != messages_->end() && received_.insert(uid).second;
    return is_wanted_ ? intake_->begin(it->second) : Result<void>();
  }
  Result<void> bytes(std::string_view bytes) override { return is_wanted_ ? intake_->bytes(bytes) : Result<void>(); }
  Result<void> end() override { return is_wanted_ ? intake_->end() : Result<void>(); }
  bool has(Uid uid) const { return received_.contains(uid); }

 private:
  const std::map<Uid, SourceMessage>* const messages_;
  Intake* const intake_;
  std::set<Uid> received_;
  bool is_wanted_ = false;
};

/// Prefixes of RFC 2342: one's own, and those of others and of all.
struct Namespaces {
  std::string own;
  std::vector<std::string> foreign;

  static Namespaces parse(std::string_view text) {
    Namespaces all;
    imap::Lexer in(text);
    in.require_text("NAMESPACE ");
    for (int kind = 0; kind < 3 && in.ok(); ++kind) {
      if (kind > 0) in.sp();
      if (in.try_text("NIL")) continue;
      bool is_first = true;
      in.open();
      while (in.ok() && in.peek() == '(') {
        in.open();
        auto prefix = in.string();
        in.sp();
        in.nstring();
        while (in.ok() && in.peek() != ')') in.any_char();  // extensions
        in.close();
        if (kind == 0 && std::exchange(is_first, false))
          all.own = std::move(prefix);
        else if (kind > 0 && !prefix.empty())
          all.foreign.push_back(std::move(prefix));
      }
      in.close();
    }
    return in.ok() ? all : Namespaces();
  }
};

class ImapSource final : public Source {
 public:
  ImapSource(ImapAccount account, std::shared_ptr<const net::TlsContext> context, net::Offload* offload)
      : account_(std::move(account)), context_(std::move(context)), offload_(offload) {}

  Task<Result<std::vector<SourceMailbox>>> mailboxes() override {
    Result<std::vector<SourceMailbox>> outcome;
    try {
      outcome = co_await list_mailboxes();
    } catch (const net::Lost& lost) {
      outcome = lost_connection(lost);
    }
    co_return outcome;
  }

  Task<Result<ReadTo>> read(const SourceMailbox* mailbox, std::string before, bool everything,
                            Intake* intake) override {
    Result<ReadTo> outcome;
    try {
      outcome = co_await read_selected(mailbox, Cursor::parse(before), everything, intake);
    } catch (const net::Lost& lost) {
      outcome = lost_connection(lost);
    }
    co_return outcome;
  }

  std::vector<std::string> other_subscriptions() override { return {}; }

 private:
  static std::unexpected<Error> lost_connection(const net::Lost& lost) {
    return fail(Code::timeout, std::string("the connection to the other server is lost (") + lost.what() +
                                   "); the same command goes on from here");
  }

  Task<Result<void>> connect() {
    using Tls = imap::ClientOptions::Tls;
    imap::ClientOptions options{
        .host = account_.host,
        .port = account_.port,
        .tls = !account_.has_tls          ? Tls::none
               : account_.is_implicit_tls ? Tls::implicit
                                          : Tls::starttls,
        .context = context_,
        .credentials = {.user = account_.user, .password = account_.password, .token = account_.token}};
    if (!account_.master_user.empty()) {
      options.credentials.authorization = account_.user;
      options.credentials.user = account_.master_user;
    }
    auto client = co_await Client::connect(std::move(options), offload_);
    if (!client) co_return fail(client);
    client_ = std::move(*client);
    co_return Result<void>();
  }

  Task<Result<std::vector<SourceMailbox>>> list_mailboxes() {
    if (auto connected = co_await connect(); !connected) co_return fail(connected);
    Namespaces namespaces;
    if (client_->has("NAMESPACE"))
      (void)co_await client_->run("NAMESPACE", [&](const Response& response) {
        if (const auto* other = std::get_if<imap::OtherData>(&response)) namespaces = Namespaces::parse(other->text);
      });
    std::vector<imap::ListData> listed;
    std::set<std::string> subscribed;
    const auto take = [&](const Response& response) {
      const auto* data = std::get_if<imap::ListData>(&response);
      if (data == nullptr) return;
      if (data->is_lsub || has(*data, "\\Subscribed")) subscribed.insert(data->name);
      if (!data->is_lsub) listed.push_back(*data);
    };
    const bool is_extended = client_->has("LIST-EXTENDED");
    const auto done =
        co_await client_->run(!is_extended                  ? "LIST \"\" \"*\""
                              : client_->has("SPECIAL-USE") ? "LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE)"
                                                            : "LIST \"\" \"*\" RETURN (SUBSCRIBED)",
                              take);
    if (!done) co_return fail(done);
    if (!is_extended) (void)co_await client_->run("LSUB \"\" \"*\"", take);
    if (listed.size() > kMostMailboxes) co_return fail(Code::too_many, "the server tells of too many mailboxes");
    std::vector<SourceMailbox> all;
    for (const auto& data : listed)
      if (auto mailbox = mailbox_of(data, namespaces, subscribed)) {
        if (auto asked = co_await ask_status(&*mailbox); !asked) co_return fail(asked);
        all.push_back(std::move(*mailbox));
      }
    // What is only in Gmail's archive is read when all that is elsewhere was.
    std::ranges::sort(all, {}, [](const auto& m) { return std::pair(m.special_use == SpecialUse::archive, m.place); });
    if (std::ranges::none_of(all, [](const auto& m) { return m.special_use != SpecialUse::none; }))
      for (auto& mailbox : all) mailbox.special_use = use_of_name(mailbox.name);
    co_return all;
  }

  static bool has(const imap::ListData& data, std::string_view attribute) {
    return std::ranges::any_of(data.attributes, [&](const auto& a) { return iequals(a, attribute); });
  }

  /// Nothing for what holds no messages of the account's own.
  std::optional<SourceMailbox> mailbox_of(const imap::ListData& data, const Namespaces& namespaces,
                                          const std::set<std::string>& subscribed) const {
    if (has(data, "\\Noselect") || has(data, "\\NonExistent")) return std::nullopt;
    // \Flagged and \Important show what is elsewhere; \All does so too, except Gmail's, which is the archive as well.
    if (has(data, "\\Flagged") || has(data, "\\Important")) return std::nullopt;
    if (has(data, "\\All") && !client_->has("X-GM-EXT-1")) return std::nullopt;
    for (const auto& prefix : namespaces.foreign)
      if (data.name.starts_with(prefix)) return std::nullopt;
    SourceMailbox mailbox{.place = data.name, .name = data.name, .uid_validity = {}};
    std::string& name = mailbox.name;
    if (!namespaces.own.empty() && name.starts_with(namespaces.own)) name.erase(0, namespaces.own.size());
    if (data.separator && *data.separator != '/') {
      std::ranges::replace(name, '/', '_');
      std::ranges::replace(name, *data.separator, '/');
    }
    for (const std::string_view gmail : {"[Gmail]/", "[Google Mail]/"})
      if (name.starts_with(gmail)) name.erase(0, gmail.size());
    if (iequals(name, "INBOX")) name = "INBOX";
    mailbox.is_subscribed = subscribed.contains(data.name) || name == "INBOX";
    for (const auto use : {SpecialUse::all, SpecialUse::archive, SpecialUse::drafts, SpecialUse::junk, SpecialUse::sent,
                           SpecialUse::trash})
      if (has(data, imap::name_of(use))) mailbox.special_use = use;
    return mailbox;
  }

  Task<Result<void>> ask_status(SourceMailbox* mailbox) {
    std::string command = "STATUS ";
    imap::print_name_text(command, mailbox->place, imap::NameEncoding::modified_utf7);
    // One that cannot be looked into is told when it is read.
    const auto done = co_await client_->run(command + " (MESSAGES UIDVALIDITY)", [mailbox](const Response& response) {
      const auto* data = std::get_if<imap::StatusData>(&response);
      if (data == nullptr) return;
      for (const auto& [att, value] : data->values) {
        if (att == imap::StatusAtt::messages) mailbox->messages = value;
        if (att == imap::StatusAtt::uid_validity)
          mailbox->uid_validity = UidValidity(static_cast<std::uint32_t>(value));
      }
    });
    // Gmail's archive is a part of what it shows under these numbers, and goes elsewhere.
    if (mailbox->special_use == SpecialUse::all) mailbox->special_use = SpecialUse::archive;
    if (!done && done.error().code != Code::denied) co_return fail(done);
    co_return Result<void>();
  }

  Task<Result<Selected>> examine(const SourceMailbox* mailbox) {
    Selected selected;
    const auto take = [&](const Response& response) {
      if (const auto* count = std::get_if<imap::CountData>(&response);
          count && count->kind == imap::CountData::Kind::exists)
        selected.messages = count->number;
      const auto* status = std::get_if<imap::StatusResponse>(&response);
      if (status == nullptr || !status->code) return;
      const auto number = parse_decimal<std::uint64_t>(status->code->argument).value_or(0);
      if (status->code->name == "UIDVALIDITY") selected.cursor.uid_validity = static_cast<std::uint32_t>(number);
      if (status->code->name == "UIDNEXT") selected.cursor.uid_next = static_cast<std::uint32_t>(number);
      if (status->code->name == "HIGHESTMODSEQ") selected.cursor.modseq = number;
    };
    std::string command = "EXAMINE ";
    imap::print_name_text(command, mailbox->place, imap::NameEncoding::modified_utf7);
    if (client_->has("CONDSTORE") || client_->has("QRESYNC")) command += " (CONDSTORE)";
    const auto done = co_await client_->run(std::move(command), take);
    if (!done) co_return fail(done);
    co_return selected;
  }

  Task<Result<ReadTo>> read_selected(const SourceMailbox* mailbox, Cursor before, bool everything, Intake* intake) {
    const auto selected = co_await examine(mailbox);
    if (!selected && selected.error().code != Code::denied) co_return fail(selected);
    if (!selected) {
      intake->refuse(mailbox->place, selected.error().text);
      co_return ReadTo{};
    }
    const Cursor now = selected->cursor;
    if (now.uid_validity != mailbox->uid_validity.value() && !mailbox->uid_validity.is_zero())
      co_return fail(Code::conflict, mailbox->place + " was replaced while it was read; run the command again");
    const ReadTo to{Uid(now.uid_next), now.print()};
    if (selected->messages == 0 || (!everything && now.modseq != 0 && now == before)) co_return to;
    const bool is_incremental =
        !everything && now.modseq != 0 && before.modseq != 0 && before.uid_validity == now.uid_validity;
    auto uids = co_await search(is_incremental ? fmt::format("MODSEQ {}", before.modseq + 1) : what_of(*mailbox));
    if (!uids) co_return fail(uids);
    for (std::size_t at = 0; at < uids->size(); at += kWindow) {
      const auto end = std::min(uids->size(), at + kWindow);
      const std::vector<Uid> window(uids->begin() + static_cast<std::ptrdiff_t>(at),
                                    uids->begin() + static_cast<std::ptrdiff_t>(end));
      if (auto done = co_await read_window(mailbox, window, intake); !done) co_return fail(done);
    }
    co_return to;
  }

  /// Of Gmail's "All Mail" what is nowhere else.
  std::string what_of(const SourceMailbox& mailbox) const {
    if (mailbox.special_use != SpecialUse::archive || !client_->has("X-GM-EXT-1")) return "ALL";
    return "X-GM-RAW \"has:nouserlabels -in:inbox -in:sent -in:drafts -in:spam -in:trash\"";
  }

  Task<Result<std::vector<Uid>>> search(std::string what) {
    std::vector<Uid> uids;
    bool is_too_many = false;
    const auto take = [&](const Response& response) {
      if (const auto* data = std::get_if<imap::SearchData>(&response))
        for (const auto number : data->numbers) uids.emplace_back(number);
      const auto* data = std::get_if<imap::EsearchData>(&response);
      if (data == nullptr || !data->all) return;
      is_too_many |= uids.size() + data->all->size() > kMostMessages;
      if (is_too_many) return;
      data->all->for_each([&](Uid uid) { uids.push_back(uid); });
    };
    const auto done =
        co_await client_->run((client_->has("ESEARCH") ? "UID SEARCH RETURN (ALL) " : "UID SEARCH ") + what, take);
    if (!done) co_return fail(done);
    if (is_too_many) co_return fail(Code::too_many, "the server tells of too many messages");
    std::ranges::sort(uids);
    const auto twice = std::ranges::unique(uids);
    uids.erase(twice.begin(), twice.end());
    co_return uids;
  }

  Task<Result<void>> read_window(const SourceMailbox* mailbox, std::vector<Uid> uids, Intake* intake) {
    std::map<Uid, SourceMessage> told;
    const auto done =
        co_await client_->run("UID FETCH " + set_of(uids) + " (UID FLAGS INTERNALDATE)", [&](const Response& response) {
          const auto* data = std::get_if<imap::FetchData>(&response);
          if (data == nullptr) return;
          auto message = message_of(*data);
          if (std::ranges::binary_search(uids, message.uid)) told.emplace(message.uid, std::move(message));
        });
    if (!done && done.error().code != Code::denied) co_return fail(done);
    // What an answer OK leaves out is gone meanwhile.
    if (!done)
      for (const Uid uid : uids)
        if (!told.contains(uid))
          intake->refuse("UID " + std::to_string(uid.value()), "the server says: " + done.error().text);
    std::vector<Uid> wanted;
    for (auto& [uid, message] : told) {
      message.pop3_unique_id = pop3_unique_id_of(account_.pop3_format, uid, mailbox->uid_validity, "");
      const auto is_wanted = intake->offer(message);
      if (!is_wanted) co_return fail(is_wanted);
      if (*is_wanted) wanted.push_back(uid);
    }
    for (std::size_t at = 0; at < wanted.size(); at += kBodies) {
      const auto end = std::min(wanted.size(), at + kBodies);
      const std::vector<Uid> some(wanted.begin() + static_cast<std::ptrdiff_t>(at),
                                  wanted.begin() + static_cast<std::ptrdiff_t>(end));
      if (auto read = co_await read_bodies(&told, some, intake); !read) co_return read;
    }
    co_return Result<void>();
  }

  Task<Result<void>> read_bodies(const std::map<Uid, SourceMessage>* told, std::vector<Uid> uids, Intake* intake) {
    Bodies bodies(told, intake);
    const auto done = co_await client_->fetch_bodies(set_of(uids), uids.size() == 1 ? uids.front() : Uid(), &bodies);
    if (!done && done.error().code != Code::denied) co_return done;
    // One that the server cannot give may have ended the command for those behind it.
    for (const Uid uid : uids) {
      if (bodies.has(uid)) continue;
      const auto one = co_await client_->fetch_bodies(std::to_string(uid.value()), uid, &bodies);
      if (!one && one.error().code != Code::denied) co_return one;
      if (!bodies.has(uid))
        intake->refuse(told->at(uid).place,
                       one ? "the server does not give it" : "the server says: " + one.error().text);
    }
    co_return Result<void>();
  }

  const ImapAccount account_;
  const std::shared_ptr<const net::TlsContext> context_;
  net::Offload* const offload_;
  std::unique_ptr<Client> client_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_imap_source(ImapAccount account, net::Offload* offload) {
  net::TlsTrust trust{.verify = !account.is_insecure, .system_roots = true, .roots_pem = ""};
  if (!account.ca_file.empty()) {
    trust.roots_pem = read_small_file(account.ca_file);
    if (trust.roots_pem.empty()) return fail(Code::io, "cannot read " + account.ca_file);
  }
  auto context = net::TlsContext::client(trust);
  if (!context) return fail(context);
  return std::make_unique<ImapSource>(std::move(account), std::move(*context), offload);
}

}  // namespace posthorn::migration
