// What FETCH prints for each message: from the columns (UID FLAGS), and from an email's summary.
#include "allocations.h"
#include "imap/commands/fetch_message.h"
#include "imap/syntax/lexer.h"
#include "message/parser.h"
#include "messages.h"

namespace posthorn::bench {
namespace {

using imap::FetchAtt;

constexpr int kMessages = 1000;

imap::FetchItem item_of(FetchAtt att) { return {.att = att, .section = {}, .partial = {}}; }

mailstore::Placement row_of(std::uint32_t uid) {
  mailstore::Placement row;
  row.uid = Uid(uid);
  row.email = EmailId(uid);
  row.flags.system = uid % 3 == 0 ? mailstore::kSeen | mailstore::kAnswered : mailstore::kSeen;
  row.size = 14000 + uid;
  row.received = WallTime(std::chrono::seconds(1'704'067'200 + uid * 60));
  return row;
}

/// As much as FETCH gathers before it sends, again and again.
void print(benchmark::State& state, const std::vector<imap::FetchItem>& items, const mailstore::Email* email) {
  const mailstore::KeywordTable keywords;
  std::vector<mailstore::Placement> rows;
  for (std::uint32_t uid = 1; uid <= kMessages; ++uid) rows.push_back(row_of(uid * 2));
  std::string out;
  std::int64_t bytes = 0;
  const CountAllocations count(state, kMessages);
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < kMessages; ++i) {
      imap::print_head(out, Msn(i + 1));
      for (std::size_t k = 0; k < items.size(); ++k) {
        if (k > 0) out += ' ';
        imap::print_item(out, items[k], {Msn(i + 1), rows[i]}, keywords, email);
      }
      out += ")\r\n";
      if (out.size() < 64 * 1024) continue;
      bytes += static_cast<std::int64_t>(out.size());
      out.clear();
    }
  }
  state.SetItemsProcessed(state.iterations() * kMessages);
  state.SetBytesProcessed(bytes);
}

void flags(benchmark::State& state) { print(state, {item_of(FetchAtt::uid), item_of(FetchAtt::flags)}, nullptr); }
BENCHMARK(flags);

void internal_date(benchmark::State& state) { print(state, {item_of(FetchAtt::internal_date)}, nullptr); }
BENCHMARK(internal_date);

mailstore::Email some_email() {
  mailstore::Email email;
  email.summary = message::summarize(message::parse(alternative_message(14000)));
  return email;
}

void envelope(benchmark::State& state) {
  const mailstore::Email email = some_email();
  print(state,
        {item_of(FetchAtt::flags), item_of(FetchAtt::internal_date), item_of(FetchAtt::rfc822_size),
         item_of(FetchAtt::envelope)},
        &email);
}
BENCHMARK(envelope);

void bodystructure(benchmark::State& state) {
  const mailstore::Email email = some_email();
  print(state, {item_of(FetchAtt::body_structure)}, &email);
}
BENCHMARK(bodystructure);

}  // namespace
}  // namespace posthorn::bench
