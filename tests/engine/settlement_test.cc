// Money applied, taken back, reversed and refunded.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

// Placed, allocated, shipped and billed: I-n of `cents` for acme.
void billed(Story& shop, std::string_view number, std::string_view cents,
            std::string_view more = "") {
  const std::string n(number);
  shop.place("O-" + n, "penny", cents, more);
  shop.allocate("O-" + n);
  shop.ship("O-" + n, "S-" + n);
  ASSERT_EQ(shop.invoice("O-" + n, "I-" + n).status, StatusCode::kDone);
}

std::int64_t open(const Story& shop, std::string_view invoice) {
  return shop.invoice_of(invoice).open.value();
}
std::int64_t unapplied(const Story& shop, std::string_view payment) {
  return shop.payment_of(payment).unapplied().value();
}

Answer apply(Story& shop, std::string_view application, std::string_view invoices = "") {
  return shop.when(
      R"("ApplyCredit":{"application":")" + std::string(application) + R"(","payment":"P-1")" +
      (invoices.empty() ? "" : R"(,"invoices":[)" + std::string(invoices) + "]") + "}");
}
Answer undo(Story& shop, std::string_view name, std::string_view invoice) {
  return shop.when(R"("UndoApplication":{"undo":")" + std::string(name) +
                   R"(","payment":"P-1","invoice":")" + std::string(invoice) + R"("})");
}
Answer reverse(Story& shop, std::string_view reversal, std::string_view amount = "") {
  return shop.when(R"("ReversePayment":{"payment":"P-1","reversal":")" + std::string(reversal) +
                   '"' + (amount.empty() ? "" : R"(,"amount":")" + std::string(amount) + '"') +
                   "}");
}
Answer refund(Story& shop, std::string_view name, std::string_view amount = "") {
  return shop.when(R"("Refund":{"payment":"P-1","refund":")" + std::string(name) + '"' +
                   (amount.empty() ? "" : R"(,"amount":")" + std::string(amount) + '"') + "}");
}

// Two invoices of 10.00 and 20.00, and a payment of 25.00 on account.
class PaidOnAccount : public Shop {
 public:
  PaidOnAccount() {
    policy("payment.auto_apply", "none");
    billed(*this, "1", "1000");
    billed(*this, "2", "2000");
    pay("P-1", "acme", "25.00");
  }
};

TEST(ApplyCredit, ClosesTheOldestDueFirstWithoutInvoices) {
  PaidOnAccount shop;
  EXPECT_EQ(shop.exposure("acme"), 500);
  EXPECT_EQ(apply(shop, "A-1").events, "PaymentApplied");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(open(shop, "I-2"), 500);
  EXPECT_EQ(unapplied(shop, "P-1"), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 500);
  EXPECT_EQ(shop.exposure("acme"), 500);
}

TEST(ApplyCredit, PaysTheInvoicesNamedInPartOrAsMuchAsIsOpen) {
  PaidOnAccount shop;
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-2","amount":"7.50"},{"invoice":"I-1"})").status,
            StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(open(shop, "I-2"), 1250);
  EXPECT_EQ(unapplied(shop, "P-1"), 750);
  EXPECT_EQ(apply(shop, "A-2", R"({"invoice":"I-2"})").status, StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-2"), 500);
}

TEST(ApplyCredit, RefusesApplicationExists) {
  PaidOnAccount shop;
  apply(shop, "A-1", R"({"invoice":"I-1"})");
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-2"})").reasons, "application_exists");
  EXPECT_EQ(undo(shop, "A-1", "I-1").reasons, "application_exists");
}

TEST(ApplyCredit, RefusesUnknownPaymentUnknownCreditNoteAndUnknownInvoice) {
  PaidOnAccount shop;
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-9"})").reasons,
            "unknown_payment");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","credit_note":"C-9"})").reasons,
            "unknown_credit_note");
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-9"})").reasons, "unknown_invoice");
}

TEST(ApplyCredit, RefusesBothOrNeitherAsInvalidValue) {
  PaidOnAccount shop;
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1"})").reasons, "invalid_value");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-1","credit_note":"C-1"})")
                .reasons,
            "invalid_value");
}

