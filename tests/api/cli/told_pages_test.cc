// Pages told by a server, cut out of a run of bytes that comes in parts of any size.
#include "api/cli/told_pages.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/events/log/log_script.h"

namespace kontor::cli {
namespace {

using test::CommitWriter;

struct PageCutterTest : testing::Test {
  void SetUp() override {
    writer.claim();
    for (const char* const item : {"bolt", "nut", "washer"}) {
      const AlignedBuffer page = writer.item(item);
      all.append(page.bytes());
      sizes.push_back(page.size());
    }
  }
  Status add(std::span<const std::byte> bytes) {
    return cutter.add(bytes, [&](const PageView& page) {
      found.push_back(page.bytes());
      return Status{};
    });
  }

  CommitWriter writer;
  AlignedBuffer all;
  std::vector<std::size_t> sizes;
  PageCutter cutter;
  std::vector<std::size_t> found;
};

TEST_F(PageCutterTest, FindsThePagesWhateverThePartsAre) {
  for (const std::size_t part : {std::size_t{1}, std::size_t{7}, std::size_t{255}, all.size()}) {
    found.clear();
    for (std::size_t at = 0; at < all.size(); at += part) {
      ASSERT_TRUE(add(all.bytes().subspan(at, std::min(part, all.size() - at))).ok());
    }
    EXPECT_EQ(found, sizes) << "in parts of " << part;
    EXPECT_TRUE(cutter.finish().ok());
  }
}

TEST_F(PageCutterTest, SaysWhereBytesEndInsideAPage) {
  ASSERT_TRUE(add(all.bytes().first(all.size() - 8)).ok());
  const Status ended = cutter.finish();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(ended.error().message.find("end inside a page"), std::string::npos);
}

TEST_F(PageCutterTest, RefusesWhatIsNoPage) {
  const std::vector<std::byte> noise(300, std::byte{0x5A});
  const Status refused = add(noise);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
}

TEST_F(PageCutterTest, RefusesAPageWithAFlippedBit) {
  all.data()[sizes[0] + 300] ^= std::byte{4};
  const Status refused = add(all.bytes());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(found.size(), 1U);
}

TEST_F(PageCutterTest, RefusesASizeNoPageHas) {
  all.data()[28] = std::byte{0xFF};  // stored_bytes
  all.data()[31] = std::byte{0x7F};
  const Status refused = add(all.bytes());
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("a page of"), std::string::npos);
}

}  // namespace
}  // namespace kontor::cli
