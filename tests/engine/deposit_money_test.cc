// The money of deposits: received, deducted from invoices, given back.
#include <gtest/gtest.h>

#include "tests/support/engine/deposit_shop.h"

namespace kontor::test {
namespace {

std::int64_t open(const Story& shop, std::string_view invoice) {
  return shop.invoice_of(invoice).open.value();
}
std::int64_t paid(const Story& shop, std::string_view invoice) {
  return shop.invoice_of(invoice).paid.value();
}
std::int64_t part(const Story& shop, std::string_view invoice) {
  return shop.invoice_of(invoice).deposit_deducted.value();
}

// ---- received -----------------------------------------------------------------------------------

TEST(RecordPayment, LeavesWhatIsMoreThanADepositLacksUnapplied) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.pay_for("P-1", "5.00", "O-1").events, "PaymentReceived DepositApplied");
  EXPECT_EQ(shop.received("O-1"), 200);
  EXPECT_EQ(shop.unapplied("P-1"), 300);
  EXPECT_EQ(shop.payment_of("P-1").deposited.value(), 200);
  EXPECT_EQ(shop.pay_for("P-2", "1.00", "O-1").events, "PaymentReceived");
}

TEST(RecordPayment, PaysOfADepositAtMostWhatIsSaid) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "5.00", "O-1", "1.50");
  EXPECT_EQ(shop.received("O-1"), 150);
  EXPECT_EQ(shop.unapplied("P-1"), 350);
}

TEST(RecordPayment, PaysInvoicesThenDepositsThenWhatIsOldest) {
  DepositShop shop;
  shop.cents("O-1", "300");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  shop.cents("O-2", "400");
  shop.deliver("O-2");
  shop.invoice("O-2", "I-2");
  shop.prepaid("O-3", "500");
  EXPECT_EQ(shop.when(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"9.00",
                       "invoices":[{"invoice":"I-2"}],"orders":[{"order":"O-3"}]})")
                .events,
            "PaymentReceived PaymentApplied DepositApplied");
  EXPECT_EQ(open(shop, "I-2"), 0);
  EXPECT_EQ(shop.received("O-3"), 500);
  EXPECT_EQ(open(shop, "I-1"), 300);
  shop.pay("P-2", "acme", "1.00");
  EXPECT_EQ(open(shop, "I-1"), 200);
}

TEST(RecordPayment, NamesAnOrderTwice) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  EXPECT_EQ(shop.when(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"9.00",
                       "orders":[{"order":"O-1","amount":"4.00"},{"order":"O-1"}]})")
                .events,
            "PaymentReceived DepositApplied");
  EXPECT_EQ(shop.received("O-1"), 900);
}

TEST(RecordPayment, OfAnOrderWithoutADepositStaysUnapplied) {
  DepositShop shop;
  shop.cents("O-1", "1000");
  EXPECT_EQ(shop.pay_for("P-1", "5.00", "O-1").events, "PaymentReceived");
  EXPECT_EQ(shop.unapplied("P-1"), 500);
}

TEST(RecordPayment, RefusesUnknownOrderNotPositiveAndCurrencyMismatchOfADeposit) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  EXPECT_EQ(shop.pay_for("P-1", "5.00", "O-9").reasons, "unknown_order");
  EXPECT_EQ(shop.pay_for("P-1", "5.00", "O-1", "0.00").reasons, "not_positive");
  shop.given(R"("RegisterCompany":{"company":"yank","currency":"USD"})");
  EXPECT_EQ(shop.when(R"("RecordPayment":{"payment":"P-1","payer":"yank","amount":"5.00",
                       "currency":"USD","orders":[{"order":"O-1"}]})")
                .reasons,
            "currency_mismatch");
}

