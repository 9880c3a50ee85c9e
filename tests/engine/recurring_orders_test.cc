// Recurring orders: when they run, under whose approval, and what stops them.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string define(std::string_view quantity, std::string_view schedule,
                   std::string_view more = R"("buyer":"ann")") {
  return R"("DefineRecurringOrder":{"order":"R","company":"acme",)" + std::string(more) + "," +
         std::string(schedule) + R"(,"lines":[{"item":"bolt","quantity":)" + std::string(quantity) +
         "}]}";
}
constexpr std::string_view kDaily = R"("every":1,"unit":"day","from":"2026-03-03")";
constexpr std::string_view kMonthly = R"("every":1,"unit":"month","from":"2026-03-31")";

std::string by_bob(std::string_view command, std::string_view order) {
  return R"("actor":"bob",")" + std::string(command) + R"(":{"order":")" + std::string(order) +
         R"("})";
}
std::string price(std::string_view amount) {
  return R"("SetPrice":{"list":"retail","item":"bolt","breaks":[{"from_quantity":0,"unit_price":")" +
         std::string(amount) + R"("}]})";
}
Answer open(Shop& shop, std::string_view date) {
  return shop.when(R"("OpenBusinessDay":{"date":")" + std::string(date) + R"("})");
}
const RecurringOrder& recurring(const Shop& shop) {
  return *shop.book().drafts().recurring(OrderRef{shop.order("R").ref});
}

TEST(RecurringOrder, IsPlacedAnewOnEveryDayOfItsSchedule) {
  Shop shop;
  EXPECT_EQ(shop.when(define("1", kDaily)).events, "RecurringOrderDefined OrderApproved");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(open(shop, "2026-03-03").follow_ups,
            "OrderPlaced RecurringOrderRan OrderApproved CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 1200);
  open(shop, "2026-03-04");
  EXPECT_EQ(shop.order("R-2").total, Minor{1200});
  EXPECT_EQ(recurring(shop).runs, 2U);
}

// A rule of the day holds orders that are on their way; a recurring one never is.
TEST(RecurringOrder, IsNotHeldByANewDay) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"r","moment":"day","outcome":"hold","conditions":[
                {"figure":"credit_standing","operator":"eq","names":["good"]}]})");
  shop.given(define("1", kMonthly));
  open(shop, "2026-03-03");
  EXPECT_FALSE(shop.is_held("R"));
  EXPECT_EQ(shop.when(define("2", kMonthly)).events, "RecurringOrderDefined OrderApproved");
  open(shop, "2026-03-31");
  EXPECT_EQ(recurring(shop).runs, 1U);
}

// A book that wakes late makes up for the days it opens.
TEST(RecurringOrder, MakesEveryRunOfTheDaysThatOpenAtOnce) {
  Shop shop;
  shop.given(define("1", kDaily));
  open(shop, "2026-03-06");
  EXPECT_EQ(recurring(shop).runs, 4U);
  EXPECT_EQ(shop.exposure("acme"), 4800);
}

TEST(RecurringOrder, IsPlacedAtOnceWhereItsFirstDayIsToday) {
  Shop shop;
  const Answer answer = shop.when(define("1", R"("every":1,"unit":"week","from":"2026-03-02")"));
  EXPECT_EQ(answer.follow_ups, "OrderPlaced RecurringOrderRan OrderApproved CreditCommitted");
  EXPECT_EQ(open(shop, "2026-03-08").follow_ups, "");
  EXPECT_TRUE(open(shop, "2026-03-09").follow_ups.starts_with("OrderPlaced"));
}

TEST(RecurringOrder, CountsMonthsFromItsFirstDay) {
  Shop shop;
  shop.given(define("1", kMonthly));
  open(shop, "2026-04-29");
  EXPECT_EQ(recurring(shop).runs, 1U);
  open(shop, "2026-04-30");
  EXPECT_EQ(recurring(shop).runs, 2U);
  open(shop, "2026-05-30");
  EXPECT_EQ(recurring(shop).runs, 2U);
  open(shop, "2026-05-31");
  EXPECT_EQ(recurring(shop).runs, 3U);
}

