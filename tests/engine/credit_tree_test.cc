// Limits in the company tree: the payer's own, every one above it, or the nearest (domain: Credit).
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

// group > region > acme, and beside acme its sister; pennies cost a cent.
struct CreditTree : testing::Test {
  void SetUp() override {
    shop.given(R"("SetRule":{"rule":"any-size","outcome":"approve"})");
    company("group", "");
    company("region", "group");
    company("acme", "region");
    company("sister", "region");
    shop.given(R"("SetCreditLimit":{"company":"acme"})");
  }
  void company(std::string_view name, std::string_view parent, std::string_view more = "") {
    std::string text = R"("RegisterCompany":{"company":")" + std::string(name) + '"';
    if (!parent.empty()) text += R"(,"parent":")" + std::string(parent) + '"';
    shop.given(text + std::string(more) + "}");
  }
  Answer place(std::string_view order, std::string_view whose, std::string_view pennies) {
    return shop.when(R"("PlaceOrder":{"company":")" + std::string(whose) + R"(","order":")" +
                     std::string(order) + R"(","lines":)" + lines({{"penny", pennies}}) + "}");
  }
  std::int64_t with_below(std::string_view name) {
    const auto id = *shop.book().parties().find_company(name);
    return static_cast<std::int64_t>(shop.book().credit().exposure_with_below(id).value_or(-1));
  }
  Shop shop;
};

TEST_F(CreditTree, AddsUpWhatAllBelowCount) {
  place("O-1", "acme", "100");
  place("O-2", "sister", "30");
  place("O-3", "group", "7");
  EXPECT_EQ(with_below("acme"), 100);
  EXPECT_EQ(with_below("region"), 130);
  EXPECT_EQ(with_below("group"), 137);
  shop.cancel("O-1");
  EXPECT_EQ(with_below("group"), 37);
}

TEST_F(CreditTree, MovesWhatIsOpenWithTheCompany) {
  company("other", "");
  place("O-1", "acme", "100");
  place("O-2", "region", "10");
  company("region", "other");
  EXPECT_EQ(with_below("group"), 0);
  EXPECT_EQ(with_below("other"), 110);
  company("acme", "group");
  EXPECT_EQ(with_below("other"), 10);
  EXPECT_EQ(with_below("group"), 100);
}

TEST_F(CreditTree, OwnLooksAtNobodyElse) {
  shop.limit("group", "1.00");
  EXPECT_FALSE(place("O-1", "acme", "101").has("OrderHeld"));
}

TEST_F(CreditTree, EachMeetsEveryLimitAboveAndTellsAllThatAreExceeded) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "3.00");
  shop.limit("region", "2.00");
  EXPECT_TRUE(place("O-1", "sister", "100").has("CreditCommitted"));
  EXPECT_TRUE(place("O-2", "acme", "100").has("CreditCommitted"));  // 2.00 of region's 2.00
  const Answer over = place("O-3", "acme", "1");
  EXPECT_EQ(over.reasons, "over_credit_limit");
  EXPECT_EQ(over.grounds.at(0).name, "region");
  EXPECT_EQ(over.grounds.at(0).found, "2.01");
  const Answer both = place("O-4", "acme", "101");
  EXPECT_EQ(both.reasons, "over_credit_limit over_credit_limit");
  EXPECT_EQ(both.grounds.at(1).name, "group");
  shop.limit("acme", "0.50");
  EXPECT_EQ(place("O-5", "acme", "1").reasons, "over_credit_limit over_credit_limit");
}

TEST_F(CreditTree, SharedMeetsTheNearestLimitOnly) {
  shop.policy("credit.tree", "shared");
  shop.limit("group", "1.00");
  EXPECT_TRUE(place("O-1", "sister", "100").has("CreditCommitted"));
  EXPECT_EQ(place("O-2", "acme", "1").grounds.at(0).name, "group");
  shop.limit("region", "2.00");  // nearer: the group's is not asked any more
  EXPECT_TRUE(shop.is_taken("O-2"));
  shop.limit("acme", "5.00");
  EXPECT_TRUE(place("O-3", "acme", "400").has("CreditCommitted"));
  EXPECT_TRUE(place("O-4", "sister", "1").has("OrderHeld"));  // 5.02 of 2.00
}

TEST_F(CreditTree, SharedWithoutAnyLimitIsAnAbsentOne) {
  shop.policy("credit.tree", "shared");
  EXPECT_TRUE(place("O-1", "acme", "100").has("CreditCommitted"));
  shop.policy("credit.absent_limit", "none");
  EXPECT_EQ(place("O-2", "acme", "1").events,
            "OrderPlaced DepositRequested OrderApproved OrderHeld");
}

TEST_F(CreditTree, HeldOrdersAreFreedByWhatARelativePays) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "1.00");
  place("O-1", "sister", "60");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  place("O-2", "acme", "41");
  ASSERT_TRUE(shop.is_held("O-2"));
  EXPECT_EQ(
      shop.when(R"("RecordPayment":{"payment":"P-1","payer":"sister","amount":"0.01"})").follow_ups,
      "HoldReleased CreditCommitted");
}

