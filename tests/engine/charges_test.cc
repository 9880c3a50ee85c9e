// Charges: lines of items that are not stocked. They are priced, counted and billed as any line;
// stock is none of their business.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr std::string_view kFreight =
    R"("RegisterItem":{"item":"freight","tax_category":"standard","kind":"not_stocked","freight":true)";

// Freight differs by order; packing has its price.
class Charged : public Shop {
 public:
  Charged() {
    given(std::string(kFreight) + "}");
    given(R"("RegisterItem":{"item":"packing","tax_category":"standard","kind":"not_stocked"})");
    given(R"("SetPrice":{"list":"retail","item":"packing","breaks":[{"from_quantity":0,
             "unit_price":"5.00"}]})");
  }
  // Bolts at 10.00 and their freight.
  Answer order_with_freight(std::string_view order, std::string_view bolts,
                            std::string_view freight = "8.00",
                            std::string_view more = R"("buyer":"ann")") {
    return place_lines(order,
                       R"({"item":"bolt","quantity":)" + std::string(bolts) +
                           R"(},{"item":"freight","quantity":1,"unit_price":")" +
                           std::string(freight) + R"("})",
                       more);
  }
  Answer place_lines(std::string_view order, std::string_view lines,
                     std::string_view more = R"("buyer":"ann")") {
    return when(R"("PlaceOrder":{"company":"acme","order":")" + std::string(order) + R"(",)" +
                std::string(more) + R"(,"lines":[)" + std::string(lines) + "]}");
  }
  Answer ship_lines(std::string_view order, std::string_view shipment, std::string_view what) {
    return when(R"("ShipOrder":{"order":")" + std::string(order) + R"(","shipment":")" +
                std::string(shipment) + R"(",)" + std::string(what) + "}");
  }
  std::int64_t shipped(std::string_view order, std::uint32_t number) const {
    return units(line(order, number).shipped);
  }
};

constexpr std::string_view kOnlyFreight = R"({"item":"freight","quantity":1,"unit_price":"8.00"})";

// ---- the item
// ------------------------------------------------------------------------------------------

TEST(RegisterItem, TakesItemsThatAreNotStockedAndWhetherTheyAreFreight) {
  Charged shop;
  const Catalogue& catalogue = shop.book().catalogue();
  const ItemId freight = catalogue.find_item("freight").value();
  EXPECT_FALSE(catalogue.is_stocked(freight));
  EXPECT_TRUE(catalogue.item(freight).freight);
  EXPECT_FALSE(catalogue.item(catalogue.find_item("packing").value()).freight);
  EXPECT_TRUE(catalogue.is_stocked(catalogue.find_item("bolt").value()));
}

TEST(RegisterItem, KindFixedAfterTheFirstRegistration) {
  Charged shop;
  const Answer stocked =
      shop.when(R"("RegisterItem":{"item":"packing","tax_category":"standard"})");
  EXPECT_EQ(stocked.reasons, "kind_fixed");
  EXPECT_EQ(stocked.grounds.at(0).name, "packing");
  EXPECT_EQ(
      shop.when(R"("RegisterItem":{"item":"nut","tax_category":"standard","kind":"not_stocked"})")
          .reasons,
      "kind_fixed");
}

TEST(RegisterItem, RefusesFreightOfAnotherKind) {
  Shop shop;
  const Answer answer =
      shop.when(R"("RegisterItem":{"item":"i","tax_category":"standard","freight":true})");
  EXPECT_EQ(answer.reasons, "invalid_value");
  EXPECT_EQ(answer.grounds.at(0).name, "freight that is not not_stocked");
}

// Nothing that was decided depends on it; what is decided from now on does.
TEST(RegisterItem, MayChangeWhetherAChargeIsFreight) {
  Charged shop;
  shop.given(R"("SetRule":{"rule":"r","outcome":"refuse","conditions":[
                {"figure":"freight","amount":"7.99"}]})");
  EXPECT_EQ(shop.order_with_freight("O-1", "1").reasons, "refused_by_rule");
  shop.given(R"("RegisterItem":{"item":"freight","tax_category":"standard","kind":"not_stocked"})");
  EXPECT_FALSE(shop.order_with_freight("O-2", "1").refused());
}

// ---- its price
// -----------------------------------------------------------------------------------------

TEST(ChargePrice, IsTheStatedOneWhereNoListHasOne) {
  Charged shop;
  EXPECT_EQ(shop.order_with_freight("O-1", "2").events,
            "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").net, Minor{2800});
  EXPECT_EQ(shop.order("O-1").total, Minor{3360});
  EXPECT_EQ(shop.exposure("acme"), 3360);
  EXPECT_EQ(shop.order_with_freight("O-2", "2", "9.50").reasons, "");
  EXPECT_EQ(shop.order("O-2").net, Minor{2950});
}

