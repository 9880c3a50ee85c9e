// What is known of documents that left memory, and names whose places are taken again.
#include "projections/settled.h"

#include <map>
#include <random>
#include <set>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "projections/slot_names.h"

namespace kontor::test {
namespace {

template <class Table>
std::vector<std::byte> saved(const Table& table) {
  BufferSink out;
  table.save(out);
  return {out.bytes().begin(), out.bytes().end()};
}

template <class Table>
bool loads(std::span<const std::byte> bytes) {
  Table table;
  Source in(bytes);
  table.load(in);
  return in.ok() && in.at_end();
}

std::string name_of(std::uint64_t number) {
  return "order-" + std::to_string(number);
}

bool knows(const SettledDocuments& table, std::uint64_t number, bool reopened) {
  for (const SettledDocuments::Entry& entry : table.find(name_of(number))) {
    if (entry.birth == number && entry.reopened == reopened) return true;
  }
  return false;
}

TEST(SettledDocuments, AgreeWithASetOverRandomOperations) {
  SettledDocuments table;
  std::map<std::uint64_t, bool> known;  // birth to whether it was reopened
  std::mt19937_64 random(3);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t number = 1 + random() % 20'000;
    const auto found = known.find(number);
    if (found == known.end()) {
      const bool reopened = random() % 2 == 0;
      table.add(name_of(number), {number, reopened});
      known[number] = reopened;
    } else {
      table.erase(name_of(number), number);
      known.erase(found);
    }
    const std::uint64_t probe = 1 + random() % 20'000;
    const auto there = known.find(probe);
    ASSERT_EQ(there != known.end(), knows(table, probe, there != known.end() && there->second));
  }
  EXPECT_EQ(table.size(), known.size());
  std::set<std::uint64_t> births;
  table.for_each([&](const auto& entry) { births.insert(entry.birth); });
  EXPECT_EQ(births.size(), known.size());

  const auto bytes = saved(table);
  SettledDocuments again;
  Source in(bytes);
  again.load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(saved(again), bytes);
  for (const auto& [number, reopened] : known)
    ASSERT_TRUE(knows(again, number, reopened));
}

TEST(SettledDocuments, CostAFewBytesEach) {
  SettledDocuments table;
  std::size_t most = 0;
  for (std::uint64_t number = 1; number <= 200'000; ++number) {
    table.add(name_of(number), {number + (std::uint64_t{1} << 38), false});
    if (number > 1000) most = std::max(most, table.memory() * 100 / number);
  }
  EXPECT_LT(most, 1300U) << "hundredths of a byte";
  EXPECT_TRUE(knows(table, 77, false) == false) << "births of more than 32 bits are kept whole";
  EXPECT_EQ(table.find(name_of(77)).front().birth, 77 + (std::uint64_t{1} << 38));
}

TEST(SettledDocuments, RefuseDamage) {
  SettledDocuments table;
  for (std::uint64_t number = 1; number <= 50; ++number)
    table.add(name_of(number), {number, false});
  const auto bytes = saved(table);
  ASSERT_TRUE(loads<SettledDocuments>(bytes));
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_FALSE(loads<SettledDocuments>(std::span(bytes).first(size))) << size;
  auto counted = bytes;
  counted[0] ^= std::byte{1};
  EXPECT_FALSE(loads<SettledDocuments>(counted));
  auto moved = bytes;  // an entry's hash: it is not where it is looked for
  bool refused = false;
  for (std::size_t i = 16; i < 16 + 4 * 50; i += 4) {
    moved[i + 3] ^= std::byte{0x80};
    refused = refused || !loads<SettledDocuments>(moved);
    moved[i + 3] ^= std::byte{0x80};
  }
  EXPECT_TRUE(refused);
}

TEST(SlotNames, AgreeWithAMapAndTakePlacesAgain) {
  SlotNames table;
  std::map<std::string, std::uint32_t> map;
  std::mt19937_64 random(5);
  std::size_t most = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = "a name longer than a short one is " + std::to_string(random() % 900);
    const auto found = map.find(name);
    ASSERT_EQ(table.find(name).has_value(), found != map.end());
    if (found == map.end()) {
      map[name] = table.add(name);
      most = std::max(most, map.size());
      ASSERT_EQ(table.name(map[name]), name);
    } else {
      ASSERT_EQ(table.find(name), found->second);
      table.erase(found->second);
      map.erase(found);
    }
  }
  EXPECT_EQ(table.size(), map.size());
  EXPECT_EQ(table.places(), most) << "no place beyond what was ever needed at once";

  const auto bytes = saved(table);
  SlotNames again;
  Source in(bytes);
  again.load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  for (const auto& [name, place] : map)
    ASSERT_EQ(again.find(name), place);
  EXPECT_EQ(again.add("new"), table.add("new")) << "the next free place is the same";
}

TEST(SlotNames, RefuseDamage) {
  SlotNames table;
  for (int i = 0; i < 20; ++i)
    table.add("n" + std::to_string(i));
  table.erase(3);
  const auto bytes = saved(table);
  ASSERT_TRUE(loads<SlotNames>(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(loads<SlotNames>(std::span(bytes).first(size))) << size;
  auto taken = bytes;
  taken[bytes.size() - 4] = std::byte{4};  // the free place: one that is not
  EXPECT_FALSE(loads<SlotNames>(taken));
  auto twice = bytes;
  twice[8 + 8 + 1] = std::byte{'1'};  // n0 is n1
  EXPECT_FALSE(loads<SlotNames>(twice));
}

}  // namespace
}  // namespace kontor::test
