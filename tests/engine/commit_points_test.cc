// One notion of when: the price, credit and stock of an order are taken where price.at, credit.at
// and stock.at say, and examined again there.
#include <array>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr std::string_view kByAnn = R"("buyer":"ann")";

std::string approve(std::string_view order) {
  return R"("actor":"bob","ApproveOrder":{"order":")" + std::string(order) + R"("})";
}
std::string price(std::string_view item, std::string_view amount) {
  return R"("SetPrice":{"list":"retail","item":")" + std::string(item) +
         R"(","breaks":[{"from_quantity":0,"unit_price":")" + std::string(amount) + R"("}]})";
}

// ---- price.at
// ------------------------------------------------------------------------------------

// 42 bolts at 10.00 with 20 % are 504.00, above ann's limit of 500.00.
class PriceAtApproval : public Shop {
 public:
  PriceAtApproval() {
    policy("price.at", "approval");
    place("O-1", "bolt", "42", kByAnn);
  }
};

TEST(PriceAtPlacement, KeepsThePriceThatWasPlaced) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(price("bolt", "11.00"));
  EXPECT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").total, Minor{50400});
}

TEST(PriceAtApproval, GoesOnWhereNothingHasChanged) {
  PriceAtApproval shop;
  EXPECT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderApproved CreditCommitted");
}

TEST(PriceAtApproval, AsksAgainWhereTheTotalHasRisen) {
  PriceAtApproval shop;
  shop.given(price("bolt", "10.01"));
  EXPECT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderRepriced ApprovalRequested");
  EXPECT_EQ(shop.order("O-1").total, Minor{50450});
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 50450);
}

