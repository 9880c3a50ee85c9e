// AmendOrder: counters, prices and tax of the changed lines, and what the change means for credit,
// approval, holds and stock.
#include <gtest/gtest.h>

#include "tests/support/engine/crediting.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string amend(std::string_view name, std::string_view rest) {
  return R"("AmendOrder":{"order":"O-1","amendment":")" + std::string(name) + R"(",)" +
         std::string(rest) + "}";
}

std::string quantity(std::string_view units, int line = 1, std::string_view more = "") {
  return R"("lines":[{"line":)" + std::to_string(line) + R"(,"quantity":)" + std::string(units) +
         std::string(more) + "}]";
}

TEST(AmendOrder, GrowsAndShrinksALineByItsCounters) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  const Answer more = shop.when(amend("A-1", quantity("15")));
  EXPECT_EQ(more.events, "OrderAmended CreditCommitted");
  EXPECT_EQ(shop.units(shop.line("O-1").ordered), 15);
  EXPECT_EQ(shop.exposure("acme"), 18000);
  shop.given(amend("A-2", quantity("6")));
  EXPECT_EQ(shop.units(shop.line("O-1").ordered), 15);
  EXPECT_EQ(shop.units(shop.line("O-1").cancelled), 9);
  EXPECT_EQ(shop.units(shop.line("O-1").open()), 6);
  EXPECT_EQ(shop.order("O-1").total, Minor{7200});
  EXPECT_EQ(shop.exposure("acme"), 7200);
  EXPECT_TRUE(shop.is_taken("O-1"));
}

TEST(AmendOrder, PricesTheLineAnewAtItsQuantity) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"bolt","breaks":[
               {"from_quantity":0,"unit_price":"10.00"},{"from_quantity":20,"unit_price":"9.00"}]})");
  shop.place("O-1", "bolt", "20");
  ASSERT_EQ(shop.order("O-1").net, Minor{18000});
  shop.given(amend("A-1", quantity("19")));
  EXPECT_EQ(shop.order("O-1").net, Minor{19000});
  EXPECT_EQ(shop.exposure("acme"), 22800);
  shop.given(amend("A-2", quantity("30", 1, R"(,"unit_price":"9.00")")));
  EXPECT_EQ(shop.order("O-1").net, Minor{27000});
  EXPECT_EQ(shop.exposure("acme"), 32400);
}

// 0.3350 each: 7 are worth 2.35, 3 of them 1.01; the parts billed afterwards add up to that.
TEST(AmendOrder, IsWorthExactlyWhatTheLeftUnitsCost) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"penny",
               "breaks":[{"from_quantity":0,"unit_price":"0.3350"}]})");
  shop.place("O-1", "penny", "7");
  ASSERT_EQ(shop.order("O-1").net, Minor{235});
  shop.given(amend("A-1", quantity("3")));
  EXPECT_EQ(shop.order("O-1").total, Minor{101});
  EXPECT_EQ(shop.exposure("acme"), 101);
  shop.allocate("O-1");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped OrderFulfilled");
  std::int64_t billed = 0;
  for (const std::string_view invoice : {"I-1", "I-2", "I-3"}) {
    shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":")" + std::string(invoice) +
               R"(","lines":[{"line":1,"quantity":1}]})");
    billed += shop.invoice_of(invoice).total.value();
    EXPECT_EQ(shop.exposure("acme"), 101);
  }
  EXPECT_EQ(billed, 101);
}

TEST(AmendOrder, AddsALineBehindTheOthersThoughAnotherOrderFollows) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.place("O-2", "nut", "4");
  shop.given(amend("A-1", R"("lines":[{"item":"nut","quantity":8}])"));
  ASSERT_EQ(shop.order("O-1").line_count, 2U);
  EXPECT_EQ(shop.units(shop.line("O-1", 1).open()), 10);
  EXPECT_EQ(shop.units(shop.line("O-1", 2).open()), 8);
  EXPECT_EQ(shop.units(shop.line("O-2", 1).open()), 4);
  EXPECT_EQ(shop.order("O-1").total, Minor{12240});
  EXPECT_EQ(shop.exposure("acme"), 12360);
  shop.given(amend("A-2", R"("lines":[{"item":"penny","quantity":5},{"line":2,"quantity":4}])"));
  EXPECT_EQ(shop.order("O-1").total, Minor{12125});
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped OrderFulfilled");
  EXPECT_EQ(shop.invoice("O-1", "I-1").status, StatusCode::kDone);
  EXPECT_EQ(shop.invoice_of("I-1").total, Minor{12125});
}

