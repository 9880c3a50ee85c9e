// Credit notes: what they credit, whom they pay, and what becomes of the goods.
#include <gtest/gtest.h>

#include "tests/support/engine/crediting.h"

namespace kontor::test {
namespace {

// ---- goods --------------------------------------------------------------------------------------

// Order 10, invoice 7, ship 3, credit 5: the worked case of the design.
TEST(IssueCreditNote, VoidsWhatWasBilledAheadAndReturnsTheRest) {
  Shop shop;
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "bolt", "10");
  shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1","lines":[
      {"line":1,"quantity":7}]})");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
      {"line":1,"warehouse":"north","quantity":3}]})");
  EXPECT_EQ(shop.reserved("O-1"), 7);
  EXPECT_EQ(shop.exposure("acme"), 12000);

  EXPECT_EQ(credit(shop, "C-1", "I-1", back("5")).events,
            "ReservationReleased GoodsReturned CreditNoteIssued CreditNoteApplied");
  const OrderLineState& line = shop.line("O-1");
  EXPECT_EQ(shop.units(line.voided), 4);
  EXPECT_EQ(shop.units(line.returned), 1);
  EXPECT_EQ(shop.units(line.billed()), 3);
  EXPECT_EQ(shop.units(line.open()), 3);
  EXPECT_EQ(shop.units(line.credited), 1);
  EXPECT_EQ(shop.reserved("O-1"), 3);
  EXPECT_EQ(shop.salable("bolt", "north"), 100 - 3 + 1 - 3);
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 3600);
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 8400 - 6000);
  EXPECT_EQ(shop.bucket("acme", Bucket::unapplied), 0);
  EXPECT_EQ(shop.ship("O-1", "S-2").events, "GoodsShipped OrderFulfilled");
}

TEST(IssueCreditNote, FulfilsAnOrderOfWhichNothingIsLeftToShip) {
  Shop shop;
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "bolt", "10");
  shop.invoice("O-1", "I-1");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
      {"line":1,"warehouse":"north","quantity":6}]})");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("4")).events,
            "ReservationReleased CreditNoteIssued CreditNoteApplied OrderFulfilled");
  EXPECT_EQ(shop.exposure("acme"), 7200);
  EXPECT_EQ(shop.salable("bolt", "north"), 94);
}

// Voiding cuts as cancelling does: what waits before what is reserved.
TEST(IssueCreditNote, CutsBackordersBeforeReservations) {
  Shop shop;
  shop.limit("acme", "2000.00");
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "bolt", "120");
  shop.allocate("O-1");
  shop.invoice("O-1", "I-1");
  ASSERT_EQ(shop.waiting("O-1"), 20);
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("30")).status, StatusCode::kDone);
  EXPECT_EQ(shop.waiting("O-1"), 0);
  EXPECT_EQ(shop.reserved("O-1"), 90);
  EXPECT_EQ(shop.exposure("acme"), 90 * 1200);
}

// E-S4: nothing comes, or what comes is thrown away; the money is credited all the same.
TEST(IssueCreditNote, CreditsGoodsThatAreScrappedOrNeverCome) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("2", "scrap")).events,
            "GoodsReturned CreditNoteIssued CreditNoteApplied");
  EXPECT_EQ(credit(shop, "C-2", "I-1", back("3", "none")).status, StatusCode::kDone);
  EXPECT_EQ(shop.salable("bolt", "north"), 90);
  EXPECT_EQ(open(shop, "I-1"), 5 * 1200);
  EXPECT_EQ(shop.units(shop.line("O-1").returned), 5);
}

TEST(IssueCreditNote, ServesBackordersWithWhatComesBack) {
  Shop shop;
  shop.limit("acme", "5000.00");
  billed(shop, "1", "bolt", "100");
  shop.place("O-2", "bolt", "5");
  shop.allocate("O-2");
  ASSERT_EQ(shop.waiting("O-2"), 5);
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("3")).follow_ups, "StockReserved");
  EXPECT_EQ(shop.waiting("O-2"), 2);
}