TEST(PriceAtApproval, GoesOnWhereTheTotalHasFallen) {
  PriceAtApproval shop;
  shop.given(price("bolt", "9.99"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderRepriced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").total, Minor{50350});
}

TEST(PriceAtApproval, KeepsTheApprovalWhereThePolicySaysKeep) {
  PriceAtApproval shop;
  shop.policy("approval.on_change", "keep");
  shop.given(price("bolt", "12.00"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderRepriced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").total, Minor{60480});
}

// It asks about whatever has changed; about what has not, the answer is known.
TEST(PriceAtApproval, AsksAboutALowerTotalTooWhereThePolicySaysAlways) {
  PriceAtApproval shop;
  shop.policy("approval.on_change", "always_ask");
  shop.given(price("bolt", "9.99"));
  EXPECT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderRepriced ApprovalRequested");
  EXPECT_EQ(shop.when(approve("O-1")).events, "ApprovalGranted OrderApproved CreditCommitted");
}

// Below the limit nobody would ask any more.
TEST(PriceAtApproval, IsApprovedWhereNobodyWouldAskAboutTheNewTotal) {
  PriceAtApproval shop;
  shop.policy("approval.on_change", "always_ask");
  shop.given(price("bolt", "5.00"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderRepriced OrderApproved CreditCommitted");
}

TEST(PriceAtApproval, TakesTodaysTaxAsWell) {
  PriceAtApproval shop;
  shop.given(R"("SetTaxRate":{"category":"standard","rate":19})");
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderRepriced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").total, Minor{49980});
}

TEST(PriceAtApproval, FailsTheOrderWhereThereIsNoPriceAnyMore) {
  Shop shop;
  shop.policy("price.at", "approval");
  shop.given(R"("SetPrice":{"list":"spring","item":"bolt","valid_to":"2026-03-05",
               "breaks":[{"from_quantity":0,"unit_price":"10.00"}]})");
  shop.policy("price.list", "spring");
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.day("2026-03-06");
  const Answer answer = shop.when(approve("O-1"));
  EXPECT_EQ(answer.events, "ApprovalGranted OrderApproved OrderFailed");
  EXPECT_EQ(answer.reasons, "no_price");
  shop.policy("price.list", "retail");
  EXPECT_EQ(shop.when(R"("RetryOrder":{"order":"O-1"})").events, "OrderRetried CreditCommitted");
}

TEST(PriceAtApproval, MovesWhatPlacementHasTaken) {
  Shop shop;
  shop.policy("price.at", "approval");
  shop.policy("credit.at", "placement");
  shop.place("O-1", "bolt", "42", kByAnn);
  ASSERT_EQ(shop.exposure("acme"), 50400);
  shop.given(price("bolt", "11.00"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderRepriced ApprovalRequested CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 55440);
  shop.given(price("bolt", "20.00"));
  EXPECT_EQ(shop.when(approve("O-1")).events,
            "ApprovalGranted OrderRepriced ApprovalRequested OrderHeld");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(RetryOrder, AsksAgainWhereANewPriceIsHigher) {
  PriceAtApproval shop;
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","status":"inactive"})");
  shop.given(approve("O-1"));
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard"})");
  shop.given(price("bolt", "11.00"));
  EXPECT_EQ(shop.when(R"("RetryOrder":{"order":"O-1"})").events,
            "OrderRetried OrderRepriced ApprovalRequested");
}

// ---- credit.at
// -----------------------------------------------------------------------------------

// Two orders of 600.00 with 1,000.00 available, each taken as far as it goes.
struct Point {
  std::string_view at;
  int step;  // at which the second one is held: 0 placed, 1 allocated, 2 shipped, 3 billed
};
class CreditAt : public testing::TestWithParam<Point> {};

Answer take_step(Shop& shop, std::string_view order, int step) {
  const std::string name(order);
  switch (step) {
    case 0:
      return shop.place(order, "penny", "60000");
    case 1:
      return shop.allocate(order);
    case 2:
      return shop.ship(order, "S-" + name);
    default:
      return shop.invoice(order, "I-" + name);
  }
}

TEST_P(CreditAt, NeverTakesBothOfTwoThatDoNotFit) {
  Shop shop;
  shop.policy("credit.at", GetParam().at);
  for (int step = 0; step < 4; ++step) {
    EXPECT_FALSE(take_step(shop, "O-1", step).has("OrderHeld")) << step;
    EXPECT_EQ(shop.exposure("acme"), step < GetParam().step ? 0 : 60000) << step;
    const Answer second = take_step(shop, "O-2", step);
    if (step == GetParam().step) {
      EXPECT_TRUE(second.has("OrderHeld")) << second.events;
      EXPECT_EQ(shop.exposure("acme"), 60000);
      break;
    }
    EXPECT_FALSE(second.has("OrderHeld")) << step;
  }
  EXPECT_TRUE(shop.is_held("O-2"));
  // A payment makes room, and the same step is done now.
  shop.limit("acme", "1200.00");
  EXPECT_FALSE(shop.is_held("O-2"));
  if (GetParam().step > 0) {
    EXPECT_FALSE(take_step(shop, "O-2", GetParam().step).has("OrderHeld"));
  }
  EXPECT_EQ(shop.exposure("acme"), 120000);
}

INSTANTIATE_TEST_SUITE_P(EveryPoint, CreditAt,
                         testing::Values(Point{"placement", 0}, Point{"approval", 0},
                                         Point{"allocation", 1}, Point{"shipment", 2},
                                         Point{"invoice", 3}),
                         [](const auto& tested) { return std::string(tested.param.at); });

TEST(CreditAtAllocation, CountsPartByPart) {
  Shop shop;
  shop.policy("credit.at", "allocation");
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":4}]})");
  EXPECT_EQ(shop.place("O-1", "bolt", "10").events, "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.allocate("O-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 4800);
  shop.receive("R-1", "north", "bolt", "3");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 8400);
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 8400);
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 8400);
}

TEST(CreditAtAllocation, GivesBackWhatIsReleasedOrCancelled) {
  Shop shop;
  shop.policy("credit.at", "allocation");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  ASSERT_EQ(shop.exposure("acme"), 12000);
  shop.given(
      R"("CancelOrder":{"order":"O-1","cancellation":"C-1","lines":[{"line":1,"quantity":4}]})");
  EXPECT_EQ(shop.exposure("acme"), 7200);
  shop.given(R"("ReleaseReservation":{"order":"O-1","release":"F-1",
               "lines":[{"line":1,"warehouse":"north","quantity":2}]})");
  EXPECT_EQ(shop.exposure("acme"), 7200);  // and it is served again at once
  shop.given(R"("CancelOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// Billed before it leaves: nothing is in two buckets, whichever runs ahead.
TEST(CreditAtAllocation, CountsWhatIsBilledAheadOnce) {
  Shop shop;
  shop.policy("credit.at", "allocation");
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1","lines":[{"line":1,"quantity":7}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 3600);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 8400);
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 3600);
}

// Arriving stock is offered to an order that has no room for it; who comes after is served.
TEST(CreditAtAllocation, HoldsABackorderThatHasNoRoomWhenItsStockArrives) {
  Shop shop;
  shop.policy("credit.at", "allocation");
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":0}]})");
  shop.place("O-1", "bolt", "50");
  shop.allocate("O-1");
  shop.place("O-2", "bolt", "10");
  shop.allocate("O-2");
  shop.place("O-3", "penny", "60000");
  shop.allocate("O-3");
  const Answer arrival = shop.receive("R-1", "north", "bolt", "60");
  EXPECT_EQ(arrival.follow_ups, "OrderHeld StockReserved");
  EXPECT_TRUE(shop.is_held("O-1"));
  EXPECT_EQ(shop.reserved("O-2"), 10);
  shop.limit("acme", "1400.00");
  EXPECT_FALSE(shop.is_held("O-1"));
  EXPECT_EQ(shop.reserved("O-1"), 50);
  EXPECT_EQ(shop.exposure("acme"), 132000);
}

