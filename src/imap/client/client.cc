#include "imap/client/client.h"

#include <algorithm>

#include "base/text.h"
#include "codec/base64.h"
#include "imap/syntax/printer.h"
#include "net/connect.h"

namespace posthorn::imap {
namespace {

using net::Task;

constexpr Duration kPatience = std::chrono::minutes(5);
constexpr Duration kConnecting = std::chrono::seconds(30);

std::unexpected<Error> hung_up() { return base::fail(Code::unavailable, "the server ended the connection"); }

/// The body's UID, where it stands before the literal: `* 3 FETCH (UID 7 BODY[] `.
Uid uid_before_body(std::string_view text) {
  const auto at = ifind(text, "(UID ");
  const auto later = ifind(text, " UID ");
  const auto from = at != std::string_view::npos ? at : later;
  if (from == std::string_view::npos) return {};
  const auto digits = text.substr(from + 5);
  return Uid(parse_decimal<std::uint32_t>(digits.substr(0, digits.find_first_not_of("0123456789"))).value_or(0));
}

bool announces_body(std::string_view text) {
  return text.starts_with("* ") && ifind(text, " FETCH (") != std::string_view::npos &&
         ifind(text, "BODY[] ") != std::string_view::npos;
}

/// Bytes of a literal on their way to a BodySink, whose first error is kept.
class Passing final : public net::Sink {
 public:
  Passing(BodySink* sink, Result<void>* outcome) : sink_(sink), outcome_(outcome) {}
  bool push(std::string_view bytes) override {
    if (sink_ != nullptr && *outcome_) *outcome_ = sink_->bytes(bytes);
    return true;
  }
  Task<> drained() override { co_return; }