TEST(IssueCreditNote, NamesTheBilledPartOfAnEarlierReturnOnce) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  give_back(shop, "B-1", "4");
  EXPECT_EQ(shop.exposure("acme"), 12000);
  EXPECT_EQ(credit(shop, "C-1", "I-1", named("B-1", "1")).events,
            "CreditNoteIssued CreditNoteApplied");
  EXPECT_EQ(open(shop, "I-1"), 10800);
  EXPECT_EQ(credit(shop, "C-2", "I-1", named("B-1")).status, StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-1"), 7200);
  EXPECT_EQ(shop.units(shop.line("O-1").credited), 4);
  EXPECT_EQ(shop.salable("bolt", "north"), 94);
  EXPECT_EQ(credit(shop, "C-3", "I-1", named("B-1")).reasons, "more_than_returned");
  EXPECT_EQ(credit(shop, "C-3", "I-1", named("B-1", "1")).reasons, "more_than_returned");
}

TEST(IssueCreditNote, RefusesUnknownReturnAndMoreThanReturned) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  billed(shop, "2", "bolt", "10");
  give_back(shop, "B-1", "4");
  EXPECT_EQ(credit(shop, "C-1", "I-1", named("B-9")).reasons, "unknown_return");
  EXPECT_EQ(credit(shop, "C-1", "I-2", named("B-1")).reasons, "unknown_return");
  EXPECT_EQ(credit(shop, "C-1", "I-1", named("B-1", "5")).reasons, "more_than_returned");
  EXPECT_EQ(credit(shop, "C-1", "I-1", R"("returns":[
      {"line":1,"goods_return":"B-1","quantity":3},{"line":1,"goods_return":"B-1","quantity":2}])")
                .reasons,
            "more_than_returned");
}

// Goods that came back before are not with the customer any more.
TEST(IssueCreditNote, RefusesMoreThanShippedAndNotYetReturned) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  give_back(shop, "B-1", "4");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("7")).reasons, "more_than_shipped");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("6") + "," + named("B-1")).status, StatusCode::kDone);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// Shipped, billed, returned; then more is shipped: what is not billed cannot come back credited.
TEST(IssueCreditNote, ReturnsOnlyBilledUnits) {
  Shop shop;
  shop.place("O-1", "bolt", "10");
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
      {"line":1,"warehouse":"north","quantity":3}]})");
  shop.invoice("O-1", "I-1");
  give_back(shop, "B-1", "3");
  shop.ship("O-1", "S-2");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("1")).reasons, "more_than_shipped");
  EXPECT_EQ(credit(shop, "C-1", "I-1", named("B-1")).status, StatusCode::kDone);
  EXPECT_EQ(shop.exposure("acme"), 7 * 1200);
}

// ---- worth --------------------------------------------------------------------------------------

TEST(IssueCreditNote, ValuesPartsByTheCumulativeRule) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"penny",
               "breaks":[{"from_quantity":0,"unit_price":"3.3333"}]})");
  billed(shop, "1", "penny", "3");
  std::vector<std::int64_t> totals;
  for (const std::string_view note : {"C-1", "C-2", "C-3"}) {
    credit(shop, note, "I-1", back("1"));
    totals.push_back(total(shop, note));
  }
  EXPECT_EQ(totals, (std::vector<std::int64_t>{333, 334, 333}));
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// A price taken off a line lessens what each of its units is worth from then on.
TEST(IssueCreditNote, ValuesUnitsOnWhatAmountsLeftOfTheLine) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  credit(shop, "C-1", "I-1", amount("10.00"));
  EXPECT_EQ(total(shop, "C-1"), 1200);
  credit(shop, "C-2", "I-1", back("5"));
  EXPECT_EQ(total(shop, "C-2"), 5400);
  credit(shop, "C-3", "I-1", back("5"));
  EXPECT_EQ(total(shop, "C-3"), 5400);
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.invoice_of("I-1").credited, Minor{12000});
}

