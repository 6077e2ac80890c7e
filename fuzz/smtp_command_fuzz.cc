// SMTP's command lines, replies and parameters: what is parsed is printed, and parsed to the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "smtp/syntax/command.h"
#include "smtp/syntax/reply.h"

using namespace posthorn;
using namespace posthorn::smtp;

namespace {

template <class T>
void round_trip(const Result<T>& parsed, std::size_t verb_size) {
  if (!parsed) return;
  const auto again = T::parse(std::string_view(parsed->print()).substr(verb_size));
  if (!again || *again != *parsed) std::abort();
}

void round_trip_reply(std::string_view bytes) {
  ReplyParser parser;
  for (const auto line : split(bytes, '\n'))
    if (parser.feed(line) == ReplyParser::Progress::done && parser.reply().print().empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto arguments = CommandLine::split(bytes).arguments;
  round_trip(Mail::parse(arguments), 5);
  round_trip(Rcpt::parse(arguments), 5);
  round_trip(Auth::parse(arguments), 5);
  round_trip(Bdat::parse(arguments), 5);
  if (const auto mail = Mail::parse(arguments)) {
    const auto known = MailParameters::from(mail->parameters);
    if (known && MailParameters::from(known->to_parameters()) != known) std::abort();
  }
  if (const auto rcpt = Rcpt::parse(arguments)) {
    const auto known = RcptParameters::from(rcpt->parameters);
    if (known && RcptParameters::from(known->to_parameters()) != known) std::abort();
  }
  if (const auto hello = Hello::parse(arguments); hello && Hello::parse(hello->name) != hello) std::abort();
  round_trip_reply(bytes);
  return 0;
}
