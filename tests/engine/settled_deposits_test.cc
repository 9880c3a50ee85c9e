// Deposits of orders that leave memory, and of payments that do not.
#include "tests/engine/settled_shop.h"

namespace kontor::test {
namespace {

class SettledDeposits : public SettledShop {
 protected:
  EngineAnswer place_prepaid(const std::string& order) {
    return about("PlaceOrder", order,
                 R"(,"company":"acme","region":"south","settlement":"prepaid",
                 "lines":[{"item":"bolt","quantity":6}])");
  }
  EngineAnswer pay_for(const std::string& payment, const std::string& order) {
    return tell(R"("RecordPayment":{"payment":")" + payment +
                R"(","payer":"acme","amount":"6.00","orders":[{"order":")" + order + "\"}]}");
  }
  void deliver(const std::string& order) {
    given(about("AllocateOrder", order));
    given(about("ShipOrder", order, R"(,"shipment":"S-)" + order + "\""));
  }
  bool is_in_memory(SettledKind kind, const std::string& name) {
    bool found = false;
    with_book([&](const Book& book) { found = book.find_in_memory(kind, name) != 0; });
    return found;
  }
  Deposit deposit(const std::string& order) {
    Deposit out;
    with_book([&](const Book& book) {
      const Order* const found = book.orders().find(order);
      const Deposit* const of =
          found == nullptr ? nullptr : book.deposits().find(OrderRef{found->ref});
      if (of != nullptr) out = *of;
    });
    return out;
  }
  std::size_t deposits() {
    std::size_t count = 0;
    with_book([&](const Book& book) { count = book.deposits().all().size(); });
    return count;
  }
};

TEST_F(SettledDeposits, KeepTheirPaymentsInMemory) {
  given(place_prepaid("O"));
  given(pay_for("P", "O"));
  let_all_leave();
  EXPECT_TRUE(is_in_memory(SettledKind::kPayment, "P"));
  EXPECT_TRUE(is_in_memory(SettledKind::kOrder, "O"));
  EXPECT_EQ(deposit("O").held(), Minor{600});
  given(about("CancelOrder", "O"));
  EXPECT_EQ(reopenings(), 0U);
}

TEST_F(SettledDeposits, LeaveWithTheirOrdersAndComeBackWithThem) {
  given(place_prepaid("O"));
  given(pay_for("P", "O"));
  deliver("O");
  given(about("InvoiceOrder", "O", R"(,"invoice":"I")"));
  let_all_leave();
  EXPECT_FALSE(is_in_memory(SettledKind::kOrder, "O"));
  EXPECT_FALSE(is_in_memory(SettledKind::kInvoice, "I"));
  EXPECT_FALSE(is_in_memory(SettledKind::kPayment, "P"));
  EXPECT_EQ(deposits(), 0U);

  given(pay_for("P-2", "O"));
  EXPECT_EQ(reopenings(), 1U);
  const Deposit back = deposit("O");
  EXPECT_EQ(back.asked, Minor{600});
  EXPECT_EQ(back.deducted, Minor{600});
  EXPECT_EQ(back.percent, Percent{1'000'000});
  EXPECT_NE(back.asked_at, Sequence{});
  EXPECT_NE(back.changed_at, Sequence{});
  with_book([](const Book& book) {
    EXPECT_EQ(book.receivables().find_payment("P-2")->unapplied(), Minor{600});
  });
}

// The invoice knows what it deducted, and its payment that it was applied so.
TEST_F(SettledDeposits, AreUndoneFromInvoicesThatHadLeft) {
  given(place_prepaid("O"));
  given(pay_for("P", "O"));
  deliver("O");
  given(about("InvoiceOrder", "O", R"(,"invoice":"I")"));
  let_all_leave();
  given(tell(R"("UndoApplication":{"undo":"U","payment":"P","invoice":"I"})"));
  EXPECT_EQ(reopenings(), 2U);
  with_book([](const Book& book) {
    const Invoice& invoice = *book.receivables().find_invoice("I");
    EXPECT_EQ(invoice.open, Minor{600});
    EXPECT_EQ(invoice.deposit_deducted, Minor{600});
    EXPECT_EQ(book.receivables().find_payment("P")->unapplied(), Minor{600});
  });
}

TEST_F(SettledDeposits, BringBackTheOrderThatAnUndoingNames) {
  given(place_prepaid("O"));
  given(pay_for("P", "O"));
  deliver("O");
  given(about("InvoiceOrder", "O", R"(,"invoice":"I")"));
  let_all_leave();
  EXPECT_EQ(tell(R"("UndoApplication":{"undo":"U","payment":"P","order":"O"})").status,
            StatusCode::kRefused);
  EXPECT_EQ(reopenings(), 2U);
}

TEST_F(SettledDeposits, OfACancelledOrderLeaveWithIt) {
  given(place_prepaid("O"));
  given(about("CancelOrder", "O"));
  let_all_leave();
  EXPECT_FALSE(is_in_memory(SettledKind::kOrder, "O"));
  EXPECT_EQ(deposits(), 0U);
}

}  // namespace
}  // namespace kontor::test
