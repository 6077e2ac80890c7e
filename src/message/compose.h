// Builds the messages that we write ourselves: bounces, reports, vacation answers. RFC 5322, RFC 2045, RFC 2047.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "message/address_list.h"
#include "message/date_time.h"

namespace posthorn::message {

/// Fields come out in the order of the calls, then MIME-Version and the parts. All output is CRLF lines; lines of
/// header fields are folded at spaces to 78 columns where they can be. Controls in what is given never break a line.
class Composer {
 public:
  /// Unstructured UTF-8 text, as encoded words where it must be.
  Composer& text_field(std::string_view name, std::string_view utf8);
  /// A structured value that is ASCII already.
  Composer& field(std::string_view name, std::string_view value);
  Composer& addresses(std::string_view name, const AddressList& list);
  Composer& date(DateTime date);
  /// An unpredictable Message-ID in `domain`; returned by message_id().
  Composer& new_message_id(std::string_view domain);
  const std::string& message_id() const { return message_id_; }

  /// With more than one part: the subtype (`report; report-type=delivery-status`), else mixed.
  Composer& multipart(std::string_view subtype);
  /// UTF-8 text with LF or CRLF line ends.
  Composer& text(std::string_view utf8);
  /// A part of that Content-Type. Bytes that are not short ASCII lines are encoded, but for message/ types, which may
  /// not be: those are marked 8bit.
  Composer& part(std::string_view content_type, std::string_view bytes);

  /// The whole message.
  std::string finish() const;

 private:
  struct Body {
    std::string header;
    std::string bytes;
  };

  std::string header_;
  std::string message_id_;
  std::string multipart_ = "mixed";
  std::vector<Body> bodies_;
};

}  // namespace posthorn::message