// A line that moved keeps its part of the tax; the others take the rest of their category's.
TEST(AmendOrder, LeavesLinesThatMovedAsTheyAreToTheCent) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"nut",
               "breaks":[{"from_quantity":0,"unit_price":"0.02"}]})");
  shop.given(R"("PlaceOrder":{"company":"acme","order":"O-1","lines":)" +
             lines({{"nut", "1"}, {"nut", "1"}, {"nut", "1"}}) + "}");
  ASSERT_EQ(shop.order("O-1").total, Minor{7});  // 0.06 and 0.01 of tax
  shop.given(R"("AllocateOrder":{"order":"O-1",
               "parts":[{"line":1,"warehouse":"north","quantity":1}]})");
  shop.ship("O-1", "S-1");
  const Minor first = shop.line("O-1", 1).gross;
  shop.given(amend("A-1", quantity("10", 2)));
  EXPECT_EQ(shop.line("O-1", 1).gross, first);
  EXPECT_EQ(shop.order("O-1").total, Minor{29});  // 0.24 and 0.05 of tax
  EXPECT_EQ(shop.line("O-1", 1).gross + shop.line("O-1", 2).gross + shop.line("O-1", 3).gross,
            Minor{29});
  EXPECT_EQ(shop.exposure("acme"), 29);
}

TEST(AmendOrder, RefusesAlreadyShippedOrBilled) {
  Shop shop;
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "bolt", "10");
  shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1","lines":[{"line":1,"quantity":1}]})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("12"))).reasons, "already_shipped_or_billed");
  shop.given(amend("A-1", R"("lines":[{"item":"bolt","quantity":2}])"));
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
               "lines":[{"line":2,"quantity":1,"warehouse":"north"}]})");
  EXPECT_EQ(shop.when(amend("A-2", quantity("5", 2))).reasons, "already_shipped_or_billed");
  EXPECT_EQ(shop.exposure("acme"), 14400);
}

// ---- stock
// ----------------------------------------------------------------------------------------

TEST(AmendOrder, GivesBackWhatItNoLongerNeedsTheWaitingPartFirst) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shop.place("O-1", "bolt", "110");
  shop.allocate("O-1");
  shop.given(amend("A-1", quantity("104")));
  EXPECT_EQ(shop.waiting("O-1"), 4);
  EXPECT_EQ(shop.reserved("O-1"), 100);
  shop.place("O-2", "bolt", "7");
  shop.allocate("O-2");
  const Answer answer = shop.when(amend("A-2", quantity("95")));
  EXPECT_EQ(answer.events, "ReservationReleased OrderAmended CreditCommitted");
  EXPECT_EQ(answer.follow_ups, "StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 95);
  EXPECT_EQ(shop.reserved("O-2"), 5);
}

TEST(AmendOrder, TakesStockForMoreWhereItIsTakenAtPlacement) {
  Shop shop;
  shop.policy("stock.at", "placement");
  shop.place("O-1", "bolt", "10");
  ASSERT_EQ(shop.reserved("O-1"), 10);
  EXPECT_EQ(shop.when(amend("A-1", quantity("14"))).events,
            "OrderAmended CreditCommitted StockReserved");
  EXPECT_EQ(shop.reserved("O-1"), 14);
}

TEST(AmendOrder, RefusesShortStockWhereItMustBeReservedWhole) {
  Shop shop;
  shop.limit("acme", "100000.00");
  shop.policy("stock.at", "placement");
  shop.policy("stock.short", "refuse");
  shop.place("O-1", "bolt", "90");
  const Answer answer = shop.when(amend("A-1", quantity("101")));
  EXPECT_EQ(answer.reasons, "short_stock");
  EXPECT_EQ(answer.grounds.at(0).found, "10");
  EXPECT_EQ(answer.grounds.at(0).allowed, "11");
  EXPECT_EQ(shop.when(amend("A-1", quantity("100"))).status, StatusCode::kDone);
}

// ---- credit
// ---------------------------------------------------------------------------------------

