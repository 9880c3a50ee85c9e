// The contract of EventLog (event_log.h), run against every implementation.
#include "events/log/event_log.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "events/log/memory_event_log.h"
#include "events/log/rocksdb_event_log.h"
#include "tests/events/log/log_script.h"
#include "tests/support/test_data.h"

namespace kontor {
namespace {

constexpr CommitNumber kEnd{~std::uint64_t{0}};

// One place a log can live in, and come back from.
class Home {
 public:
  virtual ~Home() = default;
  virtual EventLog& log() = 0;
  virtual void reopen() = 0;  // the process ends and starts again
  virtual void crash() = 0;   // kill -9, and start again
};

class MemoryHome : public Home {
 public:
  EventLog& log() override { return *log_; }
  void reopen() override { log_ = log_->crash_and_reopen(); }
  void crash() override { log_ = log_->crash_and_reopen(); }

 private:
  std::unique_ptr<MemoryEventLog> log_ = std::make_unique<MemoryEventLog>();
};

class RocksdbHome : public Home {
 public:
  RocksdbHome() { open(); }
  EventLog& log() override { return *log_; }
  void reopen() override {
    log_.reset();
    open();
  }
  // The folder as the disk has it while the log is still open is what a killed process leaves.
  void crash() override {
    const std::filesystem::path next = dir_.path() / ("run-" + std::to_string(++runs_));
    std::filesystem::copy(path_, next, std::filesystem::copy_options::recursive);
    log_.reset();
    path_ = next;
    open();
  }

 private:
  void open() {
    Result<std::unique_ptr<RocksdbEventLog>> log = RocksdbEventLog::open(path_, {});
    ASSERT_TRUE(log.ok()) << log.error().message;
    log_ = std::move(log).value();
  }

  test::ScratchDir dir_;
  std::filesystem::path path_ = dir_.path() / "run-0";
  int runs_ = 0;
  std::unique_ptr<RocksdbEventLog> log_;
};

using MakeHome = std::unique_ptr<Home> (*)();

class EventLogContract : public testing::TestWithParam<MakeHome> {
 protected:
  EventLog& log() { return home_->log(); }

  Status append(const AlignedBuffer& commit) {
    return log().append(writer_.epoch(), CommitNumber{writer_.last().value() - 1}, commit.bytes());
  }
  void fill(int items) { test::fill(log(), writer_, items); }

  std::vector<std::uint64_t> numbers(CommitNumber from, CommitNumber to) {
    std::vector<std::uint64_t> out;
    const Status status = log().read(from, to, [&](CommitNumber number, auto) {
      out.push_back(number.value());
      return true;
    });
    EXPECT_TRUE(status.ok()) << status.error().message;
    return out;
  }

  std::unique_ptr<Home> home_ = GetParam()();
  test::CommitWriter writer_;
};

void expect_error(const Status& status, ErrorKind kind) {
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, kind) << status.error().message;
}

using Numbers = std::vector<std::uint64_t>;

TEST_P(EventLogContract, AnEmptyLogHasNoCommitAndNoEpoch) {
  EXPECT_EQ(log().tail().last, CommitNumber{0});
  EXPECT_EQ(log().tail().epoch, Epoch{0});
  EXPECT_EQ(numbers(CommitNumber{0}, kEnd), Numbers{});
  EXPECT_EQ(numbers(CommitNumber{1}, kEnd), Numbers{});
  home_->crash();
  EXPECT_EQ(log().tail().last, CommitNumber{0});
}

TEST_P(EventLogContract, GivesBackWhatWasAppendedInOrderAndAligned) {
  std::vector<AlignedBuffer> appended;
  for (int i = 0; i < 20; ++i) {
    appended.push_back(i == 0 ? writer_.claim() : writer_.item(std::string(1U << (i % 6), 'x')));
    ASSERT_TRUE(append(appended.back()).ok());
    EXPECT_EQ(log().tail().last, writer_.last());
  }
  std::size_t next = 0;
  const Status status = log().read(CommitNumber{1}, kEnd, [&](CommitNumber number, auto bytes) {
    EXPECT_EQ(number.value(), next + 1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % 8, 0U);
    const auto expected = appended[next++].bytes();
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), expected.begin(), expected.end()));
    return true;
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(next, appended.size());
}