TEST(CreditAtShipment, CountsWhatHasLeft) {
  Shop shop;
  shop.policy("credit.at", "shipment");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
               "lines":[{"line":1,"quantity":4,"warehouse":"north"}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 4800);
  shop.given(R"("ReturnGoods":{"order":"O-1","return":"T-1","warehouse":"north",
               "lines":[{"line":1,"quantity":1,"disposition":"restock"}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 3600);
}

TEST(CreditAtInvoice, CountsNothingButBills) {
  Shop shop;
  shop.policy("credit.at", "invoice");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.exposure("acme"), 12000);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 12000);
}

// An order keeps what it was taken under; amended, it is taken anew.
TEST(CreditAt, OfAnOrderIsThatOfTheDayItWasTaken) {
  Shop shop;
  shop.policy("credit.at", "shipment");
  shop.place("O-1", "bolt", "10");
  shop.policy("credit.at", "approval");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.given(R"("AmendOrder":{"order":"O-1","amendment":"A-1","lines":[{"line":1,"quantity":5}]})");
  EXPECT_EQ(shop.exposure("acme"), 6000);
}

// E-C5: held between approval and allocation.
TEST(HoldOrder, StopsAnOrderBetweenApprovalAndAllocation) {
  for (const std::string_view at : {"approval", "allocation", "shipment", "invoice"}) {
    Shop shop;
    shop.policy("credit.at", at);
    shop.place("O-1", "bolt", "10");
    shop.given(R"("HoldOrder":{"order":"O-1"})");
    EXPECT_EQ(shop.allocate("O-1").reasons, "on_hold") << at;
    shop.given(R"("ReleaseHold":{"order":"O-1"})");
    EXPECT_TRUE(shop.allocate("O-1").has("StockReserved")) << at;
  }
}

TEST(ReleaseHold, LetsAPartBeTakenThatHasNoRoom) {
  Shop shop;
  shop.policy("credit.at", "allocation");
  shop.place("O-1", "penny", "60000");
  shop.place("O-2", "penny", "60000");
  shop.allocate("O-1");
  ASSERT_TRUE(shop.allocate("O-2").has("OrderHeld"));
  shop.given(R"("ReleaseHold":{"order":"O-2"})");
  EXPECT_TRUE(shop.allocate("O-2").has("StockReserved"));
  EXPECT_EQ(shop.exposure("acme"), 120000);
}

// ---- stock.at
// ------------------------------------------------------------------------------------

TEST(StockAtShipment, ReservesNothingBeforeItLeaves) {
  Shop shop;
  shop.policy("stock.at", "shipment");
  EXPECT_EQ(shop.place("O-1", "bolt", "10").events, "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "StockReserved GoodsShipped OrderFulfilled");
  EXPECT_EQ(shop.salable("bolt", "north"), 90);
}

TEST(StockAtShipment, RefusesWhatIsNotThere) {
  Shop shop;
  shop.policy("stock.at", "shipment");
  shop.policy("stock.short", "refuse");
  shop.place("O-1", "bolt", "60", kByAnn);
  shop.limit("acme", "10000.00");
  shop.given(approve("O-1"));
  shop.place("O-2", "bolt", "41");
  shop.ship("O-2", "S-2");
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "short_stock");
  shop.receive("R-1", "north", "bolt", "1");
  EXPECT_TRUE(shop.ship("O-1", "S-1").has("GoodsShipped"));
}

TEST(StockAtShipment, TakesTheCallersParts) {
  Shop shop;
  shop.policy("stock.at", "shipment");
  shop.place("O-1", "bolt", "10");
  const auto ship = [](std::string_view shipment, std::string_view quantity) {
    return R"("ShipOrder":{"order":"O-1","shipment":")" + std::string(shipment) +
           R"(","lines":[{"line":1,"warehouse":"north","quantity":)" + std::string(quantity) +
           "}]}";
  };
  EXPECT_EQ(shop.when(ship("S-1", "4")).events, "StockReserved GoodsShipped");
  EXPECT_TRUE(shop.when(ship("S-2", "7")).refused());
  EXPECT_EQ(shop.when(ship("S-3", "6")).events, "StockReserved GoodsShipped OrderFulfilled");
}

TEST(SetPolicy, KnowsWhereNothingIsEverTaken) {
  Shop shop;
  const auto set = [&](std::string_view key, std::string_view value) {
    return shop
        .when(R"("SetPolicy":{"policy":")" + std::string(key) + R"(","value":")" +
              std::string(value) + R"("})")
        .reasons;
  };
  EXPECT_EQ(set("price.at", "allocation"), "not_supported");
  EXPECT_EQ(set("price.at", "invoice"), "not_supported");
  EXPECT_EQ(set("credit.at", "payment"), "not_supported");
  EXPECT_EQ(set("stock.at", "invoice"), "not_supported");
  EXPECT_EQ(set("stock.at", "payment"), "not_supported");
  EXPECT_EQ(set("stock.at", "someday"), "invalid_value");
}

}  // namespace
}  // namespace kontor::test
