#include "projections/views/keys.h"

#include <array>

#include <gtest/gtest.h>

namespace kontor {
namespace {

std::string date_key(std::int32_t days) {
  std::string out;
  append_date(out, Date{days});
  return out;
}

TEST(RowKeys, SortDatesAsTheyFollowOneAnother) {
  EXPECT_LT(date_key(INT32_MIN), date_key(-1));
  EXPECT_LT(date_key(-1), date_key(0));
  EXPECT_LT(date_key(0), date_key(20'000));
  EXPECT_LT(date_key(20'000), date_key(INT32_MAX));
  EXPECT_EQ(RowReader(date_key(-17)).date(), Date{-17});
}

TEST(RowKeys, EndRangesBehindAllThatBeginsSo) {
  EXPECT_EQ(behind("ab"), "ac");
  EXPECT_EQ(behind("a\xFF"), "b");
}

TEST(RowReader, ReadsWhatWasWritten) {
  std::string out;
  const std::array<std::int64_t, 6> values = {0, -1, 1, 1'000'000, INT64_MIN, INT64_MAX};
  for (const std::int64_t value : values)
    append_signed(out, value);
  append_text(out, "bolt");
  append_varint(out, UINT64_MAX);
  RowReader in(out);
  for (const std::int64_t value : values)
    EXPECT_EQ(in.signed_varint(), value);
  EXPECT_EQ(in.text(), "bolt");
  EXPECT_EQ(in.varint(), UINT64_MAX);
  EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(RowReader, SaysWhereBytesEndTooEarly) {
  std::string out;
  append_text(out, "bolt");
  for (std::size_t size = 0; size < out.size(); ++size) {
    RowReader in(std::string_view(out).substr(0, size));
    EXPECT_EQ(in.text(), "");
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.varint(), 0U);
  }
}

TEST(RowReader, RefusesANumberOfTooManyBytes) {
  RowReader in(std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 12));
  in.varint();
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace kontor