TEST_P(EventLogContract, RefusesAnAppendThatDoesNotFollowTheLastCommit) {
  fill(3);
  const AlignedBuffer commit = writer_.item("next");
  const CommitNumber last = log().tail().last;
  for (const CommitNumber after :
       {CommitNumber{0}, CommitNumber{last.value() - 1}, CommitNumber{last.value() + 1}, kEnd}) {
    expect_error(log().append(Epoch{1}, after, commit.bytes()), ErrorKind::kUsage);
  }
  EXPECT_EQ(log().tail().last, last) << "nothing was written";
  EXPECT_TRUE(append(commit).ok()) << "and a right append still is";
}

TEST_P(EventLogContract, RefusesBytesThatAreNotPagesOfThatEpochAndNumber) {
  fill(1);
  const LogTail tail = log().tail();
  const auto refused = [&](std::span<const std::byte> bytes) {
    expect_error(log().append(tail.epoch, tail.last, bytes), ErrorKind::kUsage);
    EXPECT_EQ(log().tail().last, tail.last);
  };
  refused({});
  test::CommitWriter other = writer_;
  other.set_epoch(Epoch{2});
  refused(other.item("another epoch").bytes());
  refused(writer_.item("right number").bytes().first(300));
  refused(writer_.item("a number too high").bytes());
  AlignedBuffer junk;
  junk.resize(512);
  std::memset(junk.data(), 0x5A, junk.size());
  refused(junk.bytes());
  writer_.set_last(tail.last);
  AlignedBuffer behind = writer_.item("junk behind a page");
  behind.append(junk.bytes());
  refused(behind.bytes());
}

TEST_P(EventLogContract, RefusesACommitOverTheLimit) {
  fill(1);
  const LogTail tail = log().tail();
  AlignedBuffer huge;
  const AlignedBuffer one = writer_.item("x");
  while (huge.size() <= (16U << 20))
    huge.append(one.bytes());
  expect_error(log().append(tail.epoch, tail.last, huge.bytes()), ErrorKind::kUsage);
  EXPECT_TRUE(append(one).ok());
}

TEST_P(EventLogContract, TheFirstEpochIsOne) {
  test::CommitWriter zero;
  zero.set_epoch(Epoch{0});
  test::CommitWriter two;
  two.set_epoch(Epoch{2});
  const AlignedBuffer commit = two.item("x");
  expect_error(log().append(Epoch{0}, CommitNumber{0}, commit.bytes()), ErrorKind::kUsage);
  expect_error(log().append(Epoch{2}, CommitNumber{0}, commit.bytes()), ErrorKind::kUsage);
  fill(0);
  EXPECT_EQ(log().tail().epoch, Epoch{1});
}

TEST_P(EventLogContract, FencesTheWriterWhoseEpochWasEndedForEver) {
  fill(2);
  test::CommitWriter old = writer_;
  ASSERT_TRUE(append(writer_.claim()).ok());
  EXPECT_EQ(log().tail().epoch, Epoch{2});
  const AlignedBuffer late = old.item("late");
  expect_error(log().append(Epoch{1}, CommitNumber{old.last().value() - 1}, late.bytes()),
               ErrorKind::kFenced);
  old.set_last(writer_.last());
  const AlignedBuffer again = old.item("again, after the right commit");
  expect_error(log().append(Epoch{1}, writer_.last(), again.bytes()), ErrorKind::kFenced);
  home_->crash();
  expect_error(log().append(Epoch{1}, writer_.last(), again.bytes()), ErrorKind::kFenced);
  EXPECT_EQ(log().tail().last, writer_.last());
  EXPECT_TRUE(append(writer_.item("the new writer goes on")).ok());
}

TEST_P(EventLogContract, AnEpochMayNotBeSkipped) {
  fill(1);
  test::CommitWriter skipping = writer_;
  skipping.set_epoch(Epoch{3});
  const AlignedBuffer commit = skipping.item("x");
  expect_error(log().append(Epoch{3}, writer_.last(), commit.bytes()), ErrorKind::kUsage);
}

