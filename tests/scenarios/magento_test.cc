// Adobe Commerce B2B: company credit, purchase order rules, who may not approve, and the price kept
// while an order waits.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

// Refused instead of held above the limit: exceed_limit = false.
constexpr std::string_view kRefuseAboveLimit =
    R"("outcome":"refuse","conditions":[{"figure":"exposure_over_limit"}])";

// MAG-1. Their balance is our exposure with the other sign.
TEST(Magento, CompanyCreditIsARunningLedger) {
  Scenario shop({.currency = "USD"});
  shop.company("acme");
  shop.limit("acme", "0.00");
  shop.rule("credit-limit", kRefuseAboveLimit);

  shop.limit("acme", "1000.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "0.00");
  EXPECT_EQ(shop.account("acme", "available"), "1000.00");

  EXPECT_TRUE(shop.place("A", "acme", "400.00").has("CreditCommitted"));
  EXPECT_EQ(shop.account("acme", "available"), "600.00");

  const Said refused = shop.place("B", "acme", "700.00");
  EXPECT_EQ(refused.reasons, "refused_by_rule");
  EXPECT_EQ(refused.json["reasons"][0]["found"], "1100.00");
  EXPECT_EQ(refused.json["reasons"][0]["allowed"], "1000.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "400.00");

  EXPECT_EQ(shop.cancel("A").events, "LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(shop.account("acme", "available"), "1000.00");

  shop.place("C", "acme", "300.00");
  shop.allocate("C");
  shop.ship("C");
  shop.invoice("C");
  shop.given(R"("IssueCreditNote":{"credit_note":"N","invoice":"I-C","cause":"goodwill",
               "amounts":[{"line":1,"amount":"120.00"}]})");
  EXPECT_EQ(shop.account("acme", "exposure"), "180.00");
  EXPECT_EQ(shop.account("acme", "available"), "820.00");

  shop.pay("R-1", "acme", "500.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "-320.00");
  EXPECT_EQ(shop.account("acme", "available"), "1320.00");

  shop.given(R"("ReversePayment":{"payment":"R-1","reversal":"R-2","amount":"100.00"})");
  EXPECT_EQ(shop.account("acme", "exposure"), "-220.00");
  EXPECT_EQ(shop.account("acme", "available"), "1220.00");

  shop.withdraw("credit-limit");  // exceed_limit = true
  EXPECT_TRUE(shop.place("D", "acme", "1500.00").has("CreditCommitted"));
  EXPECT_EQ(shop.account("acme", "exposure"), "1280.00");
  EXPECT_EQ(shop.account("acme", "available"), "-280.00");

  shop.limit("acme", "200.00");
  EXPECT_EQ(shop.account("acme", "available"), "-1080.00");
  EXPECT_EQ(shop.state("D"), "open");
}

struct MagentoRules : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("buyer", "acme", "buyer");
    shop.person("manager", "acme", "manager");
    shop.person("head", "acme", "admin");
    shop.ask_above("R1", "100.00", {"manager"});
    shop.ask_above("R2", "1000.00", {"manager", "admin"});
    shop.rule("R3", R"("outcome":"ask","tiers":[{"groups":[{"roles":["admin"]}]}],
              "conditions":[{"figure":"distinct_items","operator":"gt","count":30}])");
  }
  Scenario shop;
};

// MAG-2.
TEST_F(MagentoRules, AskNobodyAtTheThresholdAndTheManagerOneCentAbove) {
  EXPECT_TRUE(shop.ordered("P1", "acme", "buyer", "100.00").has("OrderApproved"));
  EXPECT_EQ(shop.waits_for("P1"), "");

  EXPECT_TRUE(shop.ordered("P2", "acme", "buyer", "100.01").has("ApprovalRequested"));
  EXPECT_EQ(shop.state("P2"), "awaiting_approval");
  EXPECT_EQ(shop.asked_for("P2"), "rule_matched 100.01 > 100.00");
  EXPECT_EQ(shop.waits_for("P2"), "manager");
  EXPECT_TRUE(shop.approve("P2", "manager").has("OrderApproved"));
}

TEST_F(MagentoRules, MustAllBeSatisfiedAndOneRejectionEndsIt) {
  shop.ordered("P3", "acme", "buyer", "25000.00");
  EXPECT_EQ(shop.asked_for("P3"),
            "rule_matched 25000.00 > 100.00, rule_matched 25000.00 > 1000.00");
  EXPECT_EQ(shop.waits_for("P3"), "manager, manager, head");
  EXPECT_EQ(shop.approve("P3", "manager").events, "ApprovalGranted");
  EXPECT_EQ(shop.state("P3"), "awaiting_approval");
  EXPECT_EQ(shop.waits_for("P3"), "head");
  EXPECT_TRUE(shop.approve("P3", "head").has("OrderApproved"));
  EXPECT_EQ(shop.state("P3"), "open");

  for (const auto& [yes, no] : {std::pair("manager", "head"), std::pair("head", "manager")}) {
    const std::string order = std::string("P4-") + yes;
    shop.ordered(order, "acme", "buyer", "25000.00");
    shop.approve(order, yes);
    EXPECT_EQ(shop.reject(order, no).events, "OrderRejected LinesCancelled OrderCancelled");
    EXPECT_EQ(shop.state(order), "rejected");
    EXPECT_EQ(shop.approve(order, yes).reasons, "request_closed");
  }
}

std::string shirts(std::string_view order, const std::vector<std::pair<int, int>>& of_each) {
  std::string lines;
  for (const auto& [shirt, quantity] : of_each) {
    lines += (lines.empty() ? "" : ",") + std::string(R"({"item":"shirt-)") +
             std::to_string(shirt) + R"(","quantity":)" + std::to_string(quantity) + "}";
  }
  return R"("PlaceOrder":{"company":"acme","buyer":"buyer","order":")" + std::string(order) +
         R"(","lines":[)" + lines + "]}";
}

