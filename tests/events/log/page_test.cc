#include "events/log/page.h"

#include <functional>
#include <random>
#include <string_view>

#include <gtest/gtest.h>

#include "events/log/merkle.h"
#include "events/log/page_builder.h"
#include "tests/events/log/log_script.h"

namespace kontor {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Two decisions, three events, of book 7.
AlignedBuffer example_page() {
  test::CommitWriter writer;
  return writer.seal({{7, {test::register_items("Hammer", 2), test::register_item("Nail")}}});
}

void expect_kind(const Result<PageView>& page, ErrorKind kind) {
  ASSERT_FALSE(page.ok());
  EXPECT_EQ(page.error().kind, kind) << page.error().message;
}

// The example with a changed header under right checksums: what a faulty or hostile writer makes.
Result<PageView> read_with(const std::function<void(PageHeader&)>& change) {
  static AlignedBuffer page;
  page = example_page();
  PageHeader header;
  std::memcpy(&header, page.data(), sizeof header);
  change(header);
  header.header_crc = 0;
  header.header_crc = crc32c(std::as_bytes(std::span(&header, 1)));
  std::memcpy(page.data(), &header, sizeof header);
  return read_page(page.bytes());
}

TEST(Crc32c, HasTheValuesOfRfc3720) {
  std::array<std::uint8_t, 32> bytes{};
  const auto both = [&](std::uint32_t expected) {
    EXPECT_EQ(crc32c(std::as_bytes(std::span(bytes))), expected);
    EXPECT_EQ(crc32c_by_table(std::as_bytes(std::span(bytes))), expected);
  };
  both(0x8A9136AA);
  bytes.fill(0xFF);
  both(0x62A8AB43);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(i);
  both(0x46DD794E);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(31 - i);
  both(0x113FDB5C);
  const std::array<std::uint8_t, 48> read_command = {
      0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
      0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0};
  EXPECT_EQ(crc32c(std::as_bytes(std::span(read_command))), 0xD9963A56U);
  EXPECT_EQ(crc32c_by_table(std::as_bytes(std::span(read_command))), 0xD9963A56U);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283U);
}

TEST(Crc32c, IsTheSameByTableAndByInstructionInAnyPieces) {
  std::mt19937 random(7);
  std::vector<std::byte> bytes(700);
  for (std::byte& byte : bytes)
    byte = static_cast<std::byte>(random());
  for (std::size_t size = 0; size < bytes.size(); size += 13) {
    const std::span<const std::byte> all = std::span(bytes).first(size);
    const std::uint32_t whole = crc32c(all);
    EXPECT_EQ(whole, crc32c_by_table(all)) << size;
    const std::size_t cut = size / 3;
    EXPECT_EQ(whole, crc32c(all.subspan(cut), crc32c(all.first(cut)))) << size;
    EXPECT_EQ(whole, crc32c_by_table(all.subspan(cut), crc32c_by_table(all.first(cut)))) << size;
  }
}

TEST(AlignedBuffer, StartsAlignedAndKeepsItsBytesAsItGrows) {
  AlignedBuffer buffer;
  for (int i = 0; i < 1000; ++i) {
    const std::byte value{static_cast<unsigned char>(i)};
    buffer.append(std::span(&value, 1));
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0U);
  }
  for (std::size_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(buffer.data()[i], std::byte{static_cast<unsigned char>(i)});
  }
  buffer.append_padded(bytes_of("abc"));
  ASSERT_EQ(buffer.size(), 1008U);
  for (std::size_t i = 1003; i < 1008; ++i)
    EXPECT_EQ(buffer.data()[i], std::byte{0});
}

TEST(Page, IsReadBackAsItWasSealed) {
  const AlignedBuffer bytes = example_page();
  const Result<PageView> page = read_page(bytes.bytes());
  ASSERT_TRUE(page.ok()) << page.error().message;
  const PageHeader& header = page.value().header();
  EXPECT_EQ(header.book, 7U);
  EXPECT_EQ(header.epoch, 1U);
  EXPECT_EQ(header.commit, 1U);
  EXPECT_EQ(header.page_number, 1U);
  EXPECT_EQ(header.first_sequence, 1U);
  EXPECT_EQ(header.decision_count, 2U);
  EXPECT_EQ(header.event_count, 3U);
  EXPECT_EQ(header.tree_size, 2U);
  EXPECT_EQ(header.recorded_last, header.recorded_first + 1);
  EXPECT_EQ(page.value().bytes(), bytes.size());
  std::vector<std::string> ids;
  std::vector<Hash256> leaves;
  page.value().for_each_decision([&](const DecisionView& decision) {
    ids.emplace_back(decision.id());
    leaves.push_back(leaf_hash(decision.bytes()));
  });
  EXPECT_EQ(ids, (std::vector<std::string>{"register-Hammer", "register-Nail"}));
  EXPECT_EQ(header.tree_root, tree_root(leaves));
}

