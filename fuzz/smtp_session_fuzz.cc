// Whole SMTP sessions: any bytes, whole and dripped, against an Intake that accepts everything. The session must end by
// itself when the bytes do, and the Intake must be called in order.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/log.h"
#include "net/memory_stream.h"
#include "smtp/server/session.h"

using namespace posthorn;

namespace {

class OrderedIntake final : public smtp::Intake, private sasl::Verifier {
 public:
  net::Task<Result<void>> connect() override { co_return Result<void>(); }
  net::Task<Result<void>> mail(smtp::ReversePath, smtp::MailParameters) override {
    expect(!in_mail_);
    in_mail_ = true;
    co_return Result<void>();
  }
  net::Task<Result<void>> rcpt(smtp::ForwardPath, smtp::RcptParameters) override {
    expect(in_mail_ && !in_data_);
    has_recipient_ = true;
    co_return Result<void>();
  }
  net::Task<Result<void>> data() override {
    expect(has_recipient_);
    in_data_ = true;
    co_return Result<void>();
  }
  bool body(std::string_view bytes) override {
    expect(in_data_ && bytes.find('\0') == std::string_view::npos);
    return bytes.size() % 2 == 0;
  }
  net::Task<> drained() override { co_return; }
  net::Task<Result<smtp::Receipt>> end() override {
    expect(in_data_);
    reset();
    co_return smtp::Receipt{"kept"};
  }
  void reset() override { in_mail_ = has_recipient_ = in_data_ = false; }
  sasl::Verifier* verifier() override { return this; }

 private:
  net::Task<Result<sasl::Identity>> verify_password(std::string, std::string user, std::string) override {
    co_return sasl::Identity{user};
  }
  static void expect(bool holds) {
    if (!holds) std::abort();
  }

  bool in_mail_ = false, has_recipient_ = false, in_data_ = false;
};

net::Task<> discard(net::Stream* client) {
  char bytes[4096];
  while (co_await client->read_some(bytes, sizeof bytes) > 0) {
  }
}

net::Task<> send(net::Stream* client, std::string bytes) {
  co_await client->write(std::move(bytes));
  client->shutdown_write();
}

void run_session(std::string_view bytes, bool drip) {
  static const smtp::Config config = [] {
    smtp::Config c;
    c.offers_auth = c.allows_clear_auth = true;
    c.longest_message = 1000;
    c.most_errors = 1000;
    return c;
  }();
  const smtp::MakeIntake make = [](const smtp::SessionInfo*) { return std::make_unique<OrderedIntake>(); };
  boost::asio::io_context context(1);
  auto [client, server] = net::make_memory_pair(context.get_executor(), {.drip = drip});
  bool has_ended = false;
  boost::asio::co_spawn(context, smtp::serve(server.get(), &config, &make),
                        [&](const std::exception_ptr&) { has_ended = true; });
  boost::asio::co_spawn(context, discard(client.get()), [](const std::exception_ptr&) {});
  boost::asio::co_spawn(context, send(client.get(), std::string(bytes)), [](const std::exception_ptr&) {});
  while (!has_ended && context.run_one() > 0) {
  }
  client->close();
  context.poll();
  if (!has_ended) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::log::redirect(-1);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  run_session(bytes, false);
  if (size < 2000) run_session(bytes, true);
  return 0;
}
