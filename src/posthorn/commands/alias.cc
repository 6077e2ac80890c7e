// `posthorn alias`: addresses that stand for others.
#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

Result<json::value> add(World& world, const json::object& arguments) {
  const auto added = world.directory.add_alias({text(arguments, "address"), texts(arguments, "targets")});
  if (!added) return fail(added);
  return done();
}

Result<json::value> remove(World& world, const json::object& arguments) {
  if (auto gone = world.directory.remove_alias(text(arguments, "address")); !gone) return fail(gone);
  return done();
}

/// Targets that get nothing any more are named: an account may have been removed since.
Result<json::value> list(World& world, const json::object&) {
  const auto aliases = world.directory.aliases();
  if (!aliases) return fail(aliases);
  json::array all;
  for (const auto& alias : *aliases) {
    json::array missing;
    for (const auto& target : alias.targets)
      if (const auto there = world.directory.resolve(target, {.sender = target});
          !there && there.error().code == Code::not_found)
        missing.emplace_back(target);
    all.push_back(json::object{
        {"address", alias.address}, {"targets", json::value_from(alias.targets)}, {"missing", std::move(missing)}});
  }
  return all;
}

void offer(CLI::App& app, CommandLine& line) {
  auto* alias = offer_group(app, "alias", "Addresses that stand for others");
  ServerCommand(line, alias, "add",
                "Make an address that stands for others of this server.\n"
                "Example: posthorn alias add info@example.org ann@example.org bob@example.org")
      .required("ADDRESS", "address", "the alias")
      .required_list("TARGET", "targets", "who gets its mail");
  ServerCommand(line, alias, "remove", "Remove an alias.\nExample: posthorn alias remove info@example.org")
      .required("ADDRESS", "address", "the alias");
  ServerCommand(line, alias, "list", "List the aliases.\nExample: posthorn alias list --json");
}

constexpr Command kCommands[] = {{"alias add", add}, {"alias remove", remove}, {"alias list", list}};

}  // namespace

Topic alias_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
