// Stock: sourcing, shortages, backorders, shipments.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

void warehouse(Story& shop, std::string_view name, std::string_view rest) {
  shop.given(R"("RegisterWarehouse":{"warehouse":")" + std::string(name) + R"(",)" +
             std::string(rest) + "}");
}

// An item `part` (0.01, no tax) that nothing has been received of.
void register_part(Story& shop) {
  shop.given(R"("RegisterItem":{"item":"part","tax_category":"exempt"})");
  shop.given(R"("SetPrice":{"list":"retail","item":"part",
               "breaks":[{"from_quantity":0,"unit_price":"0.01"}]})");
}

// MAG-6: A 35 (priority 1), B 20 (priority 2), C 50 inactive.
void three_sources(Story& shop) {
  register_part(shop);
  warehouse(shop, "north", R"("status":"inactive")");
  warehouse(shop, "C", R"("priority":0)");
  warehouse(shop, "B", R"("priority":2)");
  warehouse(shop, "A", R"("priority":1)");
  shop.receive("RA", "A", "part", "35");
  shop.receive("RB", "B", "part", "20");
  shop.receive("RC", "C", "part", "50");
  warehouse(shop, "C", R"("priority":0,"status":"inactive")");
}

TEST(AllocateOrder, IsSplitOverWarehousesByPriority) {
  Shop shop;
  three_sources(shop);
  shop.place("O-1", "part", "40");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.salable("part", "A"), 0);
  EXPECT_EQ(shop.salable("part", "B"), 15);
  EXPECT_EQ(shop.salable("part", "C"), 50);
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped GoodsShipped OrderFulfilled");
}

TEST(AllocateOrder, BackordersWhatIsMissing) {
  Shop shop;
  three_sources(shop);
  shop.place("O-1", "part", "60");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved LineBackordered");
  EXPECT_EQ(shop.reserved("O-1"), 55);
  EXPECT_EQ(shop.waiting("O-1"), 5);
  EXPECT_EQ(shop.allocate("O-1").reasons, "nothing_to_allocate");
}

TEST(AllocateOrder, RefusesShortStockWherePolicySaysRefuse) {
  Shop shop;
  three_sources(shop);
  shop.policy("stock.short", "refuse");
  shop.place("O-1", "part", "60");
  const Answer answer = shop.allocate("O-1");
  EXPECT_EQ(answer.reasons, "short_stock");
  EXPECT_EQ(answer.grounds.at(0).found, "55");
  EXPECT_EQ(answer.grounds.at(0).allowed, "60");
  EXPECT_EQ(shop.reserved("O-1"), 0);
}

TEST(AllocateOrder, ReservesAPartAndLeavesTheRestOpenWherePolicySaysPartial) {
  Shop shop;
  three_sources(shop);
  shop.policy("stock.short", "partial");
  shop.place("O-1", "part", "60");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.waiting("O-1"), 0);
  EXPECT_EQ(shop.allocate("O-1").reasons, "short_stock");
}

TEST(AllocateOrder, CancelsTheRestWherePolicySaysSo) {
  Shop shop;
  three_sources(shop);
  shop.policy("stock.short", "cancel_rest");
  shop.place("O-1", "part", "60");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved LinesCancelled CreditReleased");
  EXPECT_EQ(shop.exposure("acme"), 55);
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped GoodsShipped OrderFulfilled");
}

TEST(AllocateOrder, RefusesShortStockOfUnitsBilledAheadThatCannotBeCancelled) {
  Shop shop;
  register_part(shop);
  shop.policy("stock.short", "cancel_rest");
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "part", "5");
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.allocate("O-1").reasons, "short_stock");
}

TEST(AllocateOrder, LooksAtTheWarehousesOfTheRegionOnly) {
  Shop shop;
  register_part(shop);
  warehouse(shop, "paris", R"("regions":["FR"],"priority":-1)");
  warehouse(shop, "berlin", R"("regions":["DE"],"priority":-2)");
  shop.receive("R-1", "paris", "part", "5");
  shop.receive("R-2", "berlin", "part", "5");
  shop.place("O-1", "part", "5", R"("region":"FR")");
  shop.allocate("O-1");
  EXPECT_EQ(shop.salable("part", "paris"), 0);
  EXPECT_EQ(shop.salable("part", "berlin"), 5);
}

TEST(AllocateOrder, TakesOneWarehouseOrNoneWhereSplittingIsForbidden) {
  Shop shop;
  three_sources(shop);
  shop.place("O-1", "part", "40", R"("no_split":true)");
  EXPECT_EQ(shop.allocate("O-1").events, "LineBackordered");
  EXPECT_EQ(shop.receive("R-9", "B", "part", "20").follow_ups, "StockReserved");
  EXPECT_EQ(shop.salable("part", "B"), 0);
  EXPECT_EQ(shop.salable("part", "A"), 35);
}

