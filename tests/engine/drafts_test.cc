// Drafts: what is wanted but not ordered yet, and what becomes of it.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string save(std::string_view quantity, std::string_view more = R"("buyer":"ann")",
                 std::string_view item = "bolt") {
  return R"("SaveDraft":{"draft":"D-1","company":"acme",)" + std::string(more) +
         R"(,"lines":[{"item":")" + std::string(item) + R"(","quantity":)" + std::string(quantity) +
         "}]}";
}
constexpr std::string_view kPlace = R"("PlaceDraft":{"draft":"D-1","order":"O-1"})";
constexpr std::string_view kDiscard = R"("DiscardDraft":{"draft":"D-1"})";

TEST(SaveDraft, KeepsWhatIsWantedAndCountsNowhere) {
  Shop shop;
  EXPECT_EQ(shop.when(save("50")).events, "DraftSaved");
  const Draft* const draft = shop.book().drafts().find("D-1");
  ASSERT_NE(draft, nullptr);
  EXPECT_EQ(draft->total, Minor{60000});
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
  EXPECT_EQ(shop.book().orders().all().size(), 0U);
}

TEST(SaveDraft, ReplacesWhatWasSavedBefore) {
  Shop shop;
  shop.given(save("50"));
  shop.given(save("2", R"("buyer":"ann","region":"S")", "nut"));
  const Draft& draft = *shop.book().drafts().find("D-1");
  ASSERT_EQ(draft.lines.size(), 1U);
  EXPECT_EQ(draft.total, Minor{60});
  EXPECT_EQ(draft.region, "S");
  EXPECT_EQ(draft.version, 2U);
}

TEST(SaveDraft, HasNoTotalWhereALineHasNoPrice) {
  Shop shop;
  shop.given(R"("RegisterItem":{"item":"washer","tax_category":"standard"})");
  EXPECT_EQ(shop.when(save("1", R"("buyer":"ann")", "washer")).events, "DraftSaved");
  EXPECT_EQ(shop.book().drafts().find("D-1")->total, std::nullopt);
  EXPECT_EQ(shop.when(kPlace).reasons, "no_price");
}

TEST(SaveDraft, RefusesWhatCannotBeNamed) {
  Shop shop;
  EXPECT_EQ(shop.when(save("1", R"("buyer":"ann")", "x")).reasons, "unknown_item");
  EXPECT_EQ(shop.when(save("0")).reasons, "not_positive");
  EXPECT_EQ(shop.when(save("1", R"("buyer":"zoe")")).reasons, "unknown_buyer");
  EXPECT_EQ(shop.when(R"("SaveDraft":{"draft":"D-1","company":"acme","lines":[]})").reasons,
            "too_many");
}

TEST(SaveDraft, ReservesWhatThereIsWhereThePolicySaysSo) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.given(save("120"));
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.given(save("30"));
  EXPECT_EQ(shop.salable("bolt", "north"), 70);
  EXPECT_EQ(shop.when(kDiscard).events, "DraftDiscarded");
  EXPECT_EQ(shop.salable("bolt", "north"), 100);
}

// What it has it keeps, though others wait by now; what it gives back is theirs.
TEST(SaveDraft, KeepsItsStockBeforeThoseWhoWait) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.limit("acme", "10000.00");
  shop.given(save("90"));
  shop.place("O-2", "bolt", "20");
  shop.allocate("O-2");
  ASSERT_EQ(shop.waiting("O-2"), 10);
  const Answer again = shop.when(save("90"));
  EXPECT_EQ(again.follow_ups, "");
  EXPECT_EQ(shop.waiting("O-2"), 10);
  EXPECT_EQ(shop.when(save("85")).follow_ups, "StockReserved");
  EXPECT_EQ(shop.waiting("O-2"), 5);
}

TEST(PlaceDraft, RefusesAnUnknownDraft) {
  Shop shop;
  EXPECT_EQ(shop.when(kPlace).reasons, "unknown_draft");
  EXPECT_EQ(shop.when(kDiscard).reasons, "unknown_draft");
}

