// Whatever could change a hold examines the held orders again (domain: 9), and only that.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "events/base/limits.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr std::string_view kByAnn = R"("buyer":"ann")";

// The rule of the book is set aside for some; what it lets pass is over the limit all the same.
void let_pass(Story& shop, std::string_view scope) {
  shop.given(R"("SetRule":{"rule":"trusted","outcome":"exclude","exclude":"credit-limit",)" +
             std::string(scope) + "}");
}

std::string acme(std::string_view more) {
  return R"("RegisterCompany":{"company":"acme","currency":"EUR")" + std::string(more) + "}";
}

struct HeldOrders : testing::Test {
  void SetUp() override {
    shop.given(R"("SetRule":{"rule":"any-size","outcome":"approve"})");
    EXPECT_TRUE(shop.place("O-1", "penny", "100001", kByAnn).has("OrderHeld"));
  }
  Shop shop;
};

TEST_F(HeldOrders, AreExaminedWhenTheirBuyerGetsAnotherRole) {
  let_pass(shop, R"("scope_kind":"role","scope":"trusted")");
  EXPECT_TRUE(shop.is_held("O-1"));
  const Answer answer =
      shop.when(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"trusted"}]})");
  EXPECT_EQ(answer.follow_ups, "HoldReleased CreditCommitted");
  EXPECT_EQ(shop.exposure("acme"), 100001);
}

TEST_F(HeldOrders, AreExaminedWhenTheirCompanyGetsAnotherTag) {
  let_pass(shop, R"("scope_kind":"tag","scope":"gold")");
  const Answer answer = shop.when(acme(R"(,"tags":["gold"])"));
  EXPECT_EQ(answer.follow_ups, "HoldReleased CreditCommitted");
}

TEST_F(HeldOrders, AreExaminedWhenTheirCompanyMovesInTheTree) {
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
  shop.given(R"("RegisterCompany":{"company":"middle","currency":"EUR"})");
  shop.given(acme(R"(,"parent":"middle")"));
  let_pass(shop, R"("scope_kind":"company_and_below","scope":"group")");
  EXPECT_TRUE(shop.is_held("O-1"));
  const Answer answer =
      shop.when(R"("RegisterCompany":{"company":"middle","currency":"EUR","parent":"group"})");
  EXPECT_EQ(answer.follow_ups, "HoldReleased CreditCommitted");
}

TEST_F(HeldOrders, AreLeftAloneWhenSomebodyElseChanges) {
  const std::size_t before = shop.decisions();
  shop.given(R"("RegisterBuyer":{"buyer":"bob","company":"acme","roles":[{"role":"approver"}]})");
  shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR"})");
  shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR","tags":["gold"]})");
  EXPECT_EQ(shop.decisions(), before + 3);  // no follow-up
}

TEST_F(HeldOrders, AreLeftAloneByAnotherRoleWhenForced) {
  shop.given(R"("actor":"bob","HoldOrder":{"order":"O-1"})");
  let_pass(shop, R"("scope_kind":"role","scope":"trusted")");
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"trusted"}]})");
  EXPECT_TRUE(shop.is_held("O-1"));
}

// More than one step looks at, and no room for any of them: the rule is gone all the same.
TEST_F(HeldOrders, AreAllReleasedWhenTheRuleIsWithdrawn) {
  for (int i = 2; i <= 150; ++i)
    shop.place("O-" + std::to_string(i), "penny", "100001");
  const Answer answer = shop.when(R"("SetRule":{"rule":"credit-limit","outcome":"hold",
      "withdrawn":true,"conditions":[{"figure":"exposure_over_limit"}]})");
  EXPECT_EQ(answer.status, StatusCode::kDone) << answer.reasons;
  for (int i = 1; i <= 150; ++i)
    EXPECT_TRUE(shop.is_taken("O-" + std::to_string(i))) << i;
}

// Room is found by need: the rest is not looked at in vain.
TEST_F(HeldOrders, AreExaminedOnlyWhileThereIsRoom) {
  for (int i = 2; i <= 150; ++i)
    shop.place("O-" + std::to_string(i), "penny", "100001");
  const std::size_t before = shop.decisions();
  shop.limit("acme", "1000.01");
  EXPECT_TRUE(shop.is_taken("O-1"));
  EXPECT_TRUE(shop.is_held("O-2"));
  EXPECT_EQ(shop.decisions(), before + 2);  // the command and one step
}