TEST(RecurringOrder, EndsAfterItsCountOrDate) {
  Shop shop;
  shop.given(define("1", R"("every":1,"unit":"day","from":"2026-03-03","count":2)"));
  open(shop, "2026-03-03");
  EXPECT_EQ(open(shop, "2026-03-04").follow_ups,
            "OrderPlaced RecurringOrderRan RecurringOrderStopped OrderApproved CreditCommitted");
  EXPECT_EQ(open(shop, "2026-03-05").follow_ups, "");
  shop.given(define("1", R"("every":2,"unit":"day","from":"2026-03-06","until":"2026-03-09")"));
  open(shop, "2026-03-20");
  EXPECT_EQ(recurring(shop).runs, 2U);
  EXPECT_EQ(recurring(shop).state, RecurringState::kStopped);
}

// Always the approval of its own, even inside every limit: a rule that asks whatever recurs.
TEST(RecurringOrder, RunsUnderTheApprovalItHasGot) {
  Shop shop;
  shop.limit("acme", "10000.00");
  EXPECT_EQ(shop.when(define("42", kDaily)).events, "RecurringOrderDefined ApprovalRequested");
  EXPECT_EQ(open(shop, "2026-03-03").follow_ups, "");
  EXPECT_EQ(shop.when(by_bob("ApproveOrder", "R")).events, "ApprovalGranted OrderApproved");
  EXPECT_EQ(open(shop, "2026-03-04").follow_ups,
            "OrderPlaced RecurringOrderRan OrderApproved CreditCommitted");
}

TEST(RecurringOrder, IsNotMadeUpForWhereItIsApprovedLate) {
  Shop shop;
  shop.given(define("42", kDaily));
  open(shop, "2026-03-05");
  const Answer answer = shop.when(by_bob("ApproveOrder", "R"));
  EXPECT_EQ(answer.follow_ups, "OrderPlaced RecurringOrderRan OrderApproved CreditCommitted");
  EXPECT_EQ(recurring(shop).runs, 1U);
}

TEST(RecurringOrder, EndsWithARejection) {
  Shop shop;
  shop.given(define("42", kDaily));
  EXPECT_EQ(shop.when(by_bob("RejectOrder", "R")).events, "OrderRejected RecurringOrderStopped");
  EXPECT_EQ(open(shop, "2026-03-04").follow_ups, "");
}

// A rule that is set later asks nobody about runs that were agreed to.
TEST(RecurringOrder, IsCoveredWhateverRuleIsSetLater) {
  Shop shop;
  shop.given(define("10", kDaily));
  shop.given(R"("SetRule":{"rule":"all","outcome":"ask",
               "tiers":[{"number":1,"groups":[{"roles":["approver"]}]}]})");
  EXPECT_EQ(open(shop, "2026-03-03").follow_ups,
            "OrderPlaced RecurringOrderRan OrderApproved CreditCommitted");
}

// Nobody is asked any more; it would be for nothing.
TEST(RecurringOrder, IsNotApprovedOnceItWasStopped) {
  Shop shop;
  shop.limit("acme", "10000.00");
  shop.given(define("42", kDaily));
  EXPECT_EQ(shop.when(R"("StopRecurringOrder":{"order":"R"})").events, "RecurringOrderStopped");
  EXPECT_EQ(shop.book().approvals().pending().size(), 0U);
  EXPECT_EQ(shop.when(by_bob("ApproveOrder", "R")).reasons, "request_closed");
  open(shop, "2026-03-03");
  EXPECT_EQ(recurring(shop).runs, 0U);
  EXPECT_EQ(shop.when(define("42", kDaily)).events, "RecurringOrderDefined ApprovalRequested");
  EXPECT_EQ(shop.when(by_bob("ApproveOrder", "R")).events, "ApprovalGranted OrderApproved");
}

TEST(RecurringOrder, AsksAboutAHigherPrice) {
  Shop shop;
  shop.given(define("42", kDaily));
  shop.given(by_bob("ApproveOrder", "R"));
  shop.given(price("10.01"));
  EXPECT_EQ(open(shop, "2026-03-03").follow_ups, "OrderPlaced RecurringOrderRan ApprovalRequested");
  EXPECT_TRUE(shop.when(by_bob("ApproveOrder", "R-1")).has("CreditCommitted"));
  shop.given(price("9.99"));
  EXPECT_EQ(open(shop, "2026-03-04").follow_ups,
            "OrderPlaced RecurringOrderRan OrderApproved OrderHeld");
}

TEST(RecurringOrder, KeepsItsApprovalWhateverThePriceWhereThePolicySaysKeep) {
  Shop shop;
  shop.policy("approval.on_change", "keep");
  shop.given(define("42", kDaily));
  shop.given(by_bob("ApproveOrder", "R"));
  shop.given(price("11.00"));
  EXPECT_TRUE(open(shop, "2026-03-03").follow_ups.find("OrderApproved") != std::string::npos);
}

