#include "api/cli/words.h"

#include <array>

#include <gtest/gtest.h>

namespace kontor::cli {
namespace {

constexpr std::array<std::string_view, 4> kVerbs = {"submit", "get", "list", "verify"};

TEST(NearestWord, FindsTheVerbThatWasMeant) {
  EXPECT_EQ(nearest_word("sumbit", kVerbs), "submit");
  EXPECT_EQ(nearest_word("lst", kVerbs), "list");
  EXPECT_EQ(nearest_word("verfy", kVerbs), "verify");
}

TEST(NearestWord, SuggestsNothingForAWordFarFromAll) {
  EXPECT_EQ(nearest_word("transmogrify", kVerbs), "");
}

TEST(Thousands, AreSetApartBeforeThePointOnly) {
  EXPECT_EQ(with_thousands(std::uint64_t{0}), "0");
  EXPECT_EQ(with_thousands(std::uint64_t{999}), "999");
  EXPECT_EQ(with_thousands(std::uint64_t{541'909}), "541,909");
  EXPECT_EQ(with_thousands(std::int64_t{-5'176'450}), "-5,176,450");
  EXPECT_EQ(with_thousands(std::string_view("8911407.904")), "8,911,407.904");
  EXPECT_EQ(with_thousands(std::string_view("-896812.49")), "-896,812.49");
}

TEST(Columns, CountCodePointsNotBytes) {
  EXPECT_EQ(columns_of("Grün"), 4U);
  EXPECT_EQ(columns_of("£5"), 2U);
}

}  // namespace
}  // namespace kontor::cli
