// ReturnGoods: what comes back by disposition, which part of it had been billed, and what that does
// to exposure and stock.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string line_back(std::string_view quantity, std::string_view disposition, int line = 1) {
  return R"({"line":)" + std::to_string(line) + R"(,"quantity":)" + std::string(quantity) +
         R"(,"disposition":")" + std::string(disposition) + R"("})";
}

std::string give_back(std::string_view name, const std::string& lines,
                      std::string_view more = R"(,"warehouse":"north")") {
  return R"("ReturnGoods":{"order":"O-1","return":")" + std::string(name) + R"(")" +
         std::string(more) + R"(,"lines":[)" + lines + "]}";
}

std::string bill(std::string_view quantity, std::string_view invoice) {
  return R"("InvoiceOrder":{"order":"O-1","invoice":")" + std::string(invoice) +
         R"(","lines":[{"line":1,"quantity":)" + std::string(quantity) + "}]}";
}

// `quantity` of the item ordered as O-1, allocated and shipped.
void shipped(Story& shop, std::string_view item, std::string_view quantity) {
  shop.place("O-1", item, quantity);
  shop.allocate("O-1");
  ASSERT_EQ(shop.ship("O-1", "S-1").status, StatusCode::kDone);
}

TEST(ReturnGoods, RestocksWhatWasNeverBilledAndNoLongerCountsIt) {
  Shop shop;
  shipped(shop, "bolt", "10");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 12000);
  const Answer answer = shop.when(give_back("R-1", line_back("4", "restock")));
  EXPECT_EQ(answer.events, "GoodsReturned");
  EXPECT_EQ(shop.salable("bolt", "north"), 94);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 7200);
  EXPECT_EQ(shop.exposure("acme"), 7200);
  EXPECT_EQ(shop.units(shop.line("O-1").returned), 4);
  EXPECT_EQ(shop.units(shop.line("O-1").returned_unbilled), 4);
}

TEST(ReturnGoods, MovesNoStockForWhatIsScrappedOrNeverCame) {
  Shop shop;
  shipped(shop, "bolt", "10");
  shop.given(give_back("R-1", line_back("3", "scrap") + "," + line_back("2", "none"), ""));
  EXPECT_EQ(shop.salable("bolt", "north"), 90);
  EXPECT_EQ(shop.units(shop.line("O-1").returned), 5);
  EXPECT_EQ(shop.exposure("acme"), 6000);
}

// 10 shipped, 4 of them billed: of 8 that come back, 6 were never billed.
TEST(ReturnGoods, TakesTheDeliveredNotInvoicedPartFirst) {
  Shop shop;
  shipped(shop, "bolt", "10");
  shop.given(bill("4", "I-1"));
  shop.given(give_back("R-1", line_back("8", "restock")));
  EXPECT_EQ(shop.units(shop.line("O-1").returned_unbilled), 6);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 4800);
  const Return* const known = shop.book().orders().returns().find("R-1");
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->order, shop.order("O-1").ref);
  const auto parts = shop.book().orders().returns().parts(*known);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(shop.units(parts[0].billed), 2);
  EXPECT_EQ(shop.units(parts[0].credited), 0);
  EXPECT_EQ(shop.invoice("O-1", "I-2").reasons, "nothing_to_invoice");
}

TEST(ReturnGoods, LeavesTheRestToBeBilledAfterAPartInvoice) {
  Shop shop;
  shipped(shop, "bolt", "10");
  shop.given(bill("4", "I-1"));
  shop.given(give_back("R-1", line_back("2", "scrap"), ""));
  EXPECT_EQ(shop.when(bill("5", "I-2")).reasons, "more_than_invoiceable");
  EXPECT_EQ(shop.invoice("O-1", "I-2").events, "InvoiceIssued");
  EXPECT_EQ(shop.invoice_of("I-2").total, Minor{4800});
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.exposure("acme"), 9600);
}