TEST(PlaceDraft, PlacesItAsAnyOrder) {
  Shop shop;
  shop.given(save("10", R"("buyer":"ann","buyer_reference":"PO 7")"));
  EXPECT_EQ(shop.when(kPlace).events, "OrderPlaced DraftDiscarded OrderApproved CreditCommitted");
  EXPECT_EQ(shop.book().drafts().find("D-1"), nullptr);
  EXPECT_EQ(shop.exposure("acme"), 12000);
  EXPECT_EQ(shop.when(kPlace).reasons, "unknown_draft order_exists");
}

TEST(PlaceDraft, TakesThePricesAndRulesOfItsDay) {
  Shop shop;
  shop.given(save("10"));
  shop.given(R"("SetPrice":{"list":"retail","item":"bolt",
               "breaks":[{"from_quantity":0,"unit_price":"42.00"}]})");
  EXPECT_EQ(shop.when(kPlace).events, "OrderPlaced DraftDiscarded ApprovalRequested");
  EXPECT_EQ(shop.order("O-1").total, Minor{50400});
}

// A junior's list: submitted by placing it, approved by a senior, bought.
TEST(PlaceDraft, AsksPeopleAndIsBoughtWhenTheyAgree) {
  Shop shop;
  shop.given(save("42"));
  EXPECT_EQ(shop.when(kPlace).reasons, "over_order_limit");
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").events,
            "ApprovalGranted OrderApproved CreditCommitted");
}

TEST(PlaceDraft, KeepsWhatItHasReserved) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.policy("stock.at", "placement");
  shop.policy("stock.short", "refuse");
  shop.limit("acme", "10000.00");
  shop.given(save("42"));
  shop.place("O-2", "bolt", "58");
  ASSERT_EQ(shop.salable("bolt", "north"), 0);
  EXPECT_EQ(shop.when(kPlace).events, "OrderPlaced DraftDiscarded StockReserved ApprovalRequested");
  EXPECT_EQ(shop.reserved("O-1"), 42);
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
}

TEST(PlaceDraft, NeedsTheRestOfItsStock) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.policy("stock.at", "placement");
  shop.policy("stock.short", "refuse");
  shop.given(save("42"));
  shop.limit("acme", "10000.00");
  shop.place("O-2", "bolt", "58");
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":120}]})");
  shop.given(save("63"));  // 20 more are there
  EXPECT_EQ(shop.when(kPlace).reasons, "short_stock");
  shop.receive("R-1", "north", "bolt", "1");
  EXPECT_TRUE(shop.when(kPlace).has("OrderPlaced"));
  EXPECT_EQ(shop.reserved("O-1"), 63);
}

TEST(PlaceDraft, LeavesTheDraftWhereItIsRefused) {
  Shop shop;
  shop.given(save("10"));
  shop.place("O-1", "nut", "1");
  EXPECT_EQ(shop.when(kPlace).reasons, "order_exists");
  shop.given(R"("RegisterItem":{"item":"bolt","tax_category":"standard","status":"inactive"})");
  EXPECT_EQ(shop.when(R"("PlaceDraft":{"draft":"D-1","order":"O-2"})").reasons, "item_inactive");
  EXPECT_NE(shop.book().drafts().find("D-1"), nullptr);
}

// Two drafts never hold the same unit.
TEST(SaveDraft, ReservesTheLastUnitOnce) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.given(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":1}]})");
  shop.given(save("1"));
  shop.given(
      R"("SaveDraft":{"draft":"D-2","company":"acme","lines":[{"item":"bolt","quantity":1}]})");
  EXPECT_EQ(shop.salable("bolt", "north"), 0);
  shop.given(kDiscard);
  EXPECT_EQ(shop.salable("bolt", "north"), 1);
}

// A count below what is reserved names the draft among the endangered.
TEST(CountStock, NamesADraftThatTheShelfCannotMeet) {
  Shop shop;
  shop.policy("stock.draft", "reserve");
  shop.given(save("50"));
  const Answer answer = shop.when(
      R"("CountStock":{"count":"K-1","warehouse":"north","lines":[{"item":"bolt","quantity":40}]})");
  EXPECT_EQ(answer.reasons, "reserved_beyond_stock");
  ASSERT_EQ(answer.grounds.size(), 1U);
  EXPECT_EQ(answer.grounds[0].name, "D-1");
}

}  // namespace
}  // namespace kontor::test
