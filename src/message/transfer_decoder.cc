#include "message/transfer_decoder.h"

#include "base/text.h"

namespace posthorn::message {

bool is_identity_encoding(std::string_view encoding) {
  return encoding.empty() || iequals(encoding, "7bit") || iequals(encoding, "8bit") || iequals(encoding, "binary");
}

bool is_known_encoding(std::string_view encoding) {
  return is_identity_encoding(encoding) || iequals(encoding, "base64") || iequals(encoding, "quoted-printable");
}

TransferDecoder::TransferDecoder(std::string_view encoding)
    : kind_(iequals(encoding, "base64")             ? Kind::base64
            : iequals(encoding, "quoted-printable") ? Kind::quoted_printable
                                                    : Kind::identity) {}

void TransferDecoder::feed(std::string_view bytes, std::string& out) {
  switch (kind_) {
    case Kind::identity: out += bytes; break;
    case Kind::base64: base64_.feed(bytes, out); break;
    case Kind::quoted_printable: quoted_printable_.feed(bytes, out); break;
  }
}

void TransferDecoder::finish(std::string& out) {
  if (kind_ == Kind::base64) base64_.finish(out);
  if (kind_ == Kind::quoted_printable) quoted_printable_.finish(out);
}

}  // namespace posthorn::message