std::string parts(std::string_view warehouse, std::string_view quantity, int line = 1) {
  return R"("AllocateOrder":{"order":"O-1","parts":[{"line":)" + std::to_string(line) +
         R"(,"warehouse":")" + std::string(warehouse) + R"(","quantity":)" + std::string(quantity) +
         "}]}";
}

TEST(AllocateOrder, TakesThePartsOfTheCallerOrRefusesThem) {
  Shop shop;
  three_sources(shop);
  shop.place("O-1", "part", "40");
  EXPECT_EQ(shop.when(parts("x", "1")).reasons, "unknown_warehouse");
  EXPECT_EQ(shop.when(parts("A", "1", 2)).reasons, "unknown_line");
  EXPECT_EQ(shop.when(parts("A", "0")).reasons, "not_positive");
  EXPECT_EQ(shop.when(parts("A", "41")).reasons, "more_than_open");
  EXPECT_EQ(shop.when(parts("B", "21")).reasons, "short_stock");
  EXPECT_EQ(shop.when(parts("B", "20")).events, "StockReserved");
  EXPECT_EQ(shop.salable("part", "A"), 35);
  EXPECT_EQ(shop.salable("part", "B"), 0);
}

TEST(AllocateOrder, RefusesWarehouseInactive) {
  Shop shop;
  three_sources(shop);
  shop.place("O-1", "part", "40");
  EXPECT_EQ(shop.when(parts("C", "1")).reasons, "warehouse_inactive");
}

TEST(AllocateOrder, RefusesNothingToAllocateOfACancelledOrder) {
  Shop shop;
  shop.place("O-1", "penny", "1");
  shop.cancel("O-1");
  EXPECT_EQ(shop.allocate("O-1").reasons, "nothing_to_allocate");
}

// E-S1: the last unit goes to exactly one of many.
TEST(AllocateOrder, GivesTheLastUnitOnce) {
  Shop shop;
  register_part(shop);
  shop.receive("R-1", "north", "part", "1");
  for (const std::string_view order : {"O-1", "O-2", "O-3"}) {
    shop.place(order, "part", "1");
    shop.allocate(order);
  }
  EXPECT_EQ(shop.reserved("O-1"), 1);
  EXPECT_EQ(shop.waiting("O-2") + shop.waiting("O-3"), 2);
}

