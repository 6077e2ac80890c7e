#include "posthorn/world.h"

namespace posthorn::program {
namespace {

constexpr unsigned kOffloadThreads = 4;

}  // namespace

World::World(const Config& c, std::unique_ptr<store::log::LogStore> s)
    : config(c), store(std::move(s)), offload(kOffloadThreads), mail(*store, offload), directory(*store) {}

Result<std::unique_ptr<World>> World::open(const Config& config) {
  store::log::StoreOptions options;
  options.reserve_bytes = config.reserve_bytes;
  auto store = store::log::LogStore::open(store::real_files(), config.data.string(), options);
  if (!store) return fail(store);
  return std::make_unique<World>(config, std::move(*store));
}

std::filesystem::path control_socket(const Config& config) { return config.data / "posthorn.sock"; }

}  // namespace posthorn::program
