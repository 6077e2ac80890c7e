// An Intake that decides by the names in addresses, for scripts; what it does is described in README.md.
#pragma once

#include <string>

#include "script/proofs.h"
#include "smtp/server/intake.h"

namespace posthorn::script {

class FakeIntake final : public smtp::Intake, private Proofs {
 public:
  explicit FakeIntake(const smtp::SessionInfo* info, bool takes_all = false) : Proofs(takes_all), info_(info) {}

  net::Task<Result<void>> connect() override;
  net::Task<Result<void>> mail(smtp::ReversePath from, smtp::MailParameters parameters) override;
  net::Task<Result<void>> rcpt(smtp::ForwardPath to, smtp::RcptParameters parameters) override;
  net::Task<Result<void>> data() override;
  bool body(std::string_view bytes) override;
  net::Task<> drained() override;
  net::Task<Result<smtp::Receipt>> end() override;
  void reset() override;
  sasl::Verifier* verifier() override { return this; }

 private:
  net::Task<Result<sasl::Identity>> verify_password(sasl::Origin origin, std::string authorization, std::string user,
                                                    std::string password) override;
  std::string describe() const;
  bool has_recipient(std::string_view local_part) const;

  const smtp::SessionInfo* info_;
  std::string from_;
  std::string parameters_;
  std::vector<std::string> recipients_;
  std::string body_;
  std::uint64_t size_ = 0;
  int resets_ = 0;
};

}  // namespace posthorn::script
