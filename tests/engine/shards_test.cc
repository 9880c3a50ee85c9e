// Several shards as one engine: where a book comes to lie, and that what is sent twice has one
// effect.
#include "engine/shards.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "engine/shard_number.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

constexpr std::uint32_t kShards = 3;
const SubmitOptions kServerBook{.book = BookNumber{0}};

std::string open_book(const std::string& name, const std::string& id) {
  return R"({"id":")" + id + R"(","OpenBook":{"book":")" + name + R"(","currency":"EUR"}})";
}

// The n-th name, from 0, that lies in that shard.
std::string name_in(std::uint32_t shard, int n = 0) {
  for (int i = 0;; ++i) {
    const std::string name = "book-" + std::to_string(i);
    if (shard_of_name(name, kShards) == shard && n-- == 0) return name;
  }
}

class TheShards : public testing::Test {
 protected:
  Ticket submit(const std::vector<std::string>& json, const SubmitOptions& options) {
    std::vector<CommandText> commands;
    for (const std::string& each : json)
      commands.push_back(command_text(each));
    const auto ticket = std::make_shared<Answers>();
    auto job = make_submission(commands, options, ticket);
    EXPECT_EQ(shards_.submit(job), StatusCode::kDone);
    return ticket;
  }
  std::vector<StatusCode> statuses(const std::vector<std::string>& json,
                                   const SubmitOptions& options = kServerBook) {
    return submit(json, options)->statuses();
  }
  EngineAnswer resolve(const std::string& id) {
    const auto ticket = std::make_shared<Answers>();
    auto job = make_resolve({id}, Sequence{}, kServerBook, ticket);
    EXPECT_EQ(shards_.submit(job), StatusCode::kDone);
    const std::vector<EngineAnswer> all = ticket->all();
    return all.empty() ? EngineAnswer{} : all.front();
  }
  BookNumber number_of_book(const std::string& name) {
    for (const BookInfo& book : shards_.books()) {
      if (book.name == name) return book.number;
    }
    return BookNumber{0};
  }

  LiveEngine live_[kShards];  // NOLINT(modernize-avoid-c-arrays)
  Shards shards_{{&live_[0].engine(), &live_[1].engine(), &live_[2].engine()}};
};

TEST(ABookNumber, SaysTheShardAndTheNumberInIt) {
  const BookNumber book = book_in_shard(5, BookNumber{7});
  EXPECT_EQ(shard_of(book), 5U);
  EXPECT_EQ(local_book(book), BookNumber{7});
  EXPECT_EQ(book_in_shard(0, BookNumber{7}), BookNumber{7}) << "as where there is one shard";
}

TEST(TheShardOfAName, NeverChanges) {
  // A book is looked for where its name has put it: these are for ever.
  EXPECT_EQ(shard_of_name("shop", 64), 25U);
  EXPECT_EQ(shard_of_name("Werk S\u00fcd", 64), 43U);
  EXPECT_EQ(shard_of_name("anything", 1), 0U);
}

TEST_F(TheShards, PutABookWhereItsNameSays) {
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    const std::string name = name_in(shard);
    EXPECT_EQ(statuses({open_book(name, "o")}), std::vector{StatusCode::kDone});
    EXPECT_EQ(number_of_book(name), book_in_shard(shard, BookNumber{1}));
    EXPECT_EQ(live_[shard].commands_in_log(BookNumber{1}), "OpenBook");
  }
  EXPECT_EQ(shards_.books().size(), kShards);
}

TEST_F(TheShards, AnswerAFrameOfBooksOfAllShardsInItsOrder) {
  std::vector<std::string> frame;
  for (int i = 0; i < 4; ++i) {
    for (std::uint32_t shard = 0; shard < kShards; ++shard) {
      const std::string name = name_in(shard, i);
      frame.push_back(open_book(name, "o-" + name));
    }
  }
  frame.push_back(open_book(name_in(1), "again"));
  frame.push_back(frame.front());
  const std::vector<EngineAnswer> told = submit(frame, kServerBook)->all();
  ASSERT_EQ(told.size(), frame.size());
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(told[i].status, StatusCode::kDone) << i;
    EXPECT_EQ(told[i].events, "BookRegistered") << i;
  }
  EXPECT_EQ(told[12].status, StatusCode::kRefused) << "a book of that name is there";
  EXPECT_EQ(as_first(told[13]), as_first(told[0])) << "the same id again";
  EXPECT_TRUE(told[13].repeated);
  EXPECT_EQ(shards_.books().size(), 12U);
}