 private:
  BodySink* const sink_;
  Result<void>* const outcome_;
};

}  // namespace

Task<Result<std::unique_ptr<Client>>> Client::connect(ClientOptions options, net::Offload* offload) {
  std::string why;
  Code code = Code::unavailable;
  try {
    auto stream = co_await net::connect_to(options.host, options.port, offload, steady_now() + kConnecting);
    stream->set_timeout(kConnecting);
    if (options.tls == ClientOptions::Tls::implicit) co_await stream->start_tls_client(options.context, options.host);
    std::unique_ptr<Client> client(new Client(std::move(stream)));
    auto begun = co_await client->begin(&options);
    if (!begun) co_return base::fail(begun);
    co_return std::move(client);
  } catch (const net::Lost& lost) {
    if (lost.code() == Code::cancelled) throw;
    if (lost.code() == Code::invalid) code = Code::invalid;
    why = lost.what();
  }
  co_return base::fail(code,
                       "cannot connect to " + options.host + " port " + std::to_string(options.port) + ": " + why);
}

bool Client::has(std::string_view capability) const {
  return std::ranges::find(capabilities_, capability) != capabilities_.end();
}

void Client::note(const Response& response) {
  const auto take = [this](const std::vector<std::string>& names) {
    capabilities_.clear();
    for (const auto& name : names) capabilities_.push_back(to_upper(name));
  };
  if (const auto* data = std::get_if<CapabilityData>(&response)) take(data->capabilities);
  const auto* status = std::get_if<StatusResponse>(&response);
  if (status == nullptr || !status->code || status->code->name != "CAPABILITY") return;
  std::vector<std::string> names;
  for (const auto word : split(status->code->argument, ' '))
    if (!word.empty()) names.emplace_back(word);
  take(names);
}

Task<Result<void>> Client::pass_body(std::uint64_t size, Uid uid, BodySink* sink) {
  Result<void> outcome;
  if (uid.is_zero()) sink = nullptr;
  if (sink != nullptr) outcome = sink->begin(uid);
  Passing passing(sink, &outcome);
  co_await reader_.read_into(size, &passing);
  if (outcome && sink != nullptr) outcome = sink->end();
  co_return outcome;
}

Task<Result<std::string>> Client::read_response(BodySink* sink, Uid only) {
  std::string response;
  while (true) {
    stream_->set_timeout(kPatience);
    auto line = co_await reader_.read_line();
    if (line.end == net::Line::End::eof) co_return hung_up();
    if (line.end == net::Line::End::woken) continue;
    response += line.text;
    if (line.end == net::Line::End::too_long || response.size() > kLongestResponse)
      co_return base::fail(Code::too_big, "the server's answer is too long");
    const auto literal = announced_literal(line.text);
    if (!literal || !*literal) co_return response;
    const std::uint64_t size = (*literal)->size;
    if (sink != nullptr && announces_body(response)) {
      const Uid told = uid_before_body(response);
      if (auto passed = co_await pass_body(size, told.is_zero() ? only : told, sink); !passed)
        co_return base::fail(passed);
      response.resize(response.rfind('{'));
      response += "{0}\r\n";
      continue;
    }
    if (size + response.size() > kLongestResponse)
      co_return base::fail(Code::too_big, "the server's answer is too long");
    response += "\r\n";
    response += co_await reader_.read_exact(static_cast<std::size_t>(size));
  }
}

Task<Result<StatusResponse>> Client::finish_command(std::string tag, Visit visit, BodySink* sink, Uid only) {
  for (std::uint64_t told = 0;;) {
    const auto text = co_await read_response(sink, only);
    if (!text) co_return base::fail(text);
    told += text->size();
    if (told > kLongestAnswer) co_return base::fail(Code::too_big, "the server's answer does not end");
    auto response = parse_response(*text, NameEncoding::modified_utf7);
    if (!response) {
      ++unreadable_;
      continue;
    }
    note(*response);
    auto* status = std::get_if<StatusResponse>(&*response);
    if (status != nullptr && status->tag == tag) {
      if (status->condition == Condition::ok) co_return std::move(*status);
      co_return base::fail(Code::denied, status->text.empty() ? "refused" : status->text);
    }
    if (status != nullptr && status->tag == "*" && status->condition == Condition::bye && visit == nullptr)
      co_return base::fail(Code::unavailable, "the server says goodbye: " + status->text);
    if (visit) visit(std::move(*response));
  }
}

Task<Result<StatusResponse>> Client::run(std::string command, Visit visit) {
  const auto tag = next_tag();
  co_await stream_->write(tag + " " + std::move(command) + "\r\n");
  co_return co_await finish_command(tag, std::move(visit), nullptr, Uid());
}

Task<Result<void>> Client::fetch_bodies(std::string set, Uid only, BodySink* sink) {
  const auto tag = next_tag();
  co_await stream_->write(tag + " UID FETCH " + std::move(set) + " (UID BODY.PEEK[])\r\n");
  Result<void> outcome;
  // A short body may come between quotes.
  Visit visit = [&](const Response& response) {
    const auto* data = std::get_if<FetchData>(&response);
    if (data == nullptr || !outcome) return;
    Uid uid = only;
    for (const auto& value : data->values)
      if (value.name == "UID") uid = Uid(parse_decimal<std::uint32_t>(value.value).value_or(0));
    for (const auto& value : data->values) {
      if (value.name != "BODY" || !value.value.starts_with('"') || uid.is_zero()) continue;
      Lexer in(value.value);
      const auto body = in.string();
      outcome = sink->begin(uid);
      if (outcome) outcome = sink->bytes(body);
      if (outcome) outcome = sink->end();
    }
  };
  const auto done = co_await finish_command(tag, std::move(visit), sink, only);
  if (!outcome) co_return outcome;
  if (!done) co_return base::fail(done);
  co_return Result<void>();
}

Task<Result<void>> Client::learn_capabilities() {
  if (!capabilities_.empty()) co_return Result<void>();
  const auto done = co_await run("CAPABILITY");
  if (!done) co_return base::fail(done);
  co_return Result<void>();
}

Task<Result<void>> Client::begin(const ClientOptions* options) {
  const auto text = co_await read_response(nullptr, Uid());
  if (!text) co_return base::fail(text);
  const auto greeting = parse_response(*text, NameEncoding::modified_utf7);
  const auto* status = greeting ? std::get_if<StatusResponse>(&*greeting) : nullptr;
  if (status == nullptr || status->tag != "*")
    co_return base::fail(Code::unavailable, "what answers at " + options->host + " is no IMAP server");
  if (status->condition == Condition::bye)
    co_return base::fail(Code::unavailable, "the server refuses: " + status->text);
  note(*greeting);
  if (options->tls == ClientOptions::Tls::starttls) {
    const auto started = co_await run("STARTTLS");
    if (!started)
      co_return base::fail(Code::not_supported, "the server does not take STARTTLS: " + started.error().text);
    // What came in the clear behind the answer, or told capabilities before it, is nobody's word.
    reader_.drop_buffered();
    co_await stream_->start_tls_client(options->context, options->host);
    capabilities_.clear();
  }
  if (status->condition == Condition::preauth) co_return co_await learn_capabilities();
  if (auto learnt = co_await learn_capabilities(); !learnt) co_return learnt;
  if (auto done = co_await log_in(options); !done) co_return done;
  capabilities_.clear();
  co_return co_await learn_capabilities();
}

Task<Result<void>> Client::log_in(const ClientOptions* options) {
  std::vector<std::string> offered;
  for (const auto& capability : capabilities_)
    if (capability.starts_with("AUTH=")) offered.push_back(capability.substr(5));
  const auto& credentials = options->credentials;
  if (const auto mechanism = sasl::make_client_mechanism(offered, credentials, *stream_))
    co_return co_await authenticate(mechanism.get());
  const bool is_clear = stream_->tls() == nullptr && options->tls != ClientOptions::Tls::none;
  if (credentials.password.empty() || !credentials.authorization.empty() || has("LOGINDISABLED") || is_clear)
    co_return base::fail(Code::not_supported, "the server offers no way to log in with what is given");
  if (!is_quotable(credentials.user) || !is_quotable(credentials.password))
    co_return base::fail(Code::not_supported, "the name or the password cannot be given in LOGIN");
  std::string command = "LOGIN ";
  print_quoted(command, credentials.user);
  command += ' ';
  print_quoted(command, credentials.password);
  const auto done = co_await run(std::move(command));
  if (!done) co_return base::fail(Code::bad_credentials, "the server refuses the login: " + done.error().text);
  co_return Result<void>();
}

Task<Result<void>> Client::authenticate(sasl::ClientMechanism* mechanism) {
  const auto tag = next_tag();
  std::string command = tag + " AUTHENTICATE " + std::string(mechanism->name());
  bool is_first_sent = false;
  if (mechanism->has_initial_response() && has("SASL-IR")) {
    const auto first = mechanism->step("");
    if (!first) co_return base::fail(first);
    command += " " + (first->empty() ? "=" : codec::base64_encode(*first));
    is_first_sent = true;
  }
  co_await stream_->write(command + "\r\n");
  while (true) {
    const auto text = co_await read_response(nullptr, Uid());
    if (!text) co_return base::fail(text);
    const auto response = parse_response(*text, NameEncoding::modified_utf7);
    if (!response) co_return base::fail(Code::unavailable, "the server does not speak IMAP");
    note(*response);
    if (const auto* status = std::get_if<StatusResponse>(&*response)) {
      if (status->tag != tag) continue;
      if (status->condition != Condition::ok)
        co_return base::fail(Code::bad_credentials, "the server refuses the login: " + status->text);
      // A server that does not know the password cannot end SCRAM.
      if (!mechanism->is_complete()) co_return base::fail(Code::bad_credentials, "the server does not prove who it is");
      co_return Result<void>();
    }
    const auto* challenge = std::get_if<ContinueRequest>(&*response);
    if (challenge == nullptr) continue;
    const auto bytes = codec::base64_decode(challenge->text);
    const bool is_start = !is_first_sent && mechanism->has_initial_response();
    is_first_sent = true;
    auto answer = bytes || is_start ? mechanism->step(is_start ? "" : *bytes) : base::fail(bytes);
    co_await stream_->write((answer ? codec::base64_encode(*answer) : std::string("*")) + "\r\n");
  }
}

Task<> Client::logout() {
  try {
    (void)co_await run("LOGOUT", [](const Response&) {});
  } catch (const net::Lost&) {
    // It is gone already.
  }
}

}  // namespace posthorn::imap
