// Figures of the payer: what it owes, is late with, and how it stands (domain: One kind of rule).
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string rule(std::string_view name, std::string_view outcome, std::string_view conditions,
                 std::string_view more = "") {
  return R"("SetRule":{"rule":")" + std::string(name) + R"(","outcome":")" + std::string(outcome) +
         R"(","conditions":[{)" + std::string(conditions) + "}]" + std::string(more) + "}";
}

struct PayerFigures : testing::Test {
  void SetUp() override {
    shop.given(R"("SetRule":{"rule":"any-size","outcome":"approve"})");
    shop.given(R"("DefineTerms":{"terms":"net30","book_default":true,
                   "lines":[{"kind":"percent","percent":100,"days":30}]})");
    shop.limit("acme", "1000.00");
  }
  // An order of pennies that is billed today.
  void bill(std::string_view order, std::string_view pennies) {
    shop.place(order, "penny", pennies);
    shop.allocate(order);
    shop.ship(order, "S-" + std::string(order));
    ASSERT_TRUE(shop.invoice(order, "I-" + std::string(order)).has("InvoiceIssued"));
  }
  std::string reasons_of(std::string_view order, std::string_view pennies) {
    return shop.place(order, "penny", pennies).reasons;
  }
  Shop shop;
};

TEST_F(PayerFigures, LimitUsedPercentIsComparedBeforeItIsRounded) {
  shop.given(rule("used", "hold", R"("figure":"limit_used_percent","percent":80)"));
  EXPECT_EQ(reasons_of("O-1", "80000"), "");  // 80 % of 1,000.00
  EXPECT_EQ(reasons_of("O-2", "1"), "rule_matched");
  EXPECT_TRUE(shop.is_held("O-2"));
  shop.limit("acme", "9999999.99");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

TEST_F(PayerFigures, LimitUsedOfNoLimitIsNothingAndOfZeroEverything) {
  shop.given(R"("SetRule":{"rule":"credit-limit","outcome":"hold","withdrawn":true})");
  shop.given(rule("used", "hold", R"("figure":"limit_used_percent","percent":500)"));
  shop.given(R"("SetCreditLimit":{"company":"acme"})");
  EXPECT_EQ(reasons_of("O-1", "100"), "");
  shop.limit("acme", "0.00");
  EXPECT_EQ(reasons_of("O-2", "100"), "rule_matched");
}

TEST_F(PayerFigures, ABucketHasALimitOfItsOwn) {
  shop.given(rule("orders", "hold", R"("figure":"bucket_exposure","bucket":"ordered",
                   "amount":"100.00")"));
  bill("O-1", "9000");
  EXPECT_EQ(reasons_of("O-2", "10000"), "");  // what was billed is not ordered any more
  EXPECT_EQ(reasons_of("O-3", "1"), "rule_matched");
  shop.given(rule("orders", "hold", R"("figure":"bucket_exposure","bucket":"receivable",
                   "operator":"ge","amount":"90.00")"));
  EXPECT_EQ(reasons_of("O-4", "1"), "rule_matched");
  shop.pay("P-1", "acme", "0.01");
  EXPECT_TRUE(shop.is_taken("O-4"));
}

// WOO-3: blocked after 7 days.
TEST_F(PayerFigures, OldestOverdueDaysAreCountedFromTheDueDate) {
  shop.given(rule("late", "refuse", R"("figure":"oldest_overdue_days","days":7)"));
  bill("O-1", "100");
  shop.day("2026-04-08");  // due 2026-04-01: 7 days
  EXPECT_EQ(reasons_of("O-2", "1"), "");
  shop.day("2026-04-09");
  EXPECT_EQ(reasons_of("O-3", "1"), "refused_by_rule");
  shop.pay("P-1", "acme", "1.00");
  EXPECT_EQ(reasons_of("O-4", "1"), "");
}

TEST_F(PayerFigures, InvoicesOverdueHoldByAmountWithGrace) {
  shop.given(rule("late", "hold", R"("figure":"overdue_amount","amount":"0.00","grace_days":5)"));
  bill("O-1", "100");
  shop.day("2026-04-06");  // five days late: within the grace
  EXPECT_EQ(reasons_of("O-2", "1"), "");
  shop.day("2026-04-07");
  const Answer held = shop.place("O-3", "penny", "1");
  EXPECT_EQ(held.reasons, "invoices_overdue");
  EXPECT_EQ(held.grounds.at(0).found, "1.00");
  EXPECT_EQ(held.grounds.at(0).evidence,
            (std::vector<std::uint64_t>{shop.invoice_of("I-O-1").ref}));
  shop.pay("P-1", "acme", "0.99");
  EXPECT_TRUE(shop.is_held("O-3"));
  EXPECT_EQ(shop.pay("P-2", "acme", "0.01").follow_ups, "HoldReleased CreditCommitted");
}

TEST_F(PayerFigures, OverdueShareIsOfAllReceivable) {
  shop.given(rule("late", "hold", R"("figure":"overdue_share","operator":"gt","percent":25)"));
  EXPECT_EQ(reasons_of("O-0", "1"), "");  // nothing receivable
  bill("O-1", "100");
  shop.day("2026-03-03");
  bill("O-2", "300");
  shop.day("2026-04-02");  // only the first is due: 100 of 400
  EXPECT_EQ(reasons_of("O-3", "1"), "");
  shop.when(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"0.01",
                 "invoices":[{"invoice":"I-O-2"}]})");
  EXPECT_EQ(reasons_of("O-4", "1"), "invoices_overdue");  // 100 of 399
}

TEST_F(PayerFigures, CreditStandingHoldsUntilItIsGood) {
  shop.given(rule("standing", "hold", R"("figure":"credit_standing","operator":"eq",
                   "names":["hold"])"));
  EXPECT_EQ(reasons_of("O-1", "1"), "");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","standing":"hold"})");
  EXPECT_EQ(reasons_of("O-2", "1"), "credit_standing_hold");
  EXPECT_EQ(shop.when(R"("RegisterCompany":{"company":"acme","currency":"EUR"})").follow_ups,
            "HoldReleased CreditCommitted");
}

TEST_F(PayerFigures, LimitExpiredAndReviewDatePassed) {
  shop.given(R"("SetRule":{"rule":"credit-limit","outcome":"hold","withdrawn":true})");
  shop.given(rule("expired", "hold", R"("figure":"limit_expired")"));
  shop.given(rule("review", "hold", R"("figure":"review_date_passed")"));
  shop.given(R"("SetCreditLimit":{"company":"acme","limit":"1000.00","expires":"2026-03-05",
                 "review":"2026-03-04"})");
  shop.day("2026-03-04");
  EXPECT_EQ(reasons_of("O-1", "1"), "");
  shop.day("2026-03-05");
  EXPECT_EQ(reasons_of("O-2", "1"), "review_date_passed");
  shop.day("2026-03-06");
  EXPECT_EQ(reasons_of("O-3", "1"), "limit_expired review_date_passed");
  shop.limit("acme", "1000.00");
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_TRUE(shop.is_taken("O-3"));
}

// Paid whole, and not only credited.
TEST_F(PayerFigures, PaidInvoicesSoFar) {
  shop.given(rule("new", "hold", R"("figure":"paid_invoices","operator":"lt","count":1)"));
  EXPECT_EQ(reasons_of("O-1", "100"), "rule_matched");
  shop.given(R"("SetRule":{"rule":"new","outcome":"hold","withdrawn":true})");
  bill("O-2", "100");
  shop.given(rule("new", "hold", R"("figure":"paid_invoices","operator":"lt","count":1)"));
  EXPECT_EQ(reasons_of("O-3", "1"), "rule_matched");
  shop.pay("P-1", "acme", "0.99");
  EXPECT_TRUE(shop.is_held("O-3"));
  shop.pay("P-2", "acme", "0.01");
  EXPECT_TRUE(shop.is_taken("O-3"));
  shop.when(R"("ReversePayment":{"reversal":"R-1","payment":"P-2"})");
  EXPECT_EQ(reasons_of("O-4", "1"), "rule_matched");
}

// A held order shows the reasons it has now: one goes, the other stays.
TEST_F(PayerFigures, AHoldIsSaidAnewWhenItsReasonsChange) {
  shop.given(rule("late", "hold", R"("figure":"overdue_amount","amount":"0.00")"));
  shop.given(rule("many", "hold", R"("figure":"order_total_with_tax","amount":"1.00")"));
  bill("O-1", "100");
  shop.day("2026-04-02");
  EXPECT_EQ(reasons_of("O-2", "200"), "invoices_overdue rule_matched");
  const Answer paid = shop.pay("P-1", "acme", "1.00");
  EXPECT_EQ(paid.follow_ups, "OrderHeld");
  EXPECT_TRUE(shop.is_held("O-2"));
}

// Dynamics 365: customer, group, all; in full.
TEST(BlockingRules, ClearOneReasonAfterTheOther) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"any-size","outcome":"approve"})");
  for (const std::string company : {"j", "k"}) {
    shop.given(R"("RegisterCompany":{"company":")" + company + R"(","currency":"EUR"})");
    shop.limit(company, "100000.00");
  }
  shop.receive("R-1", "north", "penny", "90000000");
  const auto place = [&](const std::string& order, const std::string& company,
                         std::string_view pennies) {
    return shop.when(R"("PlaceOrder":{"company":")" + company + R"(","order":")" + order +
                     R"(","lines":)" + lines({{"penny", pennies}}) + "}");
  };
  for (const auto& [company, pennies] :
       {std::pair<std::string, const char*>{"j", "300000"}, {"k", "300000"}}) {
    place("old-" + company, company, pennies);
    shop.allocate("old-" + company);
    shop.ship("old-" + company, "S-" + company);
    shop.invoice("old-" + company, "I-" + company);
  }
  shop.day("2026-05-11");  // due at once on 2026-03-02: 70 days
  shop.given(R"("SetRule":{"rule":"late","outcome":"hold","conditions":[
      {"figure":"oldest_overdue_days","days":61}]})");
  shop.given(R"("SetRule":{"rule":"used","outcome":"hold","conditions":[
      {"figure":"limit_used_percent","percent":80}]})");
  shop.given(R"("SetRule":{"rule":"k-is-slow","outcome":"exclude","exclude":"late",
      "scope_kind":"company","scope":"k","conditions":[
      {"figure":"oldest_overdue_days","operator":"le","days":100}]})");

  const Answer j = place("J-1", "j", "8200000");  // 3,000.00 and 82,000.00
  EXPECT_EQ(j.reasons, "invoices_overdue rule_matched");
  EXPECT_EQ(j.grounds.at(0).found, "70");
  EXPECT_EQ(j.grounds.at(1).found, "85");
  EXPECT_EQ(place("K-1", "k", "4700000").reasons, "");  // 50 % used
  EXPECT_TRUE(shop.is_taken("K-1"));

  const Answer paid = shop.pay("P-1", "j", "3000.00");
  EXPECT_EQ(paid.follow_ups, "OrderHeld");  // one reason is cleared, the other stays
  EXPECT_EQ(paid.body("OrderHeld").find("invoices_overdue"), std::string::npos);
  EXPECT_TRUE(shop.is_held("J-1"));
  shop.limit("j", "120000.00");
  EXPECT_TRUE(shop.is_taken("J-1"));  // 68.3 %

  shop.given(R"("HoldOrder":{"order":"J-1"})");
  shop.limit("j", "900000.00");
  shop.day("2026-05-12");
  EXPECT_TRUE(shop.is_held("J-1"));
  shop.given(R"("reason":"checked","ReleaseHold":{"order":"J-1"})");
  EXPECT_FALSE(shop.is_held("J-1"));
}

}  // namespace
}  // namespace kontor::test
