// Whole SMTP and LMTP sessions: any bytes, whole and dripped, in each state, against an Intake that accepts everything.
// The session must end by itself when the bytes do, the Intake must be called in order, and all that is said must be
// replies.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.h"
#include "net/memory_stream.h"
#include "smtp/server/session.h"
#include "smtp/syntax/reply.h"

using namespace posthorn;

namespace {

class OrderedIntake final : public smtp::Intake, private sasl::Verifier {
 public:
  net::Task<Result<void>> connect() override { co_return Result<void>(); }
  net::Task<Result<void>> mail(smtp::ReversePath, smtp::MailParameters parameters) override {
    expect(!in_mail_);
    in_mail_ = true;
    is_binary_ = parameters.is_binary();
    co_return Result<void>();
  }
  net::Task<Result<void>> rcpt(smtp::ForwardPath, smtp::RcptParameters) override {
    expect(in_mail_ && !in_data_);
    ++recipients_;
    co_return Result<void>();
  }
  net::Task<Result<void>> data() override {
    expect(recipients_ > 0);
    in_data_ = true;
    co_return Result<void>();
  }
  bool body(std::string_view bytes) override {
    expect(in_data_ && (is_binary_ || bytes.find('\0') == std::string_view::npos));
    return bytes.size() % 2 == 0;
  }
  net::Task<> drained() override { co_return; }
  net::Task<Result<smtp::Receipt>> end() override {
    expect(in_data_);
    smtp::Receipt receipt{"kept", std::vector<Result<void>>(recipients_ % 2 == 0 ? recipients_ : 0)};
    reset();
    co_return receipt;
  }
  void reset() override {
    in_mail_ = in_data_ = is_binary_ = false;
    recipients_ = 0;
  }
  sasl::Verifier* verifier() override { return this; }

 private:
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin, std::string, std::string user, std::string) override {
    co_return sasl::Identity{user};
  }
  static void expect(bool holds) {
    if (!holds) std::abort();
  }

  bool in_mail_ = false, in_data_ = false, is_binary_ = false;
  std::size_t recipients_ = 0;
};

net::Task<> gather(net::Stream* client, std::string* said) {
  char bytes[4096];
  while (const std::size_t got = co_await client->read_some(bytes, sizeof bytes)) said->append(bytes, got);
}

net::Task<> send(net::Stream* client, std::string bytes) {
  co_await client->write(std::move(bytes));
  client->shutdown_write();
}

void check_said(std::string_view said) {
  smtp::ReplyParser parser;
  auto progress = smtp::ReplyParser::Progress::done;
  while (!said.empty()) {
    const auto crlf = said.find("\r\n");
    if (crlf == std::string_view::npos) std::abort();
    progress = parser.feed(said.substr(0, crlf));
    if (progress == smtp::ReplyParser::Progress::failed) std::abort();
    said.remove_prefix(crlf + 2);
  }
  if (progress != smtp::ReplyParser::Progress::done) std::abort();
}

smtp::Config config_of(smtp::Service service) {
  smtp::Config c;
  c.service = service;
  c.offers_auth = c.allows_clear_auth = service != smtp::Service::lmtp;
  c.mends_lines = service == smtp::Service::submission;
  c.longest_message = 1000;
  c.most_errors = 1000;
  return c;
}

void run_session(std::string_view bytes, const smtp::Config& config, bool drip) {
  const smtp::MakeIntake make = [](const smtp::SessionInfo*) { return std::make_unique<OrderedIntake>(); };
  boost::asio::io_context context(1);
  auto [client, server] = net::make_memory_pair(context.get_executor(), {.drip = drip});
  bool has_ended = false;
  std::string said;
  boost::asio::co_spawn(context, smtp::serve(server.get(), &config, &make),
                        [&](const std::exception_ptr&) { has_ended = true; });
  boost::asio::co_spawn(context, gather(client.get(), &said), [](const std::exception_ptr&) {});
  boost::asio::co_spawn(context, send(client.get(), std::string(bytes)), [](const std::exception_ptr&) {});
  while (!has_ended && context.run_one() > 0) {
  }
  context.poll();
  client->close();
  context.poll();
  if (!has_ended) std::abort();
  check_said(said);
}

/// What comes before the bytes; LMTP says LHLO where others say EHLO. The first byte says which.
constexpr std::string_view kPreludes[] = {
    "",
    "EHLO x\r\n",
    "EHLO x\r\nAUTH PLAIN\r\n",
    "EHLO x\r\nAUTH PLAIN AGEAYg==\r\n",
    "EHLO x\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@b>\r\n",
    "EHLO x\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n",
    "EHLO x\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n",
    "EHLO x\r\nAUTH PLAIN AGEAYg==\r\nMAIL FROM:<a@b> BODY=BINARYMIME SMTPUTF8\r\nRCPT TO:<c@d>\r\nBDAT 4\r\n",
};

std::string prelude(std::uint8_t which, smtp::Service service) {
  std::string text(kPreludes[which % std::size(kPreludes)]);
  if (service == smtp::Service::lmtp && !text.empty()) text[0] = 'L', text[1] = 'H';
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::log::redirect(-1);
  if (size == 0) return 0;
  for (const auto service : {smtp::Service::relay, smtp::Service::submission, smtp::Service::lmtp}) {
    const smtp::Config config = config_of(service);
    const std::string bytes =
        prelude(data[0], service) + std::string(reinterpret_cast<const char*>(data + 1), size - 1);
    run_session(bytes, config, false);
    if (size < 2000) run_session(bytes, config, true);
  }
  return 0;
}
