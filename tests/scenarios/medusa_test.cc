// Medusa: two types of approval that add up, and a pending cart that stays as it is.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

struct Medusa : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("employee", "acme", "buyer");
    shop.person("admin", "acme", "admin");
    shop.person("sales", "acme", "sales_manager");
    switch_on("admin");
  }
  void switch_on(std::string_view role) {
    shop.rule("by-" + std::string(role), R"("outcome":"ask","tiers":[{"groups":[{"roles":[")" +
                                             std::string(role) + R"("]}]}])");
  }
  Scenario shop;
};

TEST_F(Medusa, BothTypesOfApprovalAreNeededWhereBothAreOn) {
  shop.ordered("O-1", "acme", "employee", "10.00");
  EXPECT_TRUE(shop.approve("O-1", "admin").has("OrderApproved"));
  switch_on("sales_manager");
  shop.ordered("O-2", "acme", "employee", "10.00");
  EXPECT_EQ(shop.waits_for("O-2"), "admin, sales");
  EXPECT_EQ(shop.approve("O-2", "sales").events, "ApprovalGranted");
  EXPECT_TRUE(shop.approve("O-2", "admin").has("OrderApproved"));
}

// Their pending cart refuses additions. Ours may be amended while it waits: what is then more than
// was agreed is asked for anew, so nothing is approved that nobody saw.
TEST_F(Medusa, APendingOrderIsNotCompletedAndAnAdditionIsAskedForAnew) {
  switch_on("sales_manager");
  shop.ordered("O-1", "acme", "employee", "10.00");
  shop.approve("O-1", "sales");
  EXPECT_EQ(shop.ship("O-1").reasons, "not_approved");
  EXPECT_TRUE(shop.when(R"("AmendOrder":{"order":"O-1","amendment":"M-1",
                        "lines":[{"line":1,"quantity":"11.00"}]})")
                  .has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("O-1"), "admin, sales");
}

// E-C4: Medusa's limit of 0 is no limit at all; here that is a buyer without one.
TEST_F(Medusa, ALimitOfZeroIsALimitAndNoneIsNone) {
  shop.rule("by-admin", R"("outcome":"ask","conditions":[{"figure":"over_order_limit"}],
            "tiers":[{"groups":[{"roles":["admin"]}]}])");
  shop.withdraw("order-limit");
  EXPECT_TRUE(shop.ordered("O-1", "acme", "employee", "10.00").has("OrderApproved"));
  shop.person("employee", "acme", "buyer", R"(,"order_limit":"0.00")");
  EXPECT_TRUE(shop.ordered("O-2", "acme", "employee", "0.01").has("ApprovalRequested"));
}

}  // namespace
}  // namespace kontor::test
