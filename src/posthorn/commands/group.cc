// `posthorn group`: addresses with members.
#include <array>

#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;
using directory::GroupSenders;

constexpr std::array<std::string_view, 3> kSenders{"anyone", "domain", "members"};

Result<std::optional<GroupSenders>> senders_of(const json::object& arguments) {
  if (!arguments.contains("senders")) return std::nullopt;
  const auto it = std::ranges::find(kSenders, text(arguments, "senders"));
  if (it == kSenders.end()) return fail(Code::invalid, "who may send is one of anyone, domain, members");
  return static_cast<GroupSenders>(it - kSenders.begin());
}

Result<json::value> add(World& world, const json::object& arguments) {
  const auto senders = senders_of(arguments);
  if (!senders) return fail(senders);
  const auto added = world.directory.add_group({text(arguments, "address"), text(arguments, "name"),
                                                senders->value_or(GroupSenders::anyone), texts(arguments, "members")});
  if (!added) return fail(added);
  return done();
}

Result<json::value> set(World& world, const json::object& arguments) {
  const auto senders = senders_of(arguments);
  if (!senders) return fail(senders);
  directory::GroupChange change{
      .senders = *senders, .add = texts(arguments, "add"), .remove = texts(arguments, "remove")};
  if (arguments.contains("name")) change.name = text(arguments, "name");
  if (auto changed = world.directory.change_group(text(arguments, "address"), change); !changed) return fail(changed);
  return done();
}

Result<json::value> remove(World& world, const json::object& arguments) {
  if (auto gone = world.directory.remove_group(text(arguments, "address")); !gone) return fail(gone);
  return done();
}

Result<json::value> list(World& world, const json::object&) {
  const auto groups = world.directory.groups();
  if (!groups) return fail(groups);
  json::array all;
  for (const auto& group : *groups)
    all.push_back(json::object{{"address", group.address},
                               {"name", group.name},
                               {"senders", kSenders[static_cast<std::size_t>(group.senders)]},
                               {"members", json::value_from(group.members)}});
  return all;
}

void offer(CLI::App& app, CommandLine& line) {
  auto* group = offer_group(app, "group", "Addresses with members");
  const auto make = [&](const char* verb, const char* about) {
    return ServerCommand(line, group, verb, about).required("ADDRESS", "address", "the group's address");
  };
  constexpr auto kWho = "who may send to it: anyone, domain: accounts of its domain, members";
  make("add",
       "Make a group.\nExample: posthorn group add team@example.org ann@example.org bob@example.org --senders members")
      .text("--name", "name", "its name for people")
      .text("--senders", "senders", kWho)
      .list("MEMBER", "members", "accounts, aliases and groups of this server");
  make("set", "Change a group.\nExample: posthorn group set team@example.org --add eve@example.org")
      .list("--add", "add", "members that come in")
      .list("--remove", "remove", "members that leave")
      .text("--name", "name", "its name for people")
      .text("--senders", "senders", kWho)
      .at_least_one_option();
  make("remove", "Remove a group; its members stay.\nExample: posthorn group remove team@example.org");
  ServerCommand(line, group, "list", "List the groups.\nExample: posthorn group list --json");
}

constexpr Command kCommands[] = {
    {"group add", add}, {"group set", set}, {"group remove", remove}, {"group list", list}};

}  // namespace

Topic group_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