TEST(Backorders, AreServedByAReceiptOldestFirst) {
  Shop shop;
  register_part(shop);
  for (const std::string_view order : {"O-1", "O-2", "O-3"}) {
    shop.place(order, "part", "10");
    shop.allocate(order);
  }
  const Answer answer = shop.receive("R-1", "north", "part", "15");
  EXPECT_EQ(answer.follow_ups, "StockReserved StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 10);
  EXPECT_EQ(shop.reserved("O-2"), 5);
  EXPECT_EQ(shop.waiting("O-2"), 5);
  EXPECT_EQ(shop.waiting("O-3"), 10);
}

TEST(Backorders, AreNotOvertakenByANewcomer) {
  Shop shop;
  register_part(shop);
  shop.place("O-1", "part", "10");
  shop.allocate("O-1");
  shop.receive("R-1", "north", "part", "10");
  shop.place("O-2", "part", "10");
  shop.allocate("O-2");
  shop.place("O-3", "part", "1");
  shop.allocate("O-3");
  shop.receive("R-2", "north", "part", "10");
  EXPECT_EQ(shop.reserved("O-2"), 10);
  EXPECT_EQ(shop.waiting("O-3"), 1);
}

TEST(Backorders, AreServedWhenAReservationIsCancelled) {
  Shop shop;
  register_part(shop);
  shop.receive("R-1", "north", "part", "10");
  shop.place("O-1", "part", "10");
  shop.allocate("O-1");
  shop.place("O-2", "part", "4");
  shop.allocate("O-2");
  const Answer answer = shop.cancel("O-1");
  EXPECT_EQ(answer.events, "ReservationReleased LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(answer.follow_ups, "StockReserved");
  EXPECT_EQ(shop.salable("part", "north"), 6);
}

// Stock that those who wait cannot have (another region) does not wait with them.
TEST(Backorders, DoNotKeepStockFromANewcomerThatTheyCannotHave) {
  Shop shop;
  register_part(shop);
  warehouse(shop, "north", R"("status":"inactive")");
  warehouse(shop, "paris", R"("regions":["FR"])");
  shop.receive("R-1", "paris", "part", "5");
  shop.place("O-1", "part", "5", R"("region":"DE")");
  shop.allocate("O-1");
  EXPECT_EQ(shop.waiting("O-1"), 5);
  shop.place("O-2", "part", "5", R"("region":"FR")");
  EXPECT_EQ(shop.allocate("O-2").follow_ups, "StockReserved");
  EXPECT_EQ(shop.reserved("O-2"), 5);
}

// An order of many lines of one unit each.
void place_many_lines(Story& shop, std::string_view order, int lines, std::string_view region) {
  std::string text;
  for (int i = 0; i < lines; ++i)
    text += std::string(i > 0 ? "," : "") + R"({"item":"part","quantity":1})";
  shop.given(R"("PlaceOrder":{"order":")" + std::string(order) +
             R"(","company":"acme","region":")" + std::string(region) + R"(","lines":[)" + text +
             "]}");
}

// However many wait in front who cannot have the stock, a step of the follow-up goes on where the
// one before it ended.
TEST(Backorders, AreServedBehindMoreThanOneStepLooksAtWhoCannotHaveTheStock) {
  Shop shop;
  register_part(shop);
  warehouse(shop, "north", R"("status":"inactive")");
  warehouse(shop, "paris", R"("regions":["FR"])");
  place_many_lines(shop, "O-1", 2500, "DE");
  shop.allocate("O-1");
  place_many_lines(shop, "O-2", 200, "FR");
  shop.allocate("O-2");
  EXPECT_EQ(shop.receive("R-1", "paris", "part", "150").follow_ups.substr(0, 13), "StockReserved");
  EXPECT_EQ(shop.salable("part", "paris"), 0);
  EXPECT_EQ(shop.reserved("O-2", 150), 1);
  EXPECT_EQ(shop.reserved("O-2", 151), 0);
  EXPECT_EQ(shop.waiting("O-2", 151), 1);
  shop.receive("R-2", "paris", "part", "60");
  EXPECT_EQ(shop.reserved("O-2", 200), 1);
  EXPECT_EQ(shop.salable("part", "paris"), 10);
  EXPECT_EQ(shop.waiting("O-1", 2500), 1);
}

// What waits for a held order is passed over, and served when the hold ends.
TEST(Backorders, OfAHeldOrderAreServedOnceItIsReleased) {
  Shop shop;
  register_part(shop);
  shop.policy("stock.at", "placement");
  shop.place("O-1", "part", "60000", R"("buyer":"ann")");
  EXPECT_EQ(shop.waiting("O-1"), 60000);
  shop.place("O-2", "penny", "90000");
  shop.given(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
  ASSERT_TRUE(shop.is_held("O-1"));
  EXPECT_EQ(shop.receive("R-1", "north", "part", "60000").follow_ups, "");
  shop.limit("acme", "5000.00");
  EXPECT_EQ(shop.reserved("O-1"), 60000);
}

TEST(PlaceOrder, ReservesAtPlacementWhilePendingWherePolicySaysSo) {
  Shop shop;
  shop.policy("stock.at", "placement");
  EXPECT_EQ(shop.place("O-1", "bolt", "42", R"("buyer":"ann")").events,
            "OrderPlaced ApprovalRequested StockReserved");
  EXPECT_EQ(shop.salable("bolt", "north"), 58);
  const Answer no = shop.when(R"("actor":"bob","RejectOrder":{"order":"O-1"})");
  EXPECT_EQ(no.events, "OrderRejected ReservationReleased LinesCancelled OrderCancelled");
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
}

TEST(PlaceOrder, ReservesAtApprovalWherePolicySaysSo) {
  Shop shop;
  shop.policy("stock.at", "approval");
  EXPECT_EQ(shop.place("O-1", "bolt", "42", R"("buyer":"ann")").events,
            "OrderPlaced ApprovalRequested");
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").events,
            "ApprovalGranted OrderApproved CreditCommitted StockReserved");
}

TEST(PlaceOrder, RefusesShortStockAtPlacement) {
  Shop shop;
  shop.policy("stock.at", "placement");
  shop.policy("stock.short", "refuse");
  const Answer answer = shop.when(R"("PlaceOrder":{"company":"acme","order":"O-1","lines":)" +
                                  lines({{"bolt", "60"}, {"bolt", "41"}}) + "}");
  EXPECT_EQ(answer.reasons, "short_stock");
  EXPECT_EQ(answer.grounds.at(0).line, 2U);
  EXPECT_EQ(answer.grounds.at(0).found, "40");
}

TEST(ReceiveStock, RefusesReceiptExists) {
  Shop shop;
  EXPECT_EQ(shop.receive("opening", "north", "bolt", "1").reasons, "receipt_exists");
}

TEST(ReceiveStock, RefusesUnknownWarehouseUnknownItemAndNotPositive) {
  Shop shop;
  EXPECT_EQ(shop.receive("R-1", "x", "bolt", "1").reasons, "unknown_warehouse");
  EXPECT_EQ(shop.receive("R-1", "north", "x", "1").reasons, "unknown_item");
  EXPECT_EQ(shop.receive("R-1", "north", "bolt", "0").reasons, "not_positive");
}

TEST(ShipOrder, RefusesMoreThanReserved) {
  Shop shop;
  shop.place("O-1", "bolt", "5");
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "more_than_reserved");
  shop.allocate("O-1");
  EXPECT_EQ(shop.when(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
      {"line":1,"warehouse":"north","quantity":3},{"line":1,"warehouse":"north","quantity":3}]})")
                .reasons,
            "more_than_reserved");
  EXPECT_EQ(shop.ship("O-1", "S-1").status, StatusCode::kDone);
}