TEST(ApplyCredit, RefusesMoreThanOpen) {
  PaidOnAccount shop;
  const Answer answer = apply(shop, "A-1", R"({"invoice":"I-1","amount":"10.01"})");
  EXPECT_EQ(answer.reasons, "more_than_open");
  EXPECT_EQ(apply(shop, "A-2", R"({"invoice":"I-1","amount":"6.00"},
      {"invoice":"I-1","amount":"4.01"})")
                .reasons,
            "more_than_open");
  EXPECT_EQ(apply(shop, "A-3", R"({"invoice":"I-1"})").status, StatusCode::kDone);
  EXPECT_EQ(apply(shop, "A-4", R"({"invoice":"I-1"})").reasons, "more_than_open");
}

TEST(ApplyCredit, RefusesMoreThanUnapplied) {
  PaidOnAccount shop;
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-1","amount":"10.00"},
      {"invoice":"I-2","amount":"15.01"})")
                .reasons,
            "more_than_unapplied");
  apply(shop, "A-2");
  EXPECT_EQ(apply(shop, "A-3", R"({"invoice":"I-2","amount":"0.01"})").reasons,
            "more_than_unapplied");
  EXPECT_EQ(apply(shop, "A-4").reasons, "more_than_unapplied");
}

TEST(ApplyCredit, RefusesNotPositive) {
  PaidOnAccount shop;
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-1","amount":"0.00"})").reasons, "not_positive");
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-1","amount":"-1.00"})").reasons, "not_positive");
}

// A rebate billed by itself is open below zero; an amount below that is no more right for it.
TEST(ApplyCredit, RefusesNotPositiveForAnInvoiceBelowZero) {
  PaidOnAccount shop;
  shop.policy("price.from", "command");
  shop.given(R"("PlaceOrder":{"order":"O-3","company":"acme","lines":[
      {"item":"bolt","quantity":1,"unit_price":"10.00"},
      {"item":"nut","quantity":1,"unit_price":"-5.00"}]})");
  shop.allocate("O-3");
  shop.ship("O-3", "S-3");
  shop.given(R"("InvoiceOrder":{"order":"O-3","invoice":"I-3","lines":[{"line":2,"quantity":1}]})");
  ASSERT_EQ(open(shop, "I-3"), -600);
  EXPECT_EQ(apply(shop, "A-1", R"({"invoice":"I-3","amount":"-1.00"})").reasons, "not_positive");
}

TEST(ApplyCredit, RefusesNothingAppliedWhereNothingIsOpen) {
  Shop shop;
  shop.pay("P-1", "acme", "5.00");
  EXPECT_EQ(apply(shop, "A-1").reasons, "nothing_applied");
}

TEST(ApplyCredit, RefusesCurrencyMismatch) {
  PaidOnAccount shop;
  shop.given(R"("RegisterCompany":{"company":"yankee","currency":"USD"})");
  shop.given(R"("RecordPayment":{"payment":"P-$","payer":"yankee","amount":"5.00",
      "currency":"USD"})");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-$","currency":"USD",
      "invoices":[{"invoice":"I-1"}]})")
                .reasons,
            "currency_mismatch");
  EXPECT_EQ(
      shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-1","currency":"USD"})").reasons,
      "currency_mismatch");
}

// E-C8: both sides move, each at its own payer.
TEST(ApplyCredit, PaysWhatASubsidiaryOwesAndTakesItBack) {
  PaidOnAccount shop;
  shop.given(R"("RegisterCompany":{"company":"holding"})");
  shop.given(R"("RecordPayment":{"payment":"P-2","payer":"holding","amount":"12.00"})");
  EXPECT_EQ(shop.exposure("holding"), -1200);
  shop.given(R"("ApplyCredit":{"application":"A-1","payment":"P-2",
      "invoices":[{"invoice":"I-1"}]})");
  EXPECT_EQ(shop.exposure("holding"), -200);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 2000);
  shop.given(R"("ReversePayment":{"payment":"P-2","reversal":"R-1"})");
  EXPECT_EQ(shop.exposure("holding"), 0);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 3000);
  EXPECT_EQ(open(shop, "I-1"), 1000);
}

// A wrong version tells the payment's, as for any document.
TEST(ApplyCredit, RefusesWrongVersion) {
  PaidOnAccount shop;
  EXPECT_EQ(shop.when(R"("expected_version":9,"ApplyCredit":{"application":"A-1","payment":"P-1"})")
                .reasons,
            "wrong_version");
  EXPECT_EQ(shop.when(R"("expected_version":1,"ApplyCredit":{"application":"A-1","payment":"P-1"})")
                .status,
            StatusCode::kDone);
}