TEST(AmendOrder, IsHeldForCreditWhenItGrowsOverTheLimit) {
  Shop shop;
  shop.place("O-1", "bolt", "83");
  ASSERT_EQ(shop.exposure("acme"), 99600);
  const Answer answer = shop.when(amend("A-1", quantity("84")));
  EXPECT_EQ(answer.events, "OrderAmended OrderHeld");
  EXPECT_EQ(answer.reasons, "over_credit_limit");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.pay("P-1", "acme", "8.00").follow_ups, "HoldReleased CreditCommitted");
}

TEST(AmendOrder, PassesWhenAHeldOrderIsAmendedDown) {
  Shop shop;
  shop.place("O-1", "bolt", "90");
  ASSERT_TRUE(shop.is_held("O-1"));
  const Answer less = shop.when(amend("A-1", quantity("85")));
  EXPECT_EQ(less.events, "OrderAmended OrderHeld");
  EXPECT_EQ(less.grounds.at(0).found, "1020.00");
  EXPECT_EQ(shop.when(amend("A-2", quantity("83"))).events,
            "OrderAmended HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 99600);
}

TEST(AmendOrder, GoesOnCountingUnderAHoldByAPerson) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.given(R"("HoldOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("12"))).events, "OrderAmended");
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_EQ(shop.exposure("acme"), 14400);
  shop.given(amend("A-2", quantity("5")));
  EXPECT_EQ(shop.exposure("acme"), 6000);
  EXPECT_EQ(shop.when(R"("ReleaseHold":{"order":"O-1"})").events, "HoldReleased");
  EXPECT_EQ(shop.exposure("acme"), 6000);
}

// Who released 1,080.00 did not release more than that.
TEST(AmendOrder, NeedsANewReleaseForMoreThanWasReleased) {
  Shop shop;
  shop.place("O-1", "bolt", "90");
  shop.given(R"("ReleaseHold":{"order":"O-1"})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("85"))).events, "OrderAmended CreditCommitted");
  EXPECT_EQ(shop.when(amend("A-2", quantity("90"))).events, "OrderAmended CreditCommitted");
  EXPECT_EQ(shop.when(amend("A-3", quantity("91"))).events, "OrderAmended OrderHeld");
}

// What was delivered counts whatever becomes of the order; the rest of it waits.
TEST(AmendOrder, KeepsCountingWhatWasDeliveredOfAHeldOrder) {
  Shop shop;
  shop.given(R"("PlaceOrder":{"company":"acme","order":"O-1","lines":)" +
             lines({{"bolt", "10"}, {"bolt", "10"}}) + "}");
  shop.given(R"("AllocateOrder":{"order":"O-1",
               "parts":[{"line":1,"warehouse":"north","quantity":10}]})");
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.when(amend("A-1", quantity("80", 2))).events, "OrderAmended OrderHeld");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 12000);
  shop.given(R"("ReturnGoods":{"order":"O-1","return":"B-1","warehouse":"north",
               "lines":[{"line":1,"quantity":5,"disposition":"restock"}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 6000);
  EXPECT_EQ(shop.when(amend("A-2", quantity("20", 2))).events,
            "OrderAmended HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 30000);
}

// Voiding one of three units moves the rounding of what is open; of a waiting order nothing counts.
TEST(AmendOrder, CountsNothingOfAWaitingOrderWhenSomethingOfItIsVoided) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"penny",
               "breaks":[{"from_quantity":0,"unit_price":"3.3333"}]})");
  shop.policy("invoice.basis", "ordered");
  shop.given(R"("PlaceOrder":{"company":"acme","order":"O-1","lines":)" +
             lines({{"penny", "3"}, {"bolt", "10"}}) + "}");
  shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1","lines":[{"line":1,"quantity":2}]})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("90", 2))).events, "OrderAmended OrderHeld");
  ASSERT_EQ(credit(shop, "C-1", "I-1", back("1")).status, StatusCode::kDone);
  EXPECT_EQ(shop.units(shop.line("O-1", 1).voided), 1);
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 0);
  EXPECT_TRUE(shop.when(amend("A-2", quantity("10", 2))).has("CreditCommitted"));
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 12334);
}