// Tax of one unit rounds up: the first six take all of it.
TEST(IssueCreditNote, NeverCreditsMoreTaxThanWasBilled) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"nut",
               "breaks":[{"from_quantity":0,"unit_price":"0.03"}]})");
  billed(shop, "1", "nut", "10");
  ASSERT_EQ(open(shop, "I-1"), 36);
  std::vector<std::int64_t> taxes;
  for (int i = 1; i <= 10; ++i) {
    const std::string note = "C-" + std::to_string(i);
    credit(shop, note, "I-1", back("1"));
    taxes.push_back(shop.credit_note_of(note).tax.value());
  }
  EXPECT_EQ(taxes, (std::vector<std::int64_t>{1, 1, 1, 1, 1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// Tax of one unit rounds down: the one that exhausts the category takes the rest.
TEST(IssueCreditNote, TakesTheRestOfTheTaxWithTheLastUnit) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"nut",
               "breaks":[{"from_quantity":0,"unit_price":"0.02"}]})");
  billed(shop, "1", "nut", "3");
  ASSERT_EQ(open(shop, "I-1"), 7);
  std::vector<std::int64_t> totals;
  for (const std::string_view note : {"C-1", "C-2", "C-3"}) {
    credit(shop, note, "I-1", back("1"));
    totals.push_back(total(shop, note));
  }
  EXPECT_EQ(totals, (std::vector<std::int64_t>{2, 2, 3}));
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// E-M12: 10 bolts at 20 % and 1000 pennies without tax.
TEST(IssueCreditNote, ReturnsTheTaxOfItsLinesOnly) {
  Shop shop;
  shop.given(R"("PlaceOrder":{"company":"acme","order":"O-1","lines":)" +
             lines({{"bolt", "10"}, {"penny", "1000"}}) + "}");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  ASSERT_EQ(open(shop, "I-1"), 13000);
  credit(shop, "C-1", "I-1", amount("4.00", "2"));
  EXPECT_EQ(shop.credit_note_of("C-1").tax, Minor{0});
  credit(shop, "C-2", "I-1", back("1"));
  EXPECT_EQ(shop.credit_note_of("C-2").tax, Minor{200});
  EXPECT_EQ(open(shop, "I-1"), 13000 - 400 - 1200);
}

// What voiding moves between the boxes by rounding moves the exposure.
TEST(IssueCreditNote, MovesTheRoundingThatVoidingMakes) {
  Shop shop;
  shop.policy("invoice.basis", "ordered");
  shop.given(R"("SetPrice":{"list":"retail","item":"penny",
               "breaks":[{"from_quantity":0,"unit_price":"3.3333"}]})");
  shop.place("O-1", "penny", "3");
  shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1","lines":[
      {"line":1,"quantity":2}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 333);
  EXPECT_EQ(open(shop, "I-1"), 667);
  credit(shop, "C-1", "I-1", back("1"));
  EXPECT_EQ(total(shop, "C-1"), 334);
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 334);
  EXPECT_EQ(shop.exposure("acme"), 334 + 333);
}

// ---- the document -------------------------------------------------------------------------------

TEST(IssueCreditNote, RefusesMoreThanInvoiced) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("11")).reasons, "more_than_invoiced");
  EXPECT_EQ(credit(shop, "C-1", "I-1", amount("100.01")).reasons, "more_than_invoiced");
  credit(shop, "C-1", "I-1", amount("60.00"));
  EXPECT_EQ(credit(shop, "C-2", "I-1", amount("40.01")).reasons, "more_than_invoiced");
  credit(shop, "C-2", "I-1", back("9"));
  EXPECT_EQ(credit(shop, "C-3", "I-1", back("2")).reasons, "more_than_invoiced");
  EXPECT_EQ(credit(shop, "C-3", "I-1", back("1")).status, StatusCode::kDone);
  EXPECT_EQ(credit(shop, "C-4", "I-1", amount("0.01")).reasons, "more_than_invoiced");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(IssueCreditNote, RefusesCreditNoteExistsUnknownInvoiceAndNothingToCredit) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  credit(shop, "C-1", "I-1", amount("1.00"));
  EXPECT_EQ(credit(shop, "C-1", "I-1", amount("1.00")).reasons, "credit_note_exists");
  EXPECT_EQ(credit(shop, "C-2", "I-9", amount("1.00")).reasons, "unknown_invoice");
  EXPECT_EQ(credit(shop, "C-2", "I-1", R"("cause":"price")").reasons, "nothing_to_credit");
}

TEST(IssueCreditNote, RefusesUnknownLineNotPositiveAndUnknownWarehouse) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  EXPECT_EQ(credit(shop, "C-1", "I-1", amount("1.00", "2")).reasons, "unknown_line");
  EXPECT_EQ(credit(shop, "C-1", "I-1", amount("0.00")).reasons, "not_positive");
  EXPECT_EQ(credit(shop, "C-1", "I-1", back("0")).reasons, "not_positive");
  EXPECT_EQ(credit(shop, "C-1", "I-1", R"("lines":[
      {"line":1,"quantity":1,"disposition":"restock"}])")
                .reasons,
            "unknown_warehouse");
  EXPECT_EQ(credit(shop, "C-1", "I-1", R"("lines":[
      {"line":1,"quantity":1,"disposition":"scrap"}])")
                .status,
            StatusCode::kDone);
}

