// Credit notes and payments beside one another: what pays what, and what comes back.
#include <gtest/gtest.h>

#include "tests/support/engine/crediting.h"

namespace kontor::test {
namespace {

// E-L1.
TEST(IssueCreditNote, LeavesUnappliedWhatAPaymentPaidAndPaysWhenThatBounces) {
  Shop shop;
  billed(shop, "1", "penny", "100000");
  shop.pay("P-1", "acme", "600.00");
  credit(shop, "C-1", "I-1", amount("500.00"));
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(rest(shop, "C-1"), 10000);
  EXPECT_EQ(shop.exposure("acme"), -10000);
  EXPECT_EQ(shop.when(R"("ReversePayment":{"payment":"P-1","reversal":"R-1"})").events,
            "PaymentUnapplied PaymentReversed CreditNoteApplied");
  EXPECT_EQ(open(shop, "I-1"), 50000);
  EXPECT_EQ(rest(shop, "C-1"), 0);
  EXPECT_EQ(shop.invoice_of("I-1").credited, Minor{50000});
  EXPECT_EQ(shop.exposure("acme"), 50000);
}

// The same with the credit note first: the payment's rest stays unapplied, and goes first.
TEST(IssueCreditNote, BeforeThePaymentLeavesThePaymentsRest) {
  Shop shop;
  billed(shop, "1", "penny", "100000");
  credit(shop, "C-1", "I-1", amount("500.00"));
  shop.pay("P-1", "acme", "600.00");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.payment_of("P-1").unapplied(), Minor{10000});
  EXPECT_EQ(shop.when(R"("ReversePayment":{"payment":"P-1","reversal":"R-1"})").events,
            "PaymentUnapplied PaymentReversed");
  EXPECT_EQ(open(shop, "I-1"), 50000);
  EXPECT_EQ(shop.exposure("acme"), 50000);
}

// Bounces in two parts: each lets the oldest note's rest pay first.
TEST(ReversePayment, InPartsLetsCreditNotesPayOldestFirst) {
  Shop shop;
  billed(shop, "1", "penny", "1000");
  shop.pay("P-1", "acme", "10.00");
  credit(shop, "C-1", "I-1", amount("2.00"));
  credit(shop, "C-2", "I-1", amount("5.00"));
  EXPECT_EQ(shop.exposure("acme"), -700);
  shop.given(R"("ReversePayment":{"payment":"P-1","reversal":"R-1","amount":"3.00"})");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(rest(shop, "C-1"), 0);
  EXPECT_EQ(rest(shop, "C-2"), 400);
  EXPECT_EQ(shop.exposure("acme"), -400);
  shop.given(R"("ReversePayment":{"payment":"P-1","reversal":"R-2"})");
  EXPECT_EQ(open(shop, "I-1"), 300);
  EXPECT_EQ(rest(shop, "C-2"), 0);
  EXPECT_EQ(shop.exposure("acme"), 300);
}

// E-M8.
TEST(IssueCreditNote, ClosesOpenInstalmentsOldestDueFirstAndLeavesPaidOnes) {
  Shop shop;
  shop.given(R"("DefineTerms":{"terms":"thirds","lines":[{"kind":"equal","days":60},
      {"kind":"equal","days":30},{"kind":"equal"}]})");
  billed(shop, "1", "penny", "10000", R"("terms":"thirds")");
  shop.pay("P-1", "acme", "33.33");
  credit(shop, "C-1", "I-1", amount("40.00"));
  const auto parts = shop.book().receivables().instalments(shop.invoice_of("I-1"));
  EXPECT_EQ(parts[2].open, Minor{0});
  EXPECT_EQ(parts[1].open, Minor{0});
  EXPECT_EQ(parts[0].open, Minor{3334 - 667});
  EXPECT_EQ(shop.invoice_of("I-1").paid, Minor{3333});
}

// E-L2, E-L3.
TEST(UndoApplication, OfACreditNoteRestoresBothSidesAndAppliesNothingByItself) {
  Shop shop;
  billed(shop, "1", "penny", "1000");
  credit(shop, "C-1", "I-1", amount("3.00"));
  EXPECT_EQ(
      shop.when(R"("UndoApplication":{"undo":"U-1","credit_note":"C-1","invoice":"I-1"})").events,
      "CreditNoteUnapplied");
  EXPECT_EQ(open(shop, "I-1"), 1000);
  EXPECT_EQ(rest(shop, "C-1"), 300);
  EXPECT_EQ(shop.exposure("acme"), 700);
  const std::string_view again = R"("ApplyCredit":{"application":"A-1","credit_note":"C-1"})";
  EXPECT_EQ(shop.when(again).events, "CreditNoteApplied");
  EXPECT_EQ(open(shop, "I-1"), 700);
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-2","credit_note":"C-1"})").reasons,
            "more_than_unapplied");
}

TEST(ApplyCredit, PaysAnotherInvoiceWithTheRestOfACreditNote) {
  Shop shop;
  billed(shop, "1", "penny", "1000");
  shop.pay("P-1", "acme", "10.00");
  billed(shop, "2", "penny", "500");
  credit(shop, "C-1", "I-1", amount("8.00"));
  EXPECT_EQ(rest(shop, "C-1"), 800);
  shop.given(R"("ApplyCredit":{"application":"A-1","credit_note":"C-1",
      "invoices":[{"invoice":"I-2"}]})");
  EXPECT_EQ(open(shop, "I-2"), 0);
  EXPECT_EQ(shop.invoice_of("I-2").credited, Minor{500});
  EXPECT_EQ(rest(shop, "C-1"), 300);
  EXPECT_EQ(shop.when(R"("Refund":{"refund":"F-1","credit_note":"C-1"})").events, "RefundPaid");
  EXPECT_EQ(rest(shop, "C-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(IssueCreditNote, MakesRoomForHeldOrders) {
  Shop shop;
  billed(shop, "1", "penny", "100000");
  shop.place("O-2", "penny", "5000");
  ASSERT_TRUE(shop.is_held("O-2"));
  const Answer answer = credit(shop, "C-1", "I-1", amount("50.00"));
  EXPECT_TRUE(answer.has("HoldReleased"));
  EXPECT_EQ(shop.exposure("acme"), 100000);
}

}  // namespace
}  // namespace kontor::test
