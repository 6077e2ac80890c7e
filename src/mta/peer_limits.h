// What one peer (net::IpNetwork::of_peer()) may do at once and within a minute, over all sessions.
//
// Threads: any.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"

namespace posthorn::mta {

class PeerLimits {
 public:
  /// 0: no limit. This machine's own addresses have none.
  PeerLimits(std::size_t connections, std::size_t messages_a_minute)
      : connections_(connections), messages_a_minute_(messages_a_minute) {}

  /// A connection that is counted for as long as it lives.
  class Connection {
   public:
    Connection() = default;
    Connection(PeerLimits* limits, const net::IpNetwork& peer) : limits_(limits), peer_(peer) {}
    Connection(Connection&& other) noexcept : limits_(std::exchange(other.limits_, nullptr)), peer_(other.peer_) {}
    Connection& operator=(Connection&& other) noexcept {
      std::swap(limits_, other.limits_);
      std::swap(peer_, other.peer_);
      return *this;
    }
    ~Connection() {
      if (limits_ != nullptr) limits_->leave(peer_);
    }

   private:
    PeerLimits* limits_ = nullptr;
    net::IpNetwork peer_;
  };

  /// Errors: too_many.
  Result<Connection> enter(const net::IpAddress& ip);
  /// One more message. Errors: too_many.
  Result<void> count_message(const net::IpAddress& ip);

 private:
  struct Peer {
    std::size_t connections = 0;
    std::size_t messages = 0;  ///< in the minute that began at `since`
    SteadyTime since{};
  };

  void leave(const net::IpNetwork& peer);
  void forget_old();

  const std::size_t connections_, messages_a_minute_;
  std::mutex mutex_;
  std::map<net::IpNetwork, Peer> peers_;
};

}  // namespace posthorn::mta
