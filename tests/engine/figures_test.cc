// Every figure of the order, and how conditions compare (domain: One kind of rule).
#include "engine/rules/figures.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/rules/remedies.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr std::string_view kByAnn = R"("buyer":"ann")";

// A rule of the book by one condition.
std::string rule(std::string_view condition, std::string_view outcome = "refuse") {
  return R"("SetRule":{"rule":"r","outcome":")" + std::string(outcome) + R"(","conditions":[{)" +
         std::string(condition) + "}]}";
}

struct Figures : testing::Test {
  void SetUp() override {
    shop.limit("acme", "9000000.00");
    shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"buyer"},
                   {"role":"boss"}]})");
  }
  // Whether an order like that is refused by a rule of this condition.
  bool matches(std::string_view condition, std::string_view item, std::string_view quantity,
               std::string_view more = kByAnn) {
    shop.given(rule(condition));
    last = shop.place("O-" + std::to_string(++orders), item, quantity, more);
    EXPECT_EQ(last.reasons, last.refused() ? "refused_by_rule" : "");
    return last.refused();
  }
  std::string why_not_set(std::string_view condition) {
    const Answer answer = shop.when(rule(condition));
    EXPECT_EQ(answer.reasons, "invalid_value") << condition;
    return answer.grounds.empty() ? "" : answer.grounds.at(0).name;
  }
  Shop shop;
  Answer last;
  int orders = 0;
};

// 10.00 and 12.00 with tax, at every operator: below, at and above.
TEST_F(Figures, CompareAtEachOperator) {
  struct Row {
    const char* op;
    bool below, at, above;
  };
  for (const Row& row :
       {Row{"gt", false, false, true}, Row{"ge", false, true, true}, Row{"lt", true, false, false},
        Row{"le", true, true, false}, Row{"eq", false, true, false}}) {
    for (const std::string figure : {"order_total_with_tax", "order_total_without_tax"}) {
      const auto condition = [&](std::string_view amount) {
        return R"("figure":")" + figure + R"(","operator":")" + row.op + R"(","amount":")" +
               std::string(amount) + "\"";
      };
      const bool net = figure == "order_total_without_tax";
      EXPECT_EQ(matches(condition(net ? "10.01" : "12.01"), "bolt", "1"), row.below) << row.op;
      EXPECT_EQ(matches(condition(net ? "10.00" : "12.00"), "bolt", "1"), row.at) << row.op;
      EXPECT_EQ(matches(condition(net ? "9.99" : "11.99"), "bolt", "1"), row.above) << row.op;
    }
  }
}

TEST_F(Figures, LinePriceIsTheUnitPriceOfAnyLine) {
  const auto above = [](std::string_view amount) {
    return R"("figure":"line_price","amount":")" + std::string(amount) + "\"";
  };
  EXPECT_FALSE(matches(above("10.00"), "bolt", "50"));
  EXPECT_TRUE(matches(above("9.99"), "bolt", "1"));
  EXPECT_EQ(last.grounds.at(0).found, "10.000000");
  EXPECT_EQ(last.grounds.at(0).allowed, "9.990000");
  EXPECT_EQ(last.grounds.at(0).line, 1U);
  shop.given(R"("SetPrice":{"list":"retail","item":"nut","breaks":[{"from_quantity":0,
                 "unit_price":"0.2501"}]})");
  EXPECT_TRUE(matches(above("0.25"), "nut", "1"));  // by a hundredth of a cent
  EXPECT_FALSE(matches(above("0.26"), "nut", "1"));
}

TEST_F(Figures, WeightIsThatOfAllLinesBeforeItIsRounded) {
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","weight_grams":250,
                 "decimals":3})");
  const std::string_view heavy = R"("figure":"weight","operator":"gt","count":1000)";
  EXPECT_FALSE(matches(heavy, "bolt", "4"));
  EXPECT_TRUE(matches(heavy, "bolt", "4.001"));  // 1000.25 g
  EXPECT_EQ(last.grounds.at(0).found, "1000");
  EXPECT_FALSE(matches(heavy, "nut", "900"));
}

