// The seller's people as commands state them. Enumerators carry the permanent numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/model/values.h"

namespace kontor::model {

// What the seller's people need authority for.
enum class Act {
  kReleaseHold = 1,
  kHoldOrder = 2,
  kRefund = 3,
  kReversePayment = 4,
  kIssueCreditNote = 5,
  kCancelCreditNote = 6,
  kOverrideApproval = 7,
  kCountStock = 8
};
struct ActLimit {
  Act act = Act::kReleaseHold;
  std::optional<Int> amount;
  bool operator==(const ActLimit&) const = default;
};
struct StaffRole {
  std::string role;
  std::vector<ActLimit> limits;
  bool operator==(const StaffRole&) const = default;
};
struct RegisterStaff {
  std::string staff;
  std::vector<StaffRole> roles;
  Currency currency = 0;
  bool active = true;
  bool operator==(const RegisterStaff&) const = default;
};

}  // namespace kontor::model