TEST(Page, IsReadFromTheFrontOfLongerBytes) {
  AlignedBuffer bytes = example_page();
  const std::size_t size = bytes.size();
  bytes.append(example_page().bytes());
  const Result<PageView> page = read_page(bytes.bytes());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.value().bytes(), size);
  EXPECT_TRUE(read_page(bytes.bytes().subspan(size)).ok());
}

TEST(Page, WithAnyBitFlippedIsCorrupt) {
  AlignedBuffer page = example_page();
  for (std::size_t bit = 0; bit < 8 * page.size(); ++bit) {
    const std::byte mask = std::byte{1} << (bit % 8);
    page.data()[bit / 8] ^= mask;
    const Result<PageView> read = read_page(page.bytes());
    ASSERT_FALSE(read.ok()) << "bit " << bit;
    ASSERT_EQ(read.error().kind, ErrorKind::kCorrupt) << "bit " << bit << read.error().message;
    page.data()[bit / 8] ^= mask;
  }
  EXPECT_TRUE(read_page(page.bytes()).ok());
}

TEST(Page, CutOffAnywhereIsCorrupt) {
  const AlignedBuffer page = example_page();
  for (std::size_t size = 0; size < page.size(); ++size) {
    expect_kind(read_page(page.bytes().first(size)), ErrorKind::kCorrupt);
  }
}

TEST(Page, OfALaterVersionIsNewerNotDamaged) {
  expect_kind(read_with([](PageHeader& h) { h.format = h.reader_min = 2; }), ErrorKind::kNewer);
  expect_kind(read_with([](PageHeader& h) { h.codec = PageCodec{2}; }), ErrorKind::kNewer);
  expect_kind(read_with([](PageHeader& h) { h.codec = PageCodec::kLz4; }), ErrorKind::kCorrupt);
  expect_kind(read_with([](PageHeader& h) { h.hash = HashAlgorithm{2}; }), ErrorKind::kNewer);
  expect_kind(read_with([](PageHeader& h) { h.encryption_key = 1; }), ErrorKind::kNewer);
}

TEST(Page, OfALaterFormatThatOldReadersMayReadIsRead) {
  const Result<PageView> page = read_with([](PageHeader& h) {
    h.format = 2;
    h.flags = 1;
    h.spare[5] = 1;
  });
  EXPECT_TRUE(page.ok());
}

TEST(Page, WithALongerHeaderOfALaterFormatIsRead) {
  const AlignedBuffer page = example_page();
  PageHeader header;
  std::memcpy(&header, page.data(), sizeof header);
  AlignedBuffer longer;
  longer.append(page.bytes().first(sizeof header));
  std::memset(longer.grow(64), 0x55, 64);
  longer.append(page.bytes().subspan(sizeof header));
  header.format = 2;
  header.header_bytes = sizeof header + 64;
  header.header_crc = 0;
  std::memcpy(longer.data(), &header, sizeof header);
  header.header_crc = crc32c(longer.bytes().first(header.header_bytes));
  std::memcpy(longer.data(), &header, sizeof header);
  const Result<PageView> read = read_page(longer.bytes());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().bytes(), longer.size());

  header.format = kPageFormat;  // which has 256
  header.header_crc = 0;
  std::memcpy(longer.data(), &header, sizeof header);
  header.header_crc = crc32c(longer.bytes().first(header.header_bytes));
  std::memcpy(longer.data(), &header, sizeof header);
  expect_kind(read_page(longer.bytes()), ErrorKind::kCorrupt);
}

