// Who has tried which wrong passwords, and what follows from it.
//
// What counts is how many *distinct* wrong secrets came for an account from a network (net::IpNetwork::of_peer())
// within the window: a telephone that repeats an old password a thousand times has tried one. Above a few, answers are
// delayed; above `refuse_at`, the pair of account and network is refused for as long as the window holds that many.
// Nothing that is refused is counted, so that refusals end by themselves. A network that tries many accounts is refused
// in the same way, for those that it has not logged in to lately.
//
// A password with which the same network lately got in is never refused. An account that many networks try is not
// locked; their answers are delayed.
//
// Secrets and users are known by keyed digests alone, in memory alone, and for a bounded number of pairs: the oldest
// is forgotten first.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/address.h"

namespace posthorn::directory {

struct WrongPasswordLimits {
  unsigned delay_from = 3;  ///< distinct wrong passwords of a pair: answers wait from here on
  unsigned refuse_at = 10;  ///< of a pair
  /// Of a pair whose network has logged in to the account lately: somebody near the owner.
  unsigned refuse_friend_at = 100;
  unsigned refuse_network_at = 100;  ///< of a network, over all accounts
  unsigned delay_account_from = 50;  ///< of an account, over all networks
  Duration window = std::chrono::minutes(15);
  Duration friendship = std::chrono::days(30);
  Duration longest_delay = std::chrono::seconds(10);
  std::vector<net::IpNetwork> trusted = {};  ///< never refused nor counted: a proxy, a webmail
  std::size_t most = 50'000;                 ///< pairs, networks, accounts, friends: of each
  friend bool operator==(const WrongPasswordLimits&, const WrongPasswordLimits&) = default;
};

/// Digests, by the caller, with a key that others do not have.
using Fingerprint = std::uint64_t;

class WrongPasswords {
 public:
  explicit WrongPasswords(WrongPasswordLimits limits) : limits_(std::move(limits)) {}

  struct Verdict {
    bool is_refused = false;
    bool is_known_wrong = false;  ///< this very secret was wrong before: no need to look again
  };
  /// Before a secret is looked at; nullopt where it never passes (SCRAM). A friend is not refused then.
  Verdict look(Fingerprint user, const net::IpAddress& peer, std::optional<Fingerprint> secret);
  /// It was wrong. Answers how long the answer is to wait.
  Duration count(Fingerprint user, const net::IpAddress& peer, Fingerprint secret);
  /// It was right.
  void forgive(Fingerprint user, const net::IpAddress& peer, Fingerprint secret);

  struct Tally {
    net::IpNetwork network;
    std::size_t wrong = 0;  ///< distinct
    bool is_refused = false;
    Duration left{};  ///< until nothing of it is in the window any more
  };
  /// Of one account, for its owner.
  std::vector<Tally> tallies(Fingerprint user);
  /// Forgets what was wrong for the account.
  void clear(Fingerprint user);

 private:
  struct Tried {
    Fingerprint secret;
    SteadyTime when;
  };
  /// Values by key, in a bounded number: who was not used for longest goes first.
  template <class Key, class Value>
  class Bounded {
   public:
    explicit Bounded(std::size_t most) : most_(most) {}
    Value* find(const Key& key) {
      const auto it = places_.find(key);
      return it == places_.end() ? nullptr : &it->second->second;
    }
    /// Its value, which is used now; made where it is not there.
    Value& use(const Key& key) {
      auto it = places_.find(key);
      if (it == places_.end()) {
        if (places_.size() >= most_) erase(values_.back().first);
        values_.emplace_front(key, Value());
        it = places_.emplace(key, values_.begin()).first;
      }
      values_.splice(values_.begin(), values_, it->second);
      return values_.front().second;
    }
    void erase(Key key) {
      const auto it = places_.find(key);
      if (it == places_.end()) return;
      values_.erase(it->second);
      places_.erase(it);
    }
    auto begin() { return values_.begin(); }
    auto end() { return values_.end(); }

   private:
    const std::size_t most_;
    std::list<std::pair<Key, Value>> values_;
    std::map<Key, typename std::list<std::pair<Key, Value>>::iterator> places_;
  };
  using Pair = std::pair<Fingerprint, net::IpNetwork>;
  using Tries = std::vector<Tried>;
  struct Friend {
    Fingerprint secret;
    SteadyTime when;
  };

  bool is_trusted(const net::IpAddress& peer) const;
  std::size_t fresh(Tries* tries) const;
  void add(Tries& tries, Fingerprint secret, unsigned most) const;

  const WrongPasswordLimits limits_;
  std::mutex mutex_;
  Bounded<Pair, Tries> pairs_{limits_.most};
  Bounded<net::IpNetwork, Tries> networks_{limits_.most};
  Bounded<Fingerprint, Tries> accounts_{limits_.most};
  Bounded<Pair, Friend> friends_{limits_.most};
};

}  // namespace posthorn::directory
