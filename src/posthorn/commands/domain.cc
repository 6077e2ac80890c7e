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
  for (const auto& domain : *names)
    list.push_back(
        json::object{{"name", domain.name}, {"catch_all", domain.catch_all}, {"subaddress", domain.separator}});
  return list;
}

/// "" where there is to be none. Errors: who is not there.
Result<std::string> catch_all_of(World& world, const std::string& text) {
  if (text.empty() || text == "none") return "";
  auto address = directory::canonical_address(text);
  if (!address) return address;
  const auto there = world.directory.resolve(*address, {.sender = *address});
  if (!there) return fail(there);
  return address;
}

Result<std::string> separator_of(const std::string& text) {
  if (text == "off") return "";
  constexpr std::string_view kPossible = "+-=_.#";
  if (text.size() == 1 && kPossible.find(text[0]) != std::string_view::npos) return text;
  return fail(Code::invalid, "a subaddress begins with one of + - = _ . #; off: it is not known");
}

Result<json::value> domain_set(World& world, const json::object& arguments) {
  // Asked before the domain is changed, which asks itself.
  auto catch_all = catch_all_of(world, text(arguments, "catch_all"));
  if (!catch_all) return fail(catch_all);
  auto separator = arguments.contains("subaddress") ? separator_of(text(arguments, "subaddress")) : "";
  if (!separator) return fail(separator);
  const auto changed =
      world.directory.change_domain(text(arguments, "name"), [&](directory::DomainEntry& entry) -> Result<void> {
        if (arguments.contains("catch_all")) entry.catch_all = *catch_all;
        if (arguments.contains("subaddress")) entry.separator = *separator;
        return {};
      });
  if (!changed) return fail(changed);
  return done();
}

void offer(CLI::App& app, CommandLine& line) {
  auto* domain = offer_group(app, "domain", "The domains whose mail is kept here");
  ServerCommand(line, domain, "add", "Keep mail for a domain.\nExample: posthorn domain add example.org")
      .required("NAME", "name", "the domain");
  ServerCommand(line, domain, "remove",
                "Keep no more mail for a domain; it must have no accounts, aliases or groups.\nExample: posthorn "
                "domain remove example.org")
      .required("NAME", "name", "the domain");
  ServerCommand(line, domain, "set",
                "Change a domain.\nExample: posthorn domain set example.org --catch-all ann@example.org --subaddress -")
      .required("NAME", "name", "the domain")
      .text("--catch-all", "catch_all", "who gets mail for addresses that are not there; none: nobody")
      .text("--subaddress", "subaddress", "what begins the detail in user+detail: + - = _ . or #; off: nothing does")
      .at_least_one_option();
  ServerCommand(line, domain, "list", "List the domains.\nExample: posthorn domain list --json");
}

constexpr Command kCommands[] = {
    {"domain add", domain_add},
    {"domain remove", domain_remove},
    {"domain list", domain_list},
    {"domain set", domain_set},
};

}  // namespace

Topic domain_topic() { return {offer, kCommands}; }

}  // namespace posthorn::program