// E-L2 with a payment: both return to their former amounts, and the money is usable again.
TEST(UndoApplication, RestoresBothSides) {
  PaidOnAccount shop;
  apply(shop, "A-1");
  EXPECT_EQ(undo(shop, "U-1", "I-2").events, "PaymentUnapplied");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(open(shop, "I-2"), 2000);
  EXPECT_EQ(unapplied(shop, "P-1"), 1500);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 2000);
  EXPECT_EQ(shop.exposure("acme"), 500);
  apply(shop, "A-2");
  EXPECT_EQ(open(shop, "I-2"), 500);
}

TEST(UndoApplication, ReopensTheSameInstalmentsInTheirDueOrder) {
  Shop shop;
  shop.given(R"("DefineTerms":{"terms":"thirds","lines":[{"kind":"equal","days":60},
      {"kind":"equal","days":30},{"kind":"equal"}]})");
  billed(shop, "1", "10000", R"("terms":"thirds")");
  shop.pay("P-1", "acme", "40.00");
  const auto before = shop.account("acme").by_due().size();
  EXPECT_EQ(before, 2U);
  EXPECT_EQ(undo(shop, "U-1", "I-1").status, StatusCode::kDone);
  const auto parts = shop.book().receivables().instalments(shop.invoice_of("I-1"));
  EXPECT_EQ(parts[0].open, Minor{3334});
  EXPECT_EQ(parts[1].open, Minor{3333});
  EXPECT_EQ(parts[2].open, Minor{3333});
  EXPECT_EQ(shop.account("acme").by_due().size(), 3U);
  EXPECT_EQ(apply(shop, "A-1").status, StatusCode::kDone);
  EXPECT_EQ(parts[2].open, Minor{0});
  EXPECT_EQ(parts[1].open, Minor{2666});
  EXPECT_EQ(parts[0].open, Minor{3334});
}

