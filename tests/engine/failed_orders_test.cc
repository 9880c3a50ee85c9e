// Orders that were approved and are not possible any more: what fails them, what they let go of,
// and how they are tried again.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr std::string_view kByAnn = R"("buyer":"ann")";

std::string approve(std::string_view order) {
  return R"("actor":"bob","ApproveOrder":{"order":")" + std::string(order) + R"("})";
}
std::string retry(std::string_view order) {
  return R"("RetryOrder":{"order":")" + std::string(order) + R"("})";
}
std::string price(std::string_view item, std::string_view amount) {
  return R"("SetPrice":{"list":"retail","item":")" + std::string(item) +
         R"(","breaks":[{"from_quantity":0,"unit_price":")" + std::string(amount) + R"("}]})";
}
std::string item_status(std::string_view item, std::string_view status) {
  return R"("RegisterItem":{"item":")" + std::string(item) +
         R"(","tax_category":"standard","status":")" + std::string(status) + R"("})";
}
std::string company_status(std::string_view status) {
  return R"("RegisterCompany":{"company":"acme","currency":"EUR","status":")" +
         std::string(status) + R"("})";
}

// Whatever is above 100.00 with tax asks bob.
void ask_above_100(Shop& shop) {
  shop.given(R"("SetRule":{"rule":"much","outcome":"ask",
               "conditions":[{"figure":"order_total_with_tax","operator":"gt",
                              "currency":"EUR","amount":"100.00"}],
               "tiers":[{"number":1,"groups":[{"roles":["approver"]}]}]})");
}

// Short stock refuses, and is taken when the order is approved.
class StockAtApproval : public Shop {
 public:
  StockAtApproval() {
    ask_above_100(*this);
    policy("stock.at", "approval");
    policy("stock.short", "refuse");
  }
};

TEST(OrderFailed, IsWhatShortStockMakesOfAnApprovedOrder) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "60", kByAnn);
  shop.limit("acme", "10000.00");
  shop.place("O-2", "bolt", "41");
  ASSERT_EQ(shop.when(approve("O-2")).events,
            "ApprovalGranted OrderApproved CreditCommitted StockReserved");
  const Answer answer = shop.when(approve("O-1"));
  EXPECT_EQ(answer.events, "ApprovalGranted OrderApproved OrderFailed");
  EXPECT_EQ(answer.reasons, "short_stock");
  ASSERT_EQ(answer.grounds.size(), 1U);
  EXPECT_EQ(answer.grounds[0].found, "59");
  EXPECT_EQ(answer.grounds[0].allowed, "60");
  EXPECT_NE(shop.order("O-1").failed_at, 0U);
  EXPECT_EQ(shop.reserved("O-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 49200);
}

TEST(OrderFailed, DoesNotHappenWhereTheLastUnitIsEnough) {
  StockAtApproval shop;
  shop.limit("acme", "10000.00");
  shop.place("O-1", "bolt", "60", kByAnn);
  shop.place("O-2", "bolt", "40");
  shop.given(approve("O-2"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderApproved CreditCommitted StockReserved");
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
}

// What may wait does not fail.
TEST(OrderFailed, DoesNotHappenWhereShortStockWaits) {
  StockAtApproval shop;
  shop.policy("stock.short", "backorder");
  shop.limit("acme", "10000.00");
  shop.place("O-1", "bolt", "120", kByAnn);
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderApproved CreditCommitted StockReserved LineBackordered");
}

// Nobody is asked: what is short is told at once, and there is no order.
TEST(PlaceOrder, RefusesShortStockWhereItWouldBeApprovedAtOnce) {
  StockAtApproval shop;
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":4}]})");
  EXPECT_EQ(shop.place("O-1", "bolt", "5").reasons, "short_stock");
  EXPECT_TRUE(shop.place("O-2", "bolt", "4").has("StockReserved"));
}

// The last unit: of two that were placed, one gets it.
TEST(OrderFailed, LeavesTheLastUnitToTheOneApprovedFirst) {
  StockAtApproval shop;
  shop.given(price("bolt", "90.00"));
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":1}]})");
  shop.place("O-1", "bolt", "1", kByAnn);
  shop.place("O-2", "bolt", "1", kByAnn);
  EXPECT_TRUE(shop.when(approve("O-2")).has("StockReserved"));
  EXPECT_EQ(shop.when(approve("O-1")).reasons, "short_stock");
}

TEST(OrderFailed, NamesEveryReasonAtOnce) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":41}]})");
  shop.given(item_status("bolt", "inactive"));
  shop.given(company_status("blocked"));
  EXPECT_EQ(shop.when(approve("O-1")).reasons, "company_blocked item_inactive short_stock");
}

