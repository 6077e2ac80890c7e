#include "directory/pam.h"

#include <pwd.h>
#include <security/pam_appl.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "directory/address.h"

namespace posthorn::directory {
namespace {

constexpr std::size_t kLongestName = 32;
constexpr std::size_t kEntryBytes = 64 * 1024;

/// Answers every question that is not to be shown with the password, all others with nothing.
int converse(int count, const pam_message** messages, pam_response** responses, void* password) {
  if (count <= 0 || count > PAM_MAX_NUM_MSG) return PAM_CONV_ERR;
  // PAM frees them.
  auto* answers = static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  if (answers == nullptr) return PAM_BUF_ERR;
  for (int i = 0; i < count; ++i)
    if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF) answers[i].resp = ::strdup(static_cast<const char*>(password));
  *responses = answers;
  return PAM_SUCCESS;
}

/// Modules want a wrong password to be answered late; that is done elsewhere, without a thread that sleeps.
void do_not_wait(int, unsigned, void*) {}

/// One conversation with PAM.
class Transaction {
 public:
  Transaction(const std::string& service, const std::string& user, std::string password)
      : password_(std::move(password)), conversation_{converse, password_.data()} {
    status_ = pam_start(service.c_str(), user.c_str(), &conversation_, &handle_);
    using Delay = void (*)(int, unsigned, void*);
    const Delay delay = do_not_wait;
    if (status_ == PAM_SUCCESS) pam_set_item(handle_, PAM_FAIL_DELAY, reinterpret_cast<const void*>(delay));
  }
  ~Transaction() {
    if (handle_ != nullptr) pam_end(handle_, status_);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  int run() {
    constexpr int kFlags = PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK;
    if (status_ == PAM_SUCCESS) status_ = pam_authenticate(handle_, kFlags);
    if (status_ == PAM_SUCCESS) status_ = pam_acct_mgmt(handle_, kFlags);
    return status_;
  }
  std::string error() const { return handle_ == nullptr ? "cannot start" : pam_strerror(handle_, status_); }

 private:
  std::string password_;
  pam_conv conversation_;
  pam_handle_t* handle_ = nullptr;
  int status_ = PAM_SUCCESS;
};

bool is_refusal(int status) {
  switch (status) {
    case PAM_AUTH_ERR:
    case PAM_PERM_DENIED:
    case PAM_USER_UNKNOWN:
    case PAM_MAXTRIES:
    case PAM_ACCT_EXPIRED:
    case PAM_NEW_AUTHTOK_REQD:
    case PAM_CRED_INSUFFICIENT: return true;
    default: return false;
  }
}

class Pam final : public Outside {
 public:
  explicit Pam(const PamConfig& config) : config_(config) {}

  std::string_view name() const override { return "pam"; }
  bool serves(std::string_view domain) const override { return domain == config_.domain; }

  Result<std::optional<OutsideUser>> find(const std::string& address) override {
    const std::string user(local_part_of(address));
    if (!is_user_name(user)) return std::nullopt;
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> bytes(kEntryBytes);
    const int error = ::getpwnam_r(user.c_str(), &entry, bytes.data(), bytes.size(), &found);
    // getpwnam(3): these too mean that nobody has the name.
    const bool is_absence = error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
    if (!is_absence) return fail(Code::unavailable, std::string("the system's users: ") + std::strerror(error));
    if (found == nullptr || entry.pw_uid < config_.least_uid) return std::nullopt;
    // GECOS: the name, then other fields behind commas.
    const std::string_view gecos = entry.pw_gecos == nullptr ? "" : entry.pw_gecos;
    return std::optional(OutsideUser{address, std::string(gecos.substr(0, gecos.find(','))), std::nullopt});
  }

  Result<std::optional<std::vector<std::string>>> members(const std::string&) override { return std::nullopt; }

  Result<std::optional<OutsideUser>> verify(const std::string& address, const std::string& password) override {
    auto user = find(address);
    if (!user || !*user) return user;
    // PAM takes C strings: what is behind a NUL would not be looked at.
    if (password.empty() || password.find('\0') != std::string::npos) return std::nullopt;
    Transaction transaction(config_.service, std::string(local_part_of(address)), password);
    const int status = transaction.run();
    if (status == PAM_SUCCESS) return user;
    if (is_refusal(status)) return std::nullopt;
    return fail(Code::unavailable, "PAM: " + transaction.error());
  }

 private:
  const PamConfig config_;
};

}  // namespace

std::unique_ptr<Outside> make_pam(const PamConfig& config) { return std::make_unique<Pam>(config); }

bool is_user_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || is_digit(name.front()) || name.front() == '-' ||
      name.front() == '.')
    return false;
  for (const char c : name)
    if (!is_lower(c) && !is_digit(c) && c != '_' && c != '.' && c != '-') return false;
  return true;
}

}  // namespace posthorn::directory
