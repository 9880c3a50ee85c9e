// Every view over a long random story: batches may end anywhere, and what a view adds up to is what
// the deciding state says.
#include <gtest/gtest.h>

#include "events/json/json.h"
#include "projections/views/documents.h"
#include "projections/views/entries.h"
#include "projections/views/timeline.h"
#include "tests/support/engine/random_trade.h"
#include "tests/support/projections/map_rows.h"

namespace kontor::test {
namespace {

constexpr BookNumber kBook{1};
constexpr std::uint64_t kSeed = 20261123;

void tell(Story& story, int steps) {
  RandomTrade trade(story, kSeed);
  trade.set_up();
  story.check_every(50);
  for (int i = 0; i < steps; ++i)
    story.when(trade.next());
}

// All decisions in batches of so many; 0: one batch.
void fold_all(const Story& story, View& view, MapRows& rows, int batch) {
  int decisions = 0;
  story.for_each_decision([&](BookNumber book, const DecisionView& decision) {
    const Status folded = view.fold(book, decision, rows);
    ASSERT_TRUE(folded.ok()) << folded.error().message;
    if (batch != 0 && ++decisions % batch == 0) rows.take(view);
  });
  rows.take(view);
}

class AView : public testing::TestWithParam<std::string> {};

TEST_P(AView, DoesNotDependOnWhereBatchesEnd) {
  Shop shop;
  tell(shop, 300);
  const auto one = make_view(GetParam());
  MapRows whole;
  fold_all(shop, *one, whole, 0);
  const auto expected = whole.expanded(*one);
  EXPECT_GT(expected.size(), 50U);
  for (const int batch : {1, 7, 100}) {
    const auto view = make_view(GetParam());
    MapRows rows;
    fold_all(shop, *view, rows, batch);
    EXPECT_TRUE(rows.expanded(*view) == expected) << "batches of " << batch;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, AView, testing::ValuesIn(view_names()),
                         [](const auto& view) { return view.param; });

TEST(TheEntries, SumToTheAccountsAtEveryPosition) {
  Shop shop;
  RandomTrade trade(shop, kSeed);
  trade.set_up();
  Entries view;
  MapRows rows;
  std::size_t folded = 0;
  for (int i = 0; i < 250; ++i) {
    shop.when(trade.next());
    std::size_t at = 0;
    shop.for_each_decision([&](BookNumber book, const DecisionView& decision) {
      if (at++ < folded) return;
      ASSERT_TRUE(view.fold(book, decision, rows).ok());
    });
    folded = at;
    rows.take(view);
    for (std::uint32_t id = 0; id < shop.book().parties().company_count(); ++id) {
      AccountSum sum({kBook, CompanyId{id}, kNoDate, shop.book().last_sequence()});
      const Result<bool> done = sum.advance(rows, 1'000'000);
      ASSERT_TRUE(done.ok() && *done);
      const Account& account = shop.book().credit().account(CompanyId{id});
      ASSERT_EQ(sum.account().exposure(), account.exposure()) << "step " << i;
      ASSERT_EQ(sum.account().limit, account.limit) << "step " << i;
      ASSERT_EQ(sum.account().by_due.size(), account.by_due().size()) << "step " << i;
      for (const DueAmount& due : account.by_due())
        ASSERT_EQ(sum.account().by_due.at(due.due), due.amount);
    }
  }
}

TEST(TheDocuments, HaveTheStateOfEachDocument) {
  Shop shop;
  tell(shop, 400);
  Documents view;
  MapRows rows;
  fold_all(shop, view, rows, 13);
  const auto page = search_documents(rows, {.book = kBook}, {}, 100'000, 100'000);
  ASSERT_TRUE(page.ok());
  const Book& book = shop.book();
  EXPECT_EQ(page->documents.size(),
            book.orders().all().size() + book.receivables().invoices().size() +
                book.receivables().payments().size() + book.credit_notes().all().size());
  for (const Document& document : page->documents) {
    if (document.kind == DocumentKind::kInvoice) {
      const Invoice& invoice = shop.invoice_of(document.name);
      EXPECT_EQ(document.open, invoice.open) << document.name;
      EXPECT_EQ(document.paid, invoice.paid) << document.name;
      EXPECT_EQ(document.credited, invoice.credited) << document.name;
    } else if (document.kind == DocumentKind::kPayment) {
      EXPECT_EQ(document.open, shop.payment_of(document.name).unapplied()) << document.name;
    } else if (document.kind == DocumentKind::kCreditNote) {
      EXPECT_EQ(document.open, shop.credit_note_of(document.name).unapplied()) << document.name;
    } else {
      const Order& order = shop.order(document.name);
      EXPECT_EQ(document.total, order.total) << document.name;
      EXPECT_EQ(document.held, order.held_at != 0) << document.name;
      EXPECT_EQ(document.cancelled, order.cancelled != 0) << document.name;
      EXPECT_EQ(document.fulfilled, order.fulfilled != 0) << document.name;
      EXPECT_EQ(document.state() == DocumentState::kAwaitingApproval,
                order.approval == Approval::kPending && order.cancelled == 0)
          << document.name;
    }
  }
}

TEST(TheTimeline, HasEveryEventThatNamesAThing) {
  Shop shop;
  tell(shop, 300);
  Timeline view;
  MapRows rows;
  fold_all(shop, view, rows, 9);
  std::map<std::pair<std::string, std::uint64_t>, std::vector<Sequence>> expected;
  shop.for_each_decision([&](BookNumber number, const DecisionView& decision) {
    if (number != kBook) return;
    decision.for_each_event([&](const EventView& event) {
      for_each_reference(event.header.kind, event.body,
                         [&](std::string_view kind, std::uint64_t ref) {
                           auto& all = expected[{std::string(kind), ref}];
                           if (all.empty() || all.back() != event.sequence)
                             all.push_back(event.sequence);
                         });
    });
  });
  int streams = 0;
  for (auto& [thing, positions] : expected) {
    const auto kind = stream_kind(thing.first);
    if (!kind) continue;
    ++streams;
    const bool is_document = *kind < StreamKind::kCompany;
    if (is_document) positions.insert(positions.begin(), Sequence{thing.second});
    const auto read = read_timeline(rows, {kBook, *kind, thing.second}, Sequence{1},
                                    shop.book().last_sequence(), 100'000);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, positions) << thing.first << " " << thing.second;
  }
  EXPECT_GT(streams, 50);
}

}  // namespace
}  // namespace kontor::test
