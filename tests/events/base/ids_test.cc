#include "events/base/ids.h"

#include <string>

#include <gtest/gtest.h>

namespace kontor {
namespace {

using namespace std::string_literals;

TEST(Identifier, HasOneToSixtyFourBytes) {
  EXPECT_FALSE(is_identifier(""));
  EXPECT_TRUE(is_identifier("A"));
  EXPECT_TRUE(is_identifier(std::string(64, 'x')));
  EXPECT_FALSE(is_identifier(std::string(65, 'x')));
  EXPECT_TRUE(is_identifier("Müller & Söhne 株式会社"));
  std::string wide;  // 16 characters of 4 bytes
  for (int i = 0; i < 16; ++i)
    wide += "\xF0\x9F\x93\xA6";
  EXPECT_TRUE(is_identifier(wide));
  EXPECT_FALSE(is_identifier(wide + "x"));
}

TEST(Identifier, HasNoControlCharacters) {
  EXPECT_FALSE(is_identifier("a\0b"s));
  EXPECT_FALSE(is_identifier("a\tb"));
  EXPECT_FALSE(is_identifier("a\n"));
  EXPECT_FALSE(is_identifier("\x7F"));
  EXPECT_FALSE(is_identifier("\xC2\x80"));  // U+0080
  EXPECT_FALSE(is_identifier("\xC2\x9F"));  // U+009F
  EXPECT_TRUE(is_identifier("\xC2\xA0"));   // U+00A0 is no control
  EXPECT_TRUE(is_identifier(" "));
}

struct Utf8Case {
  const char* bytes;
  bool good;
};

class Utf8 : public testing::TestWithParam<Utf8Case> {};

TEST_P(Utf8, IsHeldToTable3Dash7OfUnicode) {
  EXPECT_EQ(is_identifier(GetParam().bytes), GetParam().good);
}

INSTANTIATE_TEST_SUITE_P(Sequences, Utf8,
                         testing::Values(Utf8Case{"\x80", false},          // a lone continuation
                                         Utf8Case{"\xC0\xAF", false},      // overlong '/'
                                         Utf8Case{"\xC1\xBF", false},      // overlong
                                         Utf8Case{"\xC3", false},          // cut short
                                         Utf8Case{"\xC3(", false},         // bad continuation
                                         Utf8Case{"\xE0\x9F\xBF", false},  // overlong
                                         Utf8Case{"\xE0\xA0\x80", true},   // U+0800
                                         Utf8Case{"\xED\x9F\xBF", true},   // U+D7FF
                                         Utf8Case{"\xED\xA0\x80", false},  // a surrogate
                                         Utf8Case{"\xED\xBF\xBF", false},  // a surrogate
                                         Utf8Case{"\xEE\x80\x80", true},   // U+E000
                                         Utf8Case{"\xEF\xBF\xBF", true},   // U+FFFF
                                         Utf8Case{"\xF0\x8F\xBF\xBF", false},      // overlong
                                         Utf8Case{"\xF0\x90\x80\x80", true},       // U+10000
                                         Utf8Case{"\xF4\x8F\xBF\xBF", true},       // U+10FFFF
                                         Utf8Case{"\xF4\x90\x80\x80", false},      // above
                                         Utf8Case{"\xF5\x80\x80\x80", false},      // above
                                         Utf8Case{"\xF0\x9F\x93", false},          // cut short
                                         Utf8Case{"\xF8\x88\x80\x80\x80", false},  // five bytes
                                         Utf8Case{"\xFF", false}));

TEST(Text, AllowsTabsAndLinesAndIsBounded) {
  EXPECT_TRUE(is_text("", 0));
  EXPECT_TRUE(is_text("two\nlines\tand a tab", 100));
  EXPECT_FALSE(is_text("bell \a", 100));
  EXPECT_FALSE(is_text("return\r\n", 100));
  EXPECT_TRUE(is_text("12345", 5));
  EXPECT_FALSE(is_text("123456", 5));
  EXPECT_FALSE(is_text("\xC3", 5));
}

TEST(Ids, KnowWhenTheyAreUnset) {
  EXPECT_FALSE(is_set(no_id<CompanyId>()));
  EXPECT_TRUE(is_set(CompanyId{0}));
}

}  // namespace
}  // namespace kontor
