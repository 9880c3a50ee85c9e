// Invoices, payments and credit notes that are settled leave memory, and come back with what they
// are bound to when a command needs them.
#include "book_generated.h"
#include "payment_generated.h"

#include "projections/fold.h"
#include "tests/engine/settled_shop.h"

namespace kontor::test {
namespace {

// Everything of one document that another command could see.
struct SeenBills {
  std::vector<std::string> invoices;  // in memory, by name
  std::vector<std::string> payments;
  std::vector<std::string> credit_notes;
  std::size_t settled_invoices = 0;
  std::size_t settled_payments = 0;
  std::size_t settled_notes = 0;
};

template <class All, class Name>
std::vector<std::string> names_of(const All& all, Name name) {
  std::vector<std::string> out;
  for (const auto& one : all)
    out.emplace_back(name(one));
  std::sort(out.begin(), out.end());
  return out;
}

using Names = std::vector<std::string>;

class SettledBills : public SettledShop {
 protected:
  SeenBills look() {
    SeenBills seen;
    with_book([&](const Book& book) {
      const Receivables& billed = book.receivables();
      const CreditNotes& notes = book.credit_notes();
      const auto called = [&](const auto& one) { return billed.name(one); };
      seen.invoices = names_of(billed.invoices(), called);
      seen.payments = names_of(billed.payments(), called);
      seen.credit_notes = names_of(notes.all(), [&](const auto& one) { return notes.name(one); });
      seen.settled_invoices = billed.settled_invoices().size();
      seen.settled_payments = billed.settled_payments().size();
      seen.settled_notes = notes.settled().size();
    });
    return seen;
  }
  Minor open_of(const std::string& invoice) {
    Minor open{-1};
    with_book([&](const Book& book) {
      const Invoice* const one = book.receivables().find_invoice(invoice);
      if (one != nullptr) open = one->open;
    });
    return open;
  }
  EngineAnswer pay(const std::string& payment, const std::string& amount, const Names& invoices) {
    std::string list;
    for (const std::string& invoice : invoices)
      list += (list.empty() ? "" : ",") + (R"({"invoice":")" + invoice + "\"}");
    return tell(R"("RecordPayment":{"payment":")" + payment + R"(","payer":"acme","amount":")" +
                amount + R"(","invoices":[)" + list + "]}");
  }
  void trade_and_pay(const std::string& order) {
    trade(order);
    given(pay("P-" + order, "6.00", {"I-" + order}));
  }
  EngineAnswer credit(const std::string& note, const std::string& invoice,
                      const std::string& amount) {
    return tell(R"("IssueCreditNote":{"credit_note":")" + note + R"(","invoice":")" + invoice +
                R"(","cause":"price","amounts":[{"line":1,"amount":")" + amount + R"("}]})");
  }
  EngineAnswer reverse(const std::string& payment, const std::string& more = "") {
    return tell(R"("ReversePayment":{"reversal":"R-)" + std::to_string(++reversals_) +
                R"(","payment":")" + payment + "\"" + more + "}");
  }

  int reversals_ = 0;
};

TEST_F(SettledBills, LeaveWhenPaidInFullAndNotTouchedForAsManyEventsAsTheBookSays) {
  trade("O-2");
  trade_and_pay("O-1");  // the payment applied is the last event of both
  let_pass(limits::kSettledKeptMin - 1);
  EXPECT_EQ(look().invoices, (Names{"I-O-1", "I-O-2"}));
  EXPECT_EQ(look().payments, (Names{"P-O-1"}));
  let_pass(1);
  EXPECT_EQ(look().invoices, (Names{"I-O-2"})) << "it is not paid";
  EXPECT_EQ(look().payments, Names{});
  EXPECT_EQ(look().settled_invoices, 1U);
  EXPECT_EQ(look().settled_payments, 1U);
}

