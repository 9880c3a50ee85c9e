// What a repeated id is compared by. It stands in the log, so it may never come out differently.
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/decider.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kontor {
namespace {

void append(std::string& out, const void* data, std::size_t size) {
  out.append(static_cast<const char*>(data), size);
}

// The bytes that are hashed: the body, each text after its size, the effective date, the version.
std::string hashed_bytes(const CommandInput& input) {
  std::string out;
  append(out, input.body.data(), input.body.size());
  for (const std::string_view text : {input.actor, input.on_behalf_of, input.reason}) {
    const std::uint64_t size = text.size();
    append(out, &size, sizeof size);
    out += text;
  }
  const std::uint64_t date = static_cast<std::uint32_t>(input.effective_date.value());
  append(out, &date, sizeof date);
  append(out, &input.expected_version, sizeof input.expected_version);
  return out;
}

TEST(ContentHash, IsThatOfTheBytesInOrderHoweverManyThereAre) {
  for (const std::size_t size :
       {0U, 8U, 200U, 240U, 900U, 968U, 976U, 984U, 1024U, 5000U, 60000U}) {
    std::vector<std::byte> body(size);
    for (std::size_t i = 0; i < size; ++i)
      body[i] = static_cast<std::byte>(i * 131 + 7);
    CommandInput input;
    input.kind = 40;
    input.version = 3;
    input.body = body;
    input.actor = "anna";
    input.reason = "because";
    input.effective_date = Date{20000};
    input.expected_version = 17;
    const std::string bytes = hashed_bytes(input);
    const XXH128_hash_t expected =
        XXH3_128bits_withSeed(bytes.data(), bytes.size(), std::uint64_t{40} << 8 | 3);
    EXPECT_EQ(content_hash(input), (Hash128{expected.low64, expected.high64})) << size;
  }
}

TEST(ContentHash, TellsApartWhatDiffersInAnyField) {
  CommandInput input;
  input.kind = 40;
  input.actor = "anna";
  const Hash128 first = content_hash(input);
  CommandInput other = input;
  other.actor = "";
  other.on_behalf_of = "anna";
  EXPECT_FALSE(content_hash(other) == first);
  other = input;
  other.effective_date = Date{1};
  EXPECT_FALSE(content_hash(other) == first);
  other = input;
  other.expected_version = 1;
  EXPECT_FALSE(content_hash(other) == first);
  other = input;
  other.version = 2;
  EXPECT_FALSE(content_hash(other) == first);
}

}  // namespace
}  // namespace kontor
