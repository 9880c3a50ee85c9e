// Invoices and payments.
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
  EXPECT_EQ(shop.invoice("O-" + n, "I-" + n).status, StatusCode::kDone);
}

std::string bill(std::string_view quantity, std::string_view invoice, std::string_view line = "1") {
  return R"("InvoiceOrder":{"order":"O-1","invoice":")" + std::string(invoice) +
         R"(","lines":[{"line":)" + std::string(line) + R"(,"quantity":)" + std::string(quantity) +
         "}]}";
}

// Three units of a line worth 10.00: the last one takes the rest.
TEST(InvoiceOrder, ValuesPartsByTheCumulativeRule) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"penny",
               "breaks":[{"from_quantity":0,"unit_price":"3.3333"}]})");
  shop.place("O-1", "penny", "3");
  ASSERT_EQ(shop.order("O-1").net, Minor{1000});
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  std::vector<std::int64_t> totals;
  for (const std::string_view invoice : {"I-1", "I-2", "I-3"}) {
    shop.given(bill("1", invoice));
    totals.push_back(shop.invoice_of(invoice).total.value());
    EXPECT_EQ(shop.exposure("acme"), 1000);
  }
  EXPECT_EQ(totals, (std::vector<std::int64_t>{333, 334, 333}));
}

TEST(InvoiceOrder, MovesExposureByTheDifferenceThatTaxRoundingMakes) {
  Shop shop;
  shop.given(R"("SetPrice":{"list":"retail","item":"nut",
               "breaks":[{"from_quantity":0,"unit_price":"0.02"}]})");
  shop.place("O-1", "nut", "2");  // 0.04 net, 0.01 tax
  EXPECT_EQ(shop.exposure("acme"), 5);
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.given(bill("1", "I-1"));  // 0.02 net, no tax; of the order 0.03 with tax
  EXPECT_EQ(shop.invoice_of("I-1").total, Minor{2});
  shop.given(bill("1", "I-2"));
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.exposure("acme"), 4);
}

TEST(InvoiceOrder, RefusesNothingToInvoice) {
  Shop shop;
  shop.place("O-1", "penny", "1");
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "nothing_to_invoice");
}

TEST(InvoiceOrder, RefusesMoreThanInvoiceable) {
  Shop shop;
  shop.place("O-1", "penny", "5");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  EXPECT_EQ(shop.when(bill("6", "I-1")).reasons, "more_than_invoiceable");
  EXPECT_EQ(shop.when(bill("0", "I-1")).reasons, "not_positive");
  EXPECT_EQ(shop.when(bill("1", "I-1", "2")).reasons, "unknown_line");
  EXPECT_EQ(shop.when(bill("5", "I-1")).status, StatusCode::kDone);
}

TEST(InvoiceOrder, RefusesInvoiceExists) {
  Shop shop;
  billed(shop, "1", "5");
  EXPECT_EQ(shop.invoice("O-1", "I-1").reasons, "invoice_exists");
}

TEST(InvoiceOrder, BillsWhatIsOrderedWherePolicySaysSo) {
  Shop shop;
  shop.policy("invoice.basis", "ordered");
  shop.place("O-1", "penny", "10");
  shop.given(bill("7", "I-1"));
  EXPECT_EQ(shop.bucket("acme", Bucket::ordered), 3);
  EXPECT_EQ(shop.bucket("acme", Bucket::receivable), 7);
  shop.allocate("O-1");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[
      {"line":1,"warehouse":"north","quantity":3}]})");
  EXPECT_EQ(shop.bucket("acme", Bucket::delivered), 0);
  EXPECT_EQ(shop.cancel("O-1").status, StatusCode::kDone);  // the 3 that are neither
  EXPECT_EQ(shop.exposure("acme"), 7);
  EXPECT_EQ(shop.ship("O-1", "S-2").events, "GoodsShipped OrderFulfilled");
}