// A parent pays for its subsidiary.
TEST(RecordPayment, OfAnotherCompanyPaysADeposit) {
  DepositShop shop;
  shop.given(R"("RegisterCompany":{"company":"parent","currency":"EUR"})");
  shop.prepaid("O-1", "1000");
  shop.when(R"("RecordPayment":{"payment":"P-1","payer":"parent","amount":"10.00",
             "orders":[{"order":"O-1"}]})");
  EXPECT_EQ(shop.received("O-1"), 1000);
  EXPECT_EQ(shop.exposure("parent"), 0);
  EXPECT_EQ(shop.account("parent").deposited().value(), 1000);
  shop.cancel("O-1");
  EXPECT_EQ(shop.exposure("parent"), -1000);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(ApplyCredit, PaysADepositAndRefusesMoreThanOpen) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.pay("P-1", "acme", "5.00");
  const auto apply = [&](std::string_view name, std::string_view orders) {
    return shop.when(R"("ApplyCredit":{"application":")" + std::string(name) +
                     R"(","payment":"P-1","orders":[)" + std::string(orders) + "]}");
  };
  const Answer more = apply("A-1", R"({"order":"O-1","amount":"2.01"})");
  EXPECT_EQ(more.reasons, "more_than_open");
  EXPECT_EQ(more.grounds.at(0).allowed, "2.00");
  EXPECT_EQ(apply("A-1", R"({"order":"O-1","amount":"0.50"})").events, "DepositApplied");
  EXPECT_EQ(apply("A-1", R"({"order":"O-1"})").reasons, "application_exists");
  EXPECT_EQ(apply("A-2", R"({"order":"O-1"})").events, "DepositApplied");
  EXPECT_EQ(shop.received("O-1"), 200);
  EXPECT_EQ(shop.deposit("O-1").shares.size(), 1U);
  EXPECT_EQ(apply("A-3", R"({"order":"O-1"})").reasons, "more_than_open");
  EXPECT_EQ(apply("A-4", R"({"order":"O-9"})").reasons, "unknown_order");
}

TEST(ApplyCredit, RefusesMoreThanUnappliedOverInvoicesAndOrders) {
  DepositShop shop;
  shop.policy("payment.auto_apply", "none");
  shop.cents("O-1", "300");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  shop.prepaid("O-2", "500");
  shop.pay("P-1", "acme", "5.00");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-1",
      "invoices":[{"invoice":"I-1","amount":"2.00"}],"orders":[{"order":"O-2","amount":"3.01"}]})")
                .reasons,
            "more_than_unapplied");
  EXPECT_EQ(shop.when(R"("ApplyCredit":{"application":"A-1","payment":"P-1",
      "invoices":[{"invoice":"I-1","amount":"2.00"}],"orders":[{"order":"O-2"}]})")
                .events,
            "PaymentApplied DepositApplied");
  EXPECT_EQ(open(shop, "I-1"), 100);
  EXPECT_EQ(shop.received("O-2"), 300);
}

TEST(ApplyCredit, OfACreditNotePaysADeposit) {
  DepositShop shop;
  shop.cents("O-1", "1000");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  shop.pay("P-1", "acme", "10.00");
  shop.given(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-1","cause":"goodwill",
              "amounts":[{"line":1,"amount":"6.00"}]})");
  shop.prepaid("O-2", "500");
  shop.given(R"("ApplyCredit":{"application":"A-1","credit_note":"C-1",
              "orders":[{"order":"O-2"}]})");
  EXPECT_EQ(shop.credit_note_of("C-1").deposited.value(), 500);
  EXPECT_EQ(shop.credit_note_of("C-1").unapplied().value(), 100);
  shop.deliver("O-2");
  shop.invoice("O-2", "I-2");
  EXPECT_EQ(open(shop, "I-2"), 0);
  EXPECT_EQ(shop.invoice_of("I-2").credited.value(), 500);
  EXPECT_EQ(shop.credit_note_of("C-1").applied.value(), 500);
}

// ---- deducted -----------------------------------------------------------------------------------