TEST(ChargePrice, IsTheListsWhereOneHasIt) {
  Charged shop;
  EXPECT_FALSE(shop.place("O-1", "packing", "2").refused());
  EXPECT_EQ(shop.order("O-1").net, Minor{1000});
  EXPECT_EQ(
      shop.place_lines("O-2", R"({"item":"packing","quantity":2,"unit_price":"4.00"})").reasons,
      "price_changed");
  EXPECT_EQ(
      shop.place_lines("O-3", R"({"item":"packing","quantity":2,"unit_price":"5.00"})").reasons,
      "");
}

TEST(ChargePrice, RefusesNoPriceWhereNobodyStatesOne) {
  Charged shop;
  EXPECT_EQ(shop.place("O-1", "freight", "1").reasons, "no_price");
  // A price that is stated is none for goods.
  shop.given(R"("RegisterItem":{"item":"washer","tax_category":"standard"})");
  EXPECT_EQ(
      shop.place_lines("O-2", R"({"item":"washer","quantity":1,"unit_price":"8.00"})").reasons,
      "no_price");
}

TEST(ChargePrice, IsKeptWherePricesAreTakenAtApproval) {
  Charged shop;
  shop.policy("price.at", "approval");
  shop.order_with_freight("O-1", "42");  // above ann's limit
  shop.given(R"("SetPrice":{"list":"retail","item":"bolt","breaks":[{"from_quantity":0,
                "unit_price":"9.99"}]})");
  EXPECT_EQ(shop.when(R"("actor":"bob","ApproveOrder":{"order":"O-1"})").events,
            "ApprovalGranted OrderRepriced OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-1").net, Minor{42 * 999 + 800});
}

TEST(ChargePrice, IsTheListsOnceOneHasItWherePricesAreTakenAtApproval) {
  Charged shop;
  shop.policy("price.at", "approval");
  shop.order_with_freight("O-1", "42");
  shop.given(R"("SetPrice":{"list":"retail","item":"freight","breaks":[{"from_quantity":0,
                "unit_price":"6.00"}]})");
  shop.given(R"("actor":"bob","ApproveOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.order("O-1").net, Minor{42600});
}

TEST(ChargePrice, IsStatedAnewByAnAmendment) {
  Charged shop;
  shop.order_with_freight("O-1", "2");
  const auto amend = [&](std::string_view name, std::string_view line) {
    return shop.when(R"("AmendOrder":{"order":"O-1","amendment":")" + std::string(name) +
                     R"(","lines":[)" + std::string(line) + "]}");
  };
  EXPECT_EQ(amend("A-1", R"({"line":2,"quantity":1,"unit_price":"12.00"})").reasons, "");
  EXPECT_EQ(shop.order("O-1").net, Minor{3200});
  EXPECT_EQ(amend("A-2", R"({"line":2,"quantity":2})").reasons, "no_price");
  // A line that is not named keeps its price, and a new one may be a charge.
  EXPECT_EQ(amend("A-3", R"({"line":1,"quantity":3})").reasons, "");
  EXPECT_EQ(amend("A-4", R"({"item":"packing","quantity":1})").reasons, "");
  EXPECT_EQ(shop.order("O-1").net, Minor{4700});
  EXPECT_EQ(shop.exposure("acme"), 5640);
}

TEST(ChargePrice, OfAReorderIsTheOldOneWhereNoListHasIt) {
  Charged shop;
  shop.order_with_freight("O-1", "2");
  EXPECT_EQ(shop.when(R"("Reorder":{"order":"O-1","new_order":"O-2"})").events,
            "OrderPlaced LinesReordered OrderApproved CreditCommitted");
  EXPECT_EQ(shop.order("O-2").net, Minor{2800});
  shop.given(R"("SetPrice":{"list":"retail","item":"freight","breaks":[{"from_quantity":0,
                "unit_price":"6.00"}]})");
  const Answer dearer = shop.when(R"("Reorder":{"order":"O-1","new_order":"O-3"})");
  EXPECT_EQ(dearer.reasons, "price_changed");  // a warning
  EXPECT_EQ(shop.order("O-3").net, Minor{2600});
}

TEST(ChargePrice, OfAReorderStaysWithItsDraft) {
  Charged shop;
  shop.order_with_freight("O-1", "2");
  shop.given(R"("Reorder":{"order":"O-1","new_draft":"D-1"})");
  EXPECT_EQ(shop.when(R"("PlaceDraft":{"draft":"D-1","order":"O-2"})").reasons, "");
  EXPECT_EQ(shop.order("O-2").net, Minor{2800});
}

