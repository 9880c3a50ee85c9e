// What a buyer may spend in a period (domain: Who is who, One kind of rule, One notion of when).
#include <algorithm>

#include <gtest/gtest.h>

#include "engine/rules/remedies.h"
#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

constexpr std::string_view kMonth1000 = R"("period_limit":"1000.00","period":"month")";

// INT-1: 500.00 per order, 1,000.00 per month.
TEST(PeriodLimit, AsksOneApproverForWhatIsBeyondTheMonth) {
  SpendingShop shop;
  shop.buyer(R"("order_limit":"500.00","period_limit":"1000.00","period":"month")");
  shop.ask("order-limit", "over_order_limit", "approver");
  shop.ask("period-limit", "over_period_limit", "approver");
  shop.given(R"("RegisterBuyer":{"buyer":"quinn","company":"acme",
               "roles":[{"role":"approver"}]})");
  shop.day("2026-03-03");
  EXPECT_EQ(shop.spend("O-1", 40000).events,
            "OrderPlaced OrderApproved SpendingTaken CreditCommitted");
  EXPECT_EQ(shop.spent(), 40000);
  shop.day("2026-03-08");
  EXPECT_TRUE(shop.spend("O-2", 45000).has("OrderApproved"));
  EXPECT_EQ(shop.spent(), 85000);
  shop.day("2026-03-20");
  const Answer asked = shop.spend("O-3", 20000);
  EXPECT_EQ(asked.events, "OrderPlaced ApprovalRequested SpendingTaken");
  EXPECT_EQ(asked.reasons, "over_period_limit");
  EXPECT_EQ(asked.grounds.at(0).found, "1050.00");
  EXPECT_EQ(asked.grounds.at(0).allowed, "1000.00");
  EXPECT_EQ(shop.approve("bob", "O-3").events, "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_EQ(shop.approve("quinn", "O-3").reasons, "request_closed");
  EXPECT_EQ(shop.spent(), 105000);
  shop.day("2026-03-31");
  EXPECT_EQ(shop.spent(), 105000);
  shop.day("2026-04-01");
  EXPECT_EQ(shop.spent(), 0);
}

// SAP-1: each kind of limit has its own reason and its own approver.
TEST(PeriodLimit, IsAnotherKindOfLimitThanTheOrdersAndTheBudgets) {
  SpendingShop shop;
  shop.buyer(R"("order_limit":"500.00","period_limit":"1500.00","period":"month",
               "cost_centre":"bar")");
  shop.cost_centre("bar");
  shop.budget("b", "5000.00", R"("bar")");
  for (const std::string_view role : {"head", "controller", "chief"}) {
    shop.given(R"("RegisterBuyer":{"buyer":")" + std::string(role) +
               R"(","company":"acme","roles":[{"role":")" + std::string(role) + R"("}]})");
  }
  shop.ask("order-limit", "over_order_limit", "head");
  shop.ask("period-limit", "over_period_limit", "controller");
  shop.ask("budget", "over_budget", "chief");
  EXPECT_TRUE(shop.spend("O-1", 45000).has("OrderApproved"));
  EXPECT_EQ(shop.spent(), 45000);
  EXPECT_EQ(shop.spend("O-2", 60000).reasons, "over_order_limit");
  EXPECT_EQ(shop.approve("controller", "O-2").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("head", "O-2").has("OrderApproved"));
  EXPECT_EQ(shop.spent(), 105000);
  const Answer period = shop.spend("O-3", 48000);
  EXPECT_EQ(period.reasons, "over_period_limit");
  EXPECT_EQ(period.grounds.at(0).found, "1530.00");
  EXPECT_EQ(shop.approve("head", "O-3").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("controller", "O-3").has("OrderApproved"));
  shop.budget("b", "1600.00", R"("bar")");
  EXPECT_EQ(shop.spend("O-4", 60000).reasons, "over_order_limit over_period_limit over_budget");
  EXPECT_FALSE(shop.approve("head", "O-4").has("OrderApproved"));
  EXPECT_FALSE(shop.approve("controller", "O-4").has("OrderApproved"));
  EXPECT_TRUE(shop.approve("chief", "O-4").has("OrderApproved"));
}