TEST_F(SettledBills, StayWhileACentIsOpenOrUnapplied) {
  trade("O-1");
  given(pay("P-1", "6.01", {"I-O-1"}));
  trade("O-2");
  given(pay("P-2", "5.99", {"I-O-2"}));
  let_all_leave();
  EXPECT_EQ(look().invoices, (Names{"I-O-2"}));
  EXPECT_EQ(look().payments, (Names{"P-1"}));
  given(pay("P-3", "0.01", {"I-O-2"}));
  given(tell(R"("Refund":{"refund":"F-1","payment":"P-1"})"));
  let_all_leave();
  EXPECT_EQ(look().invoices, Names{});
  EXPECT_EQ(look().payments, Names{});
}

TEST_F(SettledBills, AreCreditNotesToo) {
  trade("O-1");
  given(credit("C-1", "I-O-1", "1.00"));  // pays its own invoice, which stays open
  given(credit("C-2", "I-O-1", "1.00"));
  given(tell(R"("CancelCreditNote":{"credit_note":"C-2"})"));
  let_all_leave();
  const SeenBills seen = look();
  EXPECT_EQ(seen.credit_notes, Names{});
  EXPECT_EQ(seen.settled_notes, 2U);
  EXPECT_EQ(seen.invoices, (Names{"I-O-1"}));
  EXPECT_EQ(open_of("I-O-1"), Minor{500});
}

// What a command says of a document is the same before and after it left.
TEST_F(SettledBills, AreRefusedByEveryCommandThatNamesThemAsTheyWereBefore) {
  const std::vector<std::pair<std::string, std::size_t>> commands = {
      {R"("InvoiceOrder":{"order":"O-2","invoice":"I-O-1"})", 1},
      {R"("RecordPayment":{"payment":"P-O-1","payer":"acme","amount":"1.00"})", 1},
      {R"("RecordPayment":{"payment":"P-9","payer":"acme","amount":"1.00",
           "invoices":[{"invoice":"I-O-1","amount":"-1.00"}]})",
       1},
      {R"("ApplyCredit":{"application":"A-9","payment":"P-O-1"})", 1},
      {R"("ApplyCredit":{"application":"A-9","payment":"P-O-1",
           "invoices":[{"invoice":"I-O-1"}]})",
       2},
      {R"("Refund":{"refund":"F-9","payment":"P-O-1"})", 1},
      {R"("UndoApplication":{"undo":"A-9","credit_note":"C-1","invoice":"I-O-1"})", 2},
      {R"("ReversePayment":{"reversal":"R-9","payment":"P-O-1","amount":"6.01"})", 1},
      {R"("ReversePayment":{"reversal":"R-9","payment":"P-O-1","amount":"-6.00"})", 1},
      {R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-O-2"})", 1},
      {R"("IssueCreditNote":{"credit_note":"C-9","invoice":"I-O-1",
           "amounts":[{"line":1,"amount":"9.00"}]})",
       2},
      {R"("CancelCreditNote":{"credit_note":"C-1"})", 2},  // with the order
      {R"("Refund":{"refund":"F-9","credit_note":"C-1"})", 1},
      {R"("expected_version":7,"Refund":{"refund":"F-9","payment":"P-O-1"})", 1}};
  trade_and_pay("O-1");
  trade("O-2");
  given(credit("C-1", "I-O-2", "1.00"));
  given(tell(R"("CancelCreditNote":{"credit_note":"C-1"})"));
  std::vector<EngineAnswer> before;
  for (const auto& [command, needed] : commands)
    before.push_back(tell(command));
  std::size_t reopened = reopenings();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto& [command, needed] = commands[i];
    let_all_leave();
    ASSERT_EQ(look().settled_invoices + look().settled_payments + look().settled_notes, 3U);
    const EngineAnswer later = tell(command);
    EXPECT_EQ(later.status, StatusCode::kRefused) << command;
    EXPECT_EQ(later.status, before[i].status) << command;
    EXPECT_EQ(later.bytes.size(), before[i].bytes.size()) << command << ": the same reasons";
    const std::size_t more = reopenings() - reopened;
    EXPECT_GE(more, needed) << command;
    EXPECT_LE(more, needed + 1) << command << ": and the order O-2";
    reopened = reopenings();
  }
}