TEST_F(MagentoRules, CountItemsNotUnits) {
  std::vector<std::pair<int, int>> all;
  for (int shirt = 1; shirt <= 31; ++shirt) {
    shop.item("shirt-" + std::to_string(shirt), "1.00");
    all.emplace_back(shirt, 1);
  }
  // Two large and three medium shirts are two.
  shop.rule("R4", R"("outcome":"warn",
            "conditions":[{"figure":"distinct_items","operator":"eq","count":2}])");
  EXPECT_EQ(shop.when(shirts("P5", {{1, 2}, {2, 3}})).warnings, "rule_matched");
  EXPECT_EQ(shop.when(shirts("P6", {{1, 2}, {1, 3}})).warnings, "");

  EXPECT_TRUE(shop.when(shirts("P7", all)).has("ApprovalRequested"));
  EXPECT_EQ(shop.asked_for("P7"), "rule_matched 31 > 30");
  EXPECT_EQ(shop.waits_for("P7"), "head");
  all.pop_back();
  EXPECT_TRUE(shop.when(shirts("P8", all)).has("OrderApproved"));
}

TEST_F(MagentoRules, CompareTheTotalWithItsTax) {
  shop.given(R"("RegisterItem":{"item":"taxed","tax_category":"standard"})");
  shop.price("taxed", "0.01");
  const auto order = [](std::string_view name, std::string_view quantity) {
    return R"("PlaceOrder":{"company":"acme","buyer":"buyer","order":")" + std::string(name) +
           R"(","lines":[{"item":"taxed","quantity":)" + std::string(quantity) + "}]}";
  };
  EXPECT_TRUE(shop.when(order("P9", "8333")).has("OrderApproved"));       // 83.33 + 16.67
  EXPECT_TRUE(shop.when(order("P10", "8334")).has("ApprovalRequested"));  // 83.34 + 16.67
  EXPECT_EQ(shop.asked_for("P10"), "rule_matched 100.01 > 100.00");
}

