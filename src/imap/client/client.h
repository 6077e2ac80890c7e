// The client's side of IMAP: for migration, RFC 3501 and RFC 9051.
//
// One command at a time; what comes meanwhile is handed over response by response. Bodies are streamed, so that memory
// does not depend on a message's size. A connection that breaks throws net::Lost, as everywhere.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "imap/syntax/responses.h"
#include "net/line_reader.h"
#include "net/offload.h"
#include "net/tls.h"
#include "sasl/client.h"

namespace posthorn::imap {

struct ClientOptions {
  enum class Tls { implicit, starttls, none };

  std::string host;
  std::uint16_t port = 993;
  Tls tls = Tls::implicit;
  std::shared_ptr<const net::TlsContext> context;
  sasl::ClientCredentials credentials;
};

/// Takes the bodies of one FETCH. Errors end the command, and with it the connection.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual Result<void> begin(Uid uid) = 0;
  virtual Result<void> bytes(std::string_view bytes) = 0;
  virtual Result<void> end() = 0;
};

class Client {
 public:
  using Visit = std::function<void(Response)>;

  /// Connects and logs in: with SASL where the server offers it (sasl/client.h), else with LOGIN. Without TLS passwords
  /// pass in the clear only where `tls` is none. Errors: unavailable (no connection, no IMAP), bad_credentials,
  /// not_supported (no way to log in that both know), invalid (TLS is not trusted).
  static net::Task<Result<std::unique_ptr<Client>>> connect(ClientOptions options, net::Offload* offload);

  /// As last told, in upper case.
  bool has(std::string_view capability) const;

  /// `command` without tag and CRLF; untagged responses go to `visit`. The tagged OK. Errors: denied, the server's NO
  /// or BAD with its text; too_big, an answer that does not end. Responses that are no IMAP are passed over and
  /// counted.
  net::Task<Result<StatusResponse>> run(std::string command, Visit visit = {});
  /// `UID FETCH set (UID BODY.PEEK[])`; `set` is not empty. `only`: the UID that it is, where it is one. Bodies of
  /// which the server does not tell the UID before the bytes are passed over, unless there is only one. Errors: as
  /// run(), and the sink's.
  net::Task<Result<void>> fetch_bodies(std::string set, Uid only, BodySink* sink);
  std::size_t unreadable() const { return unreadable_; }

  net::Task<> logout();

 private:
  static constexpr std::size_t kLongestLine = 32 << 20;
  /// Of a response with its literals, but bodies that go to a sink.
  static constexpr std::size_t kLongestResponse = 64 << 20;
  /// Of all responses to one command, the same.
  static constexpr std::uint64_t kLongestAnswer = 128 << 20;

  explicit Client(std::unique_ptr<net::Stream> stream)
      : stream_(std::move(stream)), reader_(stream_.get(), kLongestLine) {}

  net::Task<Result<void>> begin(const ClientOptions* options);
  net::Task<Result<void>> log_in(const ClientOptions* options);
  net::Task<Result<void>> authenticate(sasl::ClientMechanism* mechanism);
  net::Task<Result<void>> learn_capabilities();
  net::Task<Result<StatusResponse>> finish_command(std::string tag, Visit visit, BodySink* sink, Uid only);
  net::Task<Result<std::string>> read_response(BodySink* sink, Uid only);
  net::Task<Result<void>> pass_body(std::uint64_t size, Uid uid, BodySink* sink);
  void note(const Response& response);
  std::string next_tag() { return "p" + std::to_string(++tags_); }

  const std::unique_ptr<net::Stream> stream_;
  net::LineReader reader_;
  std::vector<std::string> capabilities_;
  std::uint64_t tags_ = 0;
  std::size_t unreadable_ = 0;
};

}  // namespace posthorn::imap