TEST(InvoiceOrder, DeductsADepositAsItsFirstInstalment) {
  DepositShop shop;
  shop.given(R"("DefineTerms":{"terms":"half","lines":[
              {"kind":"percent","percent":50},{"kind":"percent","percent":50,"days":30}]})");
  shop.ask("30");
  shop.cents("O-1", "1000", R"("terms":"half")");
  shop.pay_for("P-1", "3.00", "O-1");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  const auto instalments = shop.book().receivables().instalments(shop.invoice_of("I-1"));
  ASSERT_EQ(instalments.size(), 3U);
  EXPECT_EQ(instalments[0].amount.value(), 300);
  EXPECT_EQ(instalments[0].open.value(), 0);
  EXPECT_EQ(instalments[1].open.value(), 350);
  EXPECT_EQ(instalments[2].open.value(), 350);
  EXPECT_EQ(paid(shop, "I-1"), 300);
  EXPECT_EQ(shop.payment_of("P-1").applied.value(), 300);
  EXPECT_EQ(shop.payment_of("P-1").deposited.value(), 0);
}

TEST(InvoiceOrder, PaysAllOfAPrepaidInvoiceFromTheOutset) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.book().receivables().instalments(shop.invoice_of("I-1")).size(), 1U);
  EXPECT_EQ(shop.book().receivables().paid_invoices(*shop.book().parties().find_company("acme")),
            1U);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

// 246.91 of 1,234.56 in three parts of a third each: cumulative, and the last takes the rest.
TEST(InvoiceOrder, DeductsADepositInProportionAndTheLastTakesTheRest) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "123456");
  shop.pay_for("P-1", "246.91", "O-1");
  shop.deliver("O-1");
  shop.bill("O-1", "I-1", "41152");
  shop.bill("O-1", "I-2", "41152");
  EXPECT_EQ(shop.exposure("acme"), 98765);
  shop.bill("O-1", "I-3", "41152");
  EXPECT_EQ(part(shop, "I-1"), 8230);
  EXPECT_EQ(part(shop, "I-2"), 8231);
  EXPECT_EQ(part(shop, "I-3"), 8230);
  EXPECT_EQ(shop.deducted("O-1"), 24691);
  EXPECT_EQ(shop.exposure("acme"), 98765);
}

// The first of two payments goes first.
TEST(InvoiceOrder, DeductsTheOldestPaymentOfADepositFirst) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "0.70", "O-1");
  shop.pay_for("P-2", "1.30", "O-1");
  shop.deliver("O-1");
  shop.bill("O-1", "I-1", "500");
  EXPECT_EQ(shop.payment_of("P-1").applied.value(), 70);
  EXPECT_EQ(shop.payment_of("P-2").applied.value(), 30);
  EXPECT_EQ(shop.payment_of("P-2").deposited.value(), 100);
  EXPECT_EQ(part(shop, "I-1"), 100);
}

TEST(InvoiceOrder, DeductsOfACancelledRestWhatIsStillThere) {
  DepositShop shop;
  shop.ask("30");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "3.00", "O-1");
  shop.allocate("O-1");
  shop.when(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
             {"line":1,"warehouse":"north","quantity":500}]})");
  shop.bill("O-1", "I-1", "500");
  EXPECT_EQ(part(shop, "I-1"), 150);
  EXPECT_EQ(shop.cancel("O-1").events,
            "ReservationReleased LinesCancelled CreditReleased DepositReleased OrderFulfilled");
  EXPECT_EQ(shop.unapplied("P-1"), 150);
  EXPECT_EQ(shop.asked("O-1"), 150);
}

// Taxes are rounded per invoice: what the invoices are less than the order comes back.
TEST(InvoiceOrder, GivesBackWhatIsMoreThanItsInvoices) {
  DepositShop shop;
  shop.given(R"("SetTaxRate":{"category":"standard","rate":5})");
  shop.place("O-1", "nut", "3", R"("settlement":"prepaid")");  // 0.75, and 0.04 of tax
  EXPECT_EQ(shop.asked("O-1"), 79);
  shop.pay_for("P-1", "0.79", "O-1");
  shop.deliver("O-1");
  for (const std::string_view invoice : {"I-1", "I-2", "I-3"}) {
    shop.bill("O-1", invoice, "1");  // 0.25, and 0.01 of tax
    EXPECT_EQ(open(shop, invoice), 0);
  }
  EXPECT_EQ(shop.deducted("O-1"), 78);
  EXPECT_EQ(shop.unapplied("P-1"), 1);
  EXPECT_EQ(shop.exposure("acme"), -1);
}