TEST(AmendOrder, IsNotHeldAnyMoreOnceNothingIsLeftToShip) {
  Shop shop;
  shop.given(R"("PlaceOrder":{"company":"acme","order":"O-1","lines":)" +
             lines({{"bolt", "10"}, {"bolt", "10"}}) + "}");
  shop.given(R"("AllocateOrder":{"order":"O-1",
               "parts":[{"line":1,"warehouse":"north","quantity":10}]})");
  shop.ship("O-1", "S-1");
  shop.given(amend("A-1", quantity("80", 2)));
  ASSERT_TRUE(shop.is_held("O-1"));
  EXPECT_EQ(shop.cancel("O-1").events, "LinesCancelled HoldReleased OrderFulfilled");
  EXPECT_EQ(shop.invoice("O-1", "I-1").status, StatusCode::kDone);
  EXPECT_EQ(shop.exposure("acme"), 12000);
}

// ---- approval
// -------------------------------------------------------------------------------------

constexpr std::string_view kByAnn = R"("buyer":"ann")";

TEST(AmendOrder, AsksAgainWhereTheTotalIsHigher) {
  Shop shop;
  shop.place("O-1", "bolt", "40", kByAnn);
  const Answer answer = shop.when(amend("A-1", quantity("42")));
  EXPECT_EQ(answer.events, "OrderAmended ApprovalRequested");
  EXPECT_EQ(answer.reasons, "over_order_limit");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.allocate("O-1").reasons, "not_approved");
  EXPECT_TRUE(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").has("CreditCommitted"));
  EXPECT_EQ(shop.exposure("acme"), 50400);
  EXPECT_EQ(shop.when(amend("A-2", quantity(R"("41.5")"))).reasons, "too_many_decimals");
  EXPECT_EQ(shop.when(amend("A-2", quantity("42", 1, R"(,"item":"bolt")"))).reasons,
            "nothing_changed");
  EXPECT_EQ(shop.when(amend("A-2", R"("address":"Pier 4")")).events,
            "OrderAmended CreditCommitted");
}

TEST(AmendOrder, AlwaysAsksOrKeepsTheApprovalByPolicy) {
  Shop shop;
  shop.place("O-1", "bolt", "50", kByAnn);
  shop.given(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
  shop.policy("approval.on_change", "keep");
  EXPECT_EQ(shop.when(amend("A-1", quantity("60"))).events, "OrderAmended CreditCommitted");
  shop.policy("approval.on_change", "always_ask");
  EXPECT_EQ(shop.when(amend("A-2", quantity("55"))).events, "OrderAmended ApprovalRequested");
}

TEST(AmendOrder, AsksForMoreThanWasApprovedHoweverItGetsThere) {
  Shop shop;
  shop.place("O-1", "bolt", "50", kByAnn);
  shop.given(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("45"))).events, "OrderAmended CreditCommitted");
  EXPECT_EQ(shop.when(amend("A-2", quantity("50"))).events, "OrderAmended CreditCommitted");
  EXPECT_EQ(shop.when(amend("A-3", quantity("51"))).events, "OrderAmended ApprovalRequested");
}

// What was delivered before is billed, though nobody answers any more.
TEST(AmendOrder, EndsItsRequestWithTheLastOpenUnit) {
  Shop shop;
  shop.given(R"("PlaceOrder":{"company":"acme","buyer":"ann","order":"O-1","lines":)" +
             lines({{"bolt", "10"}, {"bolt", "10"}}) + "}");
  shop.given(R"("AllocateOrder":{"order":"O-1",
               "parts":[{"line":1,"warehouse":"north","quantity":10}]})");
  shop.ship("O-1", "S-1");
  EXPECT_TRUE(shop.when(amend("A-1", quantity("40", 2))).has("ApprovalRequested"));
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "not_approved");
  EXPECT_EQ(shop.cancel("O-1").events, "LinesCancelled OrderFulfilled");
  EXPECT_TRUE(shop.book().approvals().pending().empty());
  EXPECT_EQ(shop.invoice("O-1", "I-1").status, StatusCode::kDone);
  EXPECT_EQ(shop.exposure("acme"), 12000);
}