TEST_F(CreditTree, HeldOrdersAreFreedByALimitAboveRaisedOrTakenAway) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "1.00");
  place("O-1", "acme", "150");
  ASSERT_TRUE(shop.is_held("O-1"));
  shop.limit("group", "1.49");
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.limit("group", "1.50");
  EXPECT_TRUE(shop.is_taken("O-1"));
  place("O-2", "acme", "1");
  ASSERT_TRUE(shop.is_held("O-2"));
  shop.given(R"("SetCreditLimit":{"company":"group"})");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

TEST_F(CreditTree, HeldOrdersAreFreedByAMoveOfTheCompanyOrOfARelative) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "1.00");
  place("O-1", "sister", "100");
  place("O-2", "acme", "10");
  ASSERT_TRUE(shop.is_held("O-2"));
  company("sister", "");
  EXPECT_TRUE(shop.is_taken("O-2"));
  place("O-3", "acme", "95");
  ASSERT_TRUE(shop.is_held("O-3"));
  company("acme", "");
  EXPECT_TRUE(shop.is_taken("O-3"));
}

TEST_F(CreditTree, HeldOrdersAreFreedByThePolicy) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "1.00");
  place("O-1", "acme", "150");
  ASSERT_TRUE(shop.is_held("O-1"));
  shop.policy("credit.tree", "own");
  EXPECT_TRUE(shop.is_taken("O-1"));
}

TEST_F(CreditTree, TwoOrdersCannotBothTakeTheLastCentOfTheGroup) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "1.00");
  EXPECT_TRUE(place("O-1", "acme", "60").has("CreditCommitted"));
  EXPECT_TRUE(place("O-2", "sister", "60").has("OrderHeld"));
}

TEST_F(CreditTree, AnotherCurrencyBelowALimitCannotBeComparedAndHolds) {
  shop.policy("credit.tree", "each");
  shop.limit("group", "100.00");
  shop.policy("price.from", "command");
  company("overseas", "region", R"(,"currency":"USD")");
  shop.given(R"("SetPolicy":{"policy":"credit.tree","value":"own","scope_kind":"company",
                 "scope":"overseas"})");
  const auto placed = [&](std::string_view order, std::string_view whose) {
    const bool dollars = whose == "overseas";
    return shop.when(R"("PlaceOrder":{"company":")" + std::string(whose) + R"(","order":")" +
                     std::string(order) + (dollars ? R"(","currency":"USD)" : "") +
                     R"(","lines":[{"item":"penny","quantity":1,"unit_price":"0.01"}]})");
  };
  EXPECT_TRUE(placed("O-1", "acme").has("CreditCommitted"));
  const Answer overseas = placed("O-2", "overseas");
  EXPECT_TRUE(overseas.has("CreditCommitted")) << overseas.events << overseas.reasons;
  EXPECT_TRUE(placed("O-3", "acme").has("OrderHeld"));
  shop.cancel("O-2");
  EXPECT_TRUE(shop.is_taken("O-3"));
}

TEST_F(CreditTree, AConditionReadsWhoseAccountItNames) {
  shop.limit("group", "1.00");
  shop.given(R"("SetRule":{"rule":"half","outcome":"hold","conditions":[
      {"figure":"limit_used_percent","percent":50,"whose":"any_ancestor"}]})");
  EXPECT_TRUE(place("O-1", "acme", "50").has("CreditCommitted"));
  const Answer held = place("O-2", "sister", "1");
  EXPECT_EQ(held.reasons, "rule_matched");
  EXPECT_EQ(held.grounds.at(0).name, "group");
  EXPECT_TRUE(place("O-3", "group", "40").has("CreditCommitted"));  // nobody is above it
  shop.cancel("O-3");
  EXPECT_TRUE(shop.is_held("O-2"));
  shop.cancel("O-1");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

TEST_F(CreditTree, ASharedLimitIsThatOfThePayerWhereItHasOne) {
  shop.limit("group", "1.00");
  shop.given(R"("SetRule":{"rule":"half","outcome":"hold","conditions":[
      {"figure":"exposure_after_order","amount":"0.50","whose":"shared_limit"}]})");
  EXPECT_TRUE(place("O-1", "sister", "50").has("CreditCommitted"));
  EXPECT_TRUE(place("O-2", "acme", "1").has("OrderHeld"));
  shop.limit("acme", "10.00");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

TEST_F(CreditTree, OverdueOfAllBelowTheLimit) {
  shop.limit("group", "100.00");
  place("O-1", "sister", "60");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  shop.given(R"("SetRule":{"rule":"late","outcome":"hold","conditions":[
      {"figure":"overdue_amount","amount":"0.00","whose":"any_ancestor"}]})");
  shop.day("2026-03-03");
  const Answer held = place("O-2", "acme", "1");
  EXPECT_EQ(held.reasons, "invoices_overdue");
  EXPECT_EQ(held.grounds.at(0).name, "group");
  shop.when(R"("RecordPayment":{"payment":"P-1","payer":"sister","amount":"0.60"})");
  EXPECT_TRUE(shop.is_taken("O-2"));
}

}  // namespace
}  // namespace kontor::test
