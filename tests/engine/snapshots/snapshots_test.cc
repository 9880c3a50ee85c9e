// Snapshots of a running engine: how they are made, what a start makes of them, and what happens
// when the running state is not what its log gives.
#include <gtest/gtest.h>

#include "engine/snapshots/recovery.h"
#include "engine/snapshots/snapshot_store.h"
#include "events/log/verify_log.h"
#include "tests/support/engine/snapshot_notes.h"

namespace kontor::test {
namespace {

std::string warehouse(int number) {
  const std::string name = "w" + std::to_string(number);
  return R"({"id":")" + name + R"(","RegisterWarehouse":{"warehouse":")" + name + R"("}})";
}

void work(LiveEngine& live, int from, int count) {
  for (int i = from; i < from + count; ++i)
    ASSERT_EQ(live.ask(warehouse(i)).status, StatusCode::kDone);
}

Digest replayed_digest(const EventLog& log) {
  Books books;
  EXPECT_TRUE(replay(log, books, ReplayOptions{}, nullptr).ok());
  return books.find(BookNumber{1})->digest();
}

constexpr const char* kMade = "the running state is what replay gives";

class Snapshots : public testing::Test {
 protected:
  void SetUp() override { live_.open_shop(); }
  void make(std::size_t nth = 1) {
    live_.engine().make_snapshot();
    ASSERT_TRUE(notes_.wait_for(kMade, nth)) << notes_.all();
  }
  // Every byte of each, hash trees too, by a replay that hashes.
  void expect_replay_gives_them() {
    const SnapshotStore store(files_, live_.log());
    const auto all = store.list();
    ASSERT_TRUE(all.ok() && !all->empty());
    for (const SnapshotInfo& info : *all) {
      ReplayOptions options;
      options.last = info.commit;
      Books books;
      const Result<Replayed> replayed = replay(live_.log(), books, options, nullptr);
      ASSERT_TRUE(replayed.ok());
      const Status same = store.compare(info, books, *replayed);
      EXPECT_TRUE(same.ok()) << same.error().message;
    }
  }
  std::string newest() { return files_.names().back(); }
  void flip(const std::string& name) {
    MemorySnapshots::Bytes bytes = files_.bytes(name);
    bytes[bytes.size() / 2] ^= std::byte{1};
    files_.put(name, std::move(bytes));
  }

  MemorySnapshots files_;
  SnapshotNotes notes_;
  LiveEngine live_{notes_.options(files_)};
};

TEST_F(Snapshots, WithWhatCameAfterItIsTheStateOfAFullReplay) {
  work(live_, 0, 5);
  make();
  work(live_, 5, 5);
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_TRUE(notes_.has("started from the snapshot of commit")) << notes_.all();
  EXPECT_EQ(live_.digest(), before);
  EXPECT_EQ(live_.digest(), replayed_digest(live_.log()));
}

TEST_F(Snapshots, LeaveTheLogAsItWasForWhatIsAppendedAfterAStart) {
  work(live_, 0, 3);
  make();
  work(live_, 3, 3);
  live_.restart();
  work(live_, 6, 6);
  make(2);
  expect_replay_gives_them();
  EXPECT_EQ(live_.ask(warehouse(1)).sequence, live_.ask(warehouse(1)).sequence)
      << "what an older page holds is found";
  const LogVerification verified = verify_log(live_.log(), nullptr);
  EXPECT_FALSE(verified.finding.has_value()) << verified.finding->text();
  EXPECT_EQ(live_.digest(), replayed_digest(live_.log()));
}

TEST_F(Snapshots, AreNotTheTruth) {
  work(live_, 0, 5);
  make();
  const Digest before = live_.digest();
  for (const std::string& name : files_.names())
    ASSERT_TRUE(files_.remove(name).ok());
  live_.restart();
  EXPECT_TRUE(notes_.has("started from nothing, then replayed")) << notes_.all();
  EXPECT_EQ(live_.digest(), before);
}

TEST_F(Snapshots, ThatAreDamagedAreSkippedAndMadeAgain) {
  work(live_, 0, 5);
  make();
  const std::string older = newest();
  work(live_, 5, 5);
  make(2);
  const std::string damaged = newest();
  ASSERT_NE(older, damaged);
  flip(damaged);
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_TRUE(notes_.has("skipped: snapshots/" + damaged + " is damaged")) << notes_.all();
  EXPECT_EQ(live_.digest(), before);
  ASSERT_TRUE(notes_.wait_for(kMade, 3)) << notes_.all();
  SnapshotStore store(files_, live_.log());
  const auto all = store.list();
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), 2U);
  for (const SnapshotInfo& info : *all)
    EXPECT_TRUE(store.load(info, nullptr).ok());
}

TEST_F(Snapshots, ThatAreAllDamagedCostAReplay) {
  work(live_, 0, 5);
  make();
  flip(newest());
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_TRUE(notes_.has("started from nothing")) << notes_.all();
  EXPECT_EQ(live_.digest(), before);
}