TEST(Page, ThatSaysOtherThanItHoldsIsCorrupt) {
  const std::vector<std::function<void(PageHeader&)>> lies = {
      [](PageHeader& h) { h.decision_count = 0; },
      [](PageHeader& h) { h.decision_count = 1; },
      [](PageHeader& h) { h.decision_count = 3; },
      [](PageHeader& h) { h.decision_count = 0xFFFF'FFFF; },
      [](PageHeader& h) { h.event_count = 0xFFFF'FFFF; },
      [](PageHeader& h) { h.event_count -= 1; },
      [](PageHeader& h) { h.first_sequence += 1; },
      [](PageHeader& h) { h.recorded_first -= 1; },
      [](PageHeader& h) { h.recorded_last += 1; },
      [](PageHeader& h) { h.raw_bytes += 8; },
      [](PageHeader& h) { h.raw_bytes = h.stored_bytes = 0xFFFF'FFF8; },
      [](PageHeader& h) { h.raw_bytes = h.stored_bytes = h.raw_bytes - 8; },
      [](PageHeader& h) { h.header_bytes = 0xFFFF'FFF8; },
      [](PageHeader& h) { h.header_bytes = 248; },
      [](PageHeader& h) { h.header_bytes = 0; },
      [](PageHeader& h) { h.magic += 1; },
      [](PageHeader& h) { h.flags = 1; },
      [](PageHeader& h) { h.spare1 = 1; },
      [](PageHeader& h) { h.tenant = 1; },
      [](PageHeader& h) { h.format = 0; },
      [](PageHeader& h) { h.spare[95] = 1; },
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    const Result<PageView> page = read_with(lies[i]);
    ASSERT_FALSE(page.ok()) << "lie " << i;
    EXPECT_EQ(page.error().kind, ErrorKind::kCorrupt) << "lie " << i << page.error().message;
  }
}

TEST(Page, WithADecisionOutOfOrderIsCorrupt) {
  for (const bool same_time : {true, false}) {
    AlignedBuffer page;
    page.resize(sizeof(PageHeader));
    const std::int64_t second = same_time ? 10 : 11;
    const std::uint64_t gap = same_time ? 2 : 3;
    test::append_decision(test::register_item("a"), Sequence{1}, Timestamp{10}, page);
    test::append_decision(test::register_item("b"), Sequence{gap}, Timestamp{second}, page);
    PageHeader header;
    header.first_sequence = 1;
    header.decision_count = header.event_count = 2;
    header.recorded_first = 10;
    header.recorded_last = second;
    seal_page(header, {page.data(), page.size()});
    expect_kind(read_page(page.bytes()), ErrorKind::kCorrupt);
  }
}

TEST(Page, MisalignedIsRefused) {
  AlignedBuffer shifted;
  shifted.resize(4);
  shifted.append(example_page().bytes());
  expect_kind(read_page(shifted.bytes().subspan(4)), ErrorKind::kCorrupt);
}

TEST(PageBuilder, SealsALonePageInItsPlaceAndSeveralBackToBack) {
  PageChain chain;
  chain.book = BookNumber{1};
  PageBuilder page;
  page.begin(BookNumber{1}, Sequence{1});
  test::append_decision(test::register_item("a"), Sequence{1}, Timestamp{5}, page.buffer());
  page.decision_written();
  const CommitPage lone{&page, &chain};
  AlignedBuffer scratch;
  const auto bytes = seal_commit({&lone, 1}, {Epoch{1}, CommitNumber{1}}, scratch);
  EXPECT_EQ(bytes.data(), page.buffer().data());
  EXPECT_EQ(bytes.size(), page.page_bytes());
  EXPECT_TRUE(scratch.empty());

  test::CommitWriter writer;
  const AlignedBuffer two = writer.seal(
      {{1, {test::register_item("a")}}, {2, {test::register_item("b"), test::register_item("c")}}});
  const Result<PageView> first = read_page(two.bytes());
  ASSERT_TRUE(first.ok());
  const Result<PageView> second = read_page(two.bytes().subspan(first.value().bytes()));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first.value().header().book, 1U);
  EXPECT_EQ(second.value().header().book, 2U);
  EXPECT_EQ(first.value().bytes() + second.value().bytes(), two.size());
}

TEST(PageBuilder, CutsOffADecisionGivenUpAndIsUsedAgainAfterClear) {
  PageBuilder page;
  page.begin(BookNumber{3}, Sequence{9});
  EXPECT_TRUE(page.empty());
  test::append_decision(test::register_items("a", 2), Sequence{9}, Timestamp{5}, page.buffer());
  page.decision_written();
  EXPECT_EQ(page.next_sequence(), Sequence{11});
  page.buffer().append(bytes_of("half a decision"));
  page.buffer().resize(page.decision_begin());
  test::append_decision(test::register_item("b"), Sequence{11}, Timestamp{6}, page.buffer());
  page.decision_written();
  EXPECT_EQ(page.decisions(), 2U);
  EXPECT_EQ(page.events(), 3U);

  PageChain chain;
  chain.book = BookNumber{3};
  chain.last_sequence = Sequence{8};
  chain.durable_watermark = Sequence{7};
  const Result<PageView> read = read_page(page.seal(chain, {Epoch{2}, CommitNumber{4}}));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().header().durable_watermark, 7U);
  EXPECT_EQ(chain.last_sequence, Sequence{11});
  EXPECT_EQ(chain.pages, 1U);

  page.clear();
  EXPECT_TRUE(page.empty());
  page.begin(BookNumber{3}, Sequence{12});
  EXPECT_EQ(page.page_bytes(), sizeof(PageHeader));
}

TEST(PageBuilderDeathTest, StopsOnADecisionThatDoesNotGoOn) {
  PageBuilder page;
  page.begin(BookNumber{1}, Sequence{1});
  test::append_decision(test::register_item("a"), Sequence{2}, Timestamp{5}, page.buffer());
  EXPECT_DEATH(page.decision_written(), "first_sequence");
}

class PageChainTest : public testing::Test {
 protected:
  Status follow(const std::function<void(PageHeader&)>& change) {
    page_ = AlignedBuffer(second_.bytes());
    PageHeader header;
    std::memcpy(&header, page_.data(), sizeof header);
    change(header);
    seal_page(header, {page_.data(), page_.size()});
    PageChain chain = after_first_;
    const Result<PageView> view = read_page(page_.bytes());
    if (!view.ok()) return view.error();
    const Status status = chain.follow(view.value());
    if (!status.ok()) {
      EXPECT_EQ(chain.tree.save(), after_first_.tree.save());
    }
    return status;
  }
  void SetUp() override {
    test::CommitWriter writer;
    first_ = writer.item("a");
    after_first_.book = BookNumber{1};
    ASSERT_TRUE(after_first_.follow(read_page(first_.bytes()).value()).ok());
    second_ = writer.item("b");
  }

  PageChain after_first_;
  AlignedBuffer first_;
  AlignedBuffer second_;
  AlignedBuffer page_;
};

TEST_F(PageChainTest, FollowsTheNextPageAndComesToTheWritersState) {
  test::CommitWriter writer;
  PageChain chain;
  chain.book = BookNumber{1};
  for (int i = 0; i < 20; ++i) {
    const AlignedBuffer bytes = writer.item("i" + std::to_string(i));
    const Status status = chain.follow(read_page(bytes.bytes()).value());
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  EXPECT_EQ(chain.pages, 20U);
  EXPECT_EQ(chain.tree.root(), writer.chain(1).tree.root());
  EXPECT_EQ(chain.last_sequence, writer.chain(1).last_sequence);
  EXPECT_EQ(chain.last_recorded, writer.chain(1).last_recorded);
}

TEST_F(PageChainTest, RefusesAPageThatIsNotTheNextOne) {
  EXPECT_TRUE(follow([](PageHeader&) {}).ok());
  const std::vector<std::function<void(PageHeader&)>> lies = {
      [](PageHeader& h) { h.book = 2; },           [](PageHeader& h) { h.page_number = 1; },
      [](PageHeader& h) { h.page_number = 3; },    [](PageHeader& h) { h.durable_watermark = 2; },
      [](PageHeader& h) { h.tree_size = 1; },      [](PageHeader& h) { h.tree_size = 3; },
      [](PageHeader& h) { h.tree_root[0] ^= 1U; },
  };
  for (std::size_t i = 0; i < lies.size(); ++i) {
    const Status status = follow(lies[i]);
    ASSERT_FALSE(status.ok()) << "lie " << i;
    EXPECT_EQ(status.error().kind, ErrorKind::kCorrupt);
    EXPECT_NE(status.error().message.find("book 1, page 2"), std::string::npos)
        << status.error().message;
  }
}

TEST_F(PageChainTest, FollowsAPageHashedBeforeInAllButItsTree) {
  const PageView second = read_page(second_.bytes()).value();
  PageChain hashed = after_first_;
  ASSERT_TRUE(hashed.follow(second).ok());
  PageChain chain = after_first_;
  EXPECT_FALSE(chain.follow_unhashed(read_page(first_.bytes()).value()).ok()) << "not the next";
  ASSERT_TRUE(chain.follow_unhashed(second).ok());
  EXPECT_EQ(chain.pages, hashed.pages);
  EXPECT_EQ(chain.decisions, hashed.decisions);
  EXPECT_EQ(chain.last_sequence, hashed.last_sequence);
  EXPECT_EQ(chain.durable_watermark, hashed.durable_watermark);
  EXPECT_EQ(chain.last_recorded, hashed.last_recorded);
  EXPECT_EQ(chain.tree.save(), after_first_.tree.save());
}

TEST_F(PageChainTest, RefusesAPageRecordedAtTheTimeOfTheOneBefore) {
  const PageView second = read_page(second_.bytes()).value();
  PageChain chain = after_first_;
  chain.last_recorded = Timestamp{second.header().recorded_first};
  const Status status = chain.follow(second);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("recorded before"), std::string::npos);
  chain.last_recorded = Timestamp{second.header().recorded_first - 1};
  EXPECT_TRUE(chain.follow(second).ok());
}

TEST_F(PageChainTest, RefusesThePageOfAnotherHistory) {
  test::CommitWriter other;
  const AlignedBuffer first = other.item("x");
  const AlignedBuffer second = other.item("b");  // the same decision, after another one
  const Status status = after_first_.follow(read_page(second.bytes()).value());
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("tree root differs"), std::string::npos);
  EXPECT_FALSE(after_first_.follow(read_page(first.bytes()).value()).ok());
}

}  // namespace
}  // namespace kontor
