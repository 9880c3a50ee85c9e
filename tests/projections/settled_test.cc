// What is known of documents that left memory, and names whose places are taken again.
#include "projections/settled.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "projections/recently_left.h"
#include "projections/slot_names.h"
#include "projections/tables.h"

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

bool knows(const BirthTable& table, std::uint64_t number) {
  const auto births = table.find(name_of(number));
  return std::find(births.begin(), births.end(), number) != births.end();
}

// ---- what left lately ---------------------------------------------------------------------------

constexpr BookNumber kBook{1};
constexpr std::size_t kNamesKept = RecentlyLeft::kBlock * RecentlyLeft::kBlocks;

TEST(RecentlyLeft, KnowsThoseOfTheBookAndTheKind) {
  RecentlyLeft recently;
  EXPECT_FALSE(recently.knows_behind(kBook, Sequence{100})) << "nobody tells of the book";
  recently.watch(kBook, Sequence{10});
  EXPECT_FALSE(recently.knows_behind(kBook, Sequence{9}));
  EXPECT_TRUE(recently.knows_behind(kBook, Sequence{10}));
  recently.add(kBook, SettledKind::kOrder, hash_bytes("O-1"), Sequence{12});
  EXPECT_TRUE(recently.has_behind(kBook, Sequence{0}, SettledKind::kOrder, "O-1"));
  EXPECT_FALSE(recently.has_behind(kBook, Sequence{0}, SettledKind::kOrder, "O-2"));
  EXPECT_FALSE(recently.has_behind(kBook, Sequence{0}, SettledKind::kInvoice, "O-1"));
  EXPECT_FALSE(recently.has_behind(BookNumber{2}, Sequence{0}, SettledKind::kOrder, "O-1"));
}

TEST(RecentlyLeft, ForgetsTheOldestAndKnowsOfWhichBook) {
  RecentlyLeft recently;
  const BookNumber other{2};
  recently.watch(kBook, Sequence{0});
  recently.watch(other, Sequence{0});
  const auto add = [&](std::uint64_t number) {
    recently.add(kBook, SettledKind::kPayment, hash_bytes(name_of(number)), Sequence{number});
  };
  for (std::uint64_t number = 1; number <= kNamesKept; ++number)
    add(number);
  EXPECT_TRUE(recently.knows_behind(kBook, Sequence{0}));
  EXPECT_TRUE(recently.has_behind(kBook, Sequence{0}, SettledKind::kPayment, name_of(1)));
  EXPECT_TRUE(recently.has_behind(kBook, Sequence{0}, SettledKind::kPayment, name_of(kNamesKept)));
  for (std::uint64_t number = 1; number <= RecentlyLeft::kBlock; ++number)
    add(kNamesKept + number);
  EXPECT_FALSE(recently.has_behind(kBook, Sequence{0}, SettledKind::kPayment, name_of(1)));
  EXPECT_TRUE(recently.has_behind(kBook, Sequence{0}, SettledKind::kPayment,
                                  name_of(RecentlyLeft::kBlock + 1)));
  EXPECT_FALSE(recently.knows_behind(kBook, Sequence{RecentlyLeft::kBlock - 1}));
  EXPECT_TRUE(recently.knows_behind(kBook, Sequence{RecentlyLeft::kBlock}));
  EXPECT_TRUE(recently.knows_behind(other, Sequence{0}));
  const std::string old = name_of(2 * RecentlyLeft::kBlock);
  EXPECT_TRUE(recently.has_behind(kBook, Sequence{2 * RecentlyLeft::kBlock - 1},
                                  SettledKind::kPayment, old));
  EXPECT_FALSE(
      recently.has_behind(kBook, Sequence{2 * RecentlyLeft::kBlock}, SettledKind::kPayment, old))
      << "nor any other of its block";
}

// ---- what leaves --------------------------------------------------------------------------------

TEST(SettledDocuments, AreKnownByTheirNamesWhileTheyAreOutOfMemory) {
  SettledDocuments settled;
  EXPECT_FALSE(settled.may_have("O-1"));
  settled.add("O-1", 7, false, Sequence{9});
  settled.add("O-2", 8, false, Sequence{9});
  EXPECT_TRUE(settled.may_have("O-1"));
  EXPECT_TRUE(settled.may_have("O-2"));
  EXPECT_EQ(settled.size(), 2U);
  EXPECT_FALSE(settled.left_again("O-1", 7));
  settled.came_back();
  settled.came_back();
  EXPECT_TRUE(settled.empty());
  EXPECT_FALSE(settled.may_have("O-1")) << "nothing is out of memory";
  settled.add("O-1", 7, true, Sequence{9});
  EXPECT_TRUE(settled.left_again("O-1", 7));
  EXPECT_FALSE(settled.left_again("O-1", 8)) << "the one born elsewhere";
  settled.came_back();
  settled.add("O-1", 7, true, Sequence{9});
  EXPECT_EQ(settled.size(), 1U) << "again and again is one";
}