TEST_P(EventLogContract, ReadsAnyRangeAndNothingBeyondTheTail) {
  fill(5);  // commits 1 to 6
  EXPECT_EQ(numbers(CommitNumber{0}, kEnd), (Numbers{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(numbers(CommitNumber{3}, CommitNumber{4}), (Numbers{3, 4}));
  EXPECT_EQ(numbers(CommitNumber{6}, CommitNumber{6}), (Numbers{6}));
  EXPECT_EQ(numbers(CommitNumber{5}, CommitNumber{100}), (Numbers{5, 6}));
  EXPECT_EQ(numbers(CommitNumber{7}, kEnd), Numbers{});
  EXPECT_EQ(numbers(CommitNumber{4}, CommitNumber{3}), Numbers{});
  EXPECT_EQ(numbers(kEnd, kEnd), Numbers{});
}

TEST_P(EventLogContract, StopsReadingWhenTheVisitorSaysSo) {
  fill(5);
  int calls = 0;
  const Status status = log().read(CommitNumber{1}, kEnd, [&](CommitNumber number, auto) {
    ++calls;
    return number.value() < 3;
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(calls, 3);
}

TEST_P(EventLogContract, CanBeReadWhileItIsAppendedTo) {
  fill(1);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    std::uint64_t longest = 0;
    while (!done || longest < 100) {
      const std::uint64_t promised = log().tail().last.value();
      std::uint64_t seen = 0;
      const Status status = log().read(CommitNumber{1}, kEnd, [&](CommitNumber number, auto bytes) {
        const bool sound = number.value() == ++seen && read_page(bytes).ok();
        if (!sound) ++wrong;
        return sound;
      });
      if (!status.ok() || seen < promised || seen < longest) {
        ++wrong;
        return;
      }
      longest = seen;
    }
  });
  while (writer_.last().value() < 100)
    ASSERT_TRUE(append(writer_.item("more")).ok());
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST_P(EventLogContract, IsReadFromInsideAVisitor) {
  fill(2);
  Numbers inner;
  const Status status = log().read(CommitNumber{1}, kEnd, [&](CommitNumber number, auto) {
    inner = numbers(number, kEnd);
    return number.value() < 2;
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(inner, (Numbers{2, 3}));
}

TEST_P(EventLogContract, IsAllThereAfterACrash) {
  fill(7);
  home_->crash();
  EXPECT_EQ(log().tail().last, CommitNumber{8});
  EXPECT_EQ(log().tail().epoch, Epoch{1});
  EXPECT_EQ(numbers(CommitNumber{1}, kEnd).size(), 8U);
  ASSERT_TRUE(append(writer_.claim()).ok());
  home_->crash();
  EXPECT_EQ(log().tail().last, CommitNumber{9});
  EXPECT_EQ(log().tail().epoch, Epoch{2});
}

TEST_P(EventLogContract, TakesNothingAfterCloseAndGoesOnWhenOpenedAgain) {
  fill(2);
  EXPECT_TRUE(log().close().ok());
  EXPECT_TRUE(log().close().ok()) << "closing twice is closing once";
  const AlignedBuffer commit = writer_.item("x");
  expect_error(append(commit), ErrorKind::kUsage);
  EXPECT_EQ(numbers(CommitNumber{1}, kEnd).size(), 3U) << "it can still be read";
  home_->reopen();
  EXPECT_EQ(log().tail().last, CommitNumber{3});
  EXPECT_TRUE(append(commit).ok());
  home_->reopen();
  EXPECT_EQ(log().tail().last, CommitNumber{4});
}

TEST_P(EventLogContract, AnEmptyLogCanBeClosedAndOpened) {
  EXPECT_TRUE(log().close().ok());
  home_->reopen();
  EXPECT_EQ(log().tail().last, CommitNumber{0});
  fill(1);
  EXPECT_EQ(log().tail().last, CommitNumber{2});
}

std::unique_ptr<Home> make_memory() {
  return std::make_unique<MemoryHome>();
}
std::unique_ptr<Home> make_rocksdb() {
  return std::make_unique<RocksdbHome>();
}

INSTANTIATE_TEST_SUITE_P(Memory, EventLogContract, testing::Values(&make_memory));
INSTANTIATE_TEST_SUITE_P(Rocksdb, EventLogContract, testing::Values(&make_rocksdb));

}  // namespace
}  // namespace kontor