TEST_F(SettledBills, AreTheSameToTheLastFigureWhenTheyComeBack) {
  struct State {
    Invoice invoice;
    Payment payment;
    std::string records;  // instalments, lines, taxes, applications
  };
  const auto look_closely = [&] {
    State state;
    with_book([&](const Book& book) {
      const Receivables& billed = book.receivables();
      const Invoice* const invoice = billed.find_invoice("I-O-1");
      const Payment* const payment = billed.find_payment("P-1");
      ASSERT_TRUE(invoice != nullptr && payment != nullptr);
      state.invoice = *invoice;
      state.payment = *payment;
      state.records = bytes_of(billed.instalments(*invoice)) + bytes_of(billed.lines(*invoice)) +
                      bytes_of(billed.taxes(*invoice));
      book.settlements().for_each_part(payment->ref, [&](const AppliedPart& part) {
        state.records += std::to_string(part.invoice) + "/" + std::to_string(part.instalment) +
                         "/" + std::to_string(part.amount.value()) + "/" +
                         std::to_string(part.due) + " ";
      });
      // Places, and when it was touched last, are not the document's.
      for (std::uint32_t Invoice::*const place :
           {&Invoice::first_instalment, &Invoice::first_line, &Invoice::first_tax})
        state.invoice.*place = 0;
      state.invoice.touched_at = state.payment.touched_at = 0;
      state.invoice.reopened = 0;
      state.payment.reopened = 0;
    });
    return state;
  };
  trade("O-1");
  trade("O-2");
  given(pay("P-1", "1.00", {"I-O-1"}));  // in two parts, newest first when looked at
  given(pay("P-2", "1.50", {"I-O-1"}));
  given(reverse("P-1", R"(,"amount":"0.40")"));
  given(credit("C-1", "I-O-1", "2.00"));
  given(tell(R"("IssueCreditNote":{"credit_note":"C-2","invoice":"I-O-1","warehouse":"north",
             "lines":[{"line":2,"quantity":1,"disposition":"restock"}]})"));
  given(pay("P-3", "3.00", {"I-O-1"}));
  const State before = look_closely();
  EXPECT_EQ(before.invoice.open, Minor{0});
  let_all_leave();
  EXPECT_EQ(look().invoices, (Names{"I-O-2"}));
  EXPECT_EQ(look().payments, Names{});
  // Both are named and nothing is applied, so that neither changes.
  EXPECT_EQ(tell(R"("ApplyCredit":{"application":"A-1","payment":"P-1",
                  "invoices":[{"invoice":"I-O-1"}]})")
                .status,
            StatusCode::kRefused);
  const State after = look_closely();
  const auto bytes = [](const auto& record) {
    return std::string(reinterpret_cast<const char*>(&record), sizeof record);
  };
  EXPECT_EQ(bytes(after.invoice), bytes(before.invoice));
  EXPECT_EQ(bytes(after.payment), bytes(before.payment));
  EXPECT_EQ(after.records, before.records);
}

TEST_F(SettledBills, ComeBackTogetherWhenAnApplicationIsUndone) {
  trade_and_pay("O-1");
  let_all_leave();
  given(tell(R"("UndoApplication":{"undo":"A-1","payment":"P-O-1","invoice":"I-O-1"})"));
  EXPECT_TRUE(live_.commands_in_log().ends_with("ReopenDocument ReopenDocument UndoApplication"));
  EXPECT_EQ(open_of("I-O-1"), Minor{600});
  let_all_leave();
  EXPECT_EQ(look().invoices, (Names{"I-O-1"})) << "it is open again";
  EXPECT_EQ(look().payments, (Names{"P-O-1"})) << "it is unapplied again";
  given(tell(R"("ApplyCredit":{"application":"A-2","payment":"P-O-1"})"));
  let_all_leave();
  EXPECT_EQ(look().settled_invoices, 1U);
  EXPECT_EQ(look().settled_payments, 1U);
}