TEST(InvoiceOrder, NumbersWithoutGapsPerFiscalYear) {
  Story story;
  story.given(R"("OpenBook":{"book":"b","currency":"EUR","first_business_date":"2026-03-30",
                 "fiscal_year_first_month":4})");
  story.policy("price.from", "command");
  story.policy("invoice.basis", "ordered");
  story.given(R"("SetTaxRate":{"category":"none","rate":0})");
  story.given(R"("RegisterItem":{"item":"x","tax_category":"none"})");
  story.given(R"("RegisterCompany":{"company":"acme"})");
  const auto bill_one = [&](const std::string& n) {
    story.given(R"("PlaceOrder":{"company":"acme","order":"O-)" + n +
                R"(","lines":[{"item":"x","quantity":1,"unit_price":"1.00"}]})");
    story.invoice("O-" + n, "I-" + n);
    EXPECT_EQ(story.invoice("O-" + n, "I-" + n + "x").reasons, "nothing_to_invoice");
    return story.invoice_of("I-" + n).number;
  };
  EXPECT_EQ(bill_one("1"), 1U);
  EXPECT_EQ(bill_one("2"), 2U);
  const std::uint16_t year = story.invoice_of("I-2").fiscal_year;
  story.day("2026-04-01");
  EXPECT_EQ(bill_one("3"), 1U);
  EXPECT_EQ(story.invoice_of("I-3").fiscal_year, year + 1);
}

TEST(InvoiceOrder, RefusesDateBeforeLastInvoiceAndDateBeforeOrder) {
  Shop shop;
  billed(shop, "1", "5");
  shop.place("O-2", "penny", "1");
  shop.allocate("O-2");
  shop.ship("O-2", "S-2");
  const Answer answer =
      shop.when(R"("effective_date":"2026-03-01","InvoiceOrder":{"order":"O-2","invoice":"I-2"})");
  EXPECT_EQ(answer.reasons, "date_before_last_invoice date_before_order");
}

TEST(RecordPayment, PaysOldestDueFirstAndKeepsTheExcessUnapplied) {
  Shop shop;
  shop.given(R"("DefineTerms":{"terms":"net30","lines":[
               {"kind":"percent","percent":100,"days":30}]})");
  billed(shop, "1", "1000", R"("terms":"net30")");
  billed(shop, "2", "2000");
  shop.pay("P-1", "acme", "25.00");
  EXPECT_EQ(shop.invoice_of("I-2").open, Minor{0});
  EXPECT_EQ(shop.invoice_of("I-1").open, Minor{500});
  EXPECT_EQ(shop.pay("P-2", "acme", "7.00").events, "PaymentReceived PaymentApplied");
  EXPECT_EQ(shop.bucket("acme", Bucket::unapplied), 200);
  EXPECT_EQ(shop.exposure("acme"), -200);
  EXPECT_EQ(shop.pay("P-3", "acme", "1.00").events, "PaymentReceived");
}

TEST(RecordPayment, StaysUnappliedWherePolicySaysNone) {
  Shop shop;
  shop.policy("payment.auto_apply", "none");
  billed(shop, "1", "1000");
  EXPECT_EQ(shop.pay("P-1", "acme", "10.00").events, "PaymentReceived");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.invoice_of("I-1").open, Minor{1000});
}

// BIG-3, E-C7.
TEST(RecordPayment, OfMoreThanIsOpenLeavesUnappliedCredit) {
  Shop shop;
  billed(shop, "1", "100000");
  shop.pay("P-1", "acme", "300.00");
  EXPECT_EQ(shop.invoice_of("I-1").open, Minor{70000});
  shop.pay("P-2", "acme", "700.00");
  EXPECT_EQ(shop.invoice_of("I-1").open, Minor{0});
  shop.pay("P-3", "acme", "50.00");
  EXPECT_EQ(shop.bucket("acme", Bucket::unapplied), 5000);
  billed(shop, "2", "40000");
  billed(shop, "3", "25000");
  shop.given(R"("RecordPayment":{"payment":"P-4","payer":"acme","amount":"650.00","invoices":[
      {"invoice":"I-2","amount":"400.00"},{"invoice":"I-3","amount":"250.00"}]})");
  EXPECT_EQ(shop.invoice_of("I-2").open + shop.invoice_of("I-3").open, Minor{0});
}