TEST(PlaceOrder, IsOverPeriodLimitByOneCent) {
  SpendingShop shop;
  shop.buyer(kMonth1000);
  shop.rule("limit", "over_period_limit", "refuse");
  EXPECT_FALSE(shop.spend("O-1", 60000).refused());
  EXPECT_EQ(shop.spend("O-2", 40001).reasons, "refused_by_rule");
  EXPECT_FALSE(shop.spend("O-3", 40000).refused());
  EXPECT_EQ(shop.spend("O-4", 1).reasons, "refused_by_rule");
}

// E-A10: one order of 1,800.00 split in two of 900.00.
TEST(PeriodLimit, CatchesAnOrderThatWasSplitToPassTheOrderLimit) {
  SpendingShop shop;
  shop.buyer(R"("order_limit":"1000.00","period_limit":"1000.00","period":"day")");
  shop.ask("order-limit", "over_order_limit", "approver");
  shop.ask("period-limit", "over_period_limit", "approver");
  EXPECT_TRUE(shop.spend("O-1", 90000).has("OrderApproved"));
  const Answer second = shop.spend("O-2", 90000);
  EXPECT_EQ(second.reasons, "over_period_limit");
  EXPECT_EQ(second.grounds.at(0).found, "1800.00");
}

// E-A8, of a period: what waits for approval is taken already.
TEST(PeriodLimit, SeesWhatWaitsForApproval) {
  SpendingShop shop;
  shop.buyer(kMonth1000);
  shop.ask("period-limit", "over_period_limit", "approver");
  shop.spend("O-1", 85000);
  EXPECT_EQ(shop.spend("O-2", 20000).grounds.at(0).found, "1050.00");
  EXPECT_EQ(shop.spend("O-3", 20000).grounds.at(0).found, "1250.00");
  const Answer no = shop.reject("bob", "O-2");
  EXPECT_EQ(no.events, "OrderRejected LinesCancelled SpendingReturned OrderCancelled");
  EXPECT_EQ(shop.spent(), 105000);
}

// E-C4: a limit of zero is a limit; an absent one is what the policy says (H2).
TEST(PeriodLimit, OfNothingIsUnlimitedOrZeroByPolicy) {
  SpendingShop shop;
  shop.ask("period-limit", "over_period_limit", "approver");
  shop.buyer(R"("order_limit":"500.00")");
  EXPECT_TRUE(shop.spend("O-1", 1).has("OrderApproved"));
  shop.policy("spending.absent_limit", "zero");
  const Answer asked = shop.spend("O-2", 1);
  EXPECT_EQ(asked.reasons, "over_period_limit");
  EXPECT_EQ(asked.grounds.at(0).found, "0.01");
  EXPECT_EQ(asked.grounds.at(0).allowed, "0.00");
  shop.policy("spending.absent_limit", "unlimited");
  shop.buyer(R"("period_limit":"0.00","period":"month")");
  EXPECT_EQ(shop.spend("O-3", 1).reasons, "over_period_limit");
}

TEST(PeriodLimit, IsStatedWithItsPeriod) {
  SpendingShop shop;
  const auto register_ann = [&](std::string_view limits) {
    return shop.when(R"("RegisterBuyer":{"buyer":"ann","company":"acme",)" + std::string(limits) +
                     "}");
  };
  EXPECT_EQ(register_ann(R"("period_limit":"1.00")").reasons, "invalid_value");
  EXPECT_EQ(register_ann(R"("period":"week")").reasons, "invalid_value");
  EXPECT_EQ(register_ann(R"("period_limit":"-0.01","period":"week")").reasons, "invalid_value");
  EXPECT_FALSE(register_ann(R"("period_limit":"0.00","period":"week")").refused());
}

