#include "directory/wrong_passwords.h"

#include <algorithm>

namespace posthorn::directory {
namespace {

constexpr auto kFirstDelay = std::chrono::seconds(1);

}  // namespace

bool WrongPasswords::is_trusted(const net::IpAddress& peer) const {
  return std::ranges::any_of(limits_.trusted, [&](const net::IpNetwork& n) { return n.contains(peer); });
}

/// How many are within the window; older ones are dropped.
std::size_t WrongPasswords::fresh(Tries* tries) const {
  if (tries == nullptr) return 0;
  const auto since = steady_now() - limits_.window;
  std::erase_if(*tries, [&](const Tried& t) { return t.when < since; });
  return tries->size();
}

void WrongPasswords::add(Tries& tries, Fingerprint secret, unsigned most) const {
  fresh(&tries);
  const auto known = std::ranges::find(tries, secret, &Tried::secret);
  // What is repeated stays as old as it was: it was tried once.
  if (known == tries.end() && tries.size() < most) tries.push_back({secret, steady_now()});
}

WrongPasswords::Verdict WrongPasswords::look(Fingerprint user, const net::IpAddress& peer,
                                             std::optional<Fingerprint> secret) {
  Verdict verdict;
  if (is_trusted(peer)) return verdict;
  const auto network = net::IpNetwork::of_peer(peer);
  const std::lock_guard lock(mutex_);
  const auto* is_friend = friends_.find({user, network});
  if (is_friend != nullptr && steady_now() - is_friend->when > limits_.friendship) {
    friends_.erase({user, network});
    is_friend = nullptr;
  }
  if (is_friend != nullptr && (!secret || is_friend->secret == *secret)) return verdict;
  auto* tries = pairs_.find({user, network});
  const auto wrong = fresh(tries);
  verdict.is_known_wrong =
      tries != nullptr && secret && std::ranges::find(*tries, *secret, &Tried::secret) != tries->end();
  // A secret that is known to be wrong is answered so, whatever else came: that tells nobody anything.
  if (verdict.is_known_wrong) return verdict;
  const auto most = is_friend != nullptr ? limits_.refuse_friend_at : limits_.refuse_at;
  verdict.is_refused =
      wrong >= most || (is_friend == nullptr && fresh(networks_.find(network)) >= limits_.refuse_network_at);
  return verdict;
}

Duration WrongPasswords::count(Fingerprint user, const net::IpAddress& peer, Fingerprint secret) {
  if (is_trusted(peer)) return {};
  const auto network = net::IpNetwork::of_peer(peer);
  const std::lock_guard lock(mutex_);
  auto& tries = pairs_.use({user, network});
  add(tries, secret, limits_.refuse_friend_at);
  add(networks_.use(network), user ^ secret, limits_.refuse_network_at);
  auto& account = accounts_.use(user);
  add(account, secret, limits_.delay_account_from);
  if (account.size() >= limits_.delay_account_from && friends_.find({user, network}) == nullptr)
    return limits_.longest_delay;
  if (tries.size() < limits_.delay_from) return {};
  const auto doublings = std::min<std::size_t>(tries.size() - limits_.delay_from, 10);
  return std::min<Duration>(kFirstDelay * (1U << doublings), limits_.longest_delay);
}

void WrongPasswords::forgive(Fingerprint user, const net::IpAddress& peer, Fingerprint secret) {
  const std::lock_guard lock(mutex_);
  friends_.use({user, net::IpNetwork::of_peer(peer)}) = {secret, steady_now()};
}

std::vector<WrongPasswords::Tally> WrongPasswords::tallies(Fingerprint user) {
  std::vector<Tally> all;
  const std::lock_guard lock(mutex_);
  for (auto& [pair, tries] : pairs_) {
    if (pair.first != user || fresh(&tries) == 0) continue;
    const auto most = friends_.find(pair) != nullptr ? limits_.refuse_friend_at : limits_.refuse_at;
    const auto left = tries.back().when + limits_.window - steady_now();
    all.push_back({pair.second, tries.size(), tries.size() >= most, std::chrono::duration_cast<Duration>(left)});
  }
  return all;
}

void WrongPasswords::clear(Fingerprint user) {
  const std::lock_guard lock(mutex_);
  std::vector<Pair> gone;
  for (const auto& [pair, tries] : pairs_)
    if (pair.first == user) gone.push_back(pair);
  for (const auto& pair : gone) {
    pairs_.erase(pair);
    networks_.erase(pair.second);
  }
  accounts_.erase(user);
}

}  // namespace posthorn::directory
