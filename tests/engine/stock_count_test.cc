// CountStock and ReleaseReservation: what a count below the reservations endangers, and who gets
// stock that a person gave back.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string counted(std::string_view name, const std::vector<LineText>& found,
                    std::string_view warehouse = "north") {
  return R"("CountStock":{"count":")" + std::string(name) + R"(","warehouse":")" +
         std::string(warehouse) + R"(","lines":)" + lines(found) + "}";
}

// `count` orders O-1, O-2 ... of 10 bolts each, all reserved.
void reserve_orders(Story& shop, int count) {
  shop.limit("acme", "100000.00");
  for (int i = 1; i <= count; ++i) {
    const std::string name = "O-" + std::to_string(i);
    shop.place(name, "bolt", "10");
    shop.allocate(name);
    ASSERT_EQ(shop.reserved(name), 10);
  }
}

TEST(CountStock, SaysWhatIsOnHandFromNowOn) {
  Shop shop;
  const Answer answer = shop.when(counted("K-1", {{"bolt", "73"}, {"nut", "0"}}));
  EXPECT_EQ(answer.events, "StockCounted");
  EXPECT_NE(answer.body("StockCounted").find(R"("quantity":73,"previous":100)"), std::string::npos);
  EXPECT_EQ(shop.salable("bolt", "north"), 73);
  EXPECT_EQ(shop.salable("nut", "north"), 0);
  EXPECT_EQ(shop.salable("penny", "north"), 1000000);
}

TEST(CountStock, WarnsOfReservedBeyondStockByOrderOldestServedFirst) {
  Shop shop;
  reserve_orders(shop, 3);
  const Answer answer = shop.when(counted("K-1", {{"bolt", "14"}}));
  EXPECT_EQ(answer.events, "StockCounted CommandWarned");
  EXPECT_EQ(answer.reasons, "reserved_beyond_stock reserved_beyond_stock");
  EXPECT_EQ(answer.grounds.at(0).name, "O-2");
  EXPECT_EQ(answer.grounds.at(0).found, "4");
  EXPECT_EQ(answer.grounds.at(0).allowed, "10");
  EXPECT_EQ(answer.grounds.at(1).name, "O-3");
  EXPECT_EQ(answer.grounds.at(1).found, "0");
  EXPECT_EQ(shop.salable("bolt", "north"), -16);
  EXPECT_EQ(shop.reserved("O-3"), 10);
}

TEST(CountStock, WarnsOfNothingWhereReservationsAreMet) {
  Shop shop;
  reserve_orders(shop, 3);
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "30"}})).events, "StockCounted");
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
}

TEST(CountStock, ListsSixteenEndangeredOrdersAtMost) {
  Shop shop;
  shop.receive("R-1", "north", "bolt", "200");
  reserve_orders(shop, 20);
  const Answer answer = shop.when(counted("K-1", {{"bolt", "10"}}));
  EXPECT_EQ(answer.grounds.size(), 16U);
  EXPECT_NE(answer.body("CommandWarned").find(R"("more":3)"), std::string::npos);
}

TEST(CountStock, LooksAtItsOwnWarehouseOnly) {
  Shop shop;
  shop.given(R"("RegisterWarehouse":{"warehouse":"south","priority":9})");
  reserve_orders(shop, 2);
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "0"}}, "south")).events, "StockCounted");
  EXPECT_EQ(shop.salable("bolt", "north"), 80);
}

TEST(CountStock, LetsNothingBeAllocatedOrServedFromNegativeSalableStock) {
  Shop shop;
  reserve_orders(shop, 2);
  shop.given(counted("K-1", {{"bolt", "5"}}));
  shop.place("O-3", "bolt", "1");
  EXPECT_EQ(shop.allocate("O-3").events, "LineBackordered");
  EXPECT_EQ(shop.receive("R-1", "north", "bolt", "15").follow_ups, "");
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
  EXPECT_EQ(shop.receive("R-2", "north", "bolt", "1").follow_ups, "StockReserved");
}

TEST(CountStock, ServesWhoWaitsWithWhatWasFoundAbove) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "104");
  shop.allocate("O-1");
  ASSERT_EQ(shop.waiting("O-1"), 4);
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "100"}})).follow_ups, "");
  EXPECT_EQ(shop.when(counted("K-2", {{"bolt", "103"}})).follow_ups, "StockReserved");
  EXPECT_EQ(shop.waiting("O-1"), 1);
  EXPECT_EQ(shop.reserved("O-1"), 103);
}

TEST(ShipOrder, RefusesShortStockOfWhatACountDidNotFind) {
  Shop shop;
  reserve_orders(shop, 2);
  shop.given(counted("K-1", {{"bolt", "4"}}));
  const Answer answer = shop.ship("O-1", "S-1");
  EXPECT_EQ(answer.reasons, "short_stock");
  EXPECT_EQ(answer.grounds.at(0).found, "4");
  EXPECT_EQ(answer.grounds.at(0).allowed, "10");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
               "lines":[{"line":1,"quantity":4,"warehouse":"north"}]})");
  EXPECT_EQ(shop.ship("O-2", "S-2").reasons, "short_stock");
  shop.given(counted("K-2", {{"bolt", "16"}}));
  EXPECT_EQ(shop.ship("O-2", "S-2").status, StatusCode::kDone);
  EXPECT_EQ(shop.ship("O-1", "S-3").status, StatusCode::kDone);
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
}

TEST(CountStock, RefusesCountExists) {
  Shop shop;
  shop.given(counted("K-1", {{"bolt", "73"}}));
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "74"}})).reasons, "count_exists");
}

