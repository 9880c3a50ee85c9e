// Deposits and prepaid settlement: asked, paid, deducted, given back.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

std::string ask(std::string_view percent, std::string_view more = {}) {
  return R"("outcome":"deposit","deposit":")" + std::string(percent) + '"' + std::string(more);
}

std::string for_order(std::string_view order) {
  return R"(,"orders":[{"order":")" + std::string(order) + "\"}]";
}

struct Deposits : testing::Test {
  void SetUp() override {
    shop.company("acme");
    shop.limit("acme", "10000.00");
  }
  std::string deposit(std::string_view order, const char* figure) {
    const Json of = shop.ask("order " + std::string(order)).value("deposit", Json::object());
    const auto found = of.find(figure);
    if (found == of.end()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
  }
  Json invoice(std::string_view name) { return shop.ask("invoice " + std::string(name)); }
  void deliver(std::string_view order) {
    ASSERT_TRUE(shop.allocate(order).done());
    ASSERT_TRUE(shop.ship(order).done());
  }
  Scenario shop;
};

// E-M4.
TEST_F(Deposits, OfTwentyPercentAreRoundedOnceAndTheRestIsTheRest) {
  shop.rule("d", ask("20"));
  const Said placed = shop.place("O", "acme", "1234.56");
  EXPECT_EQ(placed.events, "OrderPlaced DepositRequested OrderApproved CreditCommitted");
  EXPECT_EQ(deposit("O", "asked"), "246.91");
  EXPECT_EQ(deposit("O", "percent"), "20");
  EXPECT_EQ(shop.account("acme", "exposure"), "987.65");
  shop.pay("P", "acme", "246.91", for_order("O"));
  deliver("O");
  shop.invoice("O");
  EXPECT_EQ(invoice("I-O")["open"], "987.65");
  EXPECT_EQ(invoice("I-O")["deposit_deducted"], "246.91");
}

// E-M5.
TEST_F(Deposits, StayAsTheyWereAskedWhenAPartIsCancelled) {
  shop.rule("d", ask("20"));
  shop.place("O", "acme", "1234.56");
  shop.pay("P", "acme", "246.91", for_order("O"));
  shop.cancel_part("O", "234.56");
  EXPECT_EQ(deposit("O", "asked"), "246.91");
  EXPECT_EQ(deposit("O", "outstanding"), "0.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "753.09");
  deliver("O");
  shop.invoice("O");
  EXPECT_EQ(invoice("I-O")["total"], "1000.00");
  EXPECT_EQ(invoice("I-O")["open"], "753.09");
}

// E-C18: by a deposit, and by money on account.
TEST_F(Deposits, AndAnOrderAreNeverCountedTwice) {
  shop.rule("d", ask("30"));
  shop.place("O", "acme", "1000.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
  EXPECT_EQ(shop.account("acme", "deposits"), "300.00");
  shop.pay("P", "acme", "300.00", for_order("O"));
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
  deliver("O");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
  shop.invoice("O");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
  EXPECT_EQ(shop.account("acme", "receivable"), "700.00");
  EXPECT_EQ(shop.account("acme", "deposits"), "0.00");
  shop.withdraw("d");
  shop.pay("Q", "acme", "1000.00");  // 700.00 of it pays the invoice
  EXPECT_EQ(shop.account("acme", "exposure"), "-300.00");
  shop.place("O-2", "acme", "1000.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "700.00");
}

// E-L5.
TEST_F(Deposits, OfAPrepaidOrderThatIsCancelledAreRefundedOrKept) {
  shop.place("O", "acme", "500.00", R"(,"settlement":"prepaid")");
  shop.pay("P", "acme", "500.00", for_order("O"));
  EXPECT_EQ(shop.ask("payment P")["deposited"], "500.00");
  EXPECT_EQ(shop.ask("payment P")["deposits"][0]["order"], "O");
  EXPECT_EQ(shop.cancel("O").events,
            "LinesCancelled CreditReleased DepositReleased OrderCancelled");
  EXPECT_EQ(shop.ask("payment P")["unapplied"], "500.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "-500.00");
  shop.given(R"("Refund":{"refund":"R","payment":"P","amount":"200.00"})");
  EXPECT_EQ(shop.account("acme", "unapplied"), "300.00");
  shop.place("O-2", "acme", "300.00");
  EXPECT_EQ(shop.account("acme", "exposure"), "0.00");
}

// SHO-1: a deposit due at once, and the rest by the terms.
TEST_F(Deposits, ArePartOfAnInvoiceWhoseRestFollowsTheTerms) {
  shop.day("2026-03-10");
  shop.given(R"("DefineTerms":{"terms":"net30","lines":[
              {"kind":"percent","percent":100,"days":30}]})");
  shop.rule("paris", ask("20", R"(,"scope_kind":"company","scope":"acme")"));
  shop.place("O", "acme", "1234.56", R"(,"terms":"net30")");
  EXPECT_EQ(shop.state("O"), "awaiting_deposit");
  shop.pay("P", "acme", "246.91", for_order("O"));
  deliver("O");
  shop.invoice("O");
  const Json of = invoice("I-O");
  EXPECT_EQ(of["state"], "part_paid");
  ASSERT_EQ(of["instalments"].size(), 2U);
  EXPECT_EQ(of["instalments"][0]["amount"], "246.91");
  EXPECT_EQ(of["instalments"][0]["open"], "0.00");
  EXPECT_EQ(of["instalments"][1]["amount"], "987.65");
  EXPECT_EQ(of["instalments"][1]["due"], "2026-04-09");
}

// The new-customer rule: fewer than three invoices paid, and more than twice what its class orders.
TEST_F(Deposits, AreAskedOfNewCustomersWithLargeOrders) {
  shop.company("regular", R"(,"company_class":"trade")");
  shop.company("new", R"(,"company_class":"trade")");
  for (int i = 1; i <= 10; ++i)
    shop.place("R-" + std::to_string(i), "regular", "100.00");
  shop.rule("new-customer",
            ask("50", R"(,"conditions":[{"figure":"paid_invoices","operator":"lt","count":3},
                {"figure":"total_against_class_average","operator":"gt","percent":200}])"));
  EXPECT_FALSE(shop.place("N-1", "new", "200.00").has("DepositRequested"));
  const Said asked = shop.place("N-2", "new", "300.00");
  EXPECT_TRUE(asked.has("DepositRequested"));
  EXPECT_EQ(deposit("N-2", "asked"), "150.00");
  EXPECT_EQ(deposit("N-2", "causes"), R"(["rule new-customer"])");
  EXPECT_EQ(shop.ask("rule new-customer")["sentence"].get<std::string>().find(": deposit 50 %") !=
                std::string::npos,
            true);
  for (int i = 1; i <= 3; ++i) {
    const std::string order = "S-" + std::to_string(i);
    shop.place(order, "new", "10.00");
    deliver(order);
    shop.invoice(order);
    shop.pay("P-" + std::to_string(i), "new", "10.00");
  }
  EXPECT_FALSE(shop.place("N-3", "new", "300.00").has("DepositRequested"));
}

// ---- what can be asked --------------------------------------------------------------------------

TEST_F(Deposits, AreToldByWhyAndWhatItSaysLetsTheOrderGoOn) {
  shop.rule("d", ask("20"));
  shop.place("O", "acme", "1000.00");
  shop.pay("P-1", "acme", "50.00", for_order("O"));
  const Json why = shop.why("O");
  EXPECT_EQ(why["state"], "awaiting_deposit");
  EXPECT_EQ(why["says"],
            "order O is awaiting_deposit: of a deposit of 200.00, 150.00 is not there yet");
  EXPECT_EQ(why["deposit"]["asked"], "200.00");
  EXPECT_EQ(why["deposit"]["received"], "50.00");
  EXPECT_EQ(why["deposit"]["outstanding"], "150.00");
  EXPECT_EQ(why["deposit"]["reasons"][0]["rule"], "d");
  ASSERT_EQ(why["remedies"].size(), 1U);
  const Json& remedy = why["remedies"][0];
  EXPECT_EQ(remedy["kind"], "deposit");
  EXPECT_EQ(remedy["says"], "a payment of 150.00 EUR for order O");
  EXPECT_EQ(remedy["releases"], true);
  EXPECT_NE(shop.why_text("O").find("a payment of 150.00 EUR for order O"), std::string::npos);

  shop.pay("P-2", "acme", "149.99", for_order("O"));
  EXPECT_EQ(shop.allocate("O").reasons, "deposit_outstanding");
  shop.pay("P-3", "acme", "0.01", for_order(remedy["order"].get<std::string>()));
  EXPECT_EQ(shop.state("O"), "open");
  EXPECT_FALSE(shop.why("O").contains("deposit"));
  EXPECT_TRUE(shop.allocate("O").done());
}

// Both are needed, and named together.
TEST_F(Deposits, OfAHeldOrderAreNamedBesideWhatReleasesIt) {
  shop.rule("d", ask("20"));
  shop.limit("acme", "500.00");
  shop.place("O", "acme", "1000.00");
  const Json why = shop.why("O");
  EXPECT_EQ(why["hold"]["need"], "800.00");
  ASSERT_TRUE(why.contains("together"));
  EXPECT_EQ(why["together"][0]["says"],
            "a payment of 200.00 EUR for order O, and a payment of 300.00 EUR by acme");
  for (const Json& remedy : why["remedies"])
    EXPECT_EQ(remedy["releases"], false) << remedy["says"];
  shop.pay("P-1", "acme", "200.00", for_order("O"));
  EXPECT_EQ(shop.state("O"), "on_hold");
  shop.pay("P-2", "acme", "300.00");
  EXPECT_EQ(shop.state("O"), "open");
}

TEST_F(Deposits, AreShownAsOfAnyPosition) {
  shop.rule("d", ask("20"));
  shop.place("O", "acme", "1000.00");
  const Sequence asked = shop.position();
  shop.pay("P", "acme", "200.00", for_order("O"));
  const Sequence received = shop.position();
  deliver("O");
  shop.invoice("O");
  EXPECT_EQ(shop.ask("order O", asked)["deposit"]["received"], "0.00");
  EXPECT_EQ(shop.ask("order O", asked)["state"], "awaiting_deposit");
  EXPECT_EQ(shop.ask("order O", received)["deposit"]["parts"][0]["payment"], "P");
  EXPECT_EQ(shop.ask("payment P", received)["deposited"], "200.00");
  EXPECT_EQ(shop.ask("payment P", received)["deposits"][0]["amount"], "200.00");
  EXPECT_EQ(shop.ask("order O")["deposit"]["deducted"], "200.00");
  EXPECT_EQ(shop.ask("payment P")["applications"][0]["invoice"], "I-O");
  EXPECT_EQ(shop.ask("account acme", asked)["deposits"], "200.00");
  const Json explained = shop.ask("exposure acme");
  EXPECT_EQ(explained["adds_up"], true);
}

TEST_F(Deposits, AreSeenByTheStateOfTheirOrders) {
  shop.place("O-1", "acme", "100.00", R"(,"settlement":"prepaid")");
  shop.place("O-2", "acme", "100.00");
  const Json orders = shop.ask("orders")["orders"];
  ASSERT_EQ(orders.size(), 2U);
  EXPECT_EQ(orders[0]["order"], "O-1");
  EXPECT_EQ(orders[0]["state"], "awaiting_deposit");
  EXPECT_EQ(orders[1]["state"], "open");
  EXPECT_EQ(shop.ask("order O-1")["settlement"], "prepaid");
}

}  // namespace
}  // namespace kontor::test