TEST(ChargePrice, OfRunsIsTheOneThatWasAgreedTo) {
  Charged shop;
  shop.given(R"("DefineRecurringOrder":{"order":"R","company":"acme","buyer":"ann","every":1,
      "unit":"day","from":"2026-03-03","lines":[{"item":"bolt","quantity":1},
      {"item":"freight","quantity":1,"unit_price":"8.00"}]})");
  shop.day("2026-03-03");
  EXPECT_EQ(shop.order("R-1").net, Minor{1800});
  shop.given(R"("SetPrice":{"list":"retail","item":"freight","breaks":[{"from_quantity":0,
                "unit_price":"6.00"}]})");
  shop.day("2026-03-04");
  EXPECT_EQ(shop.order("R-2").net, Minor{1600});
}

// ---- no stock
// ------------------------------------------------------------------------------------------

TEST(ChargeStock, RefusesWhatIsNotStockedOnAShelf) {
  Charged shop;
  EXPECT_EQ(shop.receive("R-1", "north", "freight", "1").reasons, "not_stocked");
  EXPECT_EQ(shop.when(R"("CountStock":{"count":"C-1","warehouse":"north","lines":[
                         {"item":"packing","quantity":1}]})")
                .reasons,
            "not_stocked");
}

TEST(ChargeStock, IsNeitherReservedNorWaitedFor) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
  EXPECT_EQ(shop.reserved("O-1", 1), 5);
  EXPECT_EQ(shop.reserved("O-1", 2), 0);
  EXPECT_EQ(shop.allocate("O-1").reasons, "nothing_to_allocate");
  EXPECT_EQ(shop.units(shop.line("O-1", 2).backordered), 0);
}

TEST(ChargeStock, OfChargesAloneThereIsNothingToAllocate) {
  Charged shop;
  shop.place_lines("O-1", kOnlyFreight);
  EXPECT_EQ(shop.allocate("O-1").reasons, "nothing_to_allocate");
}

TEST(ChargeStock, RefusesPartsOfAChargeByHand) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  const Answer answer = shop.when(R"("AllocateOrder":{"order":"O-1","parts":[
      {"line":2,"warehouse":"north","quantity":1}]})");
  EXPECT_EQ(answer.reasons, "not_stocked");
  EXPECT_EQ(answer.grounds.at(0).line, 2U);
}

// Whatever stock.short says, and wherever stock.at takes it.
TEST(ChargeStock, IsNeverShort) {
  for (const std::string_view shortage : {"refuse", "backorder", "cancel_rest", "partial"}) {
    for (const std::string_view at : {"placement", "approval", "allocation", "shipment"}) {
      Charged shop;
      shop.policy("stock.short", shortage);
      shop.policy("stock.at", at);
      EXPECT_EQ(shop.order_with_freight("O-1", "5").reasons, "") << shortage << at;
      EXPECT_EQ(shop.place_lines("O-2", kOnlyFreight).reasons, "") << shortage << at;
      if (at == "allocation") shop.allocate("O-1");
      EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "") << shortage << at;
      EXPECT_EQ(shop.ship("O-2", "S-2").events, "ChargesShipped OrderFulfilled");
      EXPECT_EQ(shop.shipped("O-1", 1), 5);
      EXPECT_EQ(shop.shipped("O-1", 2), 1);
    }
  }
}

// One warehouse for the goods; the rest needs none.
TEST(ChargeStock, DoesNotKeepAnOrderInOneWarehouse) {
  Charged shop;
  EXPECT_EQ(shop.order_with_freight("O-1", "5", "8.00", R"("buyer":"ann","no_split":true)").reasons,
            "");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved");
}

TEST(ChargeStock, IsNotReservedForADraft) {
  Charged shop;
  shop.policy("stock.draft", "reserve");
  shop.given(R"("SaveDraft":{"draft":"D-1","company":"acme","buyer":"ann","lines":[
      {"item":"bolt","quantity":5},{"item":"freight","quantity":1,"unit_price":"8.00"}]})");
  EXPECT_EQ(shop.salable("bolt", "north"), 95);
  EXPECT_EQ(shop.when(R"("PlaceDraft":{"draft":"D-1","order":"O-1"})").reasons, "");
  EXPECT_EQ(shop.reserved("O-1", 1), 5);
  EXPECT_EQ(shop.reserved("O-1", 2), 0);
}