TEST(OrderFailed, GivesBackWhatWasTakenAtPlacement) {
  Shop shop;
  ask_above_100(shop);
  shop.policy("stock.at", "placement");
  shop.policy("credit.at", "placement");
  EXPECT_EQ(shop.place("O-1", "bolt", "42", kByAnn).events,
            "OrderPlaced ApprovalRequested CreditCommitted StockReserved");
  shop.given(item_status("bolt", "inactive"));
  const Answer answer = shop.when(approve("O-1"));
  EXPECT_EQ(answer.events, "ApprovalGranted OrderApproved ReservationReleased OrderFailed");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
}

// What it lets go of is there for who waits.
TEST(OrderFailed, LetsOthersHaveItsStockAndItsPlaceInTheQueue) {
  Shop shop;
  ask_above_100(shop);
  shop.limit("acme", "10000.00");
  shop.policy("stock.at", "placement");
  shop.place("O-1", "bolt", "120", kByAnn);  // 20 of them wait
  shop.place("O-2", "bolt", "8");
  ASSERT_EQ(shop.waiting("O-1"), 20);
  ASSERT_EQ(shop.waiting("O-2"), 8);
  shop.given(company_status("blocked"));
  const Answer answer = shop.when(approve("O-1"));
  EXPECT_EQ(answer.reasons, "company_blocked");
  EXPECT_EQ(answer.follow_ups, "StockReserved");
  EXPECT_EQ(shop.waiting("O-1"), 0);
  EXPECT_EQ(shop.reserved("O-2"), 8);
}

