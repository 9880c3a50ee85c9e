#include "events/log/page_codec.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "events/base/limits.h"
#include "events/log/commit.h"
#include "tests/events/log/log_script.h"

namespace kontor::test {
namespace {

PageHeader header_at(std::span<const std::byte> bytes) {
  PageHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

// A small page of book 1, one of book 2 that is worth compressing, a small one of book 3.
AlignedBuffer example_commit() {
  CommitWriter writer;
  const DecisionParts many = register_items("A hammer with a handle of ash", 80);
  return writer.seal({{1, {register_item("Nail")}}, {2, {many}}, {3, {register_item("Saw")}}});
}

AlignedBuffer packed(std::span<const std::byte> commit) {
  AlignedBuffer out;
  pack_commit(commit, out);
  return out;
}

// What comes of stored bytes as a reader has them: unpacked, then read.
Status read_stored(std::span<const std::byte> stored, AlignedBuffer& out) {
  const Status apart = unpack_commit(stored, out);
  if (!apart.ok()) return apart;
  return read_commit(CommitNumber{1}, out.bytes(), [](const PageView&) { return Status(); });
}

bool same(std::span<const std::byte> one, std::span<const std::byte> other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

TEST(PageCodec, CompressesWhatIsLargeAndGivesItBack) {
  const AlignedBuffer commit = example_commit();
  const std::size_t small = sizeof(PageHeader) + header_at(commit.bytes()).stored_bytes;
  const PageHeader large = header_at(commit.bytes().subspan(small));
  ASSERT_GE(large.raw_bytes, kCompressedFrom);

  const AlignedBuffer stored = packed(commit.bytes());
  EXPECT_TRUE(same(stored.bytes().first(small), commit.bytes().first(small))) << "small: as it was";
  const PageHeader second = header_at(stored.bytes().subspan(small));
  EXPECT_EQ(second.codec, PageCodec::kLz4);
  EXPECT_EQ(second.raw_bytes, large.raw_bytes);
  EXPECT_LT(second.stored_bytes, large.stored_bytes / 2);
  EXPECT_EQ(second.body_crc, large.body_crc);

  AlignedBuffer out;
  ASSERT_TRUE(read_stored(stored.bytes(), out).ok());
  EXPECT_TRUE(same(out.bytes(), commit.bytes()));
  // What was written before there was a codec is what it always was.
  ASSERT_TRUE(read_stored(commit.bytes(), out).ok());
  EXPECT_TRUE(same(out.bytes(), commit.bytes()));
}

TEST(PageCodec, LeavesWhatDoesNotGetSmaller) {
  std::mt19937 random(7);
  AlignedBuffer page;
  page.resize(sizeof(PageHeader) + 2 * kCompressedFrom);
  for (std::size_t i = 0; i < page.size(); ++i)
    page.data()[i] = static_cast<std::byte>(random() & 0xFFU);
  seal_page({}, {page.data(), page.size()});
  EXPECT_TRUE(same(packed(page.bytes()).bytes(), page.bytes()));
}

TEST(PageCodec, OfADamagedPageGivesWhatItWasOrAnError) {
  const AlignedBuffer commit = example_commit();
  AlignedBuffer stored = packed(commit.bytes());
  AlignedBuffer out;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    for (const std::byte flip : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
      stored.data()[i] ^= flip;
      const Status read = read_stored(stored.bytes(), out);
      EXPECT_TRUE(!read.ok() || same(out.bytes(), commit.bytes())) << "byte " << i;
      stored.data()[i] ^= flip;
    }
  }
  for (std::size_t size = 0; size < stored.size(); ++size) {
    const Status read = read_stored(stored.bytes().first(size), out);
    if (!read.ok()) continue;
    EXPECT_LT(out.size(), commit.size());
    EXPECT_TRUE(same(out.bytes(), commit.bytes().first(out.size()))) << "whole pages";
  }
}

// A header that lies under a checksum that is right: what a faulty or hostile writer makes.
TEST(PageCodec, HoldsAPageToWhatItSays) {
  CommitWriter writer;
  const AlignedBuffer commit = writer.seal({{1, {register_items("A hammer of ash", 90)}}});
  const auto read_with = [&](const std::function<void(PageHeader&)>& change) {
    AlignedBuffer stored = packed(commit.bytes());
    PageHeader header = header_at(stored.bytes());
    change(header);
    header.header_crc = header_crc(header);
    std::memcpy(stored.data(), &header, sizeof header);
    AlignedBuffer out;
    return read_stored(stored.bytes(), out);
  };
  EXPECT_TRUE(read_with([](PageHeader&) {}).ok());
  const auto expect = [](const Status& status, ErrorKind kind, const std::string& text) {
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, kind);
    EXPECT_NE(status.error().message.find(text), std::string::npos) << status.error().message;
  };
  expect(read_with([](PageHeader& h) { h.raw_bytes += 8; }), ErrorKind::kCorrupt, "come apart");
  expect(read_with([](PageHeader& h) { h.raw_bytes -= 8; }), ErrorKind::kCorrupt, "come apart");
  expect(read_with([](PageHeader& h) { h.raw_bytes = UINT32_MAX; }), ErrorKind::kCorrupt,
         "more than a commit has");
  expect(read_with([](PageHeader& h) { h.body_crc ^= 1U; }), ErrorKind::kCorrupt,
         "body checksum differs");
  expect(read_with([](PageHeader& h) { h.stored_bytes -= 1; }), ErrorKind::kCorrupt, "come apart");
  expect(read_with([](PageHeader& h) { h.codec = PageCodec{2}; }), ErrorKind::kNewer, "codec 2");
  expect(read_with([](PageHeader& h) { h.reader_min = kPageFormat + 1; }), ErrorKind::kNewer,
         "format 1");
  expect(read_with([](PageHeader& h) { h.encryption_key = 5; }), ErrorKind::kNewer, "key 5");
}

}  // namespace
}  // namespace kontor::test