TEST(IssueCreditNote, RefusesDateBeforeLastInvoiceAndBeforeItsOwn) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  const auto dated = [&](std::string_view date, std::string_view note) {
    return shop.when(R"("effective_date":")" + std::string(date) +
                     R"(","IssueCreditNote":{"credit_note":")" + std::string(note) +
                     R"(","invoice":"I-1",)" + amount("1.00") + "}");
  };
  EXPECT_EQ(dated("2026-03-01", "C-1").reasons, "date_before_last_invoice");
  shop.day("2026-03-10");
  EXPECT_EQ(dated("2026-03-10", "C-1").status, StatusCode::kDone);
  EXPECT_EQ(dated("2026-03-09", "C-2").reasons, "date_before_last_invoice");
}

TEST(IssueCreditNote, NumbersItsOwnSeriesWithoutGaps) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  billed(shop, "2", "bolt", "10");
  credit(shop, "C-1", "I-1", amount("1.00"));
  credit(shop, "C-x", "I-1", amount("1000.00"));
  cancel_note(shop, "C-1");
  credit(shop, "C-2", "I-2", amount("1.00"));
  EXPECT_EQ(shop.credit_note_of("C-1").number, 1U);
  EXPECT_EQ(shop.credit_note_of("C-2").number, 2U);
  EXPECT_EQ(shop.invoice_of("I-2").number, 2U);
}

// ---- cancelling ---------------------------------------------------------------------------------

TEST(CancelCreditNote, TakesItsApplicationsBackAndCanBeIssuedAnew) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  credit(shop, "C-1", "I-1", amount("100.00"));
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(cancel_note(shop, "C-1").events, "CreditNoteUnapplied CreditNoteCancelled");
  EXPECT_EQ(open(shop, "I-1"), 12000);
  EXPECT_EQ(rest(shop, "C-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 12000);
  EXPECT_EQ(credit(shop, "C-2", "I-1", amount("100.00")).status, StatusCode::kDone);
  EXPECT_EQ(total(shop, "C-2"), 12000);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(CancelCreditNote, LetsAReturnBeCreditedAgain) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  give_back(shop, "B-1", "4");
  credit(shop, "C-1", "I-1", named("B-1"));
  EXPECT_EQ(cancel_note(shop, "C-1").status, StatusCode::kDone);
  EXPECT_EQ(shop.units(shop.line("O-1").credited), 0);
  EXPECT_EQ(credit(shop, "C-2", "I-1", named("B-1")).status, StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-1"), 7200);
}

// Cancelling one of two: what the other took by rounding stays, the last takes the rest.
TEST(CancelCreditNote, LeavesWhatOtherNotesTook) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"nut",
               "breaks":[{"from_quantity":0,"unit_price":"0.03"}]})");
  billed(shop, "1", "nut", "10");
  credit(shop, "C-1", "I-1", amount("0.03"));
  credit(shop, "C-2", "I-1", amount("0.10"));
  cancel_note(shop, "C-1");
  EXPECT_EQ(open(shop, "I-1"), 36 - 12);
  credit(shop, "C-3", "I-1", amount("0.20"));
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(CancelCreditNote, RefusesGoodsMoved) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  credit(shop, "C-1", "I-1", back("1"));
  EXPECT_EQ(cancel_note(shop, "C-1").reasons, "goods_moved");
}

TEST(CancelCreditNote, RefusesUnknownCreditNoteAndCreditNoteCancelled) {
  Shop shop;
  billed(shop, "1", "bolt", "10");
  credit(shop, "C-1", "I-1", amount("1.00"));
  EXPECT_EQ(cancel_note(shop, "C-9").reasons, "unknown_credit_note");
  cancel_note(shop, "C-1");
  EXPECT_EQ(cancel_note(shop, "C-1").reasons, "credit_note_cancelled");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","credit_note":"C-1"})").reasons,
            "credit_note_cancelled");
}

TEST(CancelCreditNote, RefusesMoreThanUnappliedOnceRefunded) {
  Shop shop;
  billed(shop, "1", "penny", "1000");
  shop.pay("P-1", "acme", "10.00");
  credit(shop, "C-1", "I-1", amount("3.00"));
  shop.given(R"("Refund":{"refund":"F-1","credit_note":"C-1","amount":"1.00"})");
  EXPECT_EQ(cancel_note(shop, "C-1").reasons, "more_than_unapplied");
}

}  // namespace
}  // namespace kontor::test
