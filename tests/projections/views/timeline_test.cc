#include "projections/views/timeline.h"

#include "order_generated.h"

#include "tests/projections/views/told_view.h"

namespace kontor::test {
namespace {

constexpr Date kDay{20'500};

EventParts placed(std::string_view name, std::uint32_t company, std::uint32_t item) {
  return event_of<OrderPlaced>([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto order = builder.CreateString(name.data(), name.size());
    builder.ForceVectorAlignment(1, sizeof(OrderLine), 8);
    const std::vector<OrderLine> lines = {OrderLine(1, 1, 1, 1, 0, item, 0, 0, kNoOrdinal)};
    const auto run = builder.CreateVectorOfStructs(lines);
    OrderPlacedBuilder out(builder);
    out.add_order(order);
    out.add_company(company);
    out.add_payer(company);
    out.add_lines(run);
    return out.Finish();
  });
}

EventParts approved(std::uint64_t order) {
  return event_of<OrderApproved>(
      [&](flatbuffers::FlatBufferBuilder& builder) { return CreateOrderApproved(builder, order); });
}

std::vector<std::uint64_t> positions(const RowSource& rows, StreamKind kind, std::uint64_t ref,
                                     std::uint64_t from = 1, std::uint64_t to = 1'000'000,
                                     std::size_t most = 1'000) {
  const auto read =
      read_timeline(rows, {BookNumber{1}, kind, ref}, Sequence{from}, Sequence{to}, most);
  EXPECT_TRUE(read.ok());
  std::vector<std::uint64_t> out;
  for (const Sequence position : read.ok() ? *read : std::vector<Sequence>{})
    out.push_back(position.value());
  return out;
}

using Positions = std::vector<std::uint64_t>;

TEST(Timeline, HasADocumentsBirthAndWhatNamesIt) {
  ToldView<Timeline> told;
  told.tell(kDay, {placed("A", 3, 7)});
  told.tell(kDay, {placed("B", 4, 7), approved(2)});
  told.tell(kDay, {approved(1)});
  EXPECT_EQ(positions(told.rows(), StreamKind::kOrder, 1), (Positions{1, 4}));
  EXPECT_EQ(positions(told.rows(), StreamKind::kOrder, 2), (Positions{2, 3}));
  EXPECT_EQ(positions(told.rows(), StreamKind::kOrder, 3), Positions{});
}

TEST(Timeline, HasWhatNamesACompanyOrAnItemEachOnce) {
  ToldView<Timeline> told;
  told.tell(kDay, {placed("A", 3, 7)});  // orders and pays: once
  told.tell(kDay, {placed("B", 4, 7)});
  EXPECT_EQ(positions(told.rows(), StreamKind::kCompany, 3), Positions{1});
  EXPECT_EQ(positions(told.rows(), StreamKind::kCompany, 4), Positions{2});
  EXPECT_EQ(positions(told.rows(), StreamKind::kItem, 7), (Positions{1, 2}));
}

TEST(Timeline, IsReadFromAndToAnyPosition) {
  ToldView<Timeline> told;
  told.tell(kDay, {placed("A", 3, 7)});
  for (int i = 0; i < 9; ++i) {
    told.tell(kDay, {approved(1)});
    if (i % 2 == 0) told.end_batch();  // rows of one, two and three positions
  }
  const MapRows& rows = told.rows();
  EXPECT_EQ(positions(rows, StreamKind::kOrder, 1, 4, 7), (Positions{4, 5, 6, 7}));
  EXPECT_EQ(positions(rows, StreamKind::kOrder, 1, 5), (Positions{5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(positions(rows, StreamKind::kOrder, 1, 2, 100, 3), (Positions{2, 3, 4}));
  EXPECT_EQ(positions(rows, StreamKind::kOrder, 1, 11), Positions{});
  EXPECT_EQ(positions(rows, StreamKind::kOrder, 1, 7, 6), Positions{});
}

TEST(Timeline, SplitsALongStreamIntoRows) {
  ToldView<Timeline> told;
  told.tell(kDay, {placed("A", 3, 7)});
  Positions expected{1};
  for (std::uint64_t i = 2; i <= 2'000; ++i) {
    told.tell(kDay, {approved(1)});
    expected.push_back(i);
  }
  EXPECT_GT(told.rows().rows().size(), 4U);
  EXPECT_EQ(positions(told.rows(), StreamKind::kOrder, 1, 1, 5'000, 5'000), expected);
  EXPECT_EQ(positions(told.rows(), StreamKind::kOrder, 1, 1'500, 1'502),
            (Positions{1'500, 1'501, 1'502}));
}

TEST(Timeline, SaysWhichEventItCannotRead) {
  ToldView<Timeline> told;
  EventParts damaged = approved(1);
  std::fill(damaged.body.begin(), damaged.body.end(), std::byte{0xFF});
  const Status folded = told.try_tell(kDay, {damaged});
  ASSERT_FALSE(folded.ok());
  EXPECT_EQ(folded.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(folded.error().message.find("event 1 of book 1"), std::string::npos);
}

TEST(Timeline, SaysThatARowCannotBeRead) {
  ToldView<Timeline> told;
  told.tell(kDay, {placed("A", 3, 7)});
  told.tell(kDay, {approved(1)});
  for (auto& [key, value] : told.rows().rows())
    value = "\xFF";
  const auto read = read_timeline(told.rows(), {BookNumber{1}, StreamKind::kOrder, 1}, Sequence{1},
                                  Sequence{9}, 9);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorrupt);
}

TEST(Timeline, KnowsTheWordsOfItsStreams) {
  EXPECT_EQ(stream_kind("credit_note"), StreamKind::kCreditNote);
  EXPECT_EQ(stream_kind("company"), StreamKind::kCompany);
  EXPECT_FALSE(stream_kind("price_list").has_value());
}

}  // namespace
}  // namespace kontor::test
