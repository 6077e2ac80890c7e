#include "mta/peer_limits.h"

namespace posthorn::mta {
namespace {

constexpr auto kWindow = std::chrono::minutes(1);
constexpr std::size_t kMostPeers = 100'000;

}  // namespace

Result<PeerLimits::Connection> PeerLimits::enter(const net::IpAddress& ip) {
  if (connections_ == 0 || ip.is_loopback()) return Connection();
  const auto key = net::IpNetwork::of_peer(ip);
  const std::lock_guard lock(mutex_);
  forget_old();
  Peer& peer = peers_[key];
  if (peer.connections >= connections_) return fail(Code::too_many, "Too many connections from your address");
  ++peer.connections;
  return Connection(this, key);
}

Result<void> PeerLimits::count_message(const net::IpAddress& ip) {
  if (messages_a_minute_ == 0 || ip.is_loopback()) return {};
  const auto key = net::IpNetwork::of_peer(ip);
  const std::lock_guard lock(mutex_);
  forget_old();
  Peer& peer = peers_[key];
  const auto now = steady_now();
  if (now - peer.since >= kWindow) {
    peer.since = now;
    peer.messages = 0;
  }
  if (peer.messages >= messages_a_minute_)
    return fail(Code::too_many, "Too many messages from your address, try later");
  ++peer.messages;
  return {};
}

void PeerLimits::leave(const net::IpNetwork& peer) {
  const std::lock_guard lock(mutex_);
  const auto it = peers_.find(peer);
  if (--it->second.connections == 0 && it->second.messages == 0) peers_.erase(it);
}

// Whoever is not here and was not within the last minute.
void PeerLimits::forget_old() {
  if (peers_.size() < kMostPeers) return;
  const auto now = steady_now();
  std::erase_if(peers_,
                [&](const auto& item) { return item.second.connections == 0 && now - item.second.since >= kWindow; });
}

}  // namespace posthorn::mta