TEST_F(SettledBills, ComeBackAsFarAsAReversalReaches) {
  for (const char* const order : {"O-1", "O-2", "O-3"})
    trade(order);
  given(pay("P-1", "18.00", {"I-O-1", "I-O-2", "I-O-3"}));
  let_all_leave();
  EXPECT_EQ(look().invoices, Names{});
  given(reverse("P-1", R"(,"amount":"6.01")"));  // the newest, and a cent of the one before
  EXPECT_EQ(reopenings(), 3U) << "the payment and two of its invoices";
  EXPECT_EQ(look().invoices, (Names{"I-O-2", "I-O-3"}));
  EXPECT_EQ(open_of("I-O-3"), Minor{600});
  EXPECT_EQ(open_of("I-O-2"), Minor{1});
  let_all_leave();
  EXPECT_EQ(look().payments, Names{}) << "what is left of it is applied";
  given(reverse("P-1"));
  EXPECT_EQ(open_of("I-O-1"), Minor{600});
  EXPECT_EQ(open_of("I-O-2"), Minor{600});
  EXPECT_EQ(reopenings(), 5U);
}

// Nothing leaves again before the command is decided for which it came back.
TEST_F(SettledBills, ComeBackEvenIfTheyAreMoreThanTheEventsThatTheBookKeeps) {
  Names invoices;
  for (int i = 0; i < 40; ++i) {
    const std::string order = "O-" + std::to_string(i);
    trade(order);
    invoices.push_back("I-" + order);
  }
  given(pay("P-1", "240.00", invoices));
  let_all_leave();
  EXPECT_EQ(look().settled_invoices, 40U);
  given(reverse("P-1"));
  EXPECT_EQ(reopenings(), 41U);
  EXPECT_EQ(look().invoices.size(), 40U);
  for (const std::string& invoice : invoices)
    EXPECT_EQ(open_of(invoice), Minor{600}) << invoice;
}

TEST_F(SettledBills, ComeBackWithInvoiceAndOrderWhenACreditNoteIsCancelled) {
  trade_and_pay("O-1");
  trade("O-2");
  given(credit("C-1", "I-O-1", "2.00"));
  given(tell(R"("ApplyCredit":{"application":"A-1","credit_note":"C-1",
             "invoices":[{"invoice":"I-O-2"}]})"));
  given(pay("P-2", "4.00", {"I-O-2"}));
  let_all_leave();
  EXPECT_EQ(look().invoices, Names{});
  EXPECT_EQ(look().settled_notes, 1U);
  given(tell(R"("CancelCreditNote":{"credit_note":"C-1"})"));
  EXPECT_EQ(open_of("I-O-2"), Minor{200}) << "what it had paid";
  EXPECT_EQ(open_of("I-O-1"), Minor{0}) << "its own, which counts what is credited of it";
  EXPECT_EQ(reopenings(), 4U) << "the note, its order and invoice, and the one it had paid";
}

TEST_F(SettledBills, ArePaidAgainByTheRestOfTheirCreditNoteAfterAReversal) {
  trade_and_pay("O-1");
  given(credit("C-1", "I-O-1", "2.00"));
  let_all_leave();
  EXPECT_EQ(look().invoices, Names{});
  EXPECT_EQ(look().credit_notes, (Names{"C-1"})) << "it is not applied";
  const EngineAnswer back = reverse("P-O-1");
  EXPECT_EQ(back.events, "PaymentUnapplied PaymentReversed CreditNoteApplied");
  EXPECT_EQ(open_of("I-O-1"), Minor{400});
}

