#include "projections/views/documents.h"

#include "approval_generated.h"
#include "credit_generated.h"
#include "invoice_generated.h"
#include "order_generated.h"
#include "payment_generated.h"

#include "projections/views/document_rows.h"
#include "tests/projections/views/told_view.h"

namespace kontor::test {
namespace {

constexpr Date kMonday{20'500};
constexpr Date kTuesday{20'501};
constexpr std::uint32_t kAcme = 3;
constexpr std::uint32_t kHolding = 4;
constexpr std::size_t kMany = 1'000;

EventParts placed(std::string_view name, std::uint32_t company = kAcme, std::uint32_t payer = kAcme,
                  std::string_view reference = "") {
  return event_of<OrderPlaced>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto order = builder.CreateString(name.data(), name.size());
    const auto said = builder.CreateString(reference.data(), reference.size());
    OrderPlacedBuilder out(builder);
    out.add_order(order);
    out.add_company(company);
    out.add_payer(payer);
    out.add_buyer_reference(said);
    out.add_total(1'200);
    return out.Finish();
  });
}

EventParts amended(std::uint64_t order, std::string_view reference, std::int64_t total) {
  return event_of<OrderAmended>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto said = builder.CreateString(reference.data(), reference.size());
    OrderAmendedBuilder out(builder);
    out.add_order(order);
    out.add_buyer_reference(said);
    out.add_total(total);
    return out.Finish();
  });
}

template <class Event, class Builder>
EventParts of_order(std::uint64_t order) {
  return event_of<Event>([&](flatbuffers::FlatBufferBuilder& builder) {
    Builder out(builder);
    out.add_order(order);
    return out.Finish();
  });
}

EventParts invoiced(std::string_view name, std::int64_t total) {
  return event_of<InvoiceIssued>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto invoice = builder.CreateString(name.data(), name.size());
    InvoiceIssuedBuilder out(builder);
    out.add_invoice(invoice);
    out.add_payer(kAcme);
    out.add_date(kTuesday.value());
    out.add_total(total);
    return out.Finish();
  });
}

EventParts paid(std::string_view name, std::int64_t amount) {
  return event_of<PaymentReceived>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto payment = builder.CreateString(name.data(), name.size());
    PaymentReceivedBuilder out(builder);
    out.add_payment(payment);
    out.add_payer(kAcme);
    out.add_amount(amount);
    return out.Finish();
  });
}

template <class Event, class Builder>
EventParts applied(std::uint64_t payment, std::uint64_t invoice, std::int64_t amount) {
  return event_of<Event>([&](flatbuffers::FlatBufferBuilder& builder) {
    builder.ForceVectorAlignment(1, sizeof(Application), 8);
    const std::vector<Application> parts = {Application(invoice, amount, 0, 1, 978)};
    const auto run = builder.CreateVectorOfStructs(parts);
    Builder out(builder);
    out.add_payment(payment);
    out.add_applications(run);
    return out.Finish();
  });
}

std::string names(const DocumentPage& page) {
  std::string out;
  for (const Document& document : page.documents)
    out += (out.empty() ? "" : " ") + document.name;
  return out;
}

DocumentPage search(const RowSource& rows, DocumentSearch wish, const DocumentPlace& after = {},
                    std::size_t most = kMany, std::size_t examined = kMany) {
  wish.book = BookNumber{1};
  auto page = search_documents(rows, wish, after, most, examined);
  EXPECT_TRUE(page.ok());
  return page.ok() ? std::move(*page) : DocumentPage{};
}

DocumentState state_of(const RowSource& rows, const std::string& name) {
  const DocumentPage page = search(rows, {.text = name});
  EXPECT_EQ(names(page), name);
  return page.documents.empty() ? DocumentState::kAny : page.documents.front().state();
}

TEST(Documents, FollowAnOrderThroughItsStates) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("O")});
  EXPECT_EQ(state_of(told.rows(), "O"), DocumentState::kOpen);
  told.tell(kMonday, {of_order<ApprovalRequested, ApprovalRequestedBuilder>(1)});
  EXPECT_EQ(state_of(told.rows(), "O"), DocumentState::kAwaitingApproval);
  told.tell(kMonday, {of_order<OrderApproved, OrderApprovedBuilder>(1),
                      of_order<OrderHeld, OrderHeldBuilder>(1)});
  EXPECT_EQ(state_of(told.rows(), "O"), DocumentState::kOnHold);
  told.tell(kMonday, {of_order<HoldReleased, HoldReleasedBuilder>(1)});
  EXPECT_EQ(state_of(told.rows(), "O"), DocumentState::kOpen);
  told.tell(kMonday, {of_order<OrderFulfilled, OrderFulfilledBuilder>(1)});
  EXPECT_EQ(state_of(told.rows(), "O"), DocumentState::kFulfilled);
}

TEST(Documents, TellARejectedFromACancelledOrder) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("O"), placed("P")});
  told.tell(kMonday, {of_order<OrderRejected, OrderRejectedBuilder>(1),
                      of_order<OrderCancelled, OrderCancelledBuilder>(1),
                      of_order<OrderCancelled, OrderCancelledBuilder>(2)});
  EXPECT_EQ(state_of(told.rows(), "O"), DocumentState::kRejected);
  EXPECT_EQ(state_of(told.rows(), "P"), DocumentState::kCancelled);
}