// A rule that holds while little is owed: what one takes frees the one passed over before it.
TEST_F(HeldOrders, AreExaminedOnceMoreWhenOneThatIsReleasedMayFreeAnother) {
  shop.limit("acme", "5000.00");
  ASSERT_TRUE(shop.is_taken("O-1"));
  ASSERT_EQ(shop.exposure("acme"), 100001);
  shop.given(R"("SetRule":{"rule":"small-first","outcome":"hold","conditions":[
      {"figure":"exposure_after_order","operator":"le","amount":"1200.00"}]})");
  shop.place("O-2", "penny", "10000");  // 1,100.01 after it
  shop.given(R"("SetRule":{"rule":"two-lines","outcome":"hold","conditions":[
      {"figure":"order_total_with_tax","amount":"500.00"}]})");
  shop.place("O-3", "penny", "60000");
  ASSERT_TRUE(shop.is_held("O-2"));
  ASSERT_TRUE(shop.is_held("O-3"));
  const Answer answer = shop.when(R"("SetRule":{"rule":"two-lines","outcome":"hold",
      "withdrawn":true,"conditions":[{"figure":"order_total_with_tax","amount":"500.00"}]})");
  EXPECT_EQ(answer.status, StatusCode::kDone) << answer.reasons;
  EXPECT_TRUE(shop.is_taken("O-3"));
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_EQ(shop.exposure("acme"), 170001);
}

// The one released is looked at in the second of three steps, those it frees in the first.
TEST_F(HeldOrders, AreExaminedOnceMoreAfterManySteps) {
  const std::string huge = R"("SetRule":{"rule":"huge","outcome":"hold","conditions":[
      {"figure":"order_total_with_tax","amount":"3000.00"}]})";
  const std::string big = R"("SetRule":{"rule":"big","outcome":"hold",%"conditions":[
      {"figure":"order_total_with_tax","amount":"500.00"}]})";
  const auto big_rule = [&](std::string_view more) {
    std::string text = big;
    return text.replace(text.find('%'), 1, more);
  };
  shop.limit("acme", "9000000.00");
  ASSERT_TRUE(shop.is_taken("O-1"));
  shop.given(R"("SetRule":{"rule":"small-first","outcome":"hold","conditions":[
      {"figure":"exposure_after_order","operator":"le","amount":"1200.00"}]})");
  shop.given(huge);
  shop.given(big_rule(""));
  const int batch = static_cast<int>(limits::kFollowUpBatch);
  for (int i = 0; i < batch; ++i)
    shop.place("small-" + std::to_string(i), "penny", "100");
  shop.place("big", "penny", "60000");
  for (int i = 0; i < batch; ++i)
    shop.place("huge-" + std::to_string(i), "penny", "400000");
  ASSERT_TRUE(shop.is_held("small-0"));
  ASSERT_TRUE(shop.is_held("big"));
  shop.given(big_rule(R"("withdrawn":true,)"));
  EXPECT_TRUE(shop.is_taken("big"));
  EXPECT_TRUE(shop.is_held("huge-0"));
  for (int i = 0; i < batch; ++i)
    EXPECT_TRUE(shop.is_taken("small-" + std::to_string(i))) << i;
}

// The limit holds it no longer, a rule that more exposure ends does.
TEST_F(HeldOrders, AreHeldAnewWhenTheyNoLongerNeedRoom) {
  shop.given(R"("SetRule":{"rule":"small-first","outcome":"hold","conditions":[
      {"figure":"exposure_after_order","operator":"le","amount":"1500.00"}]})");
  const Answer answer = shop.when(R"("SetRule":{"rule":"credit-limit","outcome":"hold",
      "withdrawn":true,"conditions":[{"figure":"exposure_over_limit"}]})");
  EXPECT_EQ(answer.follow_ups, "OrderHeld");
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.place("O-2", "penny", "160000");
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_TRUE(shop.is_taken("O-1"));
}

// The limit is set aside for who owes enough: less room, not more, frees what it holds.
TEST_F(HeldOrders, AreExaminedWhenExposureMayExcludeWhatHoldsThem) {
  shop.given(R"("SetRule":{"rule":"big-customers","outcome":"exclude","exclude":"credit-limit",
      "scope_kind":"company","scope":"acme","conditions":[
      {"figure":"exposure_after_order","amount":"1500.00"}]})");
  ASSERT_TRUE(shop.is_held("O-1"));
  shop.place("O-2", "penny", "60000");
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_TRUE(shop.is_taken("O-1"));  // 1,600.01 after it
}

TEST(AllocateOrder, GivesNoPartsByHandPastOlderBackorders) {
  Shop shop;
  shop.place("O-1", "bolt", "10", R"("region":"south")");
  shop.given(R"("RegisterWarehouse":{"warehouse":"north","regions":["north"]})");
  shop.given(R"("AllocateOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.waiting("O-1"), 10);
  shop.place("O-2", "bolt", "5", R"("region":"north")");
  const Answer answer = shop.when(R"("AllocateOrder":{"order":"O-2",
      "parts":[{"line":1,"warehouse":"north","quantity":5}]})");
  EXPECT_EQ(answer.reasons, "short_stock");
  EXPECT_EQ(answer.grounds.at(0).found, "0");
}

}  // namespace
}  // namespace kontor::test
