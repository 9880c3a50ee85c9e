#include "events/log/memory_event_log.h"

#include <condition_variable>
#include <thread>

#include <gtest/gtest.h>

#include "tests/events/log/log_script.h"

namespace kontor {
namespace {

constexpr CommitNumber kEnd{~std::uint64_t{0}};

class MemoryFault : public testing::Test {
 protected:
  Status append(const AlignedBuffer& commit) {
    return log_.append(writer_.epoch(), CommitNumber{writer_.last().value() - 1}, commit.bytes());
  }
  // Two commits, then a fault at the second of the next ones.
  std::unique_ptr<MemoryEventLog> log_after(AppendFault fault) {
    test::fill(log_, writer_, 1);
    log_.fail_append(2, fault);
    EXPECT_TRUE(append(writer_.item("acknowledged")).ok());
    const Status status = append(writer_.item("in doubt"));
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::kIo);
    EXPECT_EQ(log_.tail().last, CommitNumber{3}) << "what is in doubt is not shown";
    const Status later = append(writer_.item("later"));
    EXPECT_FALSE(later.ok()) << "a log that failed takes nothing more";
    EXPECT_EQ(later.error().kind, ErrorKind::kIo);
    EXPECT_FALSE(log_.close().ok());
    return log_.crash_and_reopen();
  }

  MemoryEventLog log_;
  test::CommitWriter writer_;
};

TEST_F(MemoryFault, NothingWrittenIsNotThereAfterACrash) {
  EXPECT_EQ(log_after(AppendFault::kNothingWritten)->tail().last, CommitNumber{3});
}

TEST_F(MemoryFault, WrittenButFailedIsThereAfterACrash) {
  const auto log = log_after(AppendFault::kWrittenButFailed);
  EXPECT_EQ(log->tail().last, CommitNumber{4});
  EXPECT_EQ(log->torn_tails_dropped(), 0U);
}

TEST_F(MemoryFault, TornIsDroppedByReopening) {
  const auto log = log_after(AppendFault::kTorn);
  EXPECT_EQ(log->tail().last, CommitNumber{3});
  EXPECT_EQ(log->torn_tails_dropped(), 1U);
  writer_.set_last(CommitNumber{3});
}

TEST_F(MemoryFault, TheLogLeftBehindTakesNothingMore) {
  test::fill(log_, writer_, 1);
  const auto next = log_.crash_and_reopen();
  const AlignedBuffer commit = writer_.item("x");
  EXPECT_FALSE(append(commit).ok());
  EXPECT_TRUE(next->append(Epoch{1}, CommitNumber{2}, commit.bytes()).ok());
}

TEST_F(MemoryFault, ALostCommitIsFoundByReading) {
  test::fill(log_, writer_, 4);
  log_.lose(CommitNumber{3});
  int seen = 0;
  const Status status = log_.read(CommitNumber{1}, kEnd, [&](CommitNumber, auto) {
    ++seen;
    return true;
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(seen, 2);
}

TEST_F(MemoryFault, AFlippedBitIsWhatReadersSee) {
  test::fill(log_, writer_, 1);
  log_.flip_bit(CommitNumber{2}, 2100);
  const Status status = log_.read(CommitNumber{1}, kEnd, [&](CommitNumber number, auto bytes) {
    EXPECT_EQ(read_page(bytes).ok(), number == CommitNumber{1});
    return true;
  });
  EXPECT_TRUE(status.ok());
}

TEST_F(MemoryFault, ASlowAppendIsNotVisibleBeforeItEnds) {
  test::fill(log_, writer_, 0);
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool release = false;
  log_.before_append([&](CommitNumber number) {
    EXPECT_EQ(number, CommitNumber{2});
    std::unique_lock lock(mutex);
    entered = true;
    changed.notify_all();
    changed.wait_for(lock, std::chrono::seconds(20), [&] { return release; });
    EXPECT_TRUE(release);
  });
  std::thread writer([&] { EXPECT_TRUE(append(writer_.item("slow")).ok()); });
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return entered; }));
    EXPECT_EQ(log_.tail().last, CommitNumber{1});
    release = true;
    changed.notify_all();
  }
  writer.join();
  EXPECT_EQ(log_.tail().last, CommitNumber{2});
}

}  // namespace
}  // namespace kontor
