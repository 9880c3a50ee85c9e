// What would let RetryOrder pass for an order that has failed (domain: What can be asked, why).
#include <string>

#include <gtest/gtest.h>

#include "engine/rules/remedies.h"
#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

// What ann orders is approved by bob, and then its stock and budget are taken.
class FailingShop : public SpendingShop {
 public:
  FailingShop() {
    given(R"("SetRule":{"rule":"much","outcome":"ask",
             "conditions":[{"figure":"order_total_with_tax","amount":"100.00"}],
             "tiers":[{"number":1,"groups":[{"roles":["approver"]}]}]})");
    policy("stock.at", "approval");
    policy("stock.short", "refuse");
    policy("budget.at", "approval");
  }
  ~FailingShop() override = default;

  void order_bolts(std::string_view order, std::string_view bolts) {
    ASSERT_TRUE(place(order, "bolt", bolts, R"("buyer":"ann")").has("ApprovalRequested"));
  }
  void count_bolts(std::string_view quantity) {
    given(R"("CountStock":{"count":"C-)" + std::string(quantity) +
          R"(","warehouse":"north","lines":[{"item":"bolt","quantity":)" + std::string(quantity) +
          "}]}");
  }
  void item(std::string_view status) {
    given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","status":")" +
          std::string(status) + R"("})");
  }
  void company(std::string_view status) {
    given(R"("RegisterCompany":{"company":"acme","currency":"EUR","status":")" +
          std::string(status) + R"("})");
  }
  std::string retry(std::string_view order) {
    return when(R"("RetryOrder":{"order":")" + std::string(order) + R"("})").reasons;
  }
  Remedies remedies(std::string_view order) const {
    return find_remedies(FailedOrderWaits(book(), Story::order(order)));
  }
};

const Remedy* find(const Remedies& all, RemedyKind kind) {
  for (const Remedy& remedy : all.remedies) {
    if (remedy.kind == kind) return &remedy;
  }
  return nullptr;
}

TEST(FailedRemedies, AreTheUnitsThatLackOrFewerOfThem) {
  FailingShop shop;
  shop.order_bolts("O-1", "42");
  shop.count_bolts("39");
  ASSERT_EQ(shop.approve("bob", "O-1").reasons, "short_stock");
  const Remedies all = shop.remedies("O-1");
  ASSERT_EQ(all.reasons.list().size(), 1U);
  const Remedy* const stock = find(all, RemedyKind::kStock);
  ASSERT_NE(stock, nullptr);
  EXPECT_EQ(stock->quantity, Quantity{3 * kQuantityUnit});
  EXPECT_EQ(stock->fact.name, "bolt");
  EXPECT_TRUE(stock->releases);
  const Remedy* const fewer = find(all, RemedyKind::kCancellation);
  ASSERT_NE(fewer, nullptr);
  EXPECT_TRUE(fewer->releases);
  ASSERT_EQ(fewer->lines.size(), 1U);
  EXPECT_EQ(fewer->lines[0].quantity, Quantity{3 * kQuantityUnit});

  shop.receive("G-1", "north", "bolt", "2");
  EXPECT_EQ(shop.retry("O-1"), "short_stock");
  shop.receive("G-2", "north", "bolt", "1");
  EXPECT_EQ(shop.retry("O-1"), "");
}

TEST(FailedRemedies, OfACancellationLeaveWhatIsThere) {
  FailingShop shop;
  shop.order_bolts("O-1", "42");
  shop.count_bolts("39");
  shop.approve("bob", "O-1");
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"X","lines":[
               {"line":1,"quantity":2}]})");
  EXPECT_EQ(shop.retry("O-1"), "short_stock");
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"Y","lines":[
               {"line":1,"quantity":1}]})");
  EXPECT_EQ(shop.retry("O-1"), "");
}

TEST(FailedRemedies, PutEveryFactRightTogether) {
  FailingShop shop;
  shop.order_bolts("O-1", "42");
  shop.count_bolts("41");
  shop.item("inactive");
  shop.company("blocked");
  ASSERT_EQ(shop.approve("bob", "O-1").reasons, "company_blocked item_inactive short_stock");
  const Remedies all = shop.remedies("O-1");
  for (const Remedy& remedy : all.remedies) {
    EXPECT_FALSE(remedy.releases);
    EXPECT_EQ(remedy.clears.size(), 1U);
  }
  ASSERT_EQ(all.together.size(), 1U);
  ASSERT_EQ(all.together[0].size(), 3U);
  EXPECT_EQ(all.together[0][0].fact.code, ReasonCode::company_blocked);
  EXPECT_EQ(all.together[0][1].fact.code, ReasonCode::item_inactive);
  EXPECT_EQ(all.together[0][2].kind, RemedyKind::kStock);
  shop.company("active");
  EXPECT_EQ(shop.retry("O-1"), "item_inactive short_stock");
  shop.item("active");
  EXPECT_EQ(shop.retry("O-1"), "short_stock");
  shop.receive("G-1", "north", "bolt", "1");
  EXPECT_EQ(shop.retry("O-1"), "");
}

