// Reads the input as every production of imap/syntax, whole and behind the head of a command, in both encodings of
// names. What was read is printed and must read the same again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "imap/syntax/client_id.h"
#include "imap/syntax/command_args.h"
#include "imap/syntax/envelope.h"
#include "imap/syntax/fetch_items.h"
#include "imap/syntax/list_args.h"
#include "imap/syntax/list_pattern.h"
#include "imap/syntax/modifiers.h"
#include "imap/syntax/responses.h"
#include "imap/syntax/search_keys.h"
#include "imap/syntax/search_return.h"
#include "imap/syntax/select_args.h"
#include "imap/syntax/special_use.h"

using namespace posthorn;
using namespace posthorn::imap;

static void require(bool holds, std::string_view input, std::string_view printed) {
  if (holds) return;
  std::fprintf(stderr, "read: %s\nprinted: %s\n", printable(input, 4000).c_str(), printable(printed, 4000).c_str());
  std::abort();
}

template <class T>
static void round_trip(std::string_view input, NameEncoding names) {
  const auto value = parse_whole<T>(input, names);
  if (!value) return;
  std::string out;
  if constexpr (requires { value->print(out, names); }) {
    value->print(out, names);
  } else {
    value->print(out);
  }
  const auto again = parse_whole<T>(out, names);
  require(again && *again == *value, input, out);
}

static void round_trip_response(std::string_view input, NameEncoding names) {
  const auto response = parse_response(input, names);
  if (!response) return;
  std::string out;
  print(out, *response, names);
  require(out.ends_with("\r\n"), input, out);
  require(parse_response(std::string_view(out).substr(0, out.size() - 2), names) == response, input, out);
}

static void match_list(std::string_view input, NameEncoding names) {
  const auto args = parse_whole<ListArgs>(input, names);
  if (!args) return;
  const auto& written = args->patterns.front();
  const ListPattern pattern(args->reference, written);
  pattern.matches(MailboxName());
  // Whatever is a name matches itself and a star.
  const auto name = MailboxName::from_utf8(written);
  if (!name) return;
  require(ListPattern("", written).matches(*name), input, name->utf8());
  require(ListPattern("", "*").matches(*name), input, name->utf8());
}

static void resolve_set(std::string_view input) {
  const auto set = parse_whole<SequenceSet>(input);
  if (!set) return;
  for (const std::uint32_t largest : {0u, 1u, 9u, 4294967295u}) {
    const auto resolved = set->resolve(Uid(largest));
    for (std::uint32_t n = 0; n < 12; ++n)
      require(resolved.contains(Uid(n)) == set->contains(Uid(n), Uid(largest)), input, "");
  }
}

static void every_production(std::string_view input, NameEncoding names) {
  round_trip<CommandHead>(input, names);
  round_trip<LoginArgs>(input, names);
  round_trip<AuthenticateArgs>(input, names);
  round_trip<RenameArgs>(input, names);
  round_trip<ListArgs>(input, names);
  round_trip<LsubArgs>(input, names);
  round_trip<SelectArgs>(input, names);
  round_trip<CreateArgs>(input, names);
  round_trip<StatusArgs>(input, names);
  round_trip<AppendArgs>(input, names);
  round_trip<CopyArgs>(input, names);
  round_trip<StoreFlags>(input, names);
  round_trip<StoreModifiers>(input, names);
  round_trip<FetchModifiers>(input, names);
  round_trip<SearchReturn>(input, names);
  round_trip<FetchItems>(input, names);
  round_trip<SearchKeys>(input, names);
  round_trip<Envelope>(input, names);
  round_trip<ClientId>(input, names);
  round_trip<SequenceSet>(input, names);
  round_trip<UidSet>(input, names);
  round_trip<MailboxName>(input, names);
  round_trip<FlagList>(input, names);
  round_trip<Date>(input, names);
  round_trip<DateTime>(input, names);
  round_trip<SectionSpec>(input, names);
  round_trip_response(input, names);
  match_list(input, names);
  resolve_set(input);
}

/// What follows the head, and the set of messages, of a command such as FETCH.
static void arguments(std::string_view input, NameEncoding names) {
  Lexer in(input, names);
  CommandHead::parse(in);
  if (in.ok()) round_trip<SearchKeys>(in.rest(), names);
  in.sp();
  if (!in.ok()) return;
  every_production(in.rest(), names);
  SequenceSet::parse(in);
  in.sp();
  if (in.ok()) every_production(in.rest(), names);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)announced_literal(input);
  for (const auto names : {NameEncoding::modified_utf7, NameEncoding::utf8}) {
    every_production(input, names);
    arguments(input, names);
  }
  return 0;
}
