// SAP Commerce B2B: kinds of limit, approvers up the tree, rejection.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

// SAP-1, the kind per order.
TEST(Hybris, TheOrderLimitHoldsAboveIt) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("chief", "unit", "approver", R"(,"order_limit":"2000.00")");
  EXPECT_TRUE(shop.ordered("O-1", "unit", "buyer", "450.00").has("OrderApproved"));
  EXPECT_TRUE(shop.ordered("O-2", "unit", "buyer", "600.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-2"), "over_order_limit 600.00 > 500.00");
  EXPECT_TRUE(shop.approve("O-2", "chief").has("OrderApproved"));
}

// H2, for the limit per order; the period's is the same policy.
TEST(Hybris, AMissingLimitCountsAsZeroOrAsNone) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer");
  shop.person("chief", "unit", "approver");
  EXPECT_TRUE(shop.ordered("O-1", "unit", "buyer", "9000.00").has("OrderApproved"));
  shop.policy("spending.absent_limit", "zero");
  EXPECT_TRUE(shop.ordered("O-2", "unit", "buyer", "0.01").has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("O-2"), "over_order_limit 0.01 > 0.00");
}

// H5.
TEST(Hybris, ARejectionCancelsTheOrder) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("chief", "unit", "approver");
  shop.policy("credit.at", "placement");
  shop.ordered("O-1", "unit", "buyer", "600.00");
  EXPECT_EQ(shop.account("unit", "exposure"), "600.00");
  EXPECT_EQ(shop.reject("O-1", "chief").events,
            "OrderRejected LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(shop.account("unit", "exposure"), "0.00");
  EXPECT_EQ(shop.ship("O-1").reasons, "not_approved");
}

// H5: the seller's limit is none of the buyer's business, and acts after his approval.
TEST(Hybris, TheSellersLimitHoldsWhatTheBuyersSideApproved) {
  Scenario shop;
  shop.company("unit");
  shop.person("buyer", "unit", "buyer", R"(,"order_limit":"500.00")");
  shop.person("chief", "unit", "approver");
  shop.limit("unit", "550.00");
  shop.ordered("O-1", "unit", "buyer", "600.00");
  shop.approve("O-1", "chief");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  EXPECT_EQ(shop.held_for("O-1"), "over_credit_limit 600.00 > 550.00");
  shop.limit("unit", "600.00");
  EXPECT_EQ(shop.state("O-1"), "open");
}

}  // namespace
}  // namespace kontor::test
