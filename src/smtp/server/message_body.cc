#include "smtp/server/message_body.h"

#include <algorithm>

namespace posthorn::smtp {

void MessageBody::pass_on(std::string_view content) {
  size_ += content.size();
  hops_.feed(content);
  if (size_ <= config_->longest_message) may_go_on_ = intake_->body(content) && may_go_on_;
}

void MessageBody::take(std::string_view content) {
  if (lines_ == Lines::mended) return mender_.feed(content, [this](std::string_view piece) { pass_on(piece); });
  if (lines_ == Lines::strict) checker_.feed(content);
  if (checker_.fault() == LineFault::none) pass_on(content);
}

Task<> MessageBody::drained(Pace* pace) {
  if (std::exchange(may_go_on_, true)) co_return;
  const SteadyTime before = steady_now();
  co_await intake_->drained();
  pace->forgive(std::chrono::duration_cast<Duration>(steady_now() - before));
}

void MessageBody::finish(LineFault fault) {
  checker_.finish();
  fault_ = fault;
  mender_.finish([this](std::string_view piece) { pass_on(piece); });
}

std::optional<Reply> MessageBody::refusal() const {
  const auto refused = [](const char* why) { return Reply{550, {5, 6, 11}, why}; };
  switch (fault_ == LineFault::none ? checker_.fault() : fault_) {
    case LineFault::none: break;
    case LineFault::bare_cr: return refused("The message has a CR without LF (RFC 5321 2.3.8)");
    case LineFault::bare_lf: return refused("The message has an LF without CR (RFC 5321 2.3.8)");
    case LineFault::nul: return refused("The message has a NUL (RFC 5321 4.5.2)");
  }
  if (hops_.hops() > config_->most_hops) return Reply{554, {5, 4, 6}, "The message has passed too many servers"};
  if (size_ > config_->longest_message) return Reply{552, {5, 3, 4}, "The message is larger than is accepted here"};
  return std::nullopt;
}

SteadyTime Pace::deadline() const {
  const auto earned = std::chrono::seconds(bytes_ / config_->least_bytes_a_second);
  const SteadyTime of_rate = begun_ + config_->data_timeout + earned;
  return std::min({steady_now() + config_->data_timeout, of_rate, at_the_latest_});
}

}  // namespace posthorn::smtp