// Billing that runs ahead of shipping counts what came back too: nothing is left that is open.
TEST(ReturnGoods, LeavesNothingOpenWhenTheRestIsBilledAhead) {
  Shop shop;
  shop.policy("invoice.basis", "ordered");
  shop.limit("acme", "5000.00");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
                "lines":[{"line":1,"quantity":5,"warehouse":"north"}]})");
  shop.given(give_back("R-1", line_back("2", "scrap"), ""));
  EXPECT_EQ(shop.units(shop.line("O-1").open()), 5);
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.units(shop.line("O-1").invoiced), 8);
  EXPECT_EQ(shop.units(shop.line("O-1").open()), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.exposure("acme"), 9600);
}

// One line, three fates; which of them were billed is decided in the order of the dispositions.
TEST(ReturnGoods, PartsALineByDisposition) {
  Shop shop;
  shipped(shop, "bolt", "10");
  shop.given(bill("7", "I-1"));
  const Answer answer =
      shop.when(give_back("R-1", line_back("2", "scrap") + "," + line_back("2", "restock") + "," +
                                     line_back("1", "scrap")));
  EXPECT_EQ(answer.events, "GoodsReturned");
  const std::string body = answer.body("GoodsReturned");
  EXPECT_NE(body.find(R"("quantity":2,"unbilled":2)"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("quantity":3,"unbilled":1)"), std::string::npos) << body;
  const Returns& returns = shop.book().orders().returns();
  ASSERT_EQ(returns.parts(*returns.find("R-1")).size(), 1U);
  EXPECT_EQ(shop.units(returns.parts(*returns.find("R-1"))[0].billed), 2);
  EXPECT_EQ(shop.salable("bolt", "north"), 92);
}

// Three units of a line worth 10.00, one of them billed: parts by the cumulative rule.
TEST(ReturnGoods, ValuesPartsByTheCumulativeRule) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"penny",
               "breaks":[{"from_quantity":0,"unit_price":"3.3333"}]})");
  shipped(shop, "penny", "3");
  shop.given(bill("1", "I-1"));
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 667);
  shop.given(give_back("R-1", line_back("1", "restock")));
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 333);
  shop.given(give_back("R-2", line_back("1", "restock")));
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.exposure("acme"), 333);
}

TEST(ReturnGoods, WakesWhoWaitsForTheItem) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shipped(shop, "bolt", "100");
  shop.place("O-2", "bolt", "5");
  shop.allocate("O-2");
  ASSERT_EQ(shop.waiting("O-2"), 5);
  EXPECT_EQ(shop.when(give_back("R-1", line_back("2", "scrap"), "")).follow_ups, "");
  const Answer answer = shop.when(give_back("R-2", line_back("3", "restock")));
  EXPECT_EQ(answer.follow_ups, "StockReserved");
  EXPECT_EQ(shop.reserved("O-2"), 3);
  EXPECT_EQ(shop.waiting("O-2"), 2);
}

TEST(ReturnGoods, MakesRoomForAHeldOrder) {
  Shop shop;
  shipped(shop, "bolt", "80");  // 960.00 of 1,000.00
  shop.place("O-2", "bolt", "10");
  ASSERT_TRUE(shop.is_held("O-2"));
  const Answer answer = shop.when(give_back("R-1", line_back("7", "restock")));
  EXPECT_EQ(answer.follow_ups, "HoldReleased CreditCommitted");
  EXPECT_FALSE(shop.is_held("O-2"));
}

TEST(ReturnGoods, LeavesAFulfilledOrderFulfilledAndSomeOfItToShip) {
  Shop shop;
  shop.policy("stock.short", "partial");
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "104");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.given(give_back("R-1", line_back("2", "restock")));
  EXPECT_EQ(shop.order("O-1").fulfilled, 0);
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 2);
  shop.receive("B-1", "north", "bolt", "10");
  shop.allocate("O-1");
  EXPECT_EQ(shop.ship("O-1", "S-2").events, "GoodsShipped OrderFulfilled");
  shop.given(give_back("R-2", line_back("102", "scrap"), ""));
  EXPECT_EQ(shop.order("O-1").fulfilled, 1);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(ReturnGoods, NeedsNoReleaseOfAHold) {
  Shop shop;
  shipped(shop, "bolt", "2");
  shop.given(R"("SetRule":{"rule":"stop","outcome":"hold",
               "conditions":[{"figure":"distinct_items","operator":"ge","count":1}]})");
  EXPECT_EQ(shop.when(give_back("R-1", line_back("2", "scrap"), "")).status, StatusCode::kDone);
}