// Applied in two goes, with another invoice between them: all of it comes back, the other stays.
TEST(UndoApplication, TakesBackEveryApplicationToTheInvoice) {
  PaidOnAccount shop;
  apply(shop, "A-1", R"({"invoice":"I-2","amount":"4.00"})");
  apply(shop, "A-2", R"({"invoice":"I-1","amount":"3.00"})");
  apply(shop, "A-3", R"({"invoice":"I-2","amount":"5.00"})");
  EXPECT_EQ(undo(shop, "U-1", "I-2").status, StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-2"), 2000);
  EXPECT_EQ(open(shop, "I-1"), 700);
  EXPECT_EQ(unapplied(shop, "P-1"), 2200);
}

TEST(UndoApplication, RefusesNothingApplied) {
  PaidOnAccount shop;
  EXPECT_EQ(undo(shop, "U-1", "I-1").reasons, "nothing_applied");
  apply(shop, "A-1", R"({"invoice":"I-1"})");
  undo(shop, "U-2", "I-1");
  EXPECT_EQ(undo(shop, "U-3", "I-1").reasons, "nothing_applied");
  EXPECT_EQ(undo(shop, "U-3", "I-9").reasons, "unknown_invoice");
}

TEST(ReversePayment, TakesTheUnappliedPartFirst) {
  PaidOnAccount shop;
  apply(shop, "A-1", R"({"invoice":"I-1"})");
  EXPECT_EQ(reverse(shop, "R-1", "15.00").events, "PaymentReversed");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(unapplied(shop, "P-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), 2000);
  EXPECT_EQ(reverse(shop, "R-2", "0.01").events, "PaymentUnapplied PaymentReversed");
  EXPECT_EQ(open(shop, "I-1"), 1);
  EXPECT_EQ(shop.exposure("acme"), 2001);
}

TEST(ReversePayment, TakesTheNewestApplicationsBackFirst) {
  PaidOnAccount shop;
  apply(shop, "A-1", R"({"invoice":"I-2","amount":"12.00"})");
  apply(shop, "A-2", R"({"invoice":"I-1"})");
  EXPECT_EQ(reverse(shop, "R-1", "9.00").status, StatusCode::kDone);  // 3.00 were not applied
  EXPECT_EQ(open(shop, "I-1"), 600);
  EXPECT_EQ(open(shop, "I-2"), 800);
  EXPECT_EQ(reverse(shop, "R-2", "5.00").status, StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-1"), 1000);
  EXPECT_EQ(open(shop, "I-2"), 900);
  EXPECT_EQ(reverse(shop, "R-3").status, StatusCode::kDone);
  EXPECT_EQ(open(shop, "I-2"), 2000);
  EXPECT_EQ(shop.payment_of("P-1").reversed, Minor{2500});
  EXPECT_EQ(shop.exposure("acme"), 3000);
}

// E-C6: orders accepted meanwhile are not undone; the next one meets what is owed now.
TEST(ReversePayment, UndoesNoOrderThatFollowedThePayment) {
  Shop shop;
  billed(shop, "1", "100000");
  shop.pay("P-1", "acme", "1000.00");
  shop.place("O-2", "penny", "90000");
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_EQ(reverse(shop, "R-1").events, "PaymentUnapplied PaymentReversed");
  EXPECT_TRUE(shop.is_taken("O-2"));
  EXPECT_EQ(shop.exposure("acme"), 190000);
  shop.place("O-3", "penny", "1");
  EXPECT_TRUE(shop.is_held("O-3"));
  shop.pay("P-2", "acme", "1000.00");
  EXPECT_FALSE(shop.is_held("O-3"));
}

TEST(ReversePayment, AgesFromTheOriginalDueDate) {
  Shop shop;
  billed(shop, "1", "1000");
  shop.pay("P-1", "acme", "10.00");
  shop.day("2026-05-20");
  reverse(shop, "R-1");
  const Ageing ageing = shop.account("acme").ageing(shop.book().calendar().business_date());
  EXPECT_EQ(ageing[3], Minor{1000});  // 61 to 90 days
}

TEST(ReversePayment, RefusesMoreThanPaid) {
  PaidOnAccount shop;
  EXPECT_EQ(reverse(shop, "R-1", "25.01").reasons, "more_than_paid");
  EXPECT_EQ(reverse(shop, "R-1", "25.00").status, StatusCode::kDone);
  EXPECT_EQ(reverse(shop, "R-2", "0.01").reasons, "more_than_paid");
  EXPECT_EQ(reverse(shop, "R-2").reasons, "more_than_paid");
}

TEST(ReversePayment, RefusesReversalExistsUnknownPaymentAndNotPositive) {
  PaidOnAccount shop;
  reverse(shop, "R-1", "1.00");
  EXPECT_EQ(reverse(shop, "R-1", "1.00").reasons, "reversal_exists");
  EXPECT_EQ(reverse(shop, "R-2", "0.00").reasons, "not_positive");
  EXPECT_EQ(shop.when(R"("ReversePayment":{"payment":"P-9","reversal":"R-2"})").reasons,
            "unknown_payment");
}

TEST(Refund, PaysBackWhatIsUnapplied) {
  PaidOnAccount shop;
  apply(shop, "A-1", R"({"invoice":"I-1"})");
  EXPECT_EQ(refund(shop, "F-1", "5.00").events, "RefundPaid");
  EXPECT_EQ(unapplied(shop, "P-1"), 1000);
  EXPECT_EQ(shop.bucket("acme", Bucket::unapplied), 1000);
  EXPECT_EQ(refund(shop, "F-2").status, StatusCode::kDone);
  EXPECT_EQ(unapplied(shop, "P-1"), 0);
  EXPECT_EQ(shop.payment_of("P-1").refunded, Minor{1500});
  EXPECT_EQ(shop.exposure("acme"), 2000);
}

// What was paid back cannot bounce.
TEST(Refund, LeavesLessToReverse) {
  PaidOnAccount shop;
  refund(shop, "F-1", "20.00");
  EXPECT_EQ(reverse(shop, "R-1", "5.01").reasons, "more_than_paid");
  EXPECT_EQ(reverse(shop, "R-1").status, StatusCode::kDone);
  EXPECT_EQ(shop.payment_of("P-1").reversed, Minor{500});
  EXPECT_EQ(shop.exposure("acme"), 3000);
}

TEST(Refund, RefusesMoreThanUnapplied) {
  PaidOnAccount shop;
  EXPECT_EQ(refund(shop, "F-1", "25.01").reasons, "more_than_unapplied");
  apply(shop, "A-1");
  EXPECT_EQ(refund(shop, "F-1").reasons, "more_than_unapplied");
}

TEST(Refund, RefusesRefundExistsAndNotPositive) {
  PaidOnAccount shop;
  refund(shop, "F-1", "1.00");
  EXPECT_EQ(refund(shop, "F-1", "1.00").reasons, "refund_exists");
  EXPECT_EQ(refund(shop, "F-2", "-1.00").reasons, "not_positive");
}

}  // namespace
}  // namespace kontor::test