TEST_F(Figures, TermsAndSettlementAreNames) {
  shop.given(R"("DefineTerms":{"terms":"net30","lines":[{"kind":"percent","percent":100,
                 "days":30}]})");
  const std::string_view terms = R"("figure":"terms","operator":"in","names":["net60","net30"])";
  EXPECT_FALSE(matches(terms, "bolt", "1"));
  EXPECT_TRUE(matches(terms, "bolt", "1", R"("terms":"net30")"));
  EXPECT_FALSE(matches(R"("figure":"terms","operator":"eq","names":["net60"])", "bolt", "1",
                       R"("terms":"net30")"));
  EXPECT_TRUE(matches(R"("figure":"settlement","operator":"eq","names":["account"])", "bolt", "1"));
  EXPECT_FALSE(
      matches(R"("figure":"settlement","operator":"eq","names":["prepaid"])", "bolt", "1"));
}

TEST_F(Figures, DaysToTheRequestedDateCountFromTheBusinessDate) {
  const std::string_view soon = R"("figure":"days_to_requested_date","operator":"lt","days":3)";
  EXPECT_TRUE(matches(soon, "bolt", "1"));  // as soon as can be
  EXPECT_TRUE(matches(soon, "bolt", "1", R"("requested_date":"2026-03-04")"));
  EXPECT_EQ(last.grounds.at(0).found, "2");
  EXPECT_FALSE(matches(soon, "bolt", "1", R"("requested_date":"2026-03-05")"));
}

TEST_F(Figures, ShipToCountryIsTheOrdersOrElseTheCompanys) {
  shop.given(R"("RegisterCompany":{"company":"acme","country":"DE","currency":"EUR"})");
  const std::string_view abroad =
      R"("figure":"ship_to_country","operator":"in","names":["FR","IT"])";
  EXPECT_FALSE(matches(abroad, "bolt", "1"));
  EXPECT_TRUE(matches(abroad, "bolt", "1", R"("country":"IT")"));
  EXPECT_TRUE(matches(R"("figure":"ship_to_country","operator":"eq","names":["DE"])", "bolt", "1"));
}

TEST_F(Figures, CostCentreAndRolesOfTheOrderer) {
  const std::string_view centre = R"("figure":"cost_centre","operator":"eq","names":["K-7"])";
  EXPECT_FALSE(matches(centre, "bolt", "1"));
  EXPECT_TRUE(matches(centre, "bolt", "1", R"("cost_centre":"K-7")"));
  const std::string_view role = R"("figure":"orderer_role","operator":"in","names":["x","boss"])";
  EXPECT_TRUE(matches(role, "bolt", "1", kByAnn));
  EXPECT_FALSE(matches(role, "bolt", "1", ""));  // nobody in particular
  EXPECT_FALSE(matches(R"("figure":"orderer_role","operator":"eq","names":["approver"])", "bolt",
                       "1", kByAnn));
  EXPECT_FALSE(matches(R"("figure":"recurring")", "bolt", "1"));
}

TEST_F(Figures, HoldForTermsLongerThanStandardOfTheCompany) {
  const auto define = [&](std::string_view name, std::string_view days) {
    shop.given(R"("DefineTerms":{"terms":")" + std::string(name) +
               R"(","lines":[{"kind":"percent","percent":100,"days":)" + std::string(days) + "}]}");
  };
  define("net30", "30");
  define("net31", "31");
  define("other30", "30");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","terms":"net30"})");
  shop.given(rule(R"("figure":"terms_longer_than_standard")", "hold"));
  EXPECT_FALSE(shop.place("A-1", "bolt", "1").has("OrderHeld"));
  EXPECT_FALSE(shop.place("A-2", "bolt", "1", R"("terms":"other30")").has("OrderHeld"));
  const Answer longer = shop.place("A-3", "bolt", "1", R"("terms":"net31")");
  EXPECT_EQ(longer.reasons, "terms_longer_than_standard");
  EXPECT_EQ(longer.grounds.at(0).name, "net31");
  // Longer standard terms free it.
  EXPECT_EQ(shop.when(R"("DefineTerms":{"terms":"net30","lines":[{"kind":"percent","percent":100,
                 "days":31}]})")
                .follow_ups,
            "HoldReleased CreditCommitted");
}