TEST_F(Snapshots, AreMadeOfSeveralBooksWhileCommandsGoOn) {
  ASSERT_EQ(live_
                .ask(R"({"id":"open-2","OpenBook":{"book":"two","currency":"EUR",
                          "first_business_date":"2026-03-02"}})")
                .status,
            StatusCode::kDone);
  std::vector<Ticket> tickets;
  live_.engine().make_snapshot();
  for (int i = 0; i < 200; ++i) {
    SubmitOptions options;
    options.book = BookNumber{static_cast<std::uint32_t>(1 + i % 2)};
    tickets.push_back(live_.submit({warehouse(i)}, options));
    if (i == 100) live_.engine().make_snapshot();
  }
  for (const Ticket& ticket : tickets)
    EXPECT_EQ(ticket->statuses(), std::vector{StatusCode::kDone});
  ASSERT_TRUE(notes_.wait_for(kMade)) << notes_.all();
  expect_replay_gives_them();
  const Digest one = live_.digest();
  const Digest two = live_.digest(BookNumber{2});
  live_.restart();
  EXPECT_TRUE(notes_.has("started from the snapshot of commit")) << notes_.all();
  EXPECT_EQ(live_.digest(), one);
  EXPECT_EQ(live_.digest(BookNumber{2}), two);
}

TEST(SnapshotsMade, EverySoManyEventsAndTheNewestAreKept) {
  MemorySnapshots files;
  SnapshotNotes notes;
  EngineOptions options = notes.options(files);
  options.snapshots.events = 10;
  LiveEngine live(options);
  live.open_shop();
  for (int i = 0; i < 5; ++i) {
    work(live, i * 10, 10);
    ASSERT_TRUE(notes.wait_for(kMade, static_cast<std::size_t>(i) + 1)) << notes.all();
  }
  const SnapshotStats stats = live.engine().stats().snapshots;
  EXPECT_GE(stats.made, 5U);
  EXPECT_EQ(stats.failures, 0U);
  EXPECT_GT(stats.bytes, 0U);
  EXPECT_LE(files.names().size(), 3U) << "two, and perhaps one being written";
}

TEST(SnapshotsMade, AtLowestPriorityAndAtOnceWhereThatIsTooLate) {
  MemorySnapshots files;
  SnapshotNotes notes;
  EngineOptions options = notes.options(files);
  options.snapshots.events = 2;
  options.snapshots.idle_priority = true;
  LiveEngine live(options);
  live.open_shop();
  work(live, 0, 40);  // many times the distance
  ASSERT_TRUE(notes.wait_for(kMade)) << notes.all();
  EXPECT_GT(live.engine().stats().snapshots.commit, 0U);
  EXPECT_EQ(live.engine().stats().snapshots.failures, 0U);
}

TEST(SnapshotsMade, AtACleanStopWhenEnoughHasCome) {
  MemorySnapshots files;
  SnapshotNotes notes;
  EngineOptions options = notes.options(files);
  options.snapshots.at_stop = true;
  options.snapshots.events = 100;
  {
    LiveEngine live(options);
    live.open_shop();
    work(live, 0, 10);
    live.engine().stop();
    ASSERT_EQ(files.names().size(), 1U);
    const CommitNumber end = live.log().tail().last;
    live.restart();
    EXPECT_TRUE(notes.has("the snapshot of commit " + std::to_string(end.value()) + " "))
        << notes.all();
    work(live, 10, 3);
  }
  EXPECT_EQ(files.names().size(), 1U) << "too little came for another one";
}

TEST(SnapshotsMade, ADiskThatFailsThemHarmsNothing) {
  MemorySnapshots files;
  SnapshotNotes notes;
  LiveEngine live(notes.options(files));
  live.open_shop();
  files.end_at(3);
  live.engine().make_snapshot();
  ASSERT_TRUE(notes.wait_for("no snapshot could be made: the disk is gone")) << notes.all();
  work(live, 0, 3);
  EXPECT_EQ(live.engine().stats().snapshots.failures, 1U);
  files.end_at(0);
  live.engine().make_snapshot();
  EXPECT_TRUE(notes.wait_for(kMade)) << notes.all();
}

// The book was recorded a nanosecond later than its log says: nothing a caller would ever see.
void plant_difference(LiveEngine& live) {
  Look look([](const Books& books) {
    auto& book = const_cast<Book&>(*books.find(BookNumber{1}));  // NOLINT: that is the point
    BufferSink head;
    head.pod(book.number().value());
    head.pod(book.last_sequence().value());
    head.pod(book.last_recorded().value() + 1);
    Source source(head.bytes());
    EXPECT_TRUE(book.load_section(0, source).ok());
  });
  ASSERT_EQ(live.engine().ask(look.question()), StatusCode::kDone);
  ASSERT_TRUE(look.wait_answered());
}

TEST_F(Snapshots, StopEverythingWhenTheRunningStateIsNotWhatItsLogGives) {
  work(live_, 0, 5);
  make();
  work(live_, 5, 1);
  const std::uint64_t last = live_.log().tail().last.value();
  plant_difference(live_);
  live_.engine().make_snapshot();
  ASSERT_TRUE(notes_.wait_for("the running state is not what its log gives")) << notes_.all();
  const std::string said = notes_.all();
  EXPECT_NE(said.find("after commit " + std::to_string(last)), std::string::npos) << said;
  EXPECT_NE(said.find("running at sequence"), std::string::npos) << said;
  EXPECT_NE(said.find("replayed at sequence"), std::string::npos) << said;
  EXPECT_EQ(live_.engine().stats().snapshots.made, 1U) << "nothing was written";
  live_.restart();
  EXPECT_TRUE(notes_.has("started from nothing")) << "no snapshot is trusted any more\n"
                                                  << notes_.all();
  EXPECT_EQ(live_.digest(), replayed_digest(live_.log()));
}

}  // namespace
}  // namespace kontor::test