TEST(CountStock, RefusesWhatItCannotBe) {
  Shop shop;
  EXPECT_EQ(shop.when(counted("K-1", {{"cog", "1"}})).reasons, "unknown_item");
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "1"}}, "moon")).reasons, "unknown_warehouse");
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "-1"}})).reasons, "invalid_value");
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "1"}, {"bolt", "1"}})).reasons, "invalid_value");
  EXPECT_EQ(shop.when(counted("K-1", {{"bolt", "1000000001"}})).reasons, "amount_overflow");
  EXPECT_EQ(shop.when(counted("K-1", {})).reasons, "too_many");
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
}

// ---- ReleaseReservation -------------------------------------------------------------------------

std::string give_back(std::string_view order, std::string_view name, std::string_view rest = "") {
  return R"("ReleaseReservation":{"order":")" + std::string(order) + R"(","release":")" +
         std::string(name) + R"(")" + std::string(rest) + "}";
}

std::string part(std::string_view quantity, std::string_view warehouse = "north", int line = 1) {
  return R"(,"lines":[{"line":)" + std::to_string(line) + R"(,"quantity":)" +
         std::string(quantity) + R"(,"warehouse":")" + std::string(warehouse) + R"("}])";
}

TEST(ReleaseReservation, GivesStockToWhoWaitedBeforeAndWaitsAtTheEnd) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "100");
  shop.allocate("O-1");
  shop.place("O-2", "bolt", "30");
  shop.allocate("O-2");
  const Answer answer = shop.when(give_back("O-1", "F-1", part("50")));
  EXPECT_EQ(answer.events, "ReservationReleased LineBackordered");
  EXPECT_EQ(answer.follow_ups, "StockReserved StockReserved");
  EXPECT_EQ(shop.reserved("O-2"), 30);
  EXPECT_EQ(shop.reserved("O-1"), 70);
  EXPECT_EQ(shop.waiting("O-1"), 30);
}

// In its old place the line would get at once what it just gave back.
TEST(ReleaseReservation, MovesAllThatTheLineWaitsForToTheEnd) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "120");
  shop.allocate("O-1");
  shop.place("O-2", "bolt", "15");
  shop.allocate("O-2");
  ASSERT_EQ(shop.waiting("O-1"), 20);
  shop.given(give_back("O-1", "F-1", part("10")));
  EXPECT_EQ(shop.reserved("O-2"), 10);
  EXPECT_EQ(shop.waiting("O-2"), 5);
  EXPECT_EQ(shop.reserved("O-1"), 90);
  EXPECT_EQ(shop.waiting("O-1"), 30);
  shop.receive("R-1", "north", "bolt", "6");
  EXPECT_EQ(shop.waiting("O-2"), 0);
  EXPECT_EQ(shop.waiting("O-1"), 29);
}

TEST(ReleaseReservation, GivesEverythingBackWithoutLines) {
  Shop shop;
  shop.given(R"("RegisterWarehouse":{"warehouse":"south","priority":9})");
  shop.receive("R-1", "south", "bolt", "50");
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "120");
  shop.allocate("O-1");
  shop.given(R"("HoldOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1")).follow_ups, "");
  EXPECT_EQ(shop.reserved("O-1"), 0);
  EXPECT_EQ(shop.waiting("O-1"), 120);
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
  EXPECT_EQ(shop.salable("bolt", "south"), 50);
  EXPECT_EQ(shop.when(R"("ReleaseHold":{"order":"O-1"})").follow_ups, "StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 120);
}

TEST(ReleaseReservation, MovesAReservationOutOfAnInactiveWarehouse) {
  Shop shop;
  shop.given(R"("RegisterWarehouse":{"warehouse":"south","priority":9})");
  shop.receive("R-1", "south", "bolt", "50");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("RegisterWarehouse":{"warehouse":"north","status":"inactive"})");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1")).follow_ups, "StockReserved");
  EXPECT_EQ(shop.salable("bolt", "south"), 40);
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
}

TEST(ReleaseReservation, IsCancelledAndShippedLikeAnyOtherAfterwards) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("HoldOrder":{"order":"O-1"})");
  shop.given(give_back("O-1", "F-1", part("4")));
  EXPECT_EQ(shop.waiting("O-1"), 4);
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
               "lines":[{"line":1,"quantity":7}]})");
  EXPECT_EQ(shop.waiting("O-1"), 0);
  EXPECT_EQ(shop.reserved("O-1"), 3);
}

TEST(ReleaseReservation, RefusesReleaseExists) {
  Shop shop;
  reserve_orders(shop, 2);
  shop.given(give_back("O-1", "F-1", part("1")));
  EXPECT_EQ(shop.when(give_back("O-2", "F-1", part("1"))).reasons, "release_exists");
}

TEST(ReleaseReservation, RefusesNothingReserved) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1")).reasons, "nothing_reserved");
}

TEST(ReleaseReservation, RefusesWhatItCannotGiveBack) {
  Shop shop;
  reserve_orders(shop, 1);
  EXPECT_EQ(shop.when(give_back("O-9", "F-1")).reasons, "unknown_order");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1", part("1", "moon"))).reasons, "unknown_warehouse");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1", part("1", "north", 2))).reasons, "unknown_line");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1", part("0"))).reasons, "not_positive");
  EXPECT_EQ(shop.when(give_back("O-1", "F-1", part("11"))).reasons, "more_than_reserved");
  EXPECT_EQ(shop.reserved("O-1"), 10);
}

}  // namespace
}  // namespace kontor::test