// MAG-3. Their "auto-approve within this role" is approval.self = allowed for the role, "only
// holder" is sole_holder.
struct MagentoApprovers : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.person("maria", "acme", "buyer manager");
    shop.ask_above("R1", "100.00", {"manager"});
  }
  Scenario shop;
};

TEST_F(MagentoApprovers, AreNotTheCreatorWhileAnotherHoldsTheRole) {
  shop.policy("approval.self", "sole_holder");
  shop.person("max", "acme", "manager");
  EXPECT_TRUE(shop.ordered("P1", "acme", "maria", "200.00").has("ApprovalRequested"));
  EXPECT_EQ(shop.waits_for("P1"), "max");
  EXPECT_EQ(shop.approve("P1", "maria").reasons, "self_approval");
  EXPECT_TRUE(shop.approve("P1", "max").has("OrderApproved"));
}

TEST_F(MagentoApprovers, AreNotAskedWhereTheCreatorIsTheOnlyHolder) {
  shop.policy("approval.self", "sole_holder");
  EXPECT_TRUE(shop.ordered("P2", "acme", "maria", "200.00").has("OrderApproved"));
  shop.person("max", "acme", "manager", R"(,"status":"inactive")");
  EXPECT_TRUE(shop.ordered("P3", "acme", "maria", "200.00").has("OrderApproved"));
}

TEST_F(MagentoApprovers, AreNotAskedInARoleThatApprovesItsOwn) {
  shop.person("max", "acme", "manager");
  shop.person("otto", "acme", "buyer");
  EXPECT_TRUE(shop.ordered("P4", "acme", "maria", "200.00").has("ApprovalRequested"));
  shop.policy("approval.self", "allowed", "role", "manager");
  EXPECT_TRUE(shop.ordered("P5", "acme", "maria", "200.00").has("OrderApproved"));
  EXPECT_TRUE(shop.ordered("P6", "acme", "otto", "200.00").has("ApprovalRequested"));
}

TEST_F(MagentoApprovers, AreNotAskedForOrdersOfTheCompanysAdmin) {
  shop.person("head", "acme", "admin");
  shop.rule("own-orders-of-admins", R"("outcome":"approve","scope_kind":"role","scope":"admin")");
  EXPECT_TRUE(shop.ordered("P7", "acme", "head", "25000.00").has("OrderApproved"));
  EXPECT_EQ(shop.ordered("P8", "acme", "maria", "25000.00").reasons, "no_approver");
}

// M4, as far as prices go; also E-A4.
TEST(Magento, PricesAreFrozenWhenTheOrderIsPlaced) {
  Scenario shop;
  shop.company("acme");
  shop.person("maria", "acme", "manager");
  shop.ask_above("R1", "100.00", {"manager"});
  shop.place("P1", "acme", "200.00");
  shop.price("goods", "1.50");
  EXPECT_TRUE(shop.approve("P1", "maria").has("OrderApproved"));
  EXPECT_EQ(shop.ask("order P1")["total"], "200.00");
  EXPECT_EQ(shop.account("acme", "ordered"), "200.00");
  shop.place("P2", "acme", "200.00");
  EXPECT_EQ(shop.ask("order P2")["total"], "300.00");
}

// Neighbours: a rule for one role only, and the same order from another.
TEST_F(MagentoRules, ApplyToTheRolesTheyName) {
  shop.withdraw("R1");
  shop.withdraw("R2");
  shop.person("trainee", "acme", "buyer trainee");
  shop.ask_above("R5", "10.00", {"manager"}, R"(,"scope_kind":"role","scope":"trainee")");
  EXPECT_TRUE(shop.ordered("P1", "acme", "trainee", "10.01").has("ApprovalRequested"));
  EXPECT_TRUE(shop.ordered("P2", "acme", "trainee", "10.00").has("OrderApproved"));
  EXPECT_TRUE(shop.ordered("P3", "acme", "buyer", "10.01").has("OrderApproved"));
}