TEST(OrderFailed, EndsAHoldThatNoPersonForced) {
  Shop shop;
  ask_above_100(shop);
  shop.place("O-1", "bolt", "120", kByAnn);
  ASSERT_TRUE(shop.is_held("O-1"));
  shop.given(item_status("bolt", "inactive"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderApproved HoldReleased OrderFailed");
  EXPECT_FALSE(shop.is_held("O-1"));
  shop.limit("acme", "100000.00");  // nothing is examined again
  EXPECT_FALSE(shop.is_taken("O-1"));
}

TEST(OrderFailed, MayHappenWhenAHoldEnds) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "100", kByAnn);
  ASSERT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderApproved");
  ASSERT_TRUE(shop.is_held("O-1"));
  shop.place("O-2", "bolt", "1");
  shop.given(R"("SetCreditLimit":{"company":"acme","limit":"5000.00"})");
  EXPECT_NE(shop.order("O-1").failed_at, 0U);
  EXPECT_FALSE(shop.is_held("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 1200);
}

struct Refused {
  std::string_view name;
  std::string_view command;
};
class AFailedOrder : public testing::TestWithParam<Refused> {};

TEST_P(AFailedOrder, IsRefusedWithOrderFailed) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(item_status("bolt", "inactive"));
  shop.given(approve("O-1"));
  EXPECT_EQ(shop.when(GetParam().command).reasons, "order_failed");
}

INSTANTIATE_TEST_SUITE_P(
    Goods, AFailedOrder,
    testing::Values(Refused{"Allocating", R"("AllocateOrder":{"order":"O-1"})"},
                    Refused{"Shipping", R"("ShipOrder":{"order":"O-1","shipment":"S-1"})"},
                    Refused{"Billing", R"("InvoiceOrder":{"order":"O-1","invoice":"I-1"})"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(RetryOrder, RefusesWhatHasNotFailedWithOrderNotFailed) {
  Shop shop;
  shop.place("O-1", "bolt", "1");
  EXPECT_EQ(shop.when(retry("O-1")).reasons, "order_not_failed");
}

TEST(RetryOrder, GoesOnWithTheApprovalsThereWere) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(item_status("bolt", "inactive"));
  shop.given(approve("O-1"));
  EXPECT_EQ(shop.when(retry("O-1")).reasons, "item_inactive");
  shop.given(item_status("bolt", "active"));
  EXPECT_EQ(shop.when(retry("O-1")).events, "OrderRetried CreditCommitted StockReserved");
  EXPECT_EQ(shop.order("O-1").failed_at, 0U);
  EXPECT_EQ(shop.when(retry("O-1")).reasons, "order_not_failed");
}

TEST(RetryOrder, RefusesWhatStillIsShort) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":40}]})");
  shop.given(approve("O-1"));
  EXPECT_EQ(shop.when(retry("O-1")).reasons, "short_stock");
  shop.receive("R-1", "north", "bolt", "1");
  EXPECT_EQ(shop.when(retry("O-1")).reasons, "short_stock");
  shop.receive("R-2", "north", "bolt", "1");
  EXPECT_EQ(shop.when(retry("O-1")).events, "OrderRetried CreditCommitted StockReserved");
}

TEST(RetryOrder, IsHeldWhereTheLimitIsReachedSince) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(company_status("blocked"));
  shop.given(approve("O-1"));
  shop.given(company_status("active"));
  shop.place("O-2", "penny", "60000");
  shop.given(approve("O-2"));
  EXPECT_EQ(shop.when(retry("O-1")).events, "OrderRetried OrderHeld");
}

TEST(RetryOrder, RefusesAnOrderThatIsUnknown) {
  Shop shop;
  EXPECT_EQ(shop.when(retry("O-9")).reasons, "unknown_order");
}

TEST(CancelOrder, EndsAFailedOrderAndPartsOfIt) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":40}]})");
  shop.given(approve("O-1"));
  EXPECT_EQ(shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"C-1",
                        "lines":[{"line":1,"quantity":2}]})")
                .events,
            "LinesCancelled");
  EXPECT_NE(shop.order("O-1").failed_at, 0U);
  EXPECT_EQ(shop.when(retry("O-1")).events, "OrderRetried CreditCommitted StockReserved");
  shop.place("O-2", "bolt", "42", kByAnn);
  shop.given(approve("O-2"));
  EXPECT_EQ(shop.cancel("O-2").events, "LinesCancelled OrderCancelled");
  EXPECT_EQ(shop.order("O-2").failed_at, 0U);
}

TEST(AmendOrder, TakesAFailedOrderOn) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":40}]})");
  shop.given(approve("O-1"));
  const auto amend = [](std::string_view name, std::string_view quantity) {
    return R"("AmendOrder":{"order":"O-1","amendment":")" + std::string(name) +
           R"(","lines":[{"line":1,"quantity":)" + std::string(quantity) + "}]}";
  };
  EXPECT_EQ(shop.when(amend("A-1", "41")).reasons, "short_stock");
  EXPECT_EQ(shop.when(amend("A-2", "40")).events, "OrderAmended CreditCommitted StockReserved");
  EXPECT_EQ(shop.order("O-1").failed_at, 0U);
}

TEST(AmendOrder, RefusesAFailedOrderWhoseItemsAreStillInactive) {
  StockAtApproval shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(item_status("bolt", "inactive"));
  shop.given(approve("O-1"));
  EXPECT_EQ(shop.when(R"("AmendOrder":{"order":"O-1","amendment":"A-1","region":"S"})").reasons,
            "item_inactive");
}

}  // namespace
}  // namespace kontor::test
