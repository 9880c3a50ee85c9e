// A snapshot's file: what is taken for one, and what is not.
#include "engine/snapshots/snapshot_store.h"

#include <cstring>

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "engine/snapshots/snapshot_format.h"
#include "projections/state_format.h"
#include "tests/support/engine/live_engine.h"
#include "tests/support/engine/memory_snapshots.h"

namespace kontor::test {
namespace {

using Bytes = MemorySnapshots::Bytes;

void trade(LiveEngine& live, const std::string& order) {
  const Ticket ticket = live.submit(
      {R"({"id":"o-)" + order + R"(","PlaceOrder":{"order":")" + order + R"(","company":"acme",
                                         "lines":[{"item":"bolt","quantity":5}]}})",
       R"({"id":"a-)" + order + R"(","AllocateOrder":{"order":")" + order + R"("}})"});
  for (const EngineAnswer& told : ticket->all())
    EXPECT_EQ(told.status, StatusCode::kDone);
}

Image image_of(const EventLog& log) {
  Image image;
  EXPECT_TRUE(replay_on(log, image.books, image.log, ReplayOptions{}, nullptr).ok());
  return image;
}

class ASnapshot : public testing::Test {
 protected:
  void SetUp() override {
    live_.open_shop();
    trade(live_, "one");
    trade(live_, "two");
    const Result<SnapshotInfo> written = store_.write(image_of(live_.log()), nullptr);
    ASSERT_TRUE(written.ok()) << written.error().message;
    info_ = *written;
    bytes_ = files_.bytes(info_.name);
  }

  // The error of loading these bytes under the snapshot's name.
  Error refused(Bytes bytes) {
    files_.put(info_.name, std::move(bytes));
    const Result<Image> image = store_.load(info_, nullptr);
    return image.ok() ? Error{ErrorKind::kUsage, ""} : image.error();
  }
  // With a header changed and every checksum right.
  template <class Change>
  Bytes with_header(Change change) const {
    Bytes out = bytes_;
    SnapshotHeader header;
    std::memcpy(&header, out.data(), sizeof header);
    change(header);
    std::memcpy(out.data(), &header, sizeof header);
    return sealed(std::move(out));
  }
  static Bytes sealed(Bytes bytes) {
    SnapshotTrailer trailer;
    const std::size_t end = bytes.size() - sizeof trailer;
    std::memcpy(&trailer, bytes.data() + end, sizeof trailer);
    Bytes frame(bytes.begin(), bytes.begin() + sizeof(SnapshotHeader));
    frame.insert(frame.end(), bytes.begin() + static_cast<std::ptrdiff_t>(trailer.rows_offset),
                 bytes.end() - static_cast<std::ptrdiff_t>(sizeof trailer.hash));
    SHA256(reinterpret_cast<const unsigned char*>(frame.data()), frame.size(), trailer.hash.data());
    std::memcpy(bytes.data() + end, &trailer, sizeof trailer);
    return bytes;
  }

  LiveEngine live_;
  MemorySnapshots files_;
  SnapshotStore store_{files_, live_.log()};
  SnapshotInfo info_;
  Bytes bytes_;
};

TEST_F(ASnapshot, IsTheStateItWasMadeOf) {
  const Result<Image> image = store_.load(info_, nullptr);
  ASSERT_TRUE(image.ok()) << image.error().message;
  const Image wanted = image_of(live_.log());
  ASSERT_EQ(image->books.count(), wanted.books.count());
  for (std::uint32_t i = 0; i < wanted.books.count(); ++i) {
    EXPECT_EQ(image->books.find(BookNumber{i})->digest(),
              wanted.books.find(BookNumber{i})->digest());
    EXPECT_EQ(image->log.chains[i].tree.root(), wanted.log.chains[i].tree.root());
    EXPECT_EQ(image->log.places[i].size(), wanted.log.places[i].size());
  }
  EXPECT_TRUE(store_.compare(info_, wanted.books, wanted.log).ok());
}

TEST_F(ASnapshot, WithAnyBitFlippedIsRefusedAndNamed) {
  for (std::size_t at = 0; at < bytes_.size(); at += 1 + bytes_.size() / 3000) {
    Bytes damaged = bytes_;
    damaged[at] ^= std::byte{static_cast<unsigned char>(1U << at % 8)};
    const Error error = refused(std::move(damaged));
    ASSERT_EQ(error.kind, ErrorKind::kCorrupt) << "byte " << at << ": " << error.message;
    ASSERT_NE(error.message.find(info_.name + " is damaged"), std::string::npos) << error.message;
  }
}