TEST(ReturnGoods, GivesBackADepositOfGoodsThatCameBackUnbilled) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  shop.deliver("O-1");
  EXPECT_EQ(shop.when(R"("ReturnGoods":{"order":"O-1","return":"R-1","warehouse":"north","lines":[
                       {"line":1,"quantity":400,"disposition":"restock"}]})")
                .events,
            "GoodsReturned DepositReleased");
  EXPECT_EQ(shop.unapplied("P-1"), 400);
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.exposure("acme"), -400);
}

// An invoice paid by a deposit is one that is paid: what is credited of it is unapplied.
TEST(IssueCreditNote, OfAnInvoicePaidByADepositIsUnapplied) {
  DepositShop shop;
  shop.policy("invoice.basis", "ordered");
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  shop.invoice("O-1", "I-1");
  shop.given(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-1","cause":"billing_error",
              "lines":[{"line":1,"quantity":400,"disposition":"restock"}]})");
  EXPECT_EQ(shop.credit_note_of("C-1").unapplied().value(), 400);
  EXPECT_EQ(shop.deducted("O-1"), 1000);
  EXPECT_EQ(shop.exposure("acme"), -400);
}

// ---- given back ---------------------------------------------------------------------------------

TEST(UndoApplication, OfADepositLetsItLackAgain) {
  DepositShop shop;
  shop.ask("20");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "2.00", "O-1");
  shop.allocate("O-1");
  EXPECT_EQ(shop.undo("U-1", "P-1", "O-1").events, "DepositReleased");
  EXPECT_EQ(shop.lacking("O-1"), 200);
  EXPECT_EQ(shop.unapplied("P-1"), 200);
  EXPECT_EQ(shop.exposure("acme"), 600);
  EXPECT_EQ(shop.ship("O-1", "S-1").reasons, "deposit_outstanding");
  EXPECT_EQ(shop.undo("U-2", "P-1", "O-1").reasons, "nothing_applied");
  EXPECT_EQ(shop.undo("U-1", "P-1", "O-1").reasons, "application_exists nothing_applied");
  EXPECT_EQ(shop.undo("U-3", "P-1", "O-9").reasons, "unknown_order");
}

TEST(UndoApplication, RefusesBothOrNeitherOfInvoiceAndOrderAsInvalidValue) {
  DepositShop shop;
  shop.pay("P-1", "acme", "2.00");
  EXPECT_EQ(shop.when(R"("UndoApplication":{"undo":"U-1","payment":"P-1"})").reasons,
            "invalid_value");
  EXPECT_EQ(shop.when(R"("UndoApplication":{"undo":"U-1","payment":"P-1","invoice":"I-1",
                       "order":"O-1"})")
                .reasons,
            "invalid_value");
}

// What was deducted pays the invoice: it comes back from there.
TEST(UndoApplication, OfAnInvoiceOpensWhatItsDepositHadPaid) {
  DepositShop shop;
  shop.ask("30");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "3.00", "O-1");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  EXPECT_EQ(shop.undo("U-1", "P-1", "O-1").reasons, "nothing_applied");
  shop.given(R"("UndoApplication":{"undo":"U-2","payment":"P-1","invoice":"I-1"})");
  EXPECT_EQ(open(shop, "I-1"), 1000);
  EXPECT_EQ(part(shop, "I-1"), 300);
  EXPECT_EQ(shop.unapplied("P-1"), 300);
  EXPECT_EQ(shop.exposure("acme"), 700);
}