TEST(ShipOrder, RefusesShipmentExists) {
  Shop shop;
  for (const std::string_view order : {"O-1", "O-2"}) {
    shop.place(order, "bolt", "1");
    shop.allocate(order);
  }
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.ship("O-2", "S-1").reasons, "shipment_exists");
}

// A line that gives money back counts below zero until it leaves, too.
TEST(ShipOrder, LeavesARebateOpenBehindWhatItShips) {
  Shop shop;
  shop.policy("price.from", "command");
  shop.given(R"("PlaceOrder":{"order":"O-1","company":"acme","lines":[
      {"item":"bolt","quantity":1,"unit_price":"10.00"},
      {"item":"nut","quantity":1,"unit_price":"-5.00"}]})");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
      "lines":[{"line":1,"warehouse":"north","quantity":1}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), -467);  // tax is spread by absolute values
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 1067);
}

TEST(ShipOrder, MovesPartsAndCancelsTheRest) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
      {"line":1,"warehouse":"north","quantity":4}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 7200);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 4800);
  const Answer rest = shop.cancel("O-1");
  EXPECT_EQ(rest.events, "ReservationReleased LinesCancelled CreditReleased OrderFulfilled");
  EXPECT_EQ(shop.exposure("acme"), 4800);
  EXPECT_EQ(shop.salable("bolt", "north"), 96);
  EXPECT_EQ(shop.cancel("O-1").reasons, "nothing_left_to_cancel");
}

std::string cancel_line(std::string_view line, std::string_view quantity,
                        std::string_view document) {
  return R"("CancelOrder":{"order":"O-1","cancellation":")" + std::string(document) +
         R"(","lines":[{"line":)" + std::string(line) + R"(,"quantity":)" + std::string(quantity) +
         "}]}";
}

TEST(CancelOrder, RefusesUnknownLineMoreThanOpenAndNothingLeftToCancel) {
  Shop shop;
  shop.place("O-1", "bolt", "3");
  EXPECT_EQ(shop.when(cancel_line("2", "1", "X-1")).reasons, "unknown_line");
  EXPECT_EQ(shop.when(cancel_line("1", "4", "X-1")).reasons, "more_than_open");
  EXPECT_EQ(shop.when(cancel_line("1", "3", "X-1")).status, StatusCode::kDone);
  EXPECT_EQ(shop.when(cancel_line("1", "1", "X-2")).reasons, "nothing_left_to_cancel");
}

TEST(CancelOrder, RefusesCancellationExists) {
  Shop shop;
  shop.place("O-1", "bolt", "3");
  shop.given(cancel_line("1", "1", "X-1"));
  EXPECT_EQ(shop.when(cancel_line("1", "1", "X-1")).reasons, "cancellation_exists");
}

// Ordered more since: nobody has been asked for the new units yet, and they go first.
TEST(CancelOrder, CutsWhatNobodyServesBeforeWhatWaits) {
  Shop shop;
  shop.place("O-1", "nut", "1010");
  shop.allocate("O-1");
  shop.given(R"("AmendOrder":{"order":"O-1","amendment":"A-1",
                "lines":[{"line":1,"quantity":1015}]})");
  ASSERT_EQ(shop.waiting("O-1"), 10);
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
                "lines":[{"line":1,"quantity":5}]})");
  EXPECT_EQ(shop.waiting("O-1"), 10);
  EXPECT_EQ(shop.reserved("O-1"), 1000);
}

TEST(CancelOrder, CutsWhatWaitsBeforeWhatIsReserved) {
  Shop shop;
  register_part(shop);
  shop.receive("R-1", "north", "part", "6");
  shop.place("O-1", "part", "10");
  shop.allocate("O-1");
  EXPECT_EQ(shop.when(cancel_line("1", "5", "X-1")).events,
            "ReservationReleased LinesCancelled CreditReleased");
  EXPECT_EQ(shop.waiting("O-1"), 0);
  EXPECT_EQ(shop.reserved("O-1"), 5);
  EXPECT_EQ(shop.exposure("acme"), 5);
}

}  // namespace
}  // namespace kontor::test