TEST(ChargeStock, GoesWhileTheGoodsWait) {
  Charged shop;
  shop.limit("acme", "9000.00");
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"buyer"}]})");
  shop.order_with_freight("O-1", "105");
  EXPECT_EQ(shop.allocate("O-1").events, "StockReserved LineBackordered");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped ChargesShipped");
  EXPECT_EQ(shop.shipped("O-1", 2), 1);
  shop.receive("R-1", "north", "bolt", "5");
  EXPECT_EQ(shop.ship("O-1", "S-2").events, "GoodsShipped OrderFulfilled");
}

// ---- shipping
// ------------------------------------------------------------------------------------------

TEST(ShipCharge, LeavesWithTheWholeOrder) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  shop.allocate("O-1");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped ChargesShipped OrderFulfilled");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 6960);
  EXPECT_EQ(shop.salable("bolt", "north"), 95);
  const Catalogue& catalogue = shop.book().catalogue();
  EXPECT_EQ(shop.book().stock().record(catalogue.find_item("freight").value(), WarehouseId{0}),
            nullptr);
}

TEST(ShipCharge, ByLineLeavesFromNoWarehouse) {
  Charged shop;
  shop.place_lines("O-1", R"({"item":"bolt","quantity":5},{"item":"packing","quantity":3})");
  EXPECT_EQ(shop.ship_lines("O-1", "S-1", R"("charges":[{"line":2,"quantity":1}])").events,
            "ChargesShipped");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 600);
  shop.allocate("O-1");
  EXPECT_EQ(shop.ship_lines("O-1", "S-2", R"("lines":[{"line":1,"warehouse":"north","quantity":2}],
                            "charges":[{"line":2,"quantity":1}])")
                .events,
            "GoodsShipped ChargesShipped");
  // Lines alone leave the charges where they are.
  EXPECT_EQ(
      shop.ship_lines("O-1", "S-3", R"("lines":[{"line":1,"warehouse":"north","quantity":3}])")
          .events,
      "GoodsShipped");
  EXPECT_EQ(shop.ship("O-1", "S-4").events, "ChargesShipped OrderFulfilled");
  EXPECT_EQ(shop.ship_lines("O-1", "S-4", R"("charges":[{"line":2,"quantity":1}])").reasons,
            "shipment_exists");
}

TEST(ShipCharge, RefusesMoreThanOpenAndWhatIsNoCharge) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  shop.allocate("O-1");
  const auto charge = [&](std::string_view said) {
    return shop.ship_lines("O-1", "S-1", R"("charges":[)" + std::string(said) + "]").reasons;
  };
  EXPECT_EQ(charge(R"({"line":2,"quantity":2})"), "more_than_open");
  EXPECT_EQ(charge(R"({"line":2,"quantity":1},{"line":2,"quantity":1})"), "more_than_open");
  EXPECT_EQ(charge(R"({"line":2,"quantity":0})"), "not_positive");
  EXPECT_EQ(charge(R"({"line":3,"quantity":1})"), "unknown_line");
  EXPECT_EQ(
      shop.ship_lines("O-1", "S-1", R"("lines":[{"line":2,"warehouse":"north","quantity":1}])")
          .reasons,
      "not_stocked");
}

TEST(ShipCharge, RefusesGoodsThatAreNotACharge) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  const Answer answer = shop.ship_lines("O-1", "S-1", R"("charges":[{"line":1,"quantity":1}])");
  EXPECT_EQ(answer.reasons, "not_a_charge");
  EXPECT_EQ(answer.grounds.at(0).name, "bolt");
}

TEST(ShipCharge, LeavesWhatWasCancelled) {
  Charged shop;
  shop.place_lines("O-1", R"({"item":"packing","quantity":3})");
  shop.given(
      R"("CancelOrder":{"order":"O-1","cancellation":"C-1","lines":[{"line":1,"quantity":1}]})");
  EXPECT_EQ(shop.exposure("acme"), 1200);
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "ChargesShipped OrderFulfilled");
  EXPECT_EQ(shop.shipped("O-1", 1), 2);
}

TEST(ShipCharge, IsCancelledWithItsOrder) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  shop.allocate("O-1");
  EXPECT_EQ(shop.cancel("O-1").events,
            "ReservationReleased LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(ShipCharge, WaitsForAHoldAndADepositLikeGoods) {
  Charged shop;
  shop.given(R"("SetRule":{"rule":"d","outcome":"deposit","deposit":50,"conditions":[
                {"figure":"freight","amount":"7.00"}]})");
  EXPECT_TRUE(shop.place_lines("O-1", kOnlyFreight).has("DepositRequested"));
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "deposit_outstanding");
  shop.given(R"("HoldOrder":{"order":"O-1"})");
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "on_hold deposit_outstanding");
}

