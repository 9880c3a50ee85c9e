// Freight as a wholesaler bills it: a line of the order beside the goods, dear enough that somebody
// has to agree to it, shipped with them, billed and credited like them.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

struct Freight : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.limit("acme", "1000.00");
    shop.person("ann", "acme", "buyer");
    shop.person("bob", "acme", "approver");
    shop.given(R"("RegisterItem":{"item":"freight","tax_category":"standard",
                  "kind":"not_stocked","freight":true})");
    shop.rule("dear-freight", R"("outcome":"ask","conditions":[{"figure":"freight","operator":"gt",
              "amount":"50.00"}],"tiers":[{"groups":[{"roles":["approver"]}]}])");
  }
  // Goods for 400.00 and their freight.
  Said place(std::string_view order, std::string_view freight) {
    return shop.when(R"("PlaceOrder":{"company":"acme","buyer":"ann","order":")" +
                     std::string(order) + R"(","lines":[{"item":"goods","quantity":400},
                     {"item":"freight","quantity":1,"unit_price":")" +
                     std::string(freight) + R"("}]})");
  }
  Scenario shop;
};

TEST_F(Freight, DearFreightWaitsForAYesAndOneCentLessDoesNot) {
  EXPECT_TRUE(place("O-1", "50.00").has("OrderApproved"));
  EXPECT_TRUE(place("O-2", "50.01").has("ApprovalRequested"));
  EXPECT_EQ(shop.state("O-2"), "awaiting_approval");
  EXPECT_EQ(shop.asked_for("O-2"), "rule_matched 50.01 > 50.00");
  EXPECT_EQ(shop.waits_for("O-2"), "bob");
  const std::string sentence = shop.ask("rule dear-freight")["sentence"];
  EXPECT_TRUE(sentence.starts_with(
      "At placement of any order, when its freight without tax is above 50.00 EUR: ask"))
      << sentence;
  EXPECT_TRUE(shop.approve("O-2", "bob").has("OrderApproved"));
  EXPECT_EQ(shop.account("acme", "exposure"), "920.01");  // with the tax of both freights
}

// Nothing of it lies in a warehouse: it leaves with what does.
TEST_F(Freight, LeavesWithItsGoodsAndIsBilledAndCreditedWithThem) {
  place("O-1", "40.00");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.ship("O-1").events, "GoodsShipped ChargesShipped OrderFulfilled");
  EXPECT_EQ(shop.state("O-1"), "shipped");
  shop.invoice("O-1");
  EXPECT_EQ(shop.ask("invoice I-O-1")["total"], "448.00");
  EXPECT_EQ(shop.ask("item freight")["kind"], "not_stocked");
  EXPECT_EQ(shop.ask("item freight")["freight"], true);
  EXPECT_EQ(shop.when(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-O-1",
                "cause":"goodwill","lines":[{"line":2,"quantity":1,"disposition":"none"}]})")
                .events,
            "GoodsReturned CreditNoteIssued CreditNoteApplied");
  EXPECT_EQ(shop.account("acme", "exposure"), "400.00");
}

TEST_F(Freight, AHoldForItIsReleasedByAPersonOrWithTheFreight) {
  shop.withdraw("dear-freight");
  shop.rule("freight-hold", R"("outcome":"hold","conditions":[{"figure":"freight",
            "amount":"50.00"}])");
  EXPECT_TRUE(place("O-1", "60.00").has("OrderHeld"));
  EXPECT_EQ(shop.held_for("O-1"), "rule_matched 60.00 > 50.00");
  EXPECT_TRUE(shop.when(R"("ReleaseHold":{"order":"O-1"},"reason":"agreed by phone")").done());
  EXPECT_EQ(shop.state("O-1"), "open");
  place("O-2", "60.00");
  EXPECT_EQ(shop.state("O-2"), "on_hold");
  EXPECT_TRUE(shop.when(R"("AmendOrder":{"order":"O-2","amendment":"A-1","lines":[
                {"line":2,"quantity":1,"unit_price":"50.00"}]})")
                  .done());
  EXPECT_EQ(shop.state("O-2"), "open");
}

}  // namespace
}  // namespace kontor::test
