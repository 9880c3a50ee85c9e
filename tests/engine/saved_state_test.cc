// A book's saved state that is cut short or damaged is refused or loaded, and never stops the
// process.
#include <random>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::vector<std::byte> saved_shop() {
  Shop shop;
  shop.place("O-1", "bolt", "42", R"("buyer":"ann")");
  shop.place("O-2", "bolt", "200");
  shop.place("O-3", "penny", "500");
  shop.allocate("O-3");
  shop.ship("O-3", "S-3");
  shop.invoice("O-3", "I-3");
  shop.pay("P-1", "acme", "2.00");
  BufferSink out;
  shop.book().save(out);
  return {out.bytes().begin(), out.bytes().end()};
}

TEST(SavedState, IsRefusedWhereItIsCutShort) {
  const std::vector<std::byte> bytes = saved_shop();
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 100) {
    Book book{BookNumber{1}};
    Source source{std::span<const std::byte>(bytes).first(size)};
    const Status status = book.load(source);
    ASSERT_FALSE(status.ok()) << size;
    EXPECT_NE(status.error().message.find("rebuilt from the log"), std::string::npos);
  }
}

TEST(SavedState, WithAFlippedBitIsLoadedOrRefused) {
  const std::vector<std::byte> bytes = saved_shop();
  std::mt19937_64 random(3);
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    std::vector<std::byte> damaged = bytes;
    damaged[random() % damaged.size()] ^= std::byte{static_cast<unsigned char>(1U << random() % 8)};
    Book book{BookNumber{1}};
    Source source(damaged);
    refused += book.load(source).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace kontor::test