// ---- counting, billing, coming back
// --------------------------------------------------------------------

// Part by part: what needs no allocation counts as soon as its order does.
TEST(ChargeCredit, CountsAtOnceWhereGoodsCountWhenAllocated) {
  Charged shop;
  shop.policy("credit.at", "allocation");
  shop.order_with_freight("O-1", "5");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 960);
  shop.allocate("O-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 6960);
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 6960);
}

TEST(ChargeCredit, CountsWhenShippedWhereCreditIsTakenThere) {
  Charged shop;
  shop.policy("credit.at", "shipment");
  shop.order_with_freight("O-1", "5");
  shop.allocate("O-1");
  EXPECT_EQ(shop.exposure("acme"), 0);
  shop.ship_lines("O-1", "S-1", R"("charges":[{"line":2,"quantity":1}])");
  EXPECT_EQ(shop.exposure("acme"), 960);
}

TEST(ChargeCredit, IsHeldWithItsOrderOneCentOverTheLimit) {
  Charged shop;
  shop.limit("acme", "69.59");
  EXPECT_EQ(shop.order_with_freight("O-1", "5").reasons, "over_credit_limit");
  shop.limit("acme", "69.60");
  EXPECT_FALSE(shop.is_held("O-1"));
}

TEST(ChargeBilling, IsBilledWhenShippedOrWhenOrdered) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "nothing_to_invoice");
  shop.ship_lines("O-1", "S-1", R"("charges":[{"line":2,"quantity":1}])");
  EXPECT_EQ(shop.invoice("O-1", "I-1").events, "InvoiceIssued");
  EXPECT_EQ(shop.invoice_of("I-1").total, Minor{960});
  shop.policy("invoice.basis", "ordered");
  shop.order_with_freight("O-2", "1", "4.00");
  shop.invoice("O-2", "I-2");
  EXPECT_EQ(shop.invoice_of("I-2").net, Minor{1400});
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 2640);
  // Billed ahead, it leaves all the same.
  shop.allocate("O-2");
  EXPECT_EQ(shop.ship("O-2", "S-2").events, "GoodsShipped ChargesShipped OrderFulfilled");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
}

TEST(ChargeBilling, IsVoidedByACreditNoteBeforeItLeaves) {
  Charged shop;
  shop.policy("invoice.basis", "ordered");
  shop.order_with_freight("O-1", "5");
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.when(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-1","lines":[
                {"line":2,"quantity":1,"disposition":"none"}]})")
                .events,
            "CreditNoteIssued CreditNoteApplied");
  EXPECT_EQ(shop.units(shop.line("O-1", 2).voided), 1);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 6000);
  shop.allocate("O-1");
  EXPECT_EQ(shop.ship("O-1", "S-1").events, "GoodsShipped OrderFulfilled");
}

TEST(ChargeReturn, ComesBackToNoShelf) {
  Charged shop;
  shop.place_lines("O-1", R"({"item":"packing","quantity":3})");
  shop.ship("O-1", "S-1");
  const auto give_back = [&](std::string_view name, std::string_view disposition) {
    return shop.when(R"("ReturnGoods":{"order":"O-1","return":")" + std::string(name) +
                     R"(","warehouse":"north","lines":[{"line":1,"quantity":1,"disposition":")" +
                     std::string(disposition) + R"("}]})");
  };
  EXPECT_EQ(give_back("R-1", "restock").reasons, "not_stocked");
  EXPECT_EQ(give_back("R-1", "none").events, "GoodsReturned");
  EXPECT_EQ(give_back("R-2", "scrap").events, "GoodsReturned");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 600);
  const ItemId packing = shop.book().catalogue().find_item("packing").value();
  EXPECT_EQ(shop.book().stock().record(packing, WarehouseId{0}), nullptr);
}

TEST(ChargeReturn, OfACreditNoteComesBackToNoShelf) {
  Charged shop;
  shop.order_with_freight("O-1", "5");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  const auto credit = [&](std::string_view disposition) {
    return shop.when(R"("IssueCreditNote":{"credit_note":"N-1","invoice":"I-1","warehouse":"north",
                "lines":[{"line":2,"quantity":1,"disposition":")" +
                     std::string(disposition) + R"("}]})");
  };
  EXPECT_EQ(credit("restock").reasons, "not_stocked");
  EXPECT_EQ(credit("none").events, "GoodsReturned CreditNoteIssued CreditNoteApplied");
  EXPECT_EQ(shop.credit_note_of("N-1").total, Minor{960});
  EXPECT_EQ(shop.exposure("acme"), 6000);
}

}  // namespace
}  // namespace kontor::test