// With the tenth order there is an average.
TEST_F(Figures, TotalAgainstTheClassAverageNeedsTenOrders) {
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","company_class":"A"})");
  const std::string_view thrice =
      R"("figure":"total_against_class_average","operator":"gt","percent":300)";
  for (int i = 1; i <= 9; ++i)
    shop.place("P-" + std::to_string(i), "penny", "1000");
  EXPECT_TRUE(matches(thrice, "penny", "1"));  // counts as matched
  EXPECT_EQ(last.grounds.at(0).found, "9");
  shop.given(R"("SetRule":{"rule":"r","outcome":"warn","withdrawn":true})");
  shop.place("P-10", "penny", "1000");
  EXPECT_FALSE(matches(thrice, "penny", "3000"));  // three times the average
  shop.given(R"("SetRule":{"rule":"r","outcome":"warn","withdrawn":true})");
  // Eleven orders with 13,000 in all: the average is 1,181.8.
  EXPECT_FALSE(matches(thrice, "penny", "3545"));
  shop.given(R"("SetRule":{"rule":"r","outcome":"warn","withdrawn":true})");
  EXPECT_TRUE(matches(thrice, "penny", "9999"));
}

TEST_F(Figures, TheClassAverageForgetsAfterNinetyDays) {
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","company_class":"A"})");
  for (int i = 1; i <= 10; ++i)
    shop.place("P-" + std::to_string(i), "penny", "1000");
  const std::string_view below =
      R"("figure":"total_against_class_average","operator":"gt","percent":1000)";
  shop.day("2026-05-30");  // 89 days later
  EXPECT_FALSE(matches(below, "penny", "1"));
  shop.given(R"("SetRule":{"rule":"r","outcome":"warn","withdrawn":true})");
  shop.day("2026-05-31");
  EXPECT_TRUE(matches(below, "penny", "1"));
}

TEST_F(Figures, AnAverageThatIsNotThereApprovesNothing) {
  shop.given(
      R"("SetRule":{"rule":"ask","outcome":"ask","tiers":[{"groups":[{"roles":["approver"]}]}]})");
  shop.given(
      rule(R"("figure":"total_against_class_average","operator":"lt","percent":100)", "approve"));
  EXPECT_TRUE(shop.place("O-1", "penny", "1").has("ApprovalRequested"));
}

struct Freight : Figures {
  void SetUp() override {
    Figures::SetUp();
    const auto charge = [&](std::string_view name, std::string_view more) {
      shop.given(R"("RegisterItem":{"item":")" + std::string(name) +
                 R"(","tax_category":"standard","kind":"not_stocked")" + std::string(more) + "}");
    };
    charge("freight", R"(,"freight":true)");
    charge("express", R"(,"freight":true)");
    charge("packing", "");
  }
  // Bolts at 10.00 beside freight and express, each at its price; and packing for 50.00.
  Answer place(std::string_view order, std::string_view freight, std::string_view express) {
    const auto line = [](std::string_view item, std::string_view price) {
      return R"(,{"item":")" + std::string(item) + R"(","quantity":1,"unit_price":")" +
             std::string(price) + R"("})";
    };
    return shop.when(R"("PlaceOrder":{"company":"acme","buyer":"ann","order":")" +
                     std::string(order) + R"(","lines":[{"item":"bolt","quantity":1})" +
                     line("freight", freight) + line("express", express) +
                     line("packing", "50.00") + "]}");
  }
  // Whether an order with freight of 10.00 in all is refused by a rule of this condition.
  bool refuses(std::string_view op, std::string_view amount) {
    shop.given(rule(R"("figure":"freight","operator":")" + std::string(op) + R"(","amount":")" +
                    std::string(amount) + "\""));
    last = place("F-" + std::to_string(++orders), "7.50", "2.50");
    EXPECT_EQ(last.reasons, last.refused() ? "refused_by_rule" : "");
    return last.refused();
  }
};

TEST_F(Freight, IsWhatTheLinesOfItsItemsCostWithoutTax) {
  EXPECT_TRUE(refuses("gt", "9.99"));
  EXPECT_EQ(last.grounds.at(0).found, "10.00");
  EXPECT_EQ(last.grounds.at(0).allowed, "9.99");
  EXPECT_EQ(last.grounds.at(0).currency, "EUR");
  EXPECT_FALSE(refuses("gt", "10.00"));
  EXPECT_TRUE(refuses("ge", "10.00"));
  EXPECT_FALSE(refuses("ge", "10.01"));
  EXPECT_TRUE(refuses("lt", "10.01"));
  EXPECT_FALSE(refuses("lt", "10.00"));
  EXPECT_TRUE(refuses("le", "10.00"));
  EXPECT_FALSE(refuses("le", "9.99"));
  EXPECT_TRUE(refuses("eq", "10.00"));
  EXPECT_FALSE(refuses("eq", "9.99"));
}

