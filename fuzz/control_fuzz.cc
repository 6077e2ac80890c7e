// Requests on the control socket: any command with any arguments gets an answer, whatever was asked before.
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/log.h"
#include "posthorn/commands.h"
#include "store/simulated_files.h"

using namespace posthorn;
namespace json = boost::json;

namespace {

/// What requests work on, made once: what one changes, the next finds.
struct Served {
  Served() {
    base::log::configure(base::log::error, base::log::Format::text);
    (void)disk.make_folder("top");
    program::Config config;
    config.hostname = "mail.x.test";
    config.data = "top/store";
    world = std::move(*program::World::open(config, disk, {.index = {}, .segment_bytes = 8 << 20, .reserve_bytes = 0}));
    (void)world->directory.add_domain("x.test");
  }
  store::SimulatedFiles disk;
  std::unique_ptr<program::World> world;
};

/// Of this machine, wherever the arguments say.
bool touches_files(std::string_view name) {
  for (const auto* prefix : {"backup", "restore", "import", "export"})
    if (name.starts_with(prefix)) return true;
  return false;
}

}  // namespace

// Lines, each a request.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Served served;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (int requests = 0; !rest.empty() && requests < 8; ++requests) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    boost::system::error_code bad;
    const auto request = json::parse(json::string_view(line.data(), line.size()), bad);
    if (bad || !request.is_object()) continue;
    const auto* name = request.as_object().if_contains("command");
    const auto* arguments = request.as_object().if_contains("arguments");
    if (name == nullptr || !name->is_string() || arguments == nullptr || !arguments->is_object()) continue;
    if (touches_files(name->as_string())) continue;
    (void)program::run_command(*served.world, name->as_string(), arguments->as_object());
  }
  return 0;
}
