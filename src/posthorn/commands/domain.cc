// `posthorn domain`: the domains whose mail is kept here.
#include "posthorn/commands.h"
#include "posthorn/commands/arguments.h"

namespace posthorn::program {
namespace {

namespace json = boost::json;

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

void offer(CLI::App& app, CommandLine& line) {
  auto* domain = offer_group(app, "domain", "The domains whose mail is kept here");
  ServerCommand(line, domain, "add", "Keep mail for a domain.\nExample: posthorn domain add example.org")
      .required("NAME", "name", "the domain");
  ServerCommand(
      line, domain, "remove",
      "Keep no more mail for a domain; it must have no accounts.\nExample: posthorn domain remove example.org")
      .required("NAME", "name", "the domain");
  ServerCommand(line, domain, "list", "List the domains.\nExample: posthorn domain list --json");
}

constexpr Command kCommands[] = {
    {"domain add", domain_add},
    {"domain remove", domain_remove},
    {"domain list", domain_list},
};

}  // namespace

Topic domain_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