TEST(RecurringOrder, AsksAboutALowerPriceTooWhereThePolicySaysAlways) {
  Shop shop;
  shop.policy("approval.on_change", "always_ask");
  shop.given(define("43", kDaily));
  shop.given(by_bob("ApproveOrder", "R"));
  shop.given(price("9.99"));
  EXPECT_EQ(open(shop, "2026-03-03").follow_ups, "OrderPlaced RecurringOrderRan ApprovalRequested");
}

TEST(RecurringOrder, IsStoppedByARunThatFailsWithItsReason) {
  Shop shop;
  shop.given(define("1", kDaily));
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","status":"inactive"})");
  const Answer answer = open(shop, "2026-03-04");
  EXPECT_EQ(answer.follow_ups, "RecurringOrderStopped");
  EXPECT_NE(answer.body("RecurringOrderStopped").find("item_inactive"), std::string::npos);
  EXPECT_EQ(recurring(shop).runs, 0U);
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard"})");
  EXPECT_EQ(open(shop, "2026-03-05").follow_ups, "");
}

TEST(StopRecurringOrder, EndsItUntilItIsDefinedAnewAndRefusesARecurringOrderStopped) {
  Shop shop;
  shop.given(define("1", kDaily));
  const std::string stop = R"("StopRecurringOrder":{"order":"R"})";
  EXPECT_EQ(shop.when(stop).events, "RecurringOrderStopped");
  EXPECT_EQ(shop.when(stop).reasons, "recurring_order_stopped");
  EXPECT_EQ(open(shop, "2026-03-03").follow_ups, "");
  shop.given(define("2", R"("every":1,"unit":"day","from":"2026-03-04")"));
  EXPECT_TRUE(open(shop, "2026-03-04").follow_ups.starts_with("OrderPlaced"));
  EXPECT_EQ(shop.units(shop.line("R-1").ordered), 2);
}

TEST(StopRecurringOrder, RefusesAnUnknownRecurringOrder) {
  Shop shop;
  shop.place("O-1", "bolt", "1");
  EXPECT_EQ(shop.when(R"("StopRecurringOrder":{"order":"O-1"})").reasons,
            "unknown_recurring_order");
}

TEST(DefineRecurringOrder, RefusesAScheduleThatCannotBe) {
  Shop shop;
  EXPECT_EQ(shop.when(define("1", R"("every":0,"unit":"day","from":"2026-03-03")")).reasons,
            "invalid_value");
  EXPECT_EQ(shop.when(define("1", R"("every":1,"unit":"day","from":"2026-03-01")")).reasons,
            "date_not_allowed");
  EXPECT_EQ(shop.when(define("1", R"("every":1,"from":"2026-03-03","until":"2026-03-02")")).reasons,
            "date_not_allowed");
  shop.place("R", "bolt", "1");
  EXPECT_EQ(shop.when(define("1", kDaily)).reasons, "order_exists");
}

// Another order has the name a run would have.
TEST(RecurringOrder, NamesItsRunsSoThatTheyAreNew) {
  Shop shop;
  shop.given(define("1", kDaily));
  shop.place("R-1", "nut", "1");
  open(shop, "2026-03-03");
  EXPECT_EQ(shop.order("R-1-2").total, Minor{1200});
}

struct Refused {
  std::string_view name;
  std::string_view command;
};
class ARecurringOrder : public testing::TestWithParam<Refused> {};

TEST_P(ARecurringOrder, IsRefusedWithIsRecurringOrder) {
  Shop shop;
  shop.given(define("1", kDaily));
  EXPECT_EQ(shop.when(GetParam().command).reasons, "is_recurring_order");
}

INSTANTIATE_TEST_SUITE_P(
    Goods, ARecurringOrder,
    testing::Values(Refused{"Allocating", R"("AllocateOrder":{"order":"R"})"},
                    Refused{"Shipping", R"("ShipOrder":{"order":"R","shipment":"S-1"})"},
                    Refused{"Billing", R"("InvoiceOrder":{"order":"R","invoice":"I-1"})"},
                    Refused{"Cancelling", R"("CancelOrder":{"order":"R"})"},
                    Refused{"Holding", R"("HoldOrder":{"order":"R"})"},
                    Refused{"Amending",
                            R"("AmendOrder":{"order":"R","amendment":"A-1","region":"S"})"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace kontor::test