TEST(ReturnGoods, RefusesMoreThanShipped) {
  Shop shop;
  shipped(shop, "bolt", "10");
  Answer answer = shop.when(give_back("R-1", line_back("11", "scrap")));
  EXPECT_EQ(answer.reasons, "more_than_shipped");
  EXPECT_EQ(answer.grounds.at(0).found, "11");
  EXPECT_EQ(answer.grounds.at(0).allowed, "10");
  answer = shop.when(give_back("R-1", line_back("6", "scrap") + "," + line_back("5", "none")));
  EXPECT_EQ(answer.reasons, "more_than_shipped");
  EXPECT_EQ(answer.grounds.at(0).allowed, "4");
  shop.given(give_back("R-1", line_back("7", "scrap")));
  EXPECT_EQ(shop.when(give_back("R-2", line_back("4", "scrap"))).reasons, "more_than_shipped");
  shop.given(give_back("R-2", line_back("3", "scrap")));
}

TEST(ReturnGoods, RefusesReturnExists) {
  Shop shop;
  shipped(shop, "bolt", "10");
  shop.given(give_back("R-1", line_back("1", "scrap")));
  EXPECT_EQ(shop.when(give_back("R-1", line_back("1", "scrap"))).reasons, "return_exists");
}

TEST(ReturnGoods, RefusesWhatItCannotBe) {
  Shop shop;
  shipped(shop, "bolt", "10");
  EXPECT_EQ(shop.when(give_back("R-1", line_back("0", "scrap"))).reasons, "not_positive");
  EXPECT_EQ(shop.when(give_back("R-1", line_back("1", "scrap", 2))).reasons, "unknown_line");
  EXPECT_EQ(shop.when(give_back("R-1", line_back("1", "scrap", 0))).reasons, "unknown_line");
  EXPECT_EQ(shop.when(give_back("R-1", "")).reasons, "too_many");
  EXPECT_EQ(shop.when(give_back("R-1", line_back("1", "restock"), "")).reasons,
            "unknown_warehouse");
  EXPECT_EQ(shop.when(give_back("R-1", line_back("1", "scrap"), R"(,"warehouse":"moon")")).reasons,
            "unknown_warehouse");
  EXPECT_EQ(shop.when(R"("ReturnGoods":{"order":"O-9","return":"R-1","lines":[)" +
                      line_back("1", "scrap") + "]}")
                .reasons,
            "unknown_order");
  EXPECT_EQ(
      shop.when(R"("expected_version":1,)" + give_back("R-1", line_back("1", "scrap"))).reasons,
      "wrong_version");
  EXPECT_EQ(shop.units(shop.line("O-1").returned), 0);
}

TEST(ReturnGoods, RefusesAmountOverflowOfAShelf) {
  Shop shop;
  shop.given(R"("RegisterItem":{"item":"dust","tax_category":"exempt"})");
  shop.given(R"("SetPrice":{"list":"retail","item":"dust",
               "breaks":[{"from_quantity":0,"unit_price":"0"}]})");
  shop.receive("D-0", "north", "dust", "1000000000");
  shop.place("O-1", "dust", "1000000000");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  for (int i = 1; i <= 2305; ++i) {
    shop.check_every(500);
    ASSERT_EQ(shop.receive("D-" + std::to_string(i), "north", "dust", "1000000000").status,
              StatusCode::kDone);
  }
  const Answer answer = shop.when(give_back("R-1", line_back("1000000000", "restock")));
  EXPECT_EQ(answer.reasons, "amount_overflow");
  shop.given(give_back("R-1", line_back("1000000000", "scrap")));
}

}  // namespace
}  // namespace kontor::test
