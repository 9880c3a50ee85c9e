#include "events/log/verify_log.h"

#include <functional>

#include <gtest/gtest.h>

#include "events/codec/catalog.h"
#include "events/log/memory_event_log.h"
#include "tests/events/log/log_script.h"

namespace kontor {
namespace {

using test::claim_log;
using test::DecisionParts;
using test::register_item;
using test::register_items;

class VerifyLog : public testing::Test {
 protected:
  void append(const AlignedBuffer& commit) {
    const Status status =
        log_.append(writer_.epoch(), CommitNumber{writer_.last().value() - 1}, commit.bytes());
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  // A log of three commits whose second is changed before it is sealed again and appended.
  void with_changed_page(const std::function<void(PageHeader&)>& change) {
    append(writer_.claim());
    AlignedBuffer page = writer_.item("changed");
    PageHeader header;
    std::memcpy(&header, page.data(), sizeof header);
    change(header);
    seal_page(header, {page.data(), page.size()});
    append(page);
    append(writer_.item("after"));
  }
  LogFinding finding() {
    const LogVerification verification = verify_log(log_, nullptr);
    if (verification.finding) return *verification.finding;
    ADD_FAILURE() << "nothing found";
    return {};
  }
  void expect_found_in_commit_2(ErrorKind kind, std::string_view what) {
    const LogFinding found = finding();
    EXPECT_EQ(found.kind, kind) << found.text();
    EXPECT_EQ(found.commit, CommitNumber{2}) << found.text();
    EXPECT_NE(found.what.find("commit 2"), std::string::npos) << found.text();
    EXPECT_NE(found.what.find(what), std::string::npos) << found.text();
    EXPECT_FALSE(found.cure.empty());
  }
  void expect_decision_found(const DecisionParts& parts, ErrorKind kind, std::string_view what) {
    append(writer_.claim());
    append(writer_.seal({{1, {register_item("sound"), parts}}}));
    expect_found_in_commit_2(kind, what);
    const LogFinding found = finding();
    EXPECT_EQ(found.book, BookNumber{1});
    EXPECT_EQ(found.page_number, 1U);
    EXPECT_NE(found.what.find("decision with sequence 2"), std::string::npos) << found.text();
  }

  MemoryEventLog log_;
  test::CommitWriter writer_;
};

TEST_F(VerifyLog, FindsNothingInAnEmptyLog) {
  const LogVerification verification = verify_log(log_, nullptr);
  EXPECT_FALSE(verification.finding);
  EXPECT_EQ(verification.report.commits, 0U);
  EXPECT_TRUE(verification.report.books.empty());
}

TEST_F(VerifyLog, CountsASoundLogOfSeveralBooksAndEpochs) {
  append(writer_.claim());
  std::uint64_t bytes = 0;
  for (int i = 0; i < 10; ++i) {
    const AlignedBuffer commit = writer_.seal(
        {{1, {register_items("a", 2), register_item("b")}}, {4, {register_item("c")}}});
    bytes += commit.size();
    append(commit);
  }
  append(writer_.claim());
  append(writer_.item("under the new epoch"));

  std::vector<std::uint64_t> progress;
  const LogVerification verification = verify_log(log_, [&](std::uint64_t done, std::uint64_t of) {
    EXPECT_EQ(of, 13U);
    progress.push_back(done);
  });
  ASSERT_FALSE(verification.finding) << verification.finding->text();
  const LogReport& report = verification.report;
  EXPECT_EQ(report.commits, 13U);
  EXPECT_EQ(report.pages, 23U);
  EXPECT_EQ(report.decisions, 33U);
  EXPECT_EQ(report.events, 43U);
  EXPECT_GT(report.bytes, bytes);
  EXPECT_EQ(report.epoch, Epoch{2});
  EXPECT_EQ(progress.size(), 13U);
  ASSERT_EQ(report.books.size(), 3U);
  EXPECT_EQ(report.books[0].book, BookNumber{0});
  EXPECT_EQ(report.books[1].book, BookNumber{1});
  EXPECT_EQ(report.books[1].pages, 11U);
  EXPECT_EQ(report.books[1].decisions, 21U);
  EXPECT_EQ(report.books[1].events, 31U);
  EXPECT_EQ(report.books[1].tree_root, writer_.chain(1).tree.root());
  EXPECT_EQ(report.books[2].tree_root, writer_.chain(4).tree.root());
  EXPECT_EQ(report.books[0].bytes + report.books[1].bytes + report.books[2].bytes, report.bytes);
}

TEST_F(VerifyLog, FindsAFlippedBitAnywhereInACommit) {
  test::fill(log_, writer_, 2);
  std::size_t bits = 0;
  const Status status = log_.read(CommitNumber{2}, CommitNumber{2}, [&](CommitNumber, auto bytes) {
    bits = 8 * bytes.size();
    return true;
  });
  ASSERT_TRUE(status.ok());
  for (std::size_t bit = 0; bit < bits; bit += 7) {
    log_.flip_bit(CommitNumber{2}, bit);
    const LogVerification verification = verify_log(log_, nullptr);
    ASSERT_TRUE(verification.finding) << bit;
    EXPECT_EQ(verification.finding->commit, CommitNumber{2});
    EXPECT_EQ(verification.report.commits, 1U);
    log_.flip_bit(CommitNumber{2}, bit);
  }
  EXPECT_FALSE(verify_log(log_, nullptr).finding);
}

TEST_F(VerifyLog, FindsALostCommit) {
  test::fill(log_, writer_, 3);
  log_.lose(CommitNumber{2});
  const LogFinding found = finding();
  EXPECT_EQ(found.commit, CommitNumber{2});
  EXPECT_FALSE(found.book);
  EXPECT_NE(found.what.find("no commit 2"), std::string::npos) << found.text();
}

TEST_F(VerifyLog, FindsAPageNumberLeftOut) {
  with_changed_page([](PageHeader& h) { h.page_number = 2; });
  expect_found_in_commit_2(ErrorKind::kCorrupt, "page number is 2, not 1");
}

TEST_F(VerifyLog, FindsATreeThatDoesNotHoldTheDecisions) {
  with_changed_page([](PageHeader& h) { h.tree_root[7] ^= 1U; });
  expect_found_in_commit_2(ErrorKind::kCorrupt, "tree root differs");
}

TEST_F(VerifyLog, FindsAWatermarkAheadOfTheLog) {
  with_changed_page([](PageHeader& h) { h.durable_watermark = 5; });
  expect_found_in_commit_2(ErrorKind::kCorrupt, "durable watermark 5");
}

TEST_F(VerifyLog, FindsAGenerationOfNothing) {
  with_changed_page([](PageHeader& h) { h.generation = 0; });
  expect_found_in_commit_2(ErrorKind::kCorrupt, "generation 0 follows 1");
}

TEST_F(VerifyLog, FindsTwoPagesOfOneBookInACommit) {
  append(writer_.claim());
  AlignedBuffer commit = writer_.item("first");
  writer_.set_last(CommitNumber{1});
  commit.append(writer_.item("second").bytes());
  append(commit);
  expect_found_in_commit_2(ErrorKind::kCorrupt, "a second page of the book");
}

TEST_F(VerifyLog, FindsAnUnknownCommandAndCallsItNewer) {
  DecisionParts parts = register_item("a");
  parts.kind = 9999;
  expect_decision_found(parts, ErrorKind::kNewer, "unknown kind 9999");
}

TEST_F(VerifyLog, FindsALaterVersionOfACommandAndCallsItNewer) {
  DecisionParts parts = register_item("a");
  parts.version = 2;
  expect_decision_found(parts, ErrorKind::kNewer, "RegisterItem has version 2");
}

TEST_F(VerifyLog, FindsAnUnknownEventAndCallsItNewer) {
  DecisionParts parts = register_item("a");
  parts.events[0].kind = 9999;
  expect_decision_found(parts, ErrorKind::kNewer, "unknown kind 9999");
}

TEST_F(VerifyLog, FindsALaterVersionOfAnEventAndCallsItNewer) {
  DecisionParts parts = register_item("a");
  parts.events[0].version = 2;
  expect_decision_found(parts, ErrorKind::kNewer, "ItemRegistered has version 2");
}

TEST_F(VerifyLog, FindsAMalformedCommandBody) {
  DecisionParts parts = register_item("a");
  parts.command.assign(16, std::byte{0xFF});
  expect_decision_found(parts, ErrorKind::kCorrupt, "command RegisterItem is malformed");
}

TEST_F(VerifyLog, FindsAMalformedEventBody) {
  DecisionParts parts = register_items("a", 2);
  parts.events[1].body.assign(16, std::byte{0xFF});
  expect_decision_found(parts, ErrorKind::kCorrupt, "event 3 ItemRegistered is malformed");
}

TEST_F(VerifyLog, FindsTextsThatBreakTheRules) {
  DecisionParts parts = register_item("a");
  parts.id = "tab\there";
  expect_decision_found(parts, ErrorKind::kCorrupt, "its id is no identifier");
}

TEST_F(VerifyLog, FindsAReasonThatIsNotUtf8) {
  DecisionParts parts = register_item("a");
  parts.reason = "\xC3";
  expect_decision_found(parts, ErrorKind::kCorrupt, "its reason is no text");
}

}  // namespace
}  // namespace kontor
