// What people answer when they are asked about an order.
#pragma once

#include <string>

namespace kontor::model {

struct ApproveOrder {
  std::string order;
  bool operator==(const ApproveOrder&) const = default;
};
struct RejectOrder {
  std::string order;
  bool operator==(const RejectOrder&) const = default;
};
struct WithdrawApproval {
  std::string order;
  bool operator==(const WithdrawApproval&) const = default;
};
struct OverrideApproval {
  std::string order;
  bool operator==(const OverrideApproval&) const = default;
};

}  // namespace kontor::model
