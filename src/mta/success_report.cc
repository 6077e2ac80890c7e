#include "mta/success_report.h"

#include "base/text.h"
#include "message/compose.h"
#include "message/date_time.h"

namespace posthorn::mta {
namespace {

constexpr std::size_t kLongestHeader = 64 * 1024;

message::DateTime date_of(WallTime t) { return {.seconds = to_seconds(t), .zone_minutes = 0}; }

// RFC 3464 2.1.2, RFC 6533 3: in ASCII always.
std::string typed_address(const smtp::OriginalRecipient& recipient) {
  return recipient.type == "utf-8" ? recipient.print() : recipient.type + ';' + recipient.address;
}

std::string line(std::string_view name, std::string_view value) {
  return std::string(name) + ": " + std::string(value) + "\r\n";
}

}  // namespace

void HeaderKeeper::feed(std::string_view bytes) {
  if (is_complete_) return;
  // The empty line may be cut by the pieces.
  const std::size_t from = header_.size() < 3 ? 0 : header_.size() - 3;
  header_ += bytes.substr(0, kLongestHeader - header_.size());
  const auto end = header_.starts_with("\r\n") ? 0 : header_.find("\r\n\r\n", from);
  if (end != std::string::npos) header_.resize(end == 0 ? 0 : end + 2);
  is_complete_ = end != std::string::npos || header_.size() == kLongestHeader;
}

std::string SuccessReport::compose() const {
  std::string text = "Your message has arrived at:\n\n";
  std::string status = line("Reporting-MTA", "dns; " + hostname);
  if (!envelope_id.empty()) status = line("Original-Envelope-Id", envelope_id) + status;
  status += line("Arrival-Date", message::print_date(date_of(arrived)));
  for (const auto& recipient : recipients) {
    text += "  " + recipient.address + "\n";
    const std::string type = has_8bit(recipient.address) ? "utf-8" : "rfc822";
    status += "\r\n";
    if (recipient.original) status += line("Original-Recipient", typed_address(*recipient.original));
    status += line("Final-Recipient", typed_address({type, recipient.address}));
    status += line("Action", "delivered") + line("Status", "2.0.0");
  }
  return message::Composer()
      .field("From", "Mail Delivery System <postmaster@" + hostname + ">")
      .field("To", "<" + sender + ">")
      .text_field("Subject", "Delivered")
      .date(date_of(arrived))
      .new_message_id(hostname)
      .field("Auto-Submitted", "auto-replied")  // RFC 3834 5
      .multipart("report; report-type=delivery-status")
      .text(text)
      .part("message/delivery-status", status)
      .part("text/rfc822-headers", header)
      .finish();
}

}  // namespace posthorn::mta
