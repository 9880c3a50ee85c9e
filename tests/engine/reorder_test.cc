// Templates, and ordering again what was ordered before.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string price(std::string_view item, std::string_view amount) {
  return R"("SetPrice":{"list":"retail","item":")" + std::string(item) +
         R"(","breaks":[{"from_quantity":0,"unit_price":")" + std::string(amount) + R"("}]})";
}
std::string inactive(std::string_view item) {
  return R"("RegisterItem":{"item":")" + std::string(item) +
         R"(","tax_category":"standard","status":"inactive"})";
}
std::string reorder(std::string_view rest) {
  return R"("Reorder":{)" + std::string(rest) + "}";
}
constexpr std::string_view kTemplate =
    R"("DefineTemplate":{"template":"weekly","label":"Every week",
  "lines":[{"item":"bolt","quantity":2},{"item":"nut","quantity":8}]})";

class OneOrder : public Shop {
 public:
  OneOrder() {
    given(R"("PlaceOrder":{"order":"O-1","company":"acme","buyer":"ann","region":"S","lines":[)"
          R"({"item":"bolt","quantity":5},{"item":"nut","quantity":4}]})");
  }
};

TEST(Reorder, OrdersTheLinesOfAnEarlierOrder) {
  OneOrder shop;
  const Answer answer = shop.when(reorder(R"("order":"O-1","new_order":"O-2")"));
  EXPECT_EQ(answer.events, "OrderPlaced LinesReordered OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-2").total, shop.order("O-1").total);
  EXPECT_EQ(shop.book().orders().region(shop.order("O-2")), "S");
  EXPECT_EQ(shop.order("O-2").buyer, shop.order("O-1").buyer);
}

TEST(Reorder, TellsPricesThatHaveChanged) {
  OneOrder shop;
  shop.given(price("bolt", "11.00"));
  const Answer answer = shop.when(reorder(R"("order":"O-1","new_order":"O-2")"));
  EXPECT_EQ(answer.events,
            "OrderPlaced LinesReordered CommandWarned OrderApproved CreditCommitted");
  EXPECT_EQ(answer.reasons, "price_changed");
  ASSERT_EQ(answer.grounds.size(), 1U);
  EXPECT_EQ(answer.grounds[0].line, 1U);
  EXPECT_EQ(shop.order("O-2").net, Minor{5600});
}

TEST(Reorder, LeavesOutInactiveItemsAndRefusesWhereThatLeavesNothingToReorder) {
  OneOrder shop;
  shop.given(inactive("bolt"));
  EXPECT_EQ(shop.when(reorder(R"("order":"O-1","new_order":"O-2")")).reasons, "item_inactive");
  const Answer answer =
      shop.when(reorder(R"("order":"O-1","new_order":"O-3","inactive":"left_out")"));
  EXPECT_EQ(answer.reasons, "item_inactive");  // a warning
  EXPECT_TRUE(answer.has("OrderPlaced"));
  EXPECT_EQ(shop.order("O-3").line_count, 1U);
  shop.given(inactive("nut"));
  EXPECT_EQ(shop.when(reorder(R"("order":"O-1","new_order":"O-4","inactive":"left_out")")).reasons,
            "nothing_to_reorder");
}

TEST(Reorder, TakesWhatWasNotCancelledOrAllOfOneCancelledWhole) {
  OneOrder shop;
  shop.given(
      R"("CancelOrder":{"order":"O-1","cancellation":"C-1","lines":[{"line":1,"quantity":2}]})");
  shop.given(reorder(R"("order":"O-1","new_order":"O-2")"));
  EXPECT_EQ(shop.units(shop.line("O-2", 1).ordered), 3);
  shop.cancel("O-1");
  shop.given(reorder(R"("order":"O-1","new_order":"O-3")"));
  EXPECT_EQ(shop.units(shop.line("O-3", 1).ordered), 5);
}

TEST(Reorder, MakesADraftUnlessTheDraftExists) {
  OneOrder shop;
  shop.given(price("bolt", "11.00"));
  const Answer answer = shop.when(reorder(R"("order":"O-1","new_draft":"D-1")"));
  EXPECT_EQ(answer.events, "DraftSaved LinesReordered CommandWarned");
  EXPECT_EQ(shop.when(reorder(R"("order":"O-1","new_draft":"D-1")")).reasons, "draft_exists");
}

TEST(Reorder, OrdersFromATemplate) {
  Shop shop;
  EXPECT_EQ(shop.when(kTemplate).events, "TemplateDefined");
  EXPECT_EQ(
      shop.when(reorder(R"("template":"weekly","new_order":"O-1","company":"acme","buyer":"ann")"))
          .events,
      "OrderPlaced LinesReordered OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").net, Minor{2200});
  EXPECT_EQ(shop.when(reorder(R"("template":"weekly","new_order":"O-2")")).reasons,
            "unknown_company");
}

TEST(Reorder, RefusesAnUnknownTemplateAndAWithdrawnOne) {
  Shop shop;
  EXPECT_EQ(shop.when(reorder(R"("template":"weekly","new_order":"O-1","company":"acme")")).reasons,
            "unknown_template");
  shop.given(R"("DefineTemplate":{"template":"weekly","company":"acme","withdrawn":true,
               "lines":[{"item":"bolt","quantity":2}]})");
  EXPECT_EQ(shop.when(reorder(R"("template":"weekly","new_order":"O-1")")).reasons,
            "unknown_template");
}

TEST(Reorder, RefusesTwoSourcesOrNone) {
  OneOrder shop;
  shop.given(kTemplate);
  EXPECT_EQ(shop.when(reorder(R"("order":"O-1","template":"weekly","new_order":"O-2")")).reasons,
            "invalid_value");
  EXPECT_EQ(shop.when(reorder(R"("new_order":"O-2")")).reasons, "invalid_value");
  EXPECT_EQ(shop.when(reorder(R"("order":"O-1")")).reasons, "invalid_value");
  EXPECT_EQ(shop.when(reorder(R"("order":"O-9","new_order":"O-2")")).reasons, "unknown_order");
  EXPECT_EQ(shop.when(reorder(R"("order":"O-1","new_order":"O-1")")).reasons, "order_exists");
}

TEST(DefineTemplate, ReplacesItsLines) {
  Shop shop;
  shop.given(kTemplate);
  shop.given(R"("DefineTemplate":{"template":"weekly","lines":[{"item":"penny","quantity":1}]})");
  EXPECT_EQ(shop.book().drafts().order_template(0).lines.size(), 1U);
  EXPECT_EQ(shop.book().drafts().order_template(0).version, 2U);
  EXPECT_EQ(shop.when(R"("DefineTemplate":{"template":"weekly","company":"x",
                        "lines":[{"item":"z","quantity":0}]})")
                .reasons,
            "unknown_company unknown_item not_positive");
}

}  // namespace
}  // namespace kontor::test
