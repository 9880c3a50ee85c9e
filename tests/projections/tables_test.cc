// The tables under every projection, against the standard library's.
#include "projections/tables.h"

#include <random>
#include <string>
#include <unordered_map>

#include <gtest/gtest.h>

#include "projections/outcomes.h"

namespace kontor::test {
namespace {

TEST(KeyTable, AgreesWithAMapOverRandomOperations) {
  KeyTable table;
  std::unordered_map<std::uint64_t, std::uint32_t> map;
  std::mt19937_64 random(7);
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const std::uint64_t key = 1 + random() % 3000;
    if (random() % 3 == 0 && map.contains(key)) {
      map.erase(key);
      table.erase(key);
    } else {
      map[key] = i;
      table.set(key, i);
    }
    const std::uint64_t probe = 1 + random() % 3000;
    const auto found = map.find(probe);
    ASSERT_EQ(table.find(probe), found == map.end() ? std::nullopt : std::optional(found->second));
  }
  ASSERT_EQ(table.size(), map.size());
  for (const auto& [key, value] : map)
    ASSERT_EQ(table.find(key), value);
}

TEST(NameTable, AgreesWithAMapAndKeepsItsNames) {
  NameTable table;
  std::unordered_map<std::string, std::uint32_t> map;
  std::mt19937_64 random(11);
  for (int i = 0; i < 50'000; ++i) {
    const std::string name = "n" + std::to_string(random() % 9000);
    const auto [at, fresh] = map.emplace(name, static_cast<std::uint32_t>(map.size()));
    ASSERT_EQ(table.find(name).has_value(), !fresh);
    ASSERT_EQ(table.find_or_add(name), at->second);
    ASSERT_EQ(table.name(at->second), name);
  }
  BufferSink out;
  table.save(out);
  NameTable again;
  Source in(out.bytes());
  again.load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  for (const auto& [name, ordinal] : map)
    ASSERT_EQ(again.find(name), ordinal);
}

template <class Table>
void expect_truncations_to_fail(const Table& table) {
  BufferSink out;
  table.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); size += 1 + size / 50) {
    Table again;
    Source in(out.bytes().first(size));
    again.load(in);
    EXPECT_FALSE(in.ok()) << size;
  }
}

TEST(Tables, RefuseTruncatedBytes) {
  KeyTable keys;
  NameTable names;
  for (std::uint32_t i = 1; i < 100; ++i) {
    keys.set(i, i);
    names.add("name-" + std::to_string(i));
  }
  expect_truncations_to_fail(keys);
  expect_truncations_to_fail(names);
}

TEST(KeyTable, RefusesBytesWithoutAFreeSlot) {
  BufferSink out;
  out.pod(std::uint64_t{1});  // says one key
  out.pod(std::uint64_t{16});
  for (std::uint64_t key = 1; key <= 16; ++key) {
    out.pod(key);
    out.pod(std::uint64_t{0});
  }
  KeyTable table;
  Source in(out.bytes());
  table.load(in);
  EXPECT_FALSE(in.ok());
}

TEST(NameTable, RefusesANameOfUnboundedLength) {
  BufferSink out;
  out.pod(std::uint64_t{1});
  out.text(std::string(100'000, 'x'));
  NameTable table;
  Source in(out.bytes());
  table.load(in);
  EXPECT_FALSE(in.ok());
}

Hash128 key_of(std::uint64_t i) {
  return outcome_key(1, "command-" + std::to_string(i));
}

// The ring turns: the last kOutcomesKept are known, the ones before forgotten.
TEST(Outcomes, KnowTheLastOnesOnly) {
  Outcomes outcomes;
  const std::uint64_t extra = 5000;
  for (std::uint64_t i = 0; i < limits::kOutcomesKept + extra; ++i)
    outcomes.add(key_of(i), {i, i}, Sequence{i + 1});
  for (std::uint64_t i = 0; i < extra; ++i)
    ASSERT_EQ(outcomes.find(key_of(i)), nullptr) << i;
  for (std::uint64_t i = extra; i < limits::kOutcomesKept + extra; i += 7) {
    const KnownOutcome* const known = outcomes.find(key_of(i));
    ASSERT_NE(known, nullptr) << i;
    ASSERT_EQ(known->first_sequence, i + 1);
  }
  EXPECT_TRUE(outcomes.check_invariants().ok());
}

TEST(Outcomes, AreKnownByAllOfTheirHash) {
  Outcomes outcomes;
  outcomes.add({7, 1}, {1, 1}, Sequence{10});
  outcomes.add({7, 2}, {2, 2}, Sequence{20});
  outcomes.add({8, 1}, {3, 3}, Sequence{30});
  ASSERT_NE(outcomes.find({7, 2}), nullptr);
  EXPECT_EQ(outcomes.find({7, 2})->first_sequence, 20U);
  EXPECT_EQ(outcomes.find({7, 1})->first_sequence, 10U);
  EXPECT_EQ(outcomes.find({7, 3}), nullptr);
  EXPECT_EQ(outcomes.find({9, 1}), nullptr);
}

TEST(Outcomes, AreSavedLoadedAndRefusedWhenTruncated) {
  Outcomes outcomes;
  for (std::uint64_t i = 0; i < 300; ++i)
    outcomes.add(key_of(i), {i, i}, Sequence{i + 1});
  EXPECT_EQ(outcomes.find(outcome_key(2, "command-1")), nullptr);  // another principal's
  BufferSink out;
  outcomes.save(out);
  Outcomes again;
  Source in(out.bytes());
  again.load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  ASSERT_NE(again.find(key_of(299)), nullptr);
  expect_truncations_to_fail(outcomes);
}

}  // namespace
}  // namespace kontor::test
