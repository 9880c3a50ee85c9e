#include "api/web/target.h"

#include <gtest/gtest.h>

namespace kontor {
namespace {

using Path = std::vector<std::string>;

TEST(Target, IsTakenApartBeforeItIsDecoded) {
  const auto target = parse_target("/v1/books/a%2Fb/order/%C3%84%20+1?as_of=2026%2B1&x=&y");
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(target->path, (Path{"v1", "books", "a/b", "order", "Ä +1"}));
  ASSERT_EQ(target->parameters.size(), 3U);
  EXPECT_EQ(*target->parameter("as_of"), "2026+1");
  EXPECT_EQ(*target->parameter("x"), "");
  EXPECT_EQ(*target->parameter("y"), "");
  EXPECT_EQ(target->parameter("z"), nullptr);
}

TEST(Target, OfTheRootHasNoPath) {
  EXPECT_TRUE(parse_target("/")->path.empty());
  EXPECT_EQ(parse_target("/v1/books/")->path, (Path{"v1", "books"}));
  EXPECT_EQ(parse_target("/v1//x")->path, (Path{"v1", "", "x"}));
}

TEST(Target, SaysWhatItCannotRead) {
  for (const char* const text :
       {"*", "v1", "http://localhost/v1", "/a%2", "/a%zz", "/?a=%", "/%+1", "/?a=1&a=2"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_EQ(target.error().kind, ErrorKind::kMalformed);
    EXPECT_FALSE(target.error().message.empty());
  }
}

}  // namespace
}  // namespace kontor