TEST(RecordPayment, PaysTheInvoicesNamedBeforeOlderOnes) {
  Shop shop;
  billed(shop, "1", "1000");
  billed(shop, "2", "1000");
  shop.given(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"15.00","invoices":[
      {"invoice":"I-2"}]})");
  EXPECT_EQ(shop.invoice_of("I-2").open, Minor{0});
  EXPECT_EQ(shop.invoice_of("I-1").open, Minor{500});
}

// E-C8: the parent pays what its subsidiary owes.
TEST(RecordPayment, OfAParentPaysForItsSubsidiary) {
  Shop shop;
  billed(shop, "1", "1000");
  shop.given(R"("RegisterCompany":{"company":"holding"})");
  shop.given(R"("RecordPayment":{"payment":"P-1","payer":"holding","amount":"12.00","invoices":[
      {"invoice":"I-1"}]})");
  EXPECT_EQ(shop.exposure("acme"), 0);
  EXPECT_EQ(shop.bucket("holding", Bucket::unapplied), 200);
}

TEST(RecordPayment, RefusesPaymentExists) {
  Shop shop;
  shop.pay("P-1", "acme", "1.00");
  EXPECT_EQ(shop.pay("P-1", "acme", "1.00").reasons, "payment_exists");
}

TEST(RecordPayment, RefusesUnknownInvoiceUnknownCompanyAndNotPositive) {
  Shop shop;
  EXPECT_EQ(shop.when(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"1.00",
      "invoices":[{"invoice":"x"}]})")
                .reasons,
            "unknown_invoice");
  EXPECT_EQ(shop.pay("P-1", "x", "1.00").reasons, "unknown_company");
  EXPECT_EQ(shop.pay("P-1", "acme", "0.00").reasons, "not_positive");
}

TEST(RecordPayment, RefusesCurrencyMismatch) {
  Shop shop;
  EXPECT_EQ(shop.when(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"1.00",
      "currency":"USD"})")
                .reasons,
            "currency_mismatch");
}

TEST(RecordPayment, RefusesAmountOverflow) {
  Shop shop;
  EXPECT_EQ(shop.pay("P-1", "acme", "10000000000000.01").reasons, "amount_overflow");
}

// A fixed part above the total leaves a balance below zero, which lowers what is to be paid.
TEST(RecordPayment, NeverAppliesMoreThanTheInvoiceHasOpen) {
  Shop shop;
  shop.given(R"("DefineTerms":{"terms":"fixed","currency":"EUR","lines":[
      {"kind":"fixed","amount":"12.00"},{"kind":"balance","days":30}]})");
  billed(shop, "1", "1000", R"("terms":"fixed")");
  shop.pay("P-1", "acme", "12.00");
  EXPECT_EQ(shop.invoice_of("I-1").open, Minor{0});
  EXPECT_EQ(shop.bucket("acme", Bucket::unapplied), 200);
  EXPECT_EQ(shop.exposure("acme"), -200);
}

TEST(RecordPayment, ClosesInstalmentsOldestDueFirst) {
  Shop shop;
  shop.given(R"("DefineTerms":{"terms":"thirds","lines":[{"kind":"equal","days":60},
      {"kind":"equal","days":30},{"kind":"equal"}]})");
  billed(shop, "1", "10000", R"("terms":"thirds")");
  shop.pay("P-1", "acme", "40.00");
  const auto parts = shop.book().receivables().instalments(shop.invoice_of("I-1"));
  EXPECT_EQ(parts[0].open, Minor{3334});
  EXPECT_EQ(parts[1].open, Minor{2666});
  EXPECT_EQ(parts[2].open, Minor{0});
}

}  // namespace
}  // namespace kontor::test
