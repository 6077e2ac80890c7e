#include "posthorn/commands.h"

#include <filesystem>

#include "mailstore/check.h"
#include "sasl/password.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

/// A text argument; absent ones are "".
std::string text(const json::object& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
}

json::value done() { return json::object{}; }

Result<json::value> domain_add(World& world, const json::object& arguments) {
  if (auto added = world.directory.add_domain(text(arguments, "name")); !added) return fail(added);
  return done();
}

Result<json::value> domain_remove(World& world, const json::object& arguments) {
  if (auto removed = world.directory.remove_domain(text(arguments, "name")); !removed) return fail(removed);
  return done();
}

Result<json::value> domain_list(World& world, const json::object&) {
  const auto names = world.directory.domains();
  if (!names) return fail(names);
  json::array list;
  for (const auto& name : *names) list.push_back(json::object{{"name", name}});
  return list;
}

Result<json::value> account_add(World& world, const json::object& arguments) {
  const auto password = text(arguments, "password");
  if (password.empty()) return fail(Code::invalid, "an account needs a password");
  auto hash = sasl::hash_password(password, sasl::kOrdinaryCost);
  if (!hash) return fail(hash);
  const auto entry = world.directory.add_account(text(arguments, "address"), std::move(*hash));
  if (!entry) return fail(entry);
  if (auto made = world.mail.create_account(entry->id); !made) return fail(made);
  return done();
}

Result<json::value> account_remove(World& world, const json::object& arguments) {
  const auto entry = world.directory.remove_account(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (auto gone = world.mail.delete_account(entry->id); !gone) return fail(gone);
  return done();
}

Result<json::value> account_password(World& world, const json::object& arguments) {
  const auto password = text(arguments, "password");
  if (password.empty()) return fail(Code::invalid, "the new password is empty");
  auto hash = sasl::hash_password(password, sasl::kOrdinaryCost);
  if (!hash) return fail(hash);
  if (auto set = world.directory.set_password_hash(text(arguments, "address"), std::move(*hash)); !set)
    return fail(set);
  return done();
}

Result<json::value> account_list(World& world, const json::object&) {
  const auto accounts = world.directory.accounts();
  if (!accounts) return fail(accounts);
  json::array list;
  for (const auto& entry : *accounts)
    list.push_back(json::object{{"address", entry.address}, {"id", entry.id.value()}});
  return list;
}

Result<json::value> account_show(World& world, const json::object& arguments) {
  const auto entry = world.directory.find(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no account " + text(arguments, "address"));
  const auto account = world.mail.open_now((*entry)->id);
  if (!account) return fail(account);
  const auto version = (*account)->published();
  json::array mailboxes;
  for (const auto& mailbox : version->mailboxes)
    mailboxes.push_back(json::object{{"name", mailbox->name},
                                     {"messages", mailbox->messages},
                                     {"unseen", mailbox->unseen},
                                     {"bytes", mailbox->bytes}});
  return json::object{{"address", (*entry)->address},      {"id", (*entry)->id.value()},
                      {"bytes", version->bytes},           {"quota_bytes", version->quota_bytes},
                      {"modseq", version->modseq.value()}, {"mailboxes", std::move(mailboxes)}};
}

Result<json::value> account_set(World& world, const json::object& arguments) {
  const auto entry = world.directory.find(text(arguments, "address"));
  if (!entry) return fail(entry);
  if (!*entry) return fail(Code::not_found, "there is no account " + text(arguments, "address"));
  const auto* quota = arguments.if_contains("quota_bytes");
  if (quota == nullptr || !quota->is_int64() || quota->as_int64() < 0)
    return fail(Code::invalid, "the quota is a number of bytes; 0 is none");
  const auto account = world.mail.open_now((*entry)->id);
  if (!account) return fail(account);
  const auto bytes = static_cast<std::uint64_t>(quota->as_int64());
  const auto set = world.mail.change_now(*account, [bytes](const auto&, WallTime) -> Result<mailstore::Prepared> {
    return mailstore::Prepared{{mailstore::QuotaSet{bytes}}, {}};
  });
  if (!set) return fail(set);
  return done();
}

Result<json::value> store_check(World& world, const json::object&) {
  auto wrong = world.store->check();
  if (!wrong) return fail(wrong);
  auto mail = mailstore::check(*world.store);
  if (!mail) return fail(mail);
  wrong->insert(wrong->end(), mail->wrong.begin(), mail->wrong.end());
  return json::object{{"accounts", mail->accounts},
                      {"messages", mail->messages},
                      {"log_entries", mail->entries},
                      {"wrong", json::value_from(*wrong)}};
}

/// Of all files below a folder, as far as they can be read; they come and go meanwhile.
std::uint64_t bytes_below(const std::filesystem::path& folder) {
  std::error_code error;
  std::uint64_t bytes = 0;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, error); !error && it != end(it);
       it.increment(error)) {
    std::error_code gone;
    const auto size = it->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

Result<json::value> store_stats(World& world, const json::object&) {
  const auto s = world.store->statistics();
  const auto& data = world.config.data;
  return json::object{{"commits", s.commits},
                      {"flushes", s.flushes},
                      {"replayed_at_start", s.replayed},
                      {"log_bytes", bytes_below(data / "log")},
                      {"blob_bytes", bytes_below(data / "blobs")},
                      {"index_bytes", bytes_below(data / "index")}};
}

Result<json::value> config_reload(World& world, const json::object&) {
  if (!world.reload) return fail(Code::unavailable, "no server is running; it reads its configuration when it starts");
  return world.reload();
}

constexpr Command kCommands[] = {
    {"config reload", config_reload},       {"domain add", domain_add},     {"domain remove", domain_remove},
    {"domain list", domain_list},           {"account add", account_add},   {"account remove", account_remove},
    {"account password", account_password}, {"account list", account_list}, {"account show", account_show},
    {"account set", account_set},           {"store check", store_check},   {"store stats", store_stats},
};

}  // namespace

Result<json::value> run_command(World& world, std::string_view name, const json::object& arguments) {
  for (const Command& command : kCommands)
    if (command.name == name) return command.run(world, arguments);
  return fail(Code::not_found, "there is no command " + std::string(name));
}

}  // namespace posthorn::program