TEST_F(MagentoRules, AskTheManagersOwnOrderOfTheAdminAlone) {
  shop.policy("approval.self", "allowed");
  shop.person("manager", "acme", "buyer manager");
  EXPECT_TRUE(shop.ordered("P1", "acme", "manager", "1000.00").has("OrderApproved"));
  // Above the second threshold the admin is asked too; placing is the manager's own yes.
  EXPECT_EQ(shop.ordered("P2", "acme", "manager", "1000.01").events,
            "OrderPlaced ApprovalRequested ApprovalGranted");
  EXPECT_EQ(shop.waits_for("P2"), "head");
  EXPECT_EQ(shop.approve("P2", "manager").reasons, "not_this_tier");
  EXPECT_TRUE(shop.approve("P2", "head").has("OrderApproved"));
}

// M4: what is taken at placement is kept for the order while people are asked, and given back.
TEST(Magento, StockTakenAtPlacementIsKeptWhileTheOrderWaits) {
  Scenario shop;
  shop.company("acme");
  shop.person("maria", "acme", "manager");
  shop.ask_above("R1", "100.00", {"manager"});
  shop.policy("stock.at", "placement");
  shop.policy("stock.short", "refuse");
  shop.given(R"("RegisterItem":{"item":"last","tax_category":"exempt"})");
  shop.price("last", "200.00");
  shop.given(R"("ReceiveStock":{"receipt":"R","warehouse":"main","lines":[
               {"item":"last","quantity":1}]})");
  const auto last_one = [](std::string_view order) {
    return R"("PlaceOrder":{"company":"acme","lines":[{"item":"last","quantity":1}],"order":")" +
           std::string(order) + "\"}";
  };
  EXPECT_EQ(shop.when(last_one("P1")).events, "OrderPlaced ApprovalRequested StockReserved");
  EXPECT_EQ(shop.when(last_one("P2")).reasons, "short_stock");
  shop.reject("P1", "maria");
  EXPECT_TRUE(shop.when(last_one("P3")).has("StockReserved"));
  EXPECT_TRUE(shop.approve("P3", "maria").has("OrderApproved"));
  EXPECT_TRUE(shop.ship("P3").done());
}

// M4: taken at the approval it is looked for then; what is short waits by policy.
TEST(Magento, StockTakenAtTheApprovalIsCheckedAgainThen) {
  Scenario shop;
  shop.company("acme");
  shop.person("maria", "acme", "manager");
  shop.ask_above("R1", "100.00", {"manager"});
  shop.policy("stock.at", "approval");
  shop.given(R"("RegisterItem":{"item":"last","tax_category":"exempt"})");
  shop.price("last", "200.00");
  shop.given(R"("ReceiveStock":{"receipt":"R","warehouse":"main","lines":[
               {"item":"last","quantity":1}]})");
  for (const auto* order : {"P1", "P2"}) {
    shop.given(
        R"("PlaceOrder":{"company":"acme","lines":[{"item":"last","quantity":1}],"order":")" +
        std::string(order) + "\"}");
  }
  EXPECT_TRUE(shop.approve("P2", "maria").has("StockReserved"));
  EXPECT_TRUE(shop.approve("P1", "maria").has("LineBackordered"));
  EXPECT_EQ(shop.ask("stock last")["backordered"], 1);
}