TEST_F(Freight, OfGoodsAloneIsNothing) {
  EXPECT_FALSE(matches(R"("figure":"freight","amount":"0.00")", "bolt", "9"));
  EXPECT_TRUE(matches(R"("figure":"freight","operator":"eq","amount":"0.00")", "bolt", "9"));
}

TEST_F(Freight, HoldsUntilItsLineIsCancelledOrAmended) {
  shop.given(rule(R"("figure":"freight","amount":"9.00")", "hold"));
  EXPECT_TRUE(place("O-1", "7.50", "2.50").has("OrderHeld"));
  EXPECT_TRUE(shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"C-1","lines":[
                          {"line":3,"quantity":1}]})")
                  .has("HoldReleased"));
  EXPECT_TRUE(place("O-2", "7.50", "2.50").has("OrderHeld"));
  EXPECT_TRUE(shop.when(R"("AmendOrder":{"order":"O-2","amendment":"A-1","lines":[
                          {"line":2,"quantity":1,"unit_price":"6.50"}]})")
                  .has("HoldReleased"));
}

// Of what is worth as much, bolts would be among what is cut; they do not help.
TEST_F(Freight, IsReleasedByCancellingNothingButFreight) {
  shop.given(rule(R"("figure":"freight","amount":"20.00")", "hold"));
  EXPECT_TRUE(shop.when(R"("PlaceOrder":{"company":"acme","buyer":"ann","order":"O-1","lines":[
                          {"item":"bolt","quantity":5},
                          {"item":"freight","quantity":1,"unit_price":"24.90"}]})")
                  .has("OrderHeld"));
  const Remedies remedies = find_remedies(shop.book(), shop.order("O-1"));
  const auto cancellation =
      std::find_if(remedies.remedies.begin(), remedies.remedies.end(),
                   [](const Remedy& one) { return one.kind == RemedyKind::kCancellation; });
  ASSERT_NE(cancellation, remedies.remedies.end());
  ASSERT_EQ(cancellation->lines.size(), 1U);
  EXPECT_EQ(cancellation->lines[0].line, 2U);
  EXPECT_TRUE(shop.when(R"("CancelOrder":{"order":"O-1","cancellation":"C-1","lines":[
                          {"line":2,"quantity":1}]})")
                  .has("HoldReleased"));
}

// As with the weight: what an item is now is what rules see.
TEST_F(Freight, HoldsAreExaminedAgainWhenAnItemIsFreightNoLonger) {
  shop.given(rule(R"("figure":"freight","amount":"9.00")", "hold"));
  EXPECT_TRUE(place("O-1", "7.50", "2.50").has("OrderHeld"));
  EXPECT_EQ(shop.when(R"("RegisterItem":{"item":"express","tax_category":"standard",
                         "kind":"not_stocked"})")
                .follow_ups,
            "HoldReleased CreditCommitted");
}

TEST_F(Freight, IsSetWithAnAmountOnly) {
  EXPECT_EQ(why_not_set(R"("figure":"freight","count":3)"),
            "freight: the figure is money: state an amount");
  EXPECT_EQ(why_not_set(R"("figure":"freight","operator":"in","amount":"1.00")"),
            "freight: the operator in is for names");
}

TEST_F(Figures, MoneyInAnotherCurrencyCountsAsMatchedButEasesNothing) {
  const std::string dollars = R"(,"operator":"lt","amount":"1.00","currency":"USD")";
  for (const std::string figure :
       {"order_total_with_tax", "order_total_without_tax", "line_price", "freight",
        "exposure_after_order", "bucket_exposure", "overdue_amount"}) {
    EXPECT_TRUE(matches(R"("figure":")" + figure + "\"" + dollars, "bolt", "2")) << figure;
    shop.given(rule(R"("figure":"order_total_with_tax","amount":"999999.00")"));
    shop.given(
        R"("SetRule":{"rule":"none","outcome":"ask","tiers":[{"groups":[{"roles":["approver"]}]}]})");
    shop.given(R"("SetRule":{"rule":"eases","outcome":"approve","conditions":[{"figure":")" +
               figure + "\"" + dollars + "}]}");
    EXPECT_TRUE(shop.place("A-" + figure, "bolt", "2").has("ApprovalRequested")) << figure;
    shop.given(
        R"("SetRule":{"rule":"eases","outcome":"exclude","exclude":"none","scope_kind":"company",
                   "scope":"acme","conditions":[{"figure":")" +
        figure + "\"" + dollars + "}]}");
    EXPECT_TRUE(shop.place("E-" + figure, "bolt", "2").has("ApprovalRequested")) << figure;
    shop.given(R"("SetRule":{"rule":"none","outcome":"warn","withdrawn":true})");
    shop.given(R"("SetRule":{"rule":"eases","outcome":"warn","withdrawn":true})");
  }
}

