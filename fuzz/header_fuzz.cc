// Any bytes are a header value: addresses, dates, parameters, encoded words, ids, subjects. What they say is valid
// UTF-8, and what is printed of it says the same when read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "codec/unicode.h"
#include "message/address_list.h"
#include "message/date_time.h"
#include "message/encoded_word.h"
#include "message/header.h"
#include "message/html_text.h"
#include "message/params.h"
#include "message/thread_key.h"

using namespace posthorn;
using namespace posthorn::message;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void addresses(std::string_view value) {
  const auto list = parse_address_list(value);
  require(list.size() <= kMaxAddresses + 2);
  const auto printed = print_address_list(list);
  require(codec::is_valid_utf8(printed));
  parse_address_list(printed);
}

void dates(std::string_view value) {
  if (const auto date = parse_date(value)) require(parse_date(print_date(*date)) == date);
}

void params(std::string_view value) {
  for (const auto& param : parse_params(value)) {
    require(codec::is_valid_utf8(param.value));
    bool is_clean = true;
    for (const char c : param.value) is_clean = is_clean && !is_ctl(c);
    if (!is_clean || param.value.find("=?") != std::string::npos) continue;
    const auto again = parse_params("; " + print_param("name", param.value));
    // More segments than are read back cannot come back whole.
    require(again.size() == 1 && (again[0].value == param.value || param.value.size() > 1000));
  }
  parse_content_type(value);
  parse_disposition(value);
}

void words(std::string_view value) {
  const auto text = decode_words(value);
  require(codec::is_valid_utf8(text) && text.find_first_of("\r\n") == std::string::npos);
  const auto encoded = encode_words(text);
  require(!has_8bit(encoded));
  if (trim(text) == text) require(decode_words(encoded) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  addresses(value);
  dates(value);
  params(value);
  words(value);
  unfold(value);
  html_text(value, 4096);
  require(base_subject(value).text.size() <= kMaxBaseSubject);
  require(message_ids(value).size() <= kMaxReferences);
  return 0;
}