TEST_F(TheShards, OpenABookOnceHoweverOftenAndUnderWhicheverIdItIsSentAtTheSameTime) {
  const std::string name = name_in(2);
  for (LiveEngine& each : live_)
    each.gate().close();
  std::vector<Ticket> tickets;
  for (int i = 0; i < 4; ++i) {
    tickets.push_back(submit({open_book(name, "same")}, kServerBook));
    tickets.push_back(submit({open_book(name, "other-" + std::to_string(i))}, kServerBook));
  }
  for (LiveEngine& each : live_)
    each.gate().open();
  for (std::size_t i = 0; i < tickets.size(); i += 2)
    EXPECT_EQ(tickets[i]->statuses(), std::vector{StatusCode::kDone});
  for (std::size_t i = 1; i < tickets.size(); i += 2)
    EXPECT_EQ(tickets[i]->statuses(), std::vector{StatusCode::kRefused});
  EXPECT_EQ(shards_.books().size(), 1U);
}

TEST_F(TheShards, RouteACommandByItsBooksNumber) {
  const std::string name = name_in(1);
  statuses({open_book(name, "o")});
  const std::string east = R"({"id":"e","RegisterWarehouse":{"warehouse":"east"}})";
  EXPECT_EQ(statuses({east}, {.book = number_of_book(name)}), std::vector{StatusCode::kDone});
  EXPECT_EQ(live_[1].commands_in_log(BookNumber{1}), "OpenBook RegisterWarehouse");
  for (const BookNumber nobody :
       {BookNumber{1}, book_in_shard(1, BookNumber{2}), book_in_shard(kShards, BookNumber{1})}) {
    EXPECT_EQ(statuses({east}, {.book = nobody}), std::vector{StatusCode::kUnknownBook})
        << nobody.value();
  }
}

TEST_F(TheShards, ResolveTheIdOfABookWhereverItLies) {
  statuses({open_book(name_in(2), "opened")});
  const EngineAnswer told = resolve("opened");
  EXPECT_EQ(told.status, StatusCode::kDone);
  EXPECT_TRUE(told.repeated);
  EXPECT_EQ(told.events, "BookRegistered");
}

TEST_F(TheShards, FenceAnIdOfABookInAllOfThem) {
  EXPECT_EQ(resolve("late").status, StatusCode::kFenced);
  for (std::uint32_t shard = 0; shard < kShards; ++shard) {
    EXPECT_EQ(statuses({open_book(name_in(shard), "late")}), std::vector{StatusCode::kFenced})
        << "whatever its name, it comes too late";
  }
  EXPECT_TRUE(shards_.books().empty());
  EXPECT_EQ(resolve("late").status, StatusCode::kFenced) << "and that is said again";
}

TEST_F(TheShards, TellAFollowerOfAllUnderNumbersOfTheirOwn) {
  std::mutex mutex;
  std::set<BookNumber> told;
  auto listener = std::make_shared<const OnDurable>([&](BookNumber book, Sequence) {
    const std::lock_guard lock(mutex);
    told.insert(book);
  });
  shards_.follow(listener);
  for (std::uint32_t shard = 0; shard < kShards; ++shard)
    statuses({open_book(name_in(shard), "o")});
  const std::lock_guard lock(mutex);
  for (std::uint32_t shard = 0; shard < kShards; ++shard)
    EXPECT_TRUE(told.contains(book_in_shard(shard, BookNumber{1}))) << shard;
}

TEST_F(TheShards, SayWhatOneOfThemDidNotTake) {
  live_[1].engine().stop();
  const std::vector<StatusCode> told = statuses(
      {open_book(name_in(0), "a"), open_book(name_in(1), "b"), open_book(name_in(2), "c")});
  EXPECT_EQ(told, (std::vector{StatusCode::kDone, StatusCode::kStopping, StatusCode::kDone}));
}

}  // namespace
}  // namespace kontor::test