TEST(ReversePayment, TakesDepositsBeforeInvoicesAndTheNewestFirst) {
  DepositShop shop;
  shop.policy("payment.auto_apply", "none");
  shop.cents("O-1", "300");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  shop.prepaid("O-2", "400");
  shop.prepaid("O-3", "500");
  shop.when(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"13.00",
             "invoices":[{"invoice":"I-1"}],"orders":[{"order":"O-2"},{"order":"O-3"}]})");
  EXPECT_EQ(shop.unapplied("P-1"), 100);
  EXPECT_EQ(shop.reverse("V-1", "P-1", "7.00").events,
            "DepositReleased DepositReleased PaymentReversed");
  EXPECT_EQ(shop.lacking("O-3"), 500);
  EXPECT_EQ(shop.received("O-2"), 300);
  EXPECT_EQ(open(shop, "I-1"), 0);
  EXPECT_EQ(shop.reverse("V-2", "P-1").events, "DepositReleased PaymentUnapplied PaymentReversed");
  EXPECT_EQ(open(shop, "I-1"), 300);
  EXPECT_EQ(shop.exposure("acme"), 300);
}

// Half of it is deducted: that half is the invoice's.
TEST(ReversePayment, OpensAnInvoiceByWhatItDeducted) {
  DepositShop shop;
  shop.ask("30");
  shop.cents("O-1", "1000");
  shop.pay_for("P-1", "3.00", "O-1");
  shop.deliver("O-1");
  shop.bill("O-1", "I-1", "500");
  shop.reverse("V-1", "P-1");
  EXPECT_EQ(open(shop, "I-1"), 500);
  EXPECT_EQ(shop.lacking("O-1"), 150);
  EXPECT_EQ(shop.exposure("acme"), 850);
  shop.pay_for("P-2", "1.50", "O-1");
  shop.bill("O-1", "I-2", "500");
  EXPECT_EQ(part(shop, "I-2"), 150);
  EXPECT_EQ(shop.exposure("acme"), 850);
}

TEST(CancelCreditNote, TakesItOutOfDeposits) {
  DepositShop shop;
  shop.cents("O-1", "1000");
  shop.deliver("O-1");
  shop.invoice("O-1", "I-1");
  shop.pay("P-1", "acme", "10.00");
  shop.given(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-1","cause":"goodwill",
              "amounts":[{"line":1,"amount":"6.00"}]})");
  shop.prepaid("O-2", "500");
  shop.given(R"("ApplyCredit":{"application":"A-1","credit_note":"C-1",
              "orders":[{"order":"O-2"}]})");
  EXPECT_EQ(shop.when(R"("CancelCreditNote":{"credit_note":"C-1"})").events,
            "DepositReleased CreditNoteCancelled");
  EXPECT_EQ(shop.lacking("O-2"), 500);
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(Refund, RefusesMoreThanUnappliedOfADeposit) {
  DepositShop shop;
  shop.prepaid("O-1", "1000");
  shop.pay_for("P-1", "10.00", "O-1");
  EXPECT_EQ(shop.when(R"("Refund":{"refund":"R-1","payment":"P-1","amount":"0.01"})").reasons,
            "more_than_unapplied");
}

TEST(BudgetAtPayment, IsTakenByWhatADepositPaysOfAnInvoice) {
  DepositShop shop;
  shop.policy("budget.at", "payment");
  shop.given(R"("RegisterCostCentre":{"cost_centre":"cc","company":"acme"})");
  shop.given(R"("SetBudget":{"budget":"b","amount":"100.00","currency":"EUR",
              "valid_from":"2026-01-01","cost_centres":["cc"]})");
  shop.ask("30");
  shop.cents("O-1", "1000", R"("cost_centre":"cc")");
  shop.pay_for("P-1", "3.00", "O-1");
  EXPECT_EQ(shop.book().budgets().budget(BudgetId{0}).taken.value(), 0);
  shop.deliver("O-1");
  EXPECT_EQ(shop.invoice("O-1", "I-1").events, "InvoiceIssued SpendingTaken");
  EXPECT_EQ(shop.book().budgets().budget(BudgetId{0}).taken.value(), 300);
}

}  // namespace
}  // namespace kontor::test