TEST_F(SettledBills, AreNotReadBackByARepeatNorByWhatDoesNotNeedThem) {
  trade_and_pay("O-1");
  const std::string command = R"({"id":"again","Refund":{"refund":"F-1","payment":"P-O-1"}})";
  const EngineAnswer first = live_.ask(command);
  let_all_leave();
  EXPECT_EQ(as_first(live_.ask(command)), first);
  given(pay("P-2", "1.00", {}));
  EXPECT_EQ(tell(R"("Refund":{"refund":"F-2","payment":"P-none"})").status, StatusCode::kRefused);
  EXPECT_EQ(reopenings(), 0U);
}

TEST_F(SettledBills, AreTheSameAfterAReplay) {
  for (const char* const order : {"O-1", "O-2", "O-3"})
    trade_and_pay(order);
  given(credit("C-1", "I-O-1", "2.00"));
  let_all_leave();
  given(reverse("P-O-2"));
  given(tell(R"("CancelCreditNote":{"credit_note":"C-1"})"));
  let_all_leave();
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_EQ(live_.digest(), before);
  EXPECT_EQ(pay("P-O-3", "6.00", {}).status, StatusCode::kRefused) << "it exists";
  EXPECT_EQ(pay("P-O-4", "6.00", {}).status, StatusCode::kDone);
}

TEST_F(SettledBills, AreNamedBeforeTheirEventsAreDurable) {
  trade("O-1");
  std::vector<std::string> all;
  const auto add = [&](const std::string& command) {
    all.push_back(R"({"id":"n)" + std::to_string(all.size()) + "\"," + command + "}");
  };
  add(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"6.00",
         "invoices":[{"invoice":"I-O-1"}]})");
  for (std::uint64_t i = 0; i < limits::kSettledKeptMin; ++i)
    add(R"("SetCreditLimit":{"company":"acme","limit":"1000000.00"})");
  add(R"("ReversePayment":{"reversal":"R-1","payment":"P-1"})");
  const std::vector<StatusCode> statuses = live_.submit(all)->statuses();
  ASSERT_EQ(statuses.size(), all.size());
  EXPECT_EQ(statuses.back(), StatusCode::kDone);
  EXPECT_EQ(reopenings(), 2U) << "in one frame, and so in one batch";
  EXPECT_EQ(open_of("I-O-1"), Minor{600});
}

Envelope at(std::uint64_t position) {
  return {Sequence{position}, Timestamp{1}, Date{1}, Date{1}};
}

// As a book of an earlier release says it, whose decisions are about bills in memory.
TEST(SettledBillsOfAnEarlierBook, StayForEver) {
  for (const std::uint8_t rule : {std::uint8_t{0}, std::uint8_t{1}}) {
    Receivables billed;
    flatbuffers::FlatBufferBuilder opened;
    BookOpenedBuilder book(opened);
    book.add_settled_kept(16);
    book.add_settled_rule(rule);
    opened.Finish(book.Finish());
    billed.on(at(1), *flatbuffers::GetRoot<BookOpened>(opened.GetBufferPointer()));
    flatbuffers::FlatBufferBuilder received;
    received.Finish(CreatePaymentReceived(received, received.CreateString("P-1"), 0, 5, 978));
    billed.on(at(2), *flatbuffers::GetRoot<PaymentReceived>(received.GetBufferPointer()));
    flatbuffers::FlatBufferBuilder reversed;
    reversed.Finish(CreatePaymentReversed(reversed, 2, 0, reversed.CreateString("R-1"), 5, 978));
    billed.on(at(3), *flatbuffers::GetRoot<PaymentReversed>(reversed.GetBufferPointer()));
    billed.end_decision(Sequence{1'000'000}, [](std::uint64_t) {});
    EXPECT_EQ(billed.find_payment("P-1") == nullptr, rule == 1);
    EXPECT_EQ(billed.settled_payments().size(), rule);
  }
}

}  // namespace
}  // namespace kontor::test