// M3: a permission to approve without the other approvals.
TEST_F(MagentoRules, MayBeOverriddenByARoleWithThatRight) {
  shop.given(R"("RegisterBuyer":{"buyer":"boss","company":"acme",
               "roles":[{"role":"owner","may_override":true}]})");
  const auto override_by = [&](std::string_view person, std::string_view order) {
    return shop.when(R"("actor":")" + std::string(person) + R"(","OverrideApproval":{"order":")" +
                     std::string(order) + "\"}");
  };
  shop.ordered("P1", "acme", "buyer", "25000.00");
  EXPECT_FALSE(override_by("manager", "P1").done());
  EXPECT_EQ(shop.state("P1"), "awaiting_approval");
  EXPECT_TRUE(override_by("boss", "P1").has("ApprovalOverridden"));
  EXPECT_EQ(shop.state("P1"), "open");
}

// M4: conversion checks stock again, and short stock fails it unless backorders are on.
TEST(Magento, AConversionFailsForShortStockUnlessBackordersAreOn) {
  Scenario shop;
  shop.company("acme");
  shop.person("maria", "acme", "manager");
  shop.ask_above("R1", "100.00", {"manager"});
  shop.policy("stock.at", "approval");
  shop.policy("stock.short", "refuse");
  shop.given(R"("RegisterItem":{"item":"last","tax_category":"exempt"})");
  shop.price("last", "200.00");
  shop.given(R"("ReceiveStock":{"receipt":"R-1","warehouse":"main","lines":[
               {"item":"last","quantity":1}]})");
  for (const auto* order : {"P1", "P2"}) {
    shop.given(
        R"("PlaceOrder":{"company":"acme","lines":[{"item":"last","quantity":1}],"order":")" +
        std::string(order) + "\"}");
  }
  EXPECT_TRUE(shop.approve("P1", "maria").has("StockReserved"));
  EXPECT_TRUE(shop.approve("P2", "maria").has("OrderFailed"));
  EXPECT_EQ(shop.state("P2"), "failed");
  EXPECT_EQ(shop.when(R"("RetryOrder":{"order":"P2"})").reasons, "short_stock");
  shop.given(R"("ReceiveStock":{"receipt":"R-2","warehouse":"main","lines":[
               {"item":"last","quantity":1}]})");
  EXPECT_TRUE(shop.when(R"("RetryOrder":{"order":"P2"})").has("StockReserved"));
  EXPECT_EQ(shop.state("P2"), "open");
}

// Requisition lists: named lines that are ordered again and again, at the day's price.
TEST(MagentoRequisitionList, IsOrderedFromAtTheDaysPrice) {
  Scenario shop;
  shop.company("acme");
  shop.person("buyer", "acme", "buyer");
  shop.given(R"("DefineTemplate":{"template":"monthly","company":"acme","label":"Monthly needs",
                "lines":[{"item":"goods","quantity":"40.00"}]})");
  const auto order_from = [&](std::string_view order) {
    return shop.when(R"("Reorder":{"template":"monthly","buyer":"buyer","new_order":")" +
                     std::string(order) + R"("})");
  };
  EXPECT_TRUE(order_from("P1").has("OrderPlaced"));
  EXPECT_EQ(shop.ask("order P1")["total"], "40.00");
  shop.price("goods", "1.25");
  EXPECT_TRUE(order_from("P2").has("OrderPlaced"));
  EXPECT_EQ(shop.ask("order P2")["total"], "50.00");
  shop.given(R"("DefineTemplate":{"template":"monthly","company":"acme","withdrawn":true,
                "lines":[{"item":"goods","quantity":"40.00"}]})");
  EXPECT_FALSE(order_from("P3").done());
}

// An order of before is ordered again; what was cancelled of it is left out.
TEST(MagentoReorder, TakesWhatTheEarlierOrderCameTo) {
  Scenario shop;
  shop.company("acme");
  shop.place("P1", "acme", "100.00");
  shop.cancel_part("P1", "30.00");
  EXPECT_TRUE(shop.when(R"("Reorder":{"order":"P1","new_order":"P2"})").has("OrderPlaced"));
  EXPECT_EQ(shop.ask("order P2")["total"], "70.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "140.00");
}

}  // namespace
}  // namespace kontor::test