TEST_F(ASnapshot, CutAnywhereOrGrownIsRefused) {
  for (std::size_t size = 0; size < bytes_.size(); size += 1 + bytes_.size() / 500) {
    const Bytes cut(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(refused(cut).kind, ErrorKind::kCorrupt) << size;
  }
  Bytes grown = bytes_;
  grown.resize(grown.size() + 64);
  EXPECT_EQ(refused(grown).kind, ErrorKind::kCorrupt);
}

TEST_F(ASnapshot, WithTwoSectionsExchangedIsRefusedThoughItsChecksumsAreRight) {
  SnapshotTrailer trailer;
  std::memcpy(&trailer, bytes_.data() + bytes_.size() - sizeof trailer, sizeof trailer);
  std::vector<SectionRow> rows(trailer.row_count);
  std::byte* const at = bytes_.data() + trailer.rows_offset;
  std::memcpy(rows.data(), at, rows.size() * sizeof(SectionRow));
  for (std::size_t i = 1; i < rows.size(); ++i) {
    std::vector<SectionRow> exchanged = rows;
    std::swap(exchanged[i].kind, exchanged[i - 1].kind);
    std::swap(exchanged[i].book, exchanged[i - 1].book);
    Bytes bytes = bytes_;
    std::memcpy(bytes.data() + trailer.rows_offset, exchanged.data(),
                exchanged.size() * sizeof(SectionRow));
    ASSERT_EQ(refused(sealed(std::move(bytes))).kind, ErrorKind::kCorrupt) << i;
  }
}

TEST_F(ASnapshot, OfANewerFormatIsRefusedAsThat) {
  const Error format = refused(with_header([](SnapshotHeader& header) { header.format = 2; }));
  EXPECT_EQ(format.kind, ErrorKind::kNewer);
  EXPECT_NE(format.message.find("has format 2"), std::string::npos) << format.message;
  const Error state =
      refused(with_header([](SnapshotHeader& header) { header.state_format = kStateFormat + 1; }));
  EXPECT_EQ(state.kind, ErrorKind::kNewer);
}

TEST_F(ASnapshot, OfAnotherLogIsRefused) {
  EngineOptions elsewhere;
  elsewhere.host = "elsewhere";
  LiveEngine other(elsewhere);
  other.open_shop();
  trade(other, "one");
  trade(other, "two");
  const SnapshotStore store(files_, other.log());
  const Result<Image> image = store.load(info_, nullptr);
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().kind, ErrorKind::kUsage);
  EXPECT_NE(image.error().message.find("of another log"), std::string::npos);
}

TEST_F(ASnapshot, BeyondTheEndOfTheLogIsRefused) {
  const auto shorter = first_commits(live_.log(), CommitNumber{info_.commit.value() - 1});
  const SnapshotStore store(files_, *shorter);
  const Result<Image> image = store.load(info_, nullptr);
  ASSERT_FALSE(image.ok());
  EXPECT_NE(image.error().message.find("the log ends with"), std::string::npos)
      << image.error().message;
}

TEST_F(ASnapshot, UnderAnotherCommitsNameIsRefused) {
  SnapshotInfo older = info_;
  older.commit = CommitNumber{info_.commit.value() - 1};
  older.name = "0000000000000000000" + std::to_string(older.commit.value()) + ".snapshot";
  older.name = older.name.substr(older.name.size() - info_.name.size());
  files_.put(older.name, bytes_);
  EXPECT_FALSE(store_.load(older, nullptr).ok());
}

TEST_F(ASnapshot, ThatSaysSomethingElseWithRightChecksumsIsFoundByDerivingItAgain) {
  Image other = image_of(live_.log());
  BufferSink saved;
  saved.pod(std::uint32_t{1});
  saved.pod(other.books.find(BookNumber{1})->last_sequence().value());
  saved.pod(other.books.find(BookNumber{1})->last_recorded().value() + 1);
  Source source(saved.bytes());
  ASSERT_TRUE(other.books.find(BookNumber{1})->load_section(0, source).ok());
  const Result<SnapshotInfo> written = store_.write(other, nullptr);
  ASSERT_TRUE(written.ok());
  const Image wanted = image_of(live_.log());
  const Status same = store_.compare(*written, wanted.books, wanted.log);
  ASSERT_FALSE(same.ok());
  EXPECT_EQ(same.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(same.error().message.find("section 16 of book 1"), std::string::npos)
      << same.error().message;
}

TEST_F(ASnapshot, IsKeptWhileItIsAmongTheNewest) {
  for (int i = 0; i < 3; ++i) {
    trade(live_, "more" + std::to_string(i));
    ASSERT_TRUE(store_.write(image_of(live_.log()), nullptr).ok());
  }
  files_.put("00000000000000000009.snapshot.unfinished", Bytes(10));
  files_.put("notes.txt", Bytes(10));
  const Result<std::vector<SnapshotInfo>> all = store_.list();
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), 4U);
  store_.call_bad((*all)[1]);
  ASSERT_TRUE(store_.keep(2).ok());
  const std::vector<std::string> wanted = {(*all)[2].name, (*all)[0].name, "notes.txt"};
  EXPECT_EQ(files_.names(), wanted) << "the bad one and what is unfinished go, others' files stay";
}

TEST_F(ASnapshot, IsWholeOrNotThereWhereverWritingEnds) {
  trade(live_, "more");
  const Image image = image_of(live_.log());
  const std::uint64_t before = files_.steps();
  ASSERT_TRUE(store_.write(image, nullptr).ok());
  ASSERT_TRUE(store_.keep(1).ok());
  const std::uint64_t steps = files_.steps() - before;
  ASSERT_GT(steps, 5U);
  for (std::uint64_t end = 1; end <= steps; ++end) {
    for (std::uint64_t dice = 0; dice < 8; ++dice) {
      MemorySnapshots files;
      files.put(info_.name, bytes_);
      SnapshotStore store(files, live_.log());
      files.end_at(end);
      const bool written = store.write(image, nullptr).ok() && store.keep(1).ok();
      EXPECT_FALSE(written);
      const auto next = files.crash(dice);
      SnapshotStore after(*next, live_.log());
      const Result<std::vector<SnapshotInfo>> all = after.list();
      ASSERT_TRUE(all.ok());
      ASSERT_FALSE(all->empty()) << "one of the two is there";
      for (const SnapshotInfo& info : *all)
        EXPECT_TRUE(after.load(info, nullptr).ok()) << "step " << end << ", dice " << dice;
      ASSERT_TRUE(after.keep(1).ok());
      EXPECT_EQ(next->names().size(), 1U);
    }
  }
}

}  // namespace
}  // namespace kontor::test