// What was taken is kept by day, so that another period counts the same orders.
TEST(PeriodLimit, CountsTheSameOrdersWhenItsPeriodIsAnother) {
  SpendingShop shop;
  shop.buyer(R"("period_limit":"1000.00","period":"day")");
  shop.spend("O-1", 10000);
  shop.day("2026-03-31");
  shop.spend("O-2", 2000);
  EXPECT_EQ(shop.spent(), 2000);
  shop.buyer(R"("period_limit":"1000.00","period":"month")");
  EXPECT_EQ(shop.spent(), 12000);
  shop.day("2026-04-02");
  shop.spend("O-3", 300);
  EXPECT_EQ(shop.spent(), 300);
  shop.buyer(R"("period_limit":"1000.00","period":"quarter")");
  EXPECT_EQ(shop.spent(), 300);
  shop.buyer(R"("period_limit":"1000.00","period":"year")");
  EXPECT_EQ(shop.spent(), 12300);
}

TEST(PeriodLimit, DoesNotCountWhatWasOrderedBeforeItWasSet) {
  SpendingShop shop;
  EXPECT_EQ(shop.spend("O-1", 40000).events, "OrderPlaced OrderApproved CreditCommitted");
  shop.buyer(kMonth1000);
  EXPECT_FALSE(shop.cancel("O-1").has("SpendingReturned"));
  EXPECT_EQ(shop.spent(), 0);
}

TEST(PeriodLimit, InAnotherCurrencyCountsAsMatched) {
  SpendingShop shop;
  shop.buyer(R"("period_limit":"1000.00","period":"month","currency":"USD")");
  shop.ask("period-limit", "over_period_limit", "approver");
  EXPECT_EQ(shop.spend("O-1", 1).reasons, "over_period_limit");
}

// E-T9: the figure of the month that is over stays.
TEST(PeriodLimit, GivesBackInTheCurrentPeriodWhatWasTakenInOneThatIsOver) {
  SpendingShop shop;
  shop.buyer(kMonth1000);
  shop.rule("limit", "over_period_limit", "refuse");
  shop.spend("O-1", 40000);
  const Sequence march = shop.book().last_sequence();
  shop.day("2026-04-02");
  shop.spend("O-2", 100000);
  const Answer cancelled = shop.cancel("O-1");
  EXPECT_EQ(cancelled.events, "LinesCancelled CreditReleased SpendingReturned OrderCancelled");
  EXPECT_NE(cancelled.body("SpendingReturned").find("2026-04-01"), std::string::npos);
  EXPECT_EQ(shop.spent(), 60000);
  EXPECT_FALSE(shop.spend("O-3", 40000).refused());
  const BuyerId ann = *shop.book().parties().find_buyer("ann");
  const auto days = shop.book().budgets().days_since(ann, CurrencyCode{978}, Date{0});
  EXPECT_EQ(days.front().amount, Minor{40000});
  EXPECT_LE(days.front().moved_at, march);
}

TEST(PeriodLimit, HoldsUntilTheNextPeriodBegins) {
  SpendingShop shop;
  shop.buyer(kMonth1000);
  shop.rule("limit", "over_period_limit", "hold");
  shop.spend("O-1", 90000);
  EXPECT_EQ(shop.spend("O-2", 20000).reasons, "over_period_limit");
  EXPECT_TRUE(shop.is_held("O-2"));
  const Remedies remedies = find_remedies(shop.book(), shop.order("O-2"));
  ASSERT_FALSE(remedies.remedies.empty());
  EXPECT_TRUE(
      std::any_of(remedies.remedies.begin(), remedies.remedies.end(), [](const Remedy& remedy) {
        return remedy.kind == RemedyKind::kDate && remedy.date == *parse_date("2026-04-01");
      }));
  shop.day("2026-03-31");
  EXPECT_TRUE(shop.is_held("O-2"));
  shop.day("2026-04-01");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

TEST(PeriodLimit, HoldsUntilAnotherOrderGivesBack) {
  SpendingShop shop;
  shop.buyer(kMonth1000);
  shop.rule("limit", "over_period_limit", "hold");
  shop.spend("O-1", 90000);
  shop.spend("O-2", 20000);
  ASSERT_TRUE(shop.is_held("O-2"));
  shop.cancel("O-1");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

}  // namespace
}  // namespace kontor::test