// By now nothing stands in its way.
TEST(FailedRemedies, AreNoneWhereTheReasonsAreGone) {
  FailingShop shop;
  shop.order_bolts("O-1", "42");
  shop.item("inactive");
  shop.approve("bob", "O-1");
  EXPECT_EQ(shop.remedies("O-1").remedies.size(), 1U);
  shop.item("active");
  EXPECT_TRUE(shop.remedies("O-1").reasons.empty());
  EXPECT_TRUE(shop.remedies("O-1").remedies.empty());
}

// An exclusion, limit or payment against a rule of the moment approval that refuses.
TEST(FailedRemedies, AreThoseOfARuleThatRefusesByExposure) {
  FailingShop shop;
  shop.limit("acme", "600.00");
  shop.given(R"("SetRule":{"rule":"credit-limit","outcome":"hold","withdrawn":true})");
  shop.given(R"("SetRule":{"rule":"hard","moment":"approval","outcome":"refuse",
               "conditions":[{"figure":"exposure_over_limit"}]})");
  shop.order_bolts("O-1", "42");  // 504.00
  shop.place("O-2", "penny", "10000");
  ASSERT_EQ(shop.approve("bob", "O-1").reasons, "refused_by_rule");
  const Remedies all = shop.remedies("O-1");
  ASSERT_NE(find(all, RemedyKind::kPayment), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kPayment)->amount, Minor{400});
  ASSERT_NE(find(all, RemedyKind::kLimit), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kLimit)->amount, Minor{60400});
  ASSERT_NE(find(all, RemedyKind::kCancellation), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kCancellation)->amount, Minor{1200});  // one bolt
  EXPECT_EQ(find(all, RemedyKind::kRelease), nullptr);  // nobody releases what is not held
  shop.limit("acme", "603.99");
  EXPECT_EQ(shop.retry("O-1"), "refused_by_rule");
  shop.limit("acme", "604.00");
  EXPECT_EQ(shop.retry("O-1"), "");
}

TEST(FailedRemedies, AreABudgetThatIsEnough) {
  FailingShop shop;
  shop.cost_centre("bar");
  shop.budget("b", "500.00", R"("bar")");
  shop.rule("no-more", "over_budget", "refuse");
  ASSERT_TRUE(shop.spend("O-1", 30000, R"("cost_centre":"bar")").has("ApprovalRequested"));
  ASSERT_TRUE(shop.spend("O-2", 30000, R"("cost_centre":"bar")").has("ApprovalRequested"));
  ASSERT_TRUE(shop.approve("bob", "O-1").has("OrderApproved"));
  ASSERT_EQ(shop.approve("bob", "O-2").reasons, "over_budget");
  const Remedies all = shop.remedies("O-2");
  const Remedy* const budget = find(all, RemedyKind::kBudget);
  ASSERT_NE(budget, nullptr);
  EXPECT_EQ(budget->amount, Minor{60000});
  EXPECT_TRUE(budget->releases);
  ASSERT_NE(find(all, RemedyKind::kCancellation), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kCancellation)->amount, Minor{10000});
  shop.budget("b", "599.99", R"("bar")");
  EXPECT_EQ(shop.retry("O-2"), "over_budget");
  shop.budget("b", "600.00", R"("bar")");
  EXPECT_EQ(shop.retry("O-2"), "");
}

TEST(FailedRemedies, AreAPeriodLimitOrTheNextPeriod) {
  FailingShop shop;
  shop.buyer(R"("period_limit":"500.00","period":"month")");
  shop.rule("no-more", "over_period_limit", "refuse");
  shop.spend("O-1", 30000);
  shop.spend("O-2", 30000);
  shop.approve("bob", "O-1");
  ASSERT_EQ(shop.approve("bob", "O-2").reasons, "over_period_limit");
  const Remedies all = shop.remedies("O-2");
  ASSERT_NE(find(all, RemedyKind::kSpendingLimit), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kSpendingLimit)->amount, Minor{60000});
  ASSERT_NE(find(all, RemedyKind::kDate), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kDate)->date, *parse_date("2026-04-01"));
  shop.day("2026-03-31");
  EXPECT_EQ(shop.retry("O-2"), "over_period_limit");
  shop.day("2026-04-01");
  EXPECT_EQ(shop.retry("O-2"), "");
}

// E-A12: the cost centre is closed between the order and the yes.
TEST(FailedRemedies, AreACostCentreOrABudgetThatIsValid) {
  FailingShop shop;
  shop.cost_centre("bar", R"(,"mandatory":true)");
  shop.budget("b", "500.00", R"("bar")");
  shop.spend("O-1", 30000, R"("cost_centre":"bar")");
  shop.cost_centre("bar", R"(,"mandatory":true,"status":"inactive")");
  shop.budget("b", "500.00", R"("bar")", R"(,"valid_from":"2026-03-10")");
  ASSERT_EQ(shop.approve("bob", "O-1").reasons, "cost_centre_inactive no_budget");
  const Remedies all = shop.remedies("O-1");
  ASSERT_NE(find(all, RemedyKind::kDate), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kDate)->date, *parse_date("2026-03-10"));
  EXPECT_FALSE(find(all, RemedyKind::kDate)->releases);
  shop.cost_centre("bar", R"(,"mandatory":true)");
  EXPECT_EQ(shop.retry("O-1"), "no_budget");
  shop.day("2026-03-10");
  EXPECT_EQ(shop.retry("O-1"), "");
}

}  // namespace
}  // namespace kontor::test