TEST(AmendOrder, ApprovesWhatNobodyWouldAskForAnyMore) {
  Shop shop;
  shop.place("O-1", "bolt", "50", kByAnn);
  ASSERT_EQ(shop.order("O-1").approval, Approval::kPending);
  EXPECT_EQ(shop.when(amend("A-1", quantity("45"))).events, "OrderAmended");
  EXPECT_EQ(shop.when(amend("A-2", quantity("41"))).events,
            "OrderAmended OrderApproved CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 49200);
}

TEST(AmendOrder, RefusesByRuleAndNoApprover) {
  Shop shop;
  shop.place("O-1", "bolt", "10", kByAnn);
  shop.given(R"("SetRule":{"rule":"few","outcome":"refuse",
               "conditions":[{"figure":"distinct_items","operator":"ge","count":2}]})");
  EXPECT_EQ(shop.when(amend("A-1", R"("lines":[{"item":"nut","quantity":8}])")).reasons,
            "refused_by_rule");
  shop.given(R"("RegisterBuyer":{"buyer":"bob","company":"acme","status":"inactive"})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("42"))).reasons, "no_approver");
}

// ---- header and refusals
// --------------------------------------------------------------------------

TEST(AmendOrder, ChangesTheHeaderAndTheTaxWithTheCountry) {
  Shop shop;
  shop.given(R"("SetTaxRate":{"category":"standard","country":"DE","rate":19})");
  shop.place("O-1", "bolt", "10");
  const Answer answer = shop.when(amend(
      "A-1", R"("country":"DE","region":"S","requested_date":"2026-04-01","cost_centre":"c")"));
  EXPECT_EQ(answer.events, "OrderAmended CreditCommitted");
  EXPECT_EQ(shop.order("O-1").total, Minor{11900});
  EXPECT_EQ(shop.exposure("acme"), 11900);
  EXPECT_EQ(shop.book().orders().region(shop.order("O-1")), "S");
  EXPECT_EQ(shop.order("O-1").requested_on, parse_date("2026-04-01")->value());
  EXPECT_EQ(shop.when(amend("A-2", R"("country":"DE","region":"S")")).reasons, "nothing_changed");
}

TEST(AmendOrder, RefusesAnotherCountryForGoodsAlreadyShippedOrBilled) {
  Shop shop;
  shop.given(R"("SetTaxRate":{"category":"standard","country":"DE","rate":19})");
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1",
               "lines":[{"line":1,"quantity":1,"warehouse":"north"}]})");
  EXPECT_EQ(shop.when(amend("A-1", R"("country":"DE")")).reasons, "already_shipped_or_billed");
}

TEST(AmendOrder, RefusesAmendmentExists) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.given(amend("A-1", quantity("11")));
  EXPECT_EQ(shop.when(amend("A-1", quantity("12"))).reasons, "amendment_exists");
}

TEST(AmendOrder, RefusesNothingChanged) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  EXPECT_EQ(shop.when(amend("A-1", quantity("10"))).reasons, "nothing_changed");
  EXPECT_EQ(shop.when(amend("A-1", R"("lines":[])")).reasons, "nothing_changed");
}

TEST(AmendOrder, RefusesOrderClosed) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.when(amend("A-1", R"("lines":[{"item":"nut","quantity":8}])")).reasons,
            "order_closed");
}

TEST(AmendOrder, RefusesWhatPlaceOrderRefuses) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  EXPECT_EQ(shop.when(amend("A-1", quantity("0"))).reasons, "not_positive");
  EXPECT_EQ(shop.when(amend("A-1", quantity("1", 2))).reasons, "unknown_line");
  EXPECT_EQ(shop.when(amend("A-1", R"("lines":[{"quantity":1}])")).reasons, "unknown_item");
  EXPECT_EQ(shop.when(amend("A-1", quantity("1", 1, R"(,"item":"nut")"))).reasons, "invalid_value");
  EXPECT_EQ(shop.when(amend("A-1", R"("lines":[{"line":1,"quantity":1},{"line":1,"quantity":2}])"))
                .reasons,
            "invalid_value");
  const Answer changed = shop.when(amend("A-1", quantity("11", 1, R"(,"unit_price":"9.00")")));
  EXPECT_EQ(changed.reasons, "price_changed");
  EXPECT_EQ(shop.when(amend("A-1", R"("requested_date":"2026-03-01")")).reasons,
            "date_before_order");
  EXPECT_EQ(shop.when(amend("A-1", R"("currency":"USD",)" + quantity("1"))).reasons,
            "currency_mismatch");
  EXPECT_EQ(shop.when(R"("AmendOrder":{"order":"O-9","amendment":"A-1"})").reasons,
            "unknown_order");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","status":"blocked"})");
  EXPECT_EQ(shop.when(amend("A-1", quantity("11"))).reasons, "company_blocked");
  EXPECT_EQ(shop.order("O-1").total, Minor{12000});
}

}  // namespace
}  // namespace kontor::test