TEST_F(Figures, AreSetWithTheThresholdOfTheirUnitOnly) {
  EXPECT_EQ(why_not_set(R"("figure":"order_total_with_tax")"),
            "order_total_with_tax: the figure is money: state an amount");
  EXPECT_EQ(why_not_set(R"("figure":"order_total_with_tax","percent":10)"),
            "order_total_with_tax: the figure is money: state an amount");
  EXPECT_EQ(why_not_set(R"("figure":"order_total_with_tax","amount":"1.00","days":3)"),
            "order_total_with_tax: the figure is money: state an amount");
  EXPECT_EQ(why_not_set(R"("figure":"distinct_items","amount":"1.00")"),
            "distinct_items: the figure is a count: state count");
  EXPECT_EQ(why_not_set(R"("figure":"limit_used_percent","count":80)"),
            "limit_used_percent: the figure is a percentage: state percent");
  EXPECT_EQ(why_not_set(R"("figure":"oldest_overdue_days")"),
            "oldest_overdue_days: the figure is measured in days: state days");
  EXPECT_EQ(why_not_set(R"("figure":"over_order_limit","amount":"1.00")"),
            "over_order_limit: the figure has its own threshold: state none");
  EXPECT_EQ(why_not_set(R"("figure":"distinct_items","count":1,"currency":"USD")"),
            "distinct_items: the figure is not money: state no currency");
  shop.given(rule(R"("figure":"overdue_amount","amount":"0.00")"));  // zero is a threshold
  shop.given(rule(R"("figure":"paid_invoices","operator":"eq","count":0)"));
}

TEST_F(Figures, AreSetWithAnOperatorThatSuits) {
  EXPECT_EQ(why_not_set(R"("figure":"terms","operator":"gt","names":["x"])"),
            "terms: names are compared by eq or in");
  EXPECT_EQ(why_not_set(R"("figure":"terms","operator":"eq","names":["x","y"])"),
            "terms: eq has one name; several are compared by in");
  EXPECT_EQ(why_not_set(R"("figure":"terms","operator":"in","names":[])"), "terms: 1 to 64 names");
  EXPECT_EQ(why_not_set(R"("figure":"distinct_items","operator":"in","count":1)"),
            "distinct_items: the operator in is for names");
  EXPECT_EQ(why_not_set(R"("figure":"credit_standing","operator":"eq","names":["bad"])"),
            "credit_standing: a standing: good or hold");
  EXPECT_EQ(why_not_set(R"("figure":"settlement","operator":"eq","names":["cash"])"),
            "settlement: a settlement: account or prepaid");
  EXPECT_EQ(why_not_set(R"("figure":"distinct_items","count":1,"whose":"any_ancestor")"),
            "distinct_items: whose is for figures of the payer");
  EXPECT_EQ(why_not_set(R"("figure":"paid_invoices","count":1,"grace_days":3)"),
            "paid_invoices: grace_days are for overdue figures");
  EXPECT_EQ(why_not_set(R"("figure":"overdue_amount","amount":"1.00","grace_days":-1)"),
            "overdue_amount: grace_days 0 to 36600");
  EXPECT_EQ(why_not_set(R"("figure":"overdue_amount","amount":"1.00","bucket":"delivered")"),
            "overdue_amount: bucket is for bucket_exposure");
}

TEST(FigureRegistry, HasEachFigureOnceAndReadsIt) {
  for (const FigureRow& row : figure_registry()) {
    EXPECT_EQ(find_figure(row.figure), &row) << EnumNameFigure(row.figure);
    EXPECT_NE(row.read == nullptr, row.read_account == nullptr) << EnumNameFigure(row.figure);
    EXPECT_FALSE(row.words.empty());
  }
  for (const Figure figure : EnumValuesFigure())
    EXPECT_NE(find_figure(figure), nullptr) << EnumNameFigure(figure);
}

}  // namespace
}  // namespace kontor::test
