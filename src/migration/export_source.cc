#include "base/bytes.h"
#include "migration/exporter.h"

namespace posthorn::migration {
namespace {

std::string number(std::uint32_t n) {
  std::string out;
  put_u32(out, n);
  return out;
}

}  // namespace

Result<Frame> ExportSource::answer() {
  auto frame = channel_->read();
  if (!frame && frame.error().code == Code::closed)
    return fail(Code::closed, "the server ended; the same command goes on from there");
  if (frame && frame->kind == kind::kError) return fail(Code::unavailable, frame->payload);
  return frame;
}

Result<Listed> ExportSource::list() {
  if (auto sent = channel_->write(kind::kList); !sent) return fail(sent);
  const auto frame = answer();
  if (!frame) return fail(frame);
  return decode<Listed>(frame->payload);
}

Result<std::vector<RowTold>> ExportSource::rows(std::uint32_t mailbox) {
  if (auto sent = channel_->write(kind::kRows, number(mailbox)); !sent) return fail(sent);
  std::vector<RowTold> rows;
  while (true) {
    const auto frame = answer();
    if (!frame) return fail(frame);
    if (frame->kind == kind::kEnd) return rows;
    auto row = decode<RowTold>(frame->payload);
    if (!row) return fail(row);
    rows.push_back(std::move(*row));
  }
}

Result<bool> ExportSource::fetch(Uid uid, const std::function<Result<void>(std::string_view)>& take, std::string& why) {
  if (stop_->load()) return fail(Code::cancelled, "stopped");
  if (auto sent = channel_->write(kind::kFetch, number(uid.value())); !sent) return fail(sent);
  Result<void> outcome;
  while (true) {
    const auto frame = answer();
    if (!frame) return fail(frame);
    if (frame->kind == kind::kBroken) return why = frame->payload, false;
    if (frame->kind == kind::kEnd) break;
    step_(0, frame->payload.size());
    if (outcome) outcome = take(frame->payload);
  }
  if (!outcome) return fail(outcome);
  step_(1, 0);
  return true;
}

}  // namespace posthorn::migration