TEST(Documents, FollowAnInvoiceAndAPaymentUntilBothAreSettled) {
  ToldView<Documents> told;
  told.tell(kMonday, {invoiced("I", 100)});
  told.tell(kMonday, {paid("P", 150)});
  using Applied = PaymentApplied;
  told.tell(kMonday, {applied<Applied, PaymentAppliedBuilder>(2, 1, 60)});
  EXPECT_EQ(state_of(told.rows(), "I"), DocumentState::kPartPaid);
  EXPECT_EQ(state_of(told.rows(), "P"), DocumentState::kOpen);
  told.tell(kMonday, {applied<Applied, PaymentAppliedBuilder>(2, 1, 40)});
  EXPECT_EQ(state_of(told.rows(), "I"), DocumentState::kPaid);
  EXPECT_EQ(search(told.rows(), {.text = "P"}).documents.front().open, Minor{50});
  told.tell(kMonday, {applied<PaymentUnapplied, PaymentUnappliedBuilder>(2, 1, 100)});
  EXPECT_EQ(state_of(told.rows(), "I"), DocumentState::kOpen);
}

TEST(Documents, AreFoundByTheBeginningOfANameOrReferenceWhateverItsCase) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("Order-17", kAcme, kAcme, "PO 4711"), placed("order-2"),
                      placed("other", kAcme, kAcme, "order-x")});
  EXPECT_EQ(names(search(told.rows(), {.text = "ORDER-"})), "Order-17 order-2 other");
  EXPECT_EQ(names(search(told.rows(), {.text = "po 47"})), "Order-17");
  EXPECT_EQ(names(search(told.rows(), {.text = "o"})), "Order-17 order-2 other")
      << "found by name and reference, told once";
  EXPECT_EQ(names(search(told.rows(), {.text = "rder"})), "");
}

TEST(Documents, AreFoundByANewReferenceAndNoLongerByTheOldOne) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("O", kAcme, kAcme, "old")});
  told.end_batch();
  told.tell(kMonday, {amended(1, "new", 700)});
  const DocumentPage found = search(told.rows(), {.text = "new"});
  EXPECT_EQ(names(found), "O");
  EXPECT_EQ(found.documents.front().total, Minor{700});
  EXPECT_EQ(names(search(told.rows(), {.text = "old"})), "");
}

TEST(Documents, AreFoundByCompanyKindDateAndState) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("A", kAcme, kHolding)});
  told.tell(kTuesday, {placed("B", kHolding, kHolding)});
  told.tell(kMonday, {invoiced("I", 100), paid("P", 1)});
  MapRows& rows = told.rows();
  EXPECT_EQ(names(search(rows, {})), "A P B I") << "by date, then birth";
  EXPECT_EQ(names(search(rows, {.company = kAcme})), "A P I");
  EXPECT_EQ(names(search(rows, {.company = kHolding})), "A B") << "who pays as well";
  EXPECT_EQ(names(search(rows, {.kind = DocumentKind::kOrder})), "A B");
  EXPECT_EQ(names(search(rows, {.from = kTuesday})), "B I");
  EXPECT_EQ(names(search(rows, {.to = kMonday})), "A P");
  EXPECT_EQ(names(search(rows, {.company = 99})), "");
  told.tell(kMonday, {of_order<OrderCancelled, OrderCancelledBuilder>(1)});
  EXPECT_EQ(names(search(told.rows(), {.state = DocumentState::kCancelled})), "A");
  EXPECT_EQ(names(search(told.rows(), {.company = kAcme, .text = "a"})), "A");
  EXPECT_EQ(names(search(told.rows(), {.company = kHolding, .text = "i"})), "");
}

std::string page_by_page(const RowSource& rows, const DocumentSearch& wish, std::size_t most,
                         std::size_t examined) {
  std::string all;
  DocumentPlace after;
  for (int pages = 0; pages < 100; ++pages) {
    const DocumentPage page = search(rows, wish, after, most, examined);
    EXPECT_LE(page.documents.size(), most);
    for (const Document& document : page.documents)
      all += document.name;
    if (!page.next) return all;
    after = *page.next;
  }
  ADD_FAILURE() << "never ends";
  return all;
}

TEST(Documents, GoOnWhereThePageEnded) {
  ToldView<Documents> told;
  for (const std::string_view name : {"a", "b", "c", "d", "e", "f", "g"}) {
    told.tell(kMonday, {placed(name, kAcme, kAcme, name == "d" ? "again" : "")});
    if (name == "c") told.end_batch();
  }
  told.tell(kMonday, {of_order<OrderCancelled, OrderCancelledBuilder>(6)});
  MapRows& rows = told.rows();
  EXPECT_EQ(page_by_page(rows, {}, 2, kMany), "abcdefg");
  EXPECT_EQ(page_by_page(rows, {.company = kAcme}, 3, 1), "abcdefg");
  EXPECT_EQ(page_by_page(rows, {.text = "a"}, 1, kMany), "ad");
  EXPECT_EQ(page_by_page(rows, {.state = DocumentState::kCancelled}, 2, 2), "f")
      << "pages without a row have a next one";
}

TEST(Documents, SayThatARecordCannotBeReadOrIsMissing) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("O")});
  const std::string key = document_key(BookNumber{1}, 1);
  told.rows().rows()[key] = "\x01";
  EXPECT_FALSE(search_documents(told.rows(), {.book = BookNumber{1}}, {}, 1, 1).ok());
  told.rows().rows().erase(key);
  const Status folded =
      told.try_tell(kMonday, {of_order<OrderCancelled, OrderCancelledBuilder>(1)});
  ASSERT_FALSE(folded.ok());
  EXPECT_EQ(folded.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(folded.error().message.find("position 1 of book 1"), std::string::npos);
}

TEST(Documents, RefuseAPlaceThatIsNone) {
  ToldView<Documents> told;
  told.tell(kMonday, {placed("O")});
  const auto page =
      search_documents(told.rows(), {.book = BookNumber{1}, .text = "o"}, {1, 77}, 1, 1);
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace kontor::test
