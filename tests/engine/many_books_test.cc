// Many books in one shard: they share commits, and what a commit or a look costs is bounded.
#include <cstring>

#include <gtest/gtest.h>

#include "engine/batch.h"
#include "engine/snapshots/state_slice.h"
#include "events/base/limits.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

constexpr std::uint32_t kBooks = 200;

std::vector<std::string> openings() {
  std::vector<std::string> out;
  for (std::uint32_t i = 1; i <= kBooks; ++i) {
    const std::string name = "book-" + std::to_string(i);
    out.push_back(R"({"id":")" + name + R"(","OpenBook":{"book":")" + name +
                  R"(","currency":"EUR"}})");
  }
  return out;
}

class ManyBooks : public testing::Test {
 protected:
  void SetUp() override {
    const Ticket opened = live_.submit(openings(), {.book = BookNumber{0}});
    for (const StatusCode status : opened->statuses())
      ASSERT_EQ(status, StatusCode::kDone);
  }

  // One command to each book, all taken before the first of them is durable.
  std::vector<Ticket> one_to_each() {
    const CommitNumber next{live_.log().tail().last.value() + 1};
    live_.gate().close();
    std::vector<Ticket> out;
    for (std::uint32_t i = 1; i <= kBooks; ++i) {
      out.push_back(live_.submit({R"({"id":"w","RegisterWarehouse":{"warehouse":"east"}})"},
                                 {.book = BookNumber{i}}));
      if (i == 1) {
        EXPECT_TRUE(live_.gate().wait_for_commit(next));
      }
    }
    Look all([](const Books&) {});
    EXPECT_EQ(live_.engine().ask(all.question()), StatusCode::kDone);
    EXPECT_TRUE(all.wait_asked()) << "behind the others: they are decided by then";
    live_.gate().open();
    return out;
  }

  LiveEngine live_;
};

TEST_F(ManyBooks, ShareACommit) {
  const std::uint64_t before = live_.log().tail().last.value();
  for (const Ticket& ticket : one_to_each())
    EXPECT_EQ(ticket->statuses(), std::vector{StatusCode::kDone});
  EXPECT_EQ(live_.log().tail().last.value(), before + 2)
      << "the first alone, and all that came while it was made durable together";
  EXPECT_EQ(live_.commands_in_log(BookNumber{kBooks}), "OpenBook RegisterWarehouse");
}

TEST_F(ManyBooks, AreToldOneByOneAsTheyGoOn) {
  for (const Ticket& ticket : one_to_each())
    ticket->all();
  const EngineStats stats = live_.engine().stats();
  const std::vector<BookInfo> books = live_.engine().books();
  ASSERT_EQ(stats.books.size(), kBooks);
  ASSERT_EQ(books.size(), kBooks);
  for (std::uint32_t i = 0; i < kBooks; ++i) {
    EXPECT_EQ(books[i].number, BookNumber{i + 1});
    EXPECT_EQ(books[i].name, "book-" + std::to_string(i + 1));
    EXPECT_EQ(stats.books[i].last_sequence, books[i].last_sequence.value());
    EXPECT_EQ(stats.books[i].last_sequence, 4U) << "opened, two rules, a warehouse";
  }
}

TEST_F(ManyBooks, ComeBackAsTheyWere) {
  for (const Ticket& ticket : one_to_each())
    ticket->all();
  const Digest first = live_.digest(BookNumber{1});
  const Digest last = live_.digest(BookNumber{kBooks});
  live_.restart();
  EXPECT_EQ(live_.engine().books().size(), kBooks);
  EXPECT_EQ(live_.digest(BookNumber{1}), first);
  EXPECT_EQ(live_.digest(BookNumber{kBooks}), last);
}

// A sound decision of about that many bytes, as far as a page looks at it.
void write_decision(PageBuilder& page, std::size_t bytes) {
  DecisionHeader header;
  header.bytes = static_cast<std::uint32_t>(padded(std::max(bytes, sizeof header)));
  header.first_sequence = page.next_sequence().value();
  header.event_count = 1;
  const std::size_t at = page.buffer().size();
  page.buffer().resize(at + header.bytes);
  std::memcpy(page.buffer().data() + at, &header, sizeof header);
  page.decision_written();
}

TEST(ABatch, KeepsNoMoreMemoryThanItsBoundHoweverManyBooksWereBusyOnce) {
  Batch batch;
  constexpr std::uint32_t kPages = 100;
  for (std::uint32_t busy = 0; busy < kPages; ++busy) {
    for (std::uint32_t i = 0; i < kPages; ++i) {
      PageBuilder& page = batch.page(batch.page_of(BookNumber{i}, Sequence{1}));
      write_decision(page, i == busy ? limits::kDecisionBytesMax : 0);
    }
    batch.clear();
    ASSERT_LE(batch.kept_bytes(), 4 * limits::kPageBytesMax);
  }
  EXPECT_GT(batch.kept_bytes(), limits::kPageBytesMax) << "what a steady load needs is kept";
  const std::uint32_t again = batch.page_of(BookNumber{7}, Sequence{5});
  EXPECT_TRUE(batch.page(again).empty());
  EXPECT_EQ(batch.page(again).next_sequence(), Sequence{5});
}

TEST(ASlice, OfManySmallBooksEndsWhereOneOfALargeBookWould) {
  constexpr std::uint64_t kSliceBytes = 1U << 20;
  Books books;
  for (std::uint32_t i = 0; i < 1'000; ++i)
    books.add();
  StateCursor at;
  std::uint32_t slices = 0;
  while (at.book < books.count()) {
    const StateSlice slice = hash_slice(books, at, kSliceBytes);
    ASSERT_FALSE(slice.next == at) << "it goes on";
    ASSERT_LE(slice.next.book - at.book, 64U);
    at = slice.next;
    ++slices;
  }
  EXPECT_GE(slices, 1'001U / 64);
}

}  // namespace
}  // namespace kontor::test