TEST(SettledDocuments, CostTwoBytesEach) {
  const std::size_t fixed = SettledDocuments{}.memory() + 4'096;
  for (const std::uint64_t count : {100'000U, 262'144U}) {  // large runs, and as many as can be
    SettledDocuments settled;
    std::uint64_t mistaken = 0;
    for (std::uint64_t number = 1; number <= count; ++number) {
      // Each new name is asked for before it is one, as commands do.
      if (number > count - 20'000 && settled.may_have(name_of(number))) ++mistaken;
      settled.add(name_of(number), number, false, Sequence{9});
    }
    EXPECT_LE(settled.memory(), count * 2 + fixed) << count;
    EXPECT_LT(mistaken, 30U) << "of 20,000, at " << count;
    for (std::uint64_t number = 1; number <= count; number += 37)
      ASSERT_TRUE(settled.may_have(name_of(number))) << number;
  }
}

TEST(SettledDocuments, AreSavedAndLoaded) {
  SettledDocuments settled;
  for (std::uint64_t number = 1; number <= 5'000; ++number)
    settled.add(name_of(number), number, number % 7 == 0, Sequence{9});
  const auto bytes = saved(settled);
  SettledDocuments again;
  Source in(bytes);
  again.load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(saved(again), bytes);
  for (std::uint64_t number = 1; number <= 5'000; ++number)
    ASSERT_EQ(again.left_again(name_of(number), number), number % 7 == 0);
  for (std::size_t size = 0; size < bytes.size(); size += 101)
    EXPECT_FALSE(loads<SettledDocuments>(std::span(bytes).first(size))) << size;
}

// ---- sets of hashes -----------------------------------------------------------------------------

TEST(HashSet, AgreesWithASet) {
  for (const std::uint32_t most :
       {3'000U, 1U << 16, 1U << HashSet::kHashBits}) {  // crowded, and spread out
    HashSet hashes;
    std::set<std::uint32_t> set;
    std::mt19937 random(7);
    for (int i = 0; i < 12'000; ++i) {
      const auto hash = static_cast<std::uint32_t>(random() % most);
      hashes.add(hash);
      set.insert(hash);
      const auto probe = static_cast<std::uint32_t>(random() % most);
      ASSERT_EQ(hashes.contains(probe), set.contains(probe)) << probe;
    }
    for (const std::uint32_t hash : set) {
      ASSERT_TRUE(hashes.contains(hash)) << hash;
      ASSERT_EQ(hashes.contains(hash ^ 1U), set.contains(hash ^ 1U)) << hash;
    }
    const auto bytes = saved(hashes);
    HashSet again;
    Source in(bytes);
    again.load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(saved(again), bytes);
    for (const std::uint32_t hash : set)
      ASSERT_TRUE(again.contains(hash)) << hash;
  }
}

TEST(HashSet, HasItsFirstAndLastHash) {
  HashSet hashes;
  hashes.add(0);
  hashes.add((1U << HashSet::kHashBits) - 1);
  for (std::uint32_t i = 0; i < 5'000; ++i)
    hashes.add(400'000'000 + i);
  EXPECT_TRUE(hashes.contains(0));
  EXPECT_FALSE(hashes.contains(1));
  EXPECT_TRUE(hashes.contains((1U << HashSet::kHashBits) - 1));
  EXPECT_FALSE(hashes.contains((1U << HashSet::kHashBits) - 2));
  EXPECT_TRUE(hashes.contains(400'004'999));
  EXPECT_FALSE(hashes.contains(400'005'000));
}

TEST(HashSet, WithAFlippedBitIsRefusedOrSearched) {
  HashSet hashes;
  std::mt19937 random(9);
  for (int i = 0; i < 3'500; ++i)
    hashes.add(static_cast<std::uint32_t>(random() % (1U << HashSet::kHashBits)));
  const auto bytes = saved(hashes);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    auto damaged = bytes;
    damaged[random() % damaged.size()] ^= std::byte{static_cast<unsigned char>(1U << random() % 8)};
    HashSet again;
    Source in(damaged);
    again.load(in);
    if (!in.ok()) ++refused;
    for (int probe = 0; probe < 50; ++probe)
      again.contains(static_cast<std::uint32_t>(random() % (1U << HashSet::kHashBits)));
    for (int more = 0; more < 1'100; ++more)  // merges what was loaded
      again.add(static_cast<std::uint32_t>(random() % (1U << HashSet::kHashBits)));
  }
  EXPECT_GT(refused, 0);
}

// ---- births -------------------------------------------------------------------------------------

TEST(BirthTable, KnowsWhatWasAdded) {
  BirthTable table;
  std::size_t most = 0;
  for (std::uint64_t number = 1; number <= 200'000; ++number) {
    table.add(name_of(number), number);
    if (number > 1000) most = std::max(most, table.memory() * 100 / number);
  }
  EXPECT_LT(most, 1300U) << "hundredths of a byte";
  for (std::uint64_t number = 1; number <= 200'000; number += 13)
    ASSERT_TRUE(knows(table, number));
  EXPECT_FALSE(knows(table, 200'001));
  table.add("far", (std::uint64_t{1} << 40) - 1);
  EXPECT_EQ(table.find("far").front(), (std::uint64_t{1} << 40) - 1) << "births are kept whole";
}

TEST(BirthTable, RefusesDamage) {
  BirthTable table;
  for (std::uint64_t number = 1; number <= 50; ++number)
    table.add(name_of(number), number);
  const auto bytes = saved(table);
  ASSERT_TRUE(loads<BirthTable>(bytes));
  for (std::size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_FALSE(loads<BirthTable>(std::span(bytes).first(size))) << size;
  auto counted = bytes;
  counted[0] ^= std::byte{1};
  EXPECT_FALSE(loads<BirthTable>(counted));
  auto moved = bytes;  // an entry's hash: it is not where it is looked for
  bool refused = false;
  for (std::size_t i = 16; i < 16 + 4 * 50; i += 4) {
    moved[i + 3] ^= std::byte{0x80};
    refused = refused || !loads<BirthTable>(moved);
    moved[i + 3] ^= std::byte{0x80};
  }
  EXPECT_TRUE(refused);
}

// ---- names --------------------------------------------------------------------------------------

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
