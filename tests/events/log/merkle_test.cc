#include "events/log/merkle.h"

#include <fstream>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/test_data.h"

namespace kontor {
namespace {

std::string decode_base64(const std::string& text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6U) | static_cast<std::uint32_t>(kAlphabet.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return out;
}

bool is_whole_hash(const nlohmann::json& text) {
  return !text.is_null() && decode_base64(text.get<std::string>()).size() == sizeof(Hash256);
}

// Some vectors have roots of a wrong length, which our fixed-size type cannot say: filled up with
// zeros they are as wrong, and equal where they were equal.
Hash256 hash_of(const nlohmann::json& text) {
  Hash256 hash{};
  const std::string bytes = text.is_null() ? "" : decode_base64(text.get<std::string>());
  std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
  return hash;
}

std::vector<Hash256> proof_of(const nlohmann::json& row) {
  std::vector<Hash256> proof;
  if (row.is_null()) return proof;
  for (const auto& hash : row)
    proof.push_back(hash_of(hash));
  return proof;
}

std::vector<nlohmann::json> rows_of(const std::filesystem::path& path) {
  std::vector<nlohmann::json> rows;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    rows.push_back(nlohmann::json::parse(line));
  return rows;
}

std::string hex(const Hash256& hash) {
  std::string out;
  for (const std::uint8_t byte : hash) {
    out += "0123456789abcdef"[byte >> 4U];
    out += "0123456789abcdef"[byte & 15U];
  }
  return out;
}

std::vector<Hash256> leaves(std::size_t count) {
  std::vector<Hash256> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(leaf_hash(std::as_bytes(std::span(&i, 1))));
  }
  return out;
}

// RFC 6962 section 2.1 word for word, to compare with.
Hash256 root_by_definition(std::span<const Hash256> d) {
  if (d.empty()) return empty_tree_root();
  if (d.size() == 1) return d.front();
  std::size_t k = 1;
  while (2 * k < d.size())
    k *= 2;
  return node_hash(root_by_definition(d.first(k)), root_by_definition(d.subspan(k)));
}

TEST(MerkleTree, PassesThePublishedInclusionVectors) {
  const auto file = test::test_data("merkle/inclusion.jsonl");
  if (!file) GTEST_SKIP() << "no merkle/inclusion.jsonl";
  const std::vector<nlohmann::json> rows = rows_of(*file);
  ASSERT_EQ(rows.size(), 86U);
  for (const auto& row : rows) {
    const TreeHead tree{row["treeSize"].get<std::uint64_t>(), hash_of(row["root"])};
    // A leaf hash of a wrong length is refused where it is decoded, before there is a Hash256.
    EXPECT_EQ(is_whole_hash(row["leafHash"]) &&
                  verify_inclusion(row["leafIdx"].get<std::uint64_t>(), hash_of(row["leafHash"]),
                                   tree, proof_of(row["proof"])),
              !row["wantErr"].get<bool>())
        << row["file"];
  }
}

TEST(MerkleTree, PassesThePublishedConsistencyVectors) {
  const auto file = test::test_data("merkle/consistency.jsonl");
  if (!file) GTEST_SKIP() << "no merkle/consistency.jsonl";
  const std::vector<nlohmann::json> rows = rows_of(*file);
  ASSERT_EQ(rows.size(), 98U);
  for (const auto& row : rows) {
    const TreeHead older{row["size1"].get<std::uint64_t>(), hash_of(row["root1"])};
    const TreeHead newer{row["size2"].get<std::uint64_t>(), hash_of(row["root2"])};
    EXPECT_EQ(verify_consistency(older, newer, proof_of(row["proof"])), !row["wantErr"].get<bool>())
        << row["file"];
  }
}

// Leaf inputs and roots of the example tree of the Certificate Transparency project's tests.
TEST(MerkleTree, HasTheWellKnownRootsOfTheEightLeafExample) {
  const std::vector<std::vector<std::uint8_t>> inputs = {
      {},
      {0x00},
      {0x10},
      {0x20, 0x21},
      {0x30, 0x31},
      {0x40, 0x41, 0x42, 0x43},
      {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
      {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
       0x6f}};
  MerkleFrontier tree;
  EXPECT_EQ(hex(tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (const auto& input : inputs) {
    tree.append(leaf_hash(std::as_bytes(std::span(input))));
    if (tree.size() == 1) {
      EXPECT_EQ(hex(tree.root()),
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }
  }
  EXPECT_EQ(hex(tree.root()), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(MerkleTree, FrontierHasTheRootOfTheDefinitionAtEverySize) {
  const std::vector<Hash256> all = leaves(130);
  MerkleFrontier tree;
  for (std::size_t size = 0; size < all.size(); ++size) {
    EXPECT_EQ(tree.root(), root_by_definition(std::span(all).first(size))) << size;
    EXPECT_EQ(tree.size(), size);
    tree.append(all[size]);
  }
}

TEST(MerkleTree, FrontierGoesOnAfterSaveAndLoadAtEverySize) {
  const std::vector<Hash256> all = leaves(70);
  MerkleFrontier tree;
  for (const Hash256& leaf : all) {
    Result<MerkleFrontier> loaded = MerkleFrontier::load(tree.save());
    ASSERT_TRUE(loaded.ok());
    tree.append(leaf);
    loaded.value().append(leaf);
    EXPECT_EQ(loaded.value().root(), tree.root()) << tree.size();
    EXPECT_EQ(loaded.value().save(), tree.save());
  }
}

TEST(MerkleTree, FrontierDoesNotLoadBytesOfAnotherLength) {
  MerkleFrontier tree;
  for (const Hash256& leaf : leaves(5))
    tree.append(leaf);
  const std::vector<std::byte> saved = tree.save();
  for (std::size_t size = 0; size < saved.size(); ++size) {
    const auto loaded = MerkleFrontier::load(std::span(saved).first(size));
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().kind, ErrorKind::kMalformed);
  }
  std::vector<std::byte> longer = saved;
  longer.resize(longer.size() + 32);
  EXPECT_FALSE(MerkleFrontier::load(longer).ok());
}

TEST(MerkleTree, ProvesEveryLeafOfEverySmallTreeAndNothingElse) {
  const std::vector<Hash256> all = leaves(33);
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const std::span<const Hash256> tree = std::span(all).first(size);
    const TreeHead head{size, tree_root(tree)};
    for (std::size_t index = 0; index < size; ++index) {
      std::vector<Hash256> proof = inclusion_proof(index, tree);
      EXPECT_TRUE(verify_inclusion(index, all[index], head, proof)) << index << " of " << size;
      EXPECT_FALSE(verify_inclusion(index, all[(index + 1) % all.size()], head, proof));
      EXPECT_FALSE(verify_inclusion(index + size, all[index], head, proof));
      if (proof.empty()) continue;
      proof.back()[31] ^= 1U;
      EXPECT_FALSE(verify_inclusion(index, all[index], head, proof));
      proof.pop_back();
      EXPECT_FALSE(verify_inclusion(index, all[index], head, proof));
    }
  }
}

TEST(MerkleTree, ProvesEveryPrefixOfEverySmallTreeAndNothingElse) {
  const std::vector<Hash256> all = leaves(33);
  for (std::size_t size = 1; size <= all.size(); ++size) {
    const std::span<const Hash256> tree = std::span(all).first(size);
    const TreeHead newer{size, tree_root(tree)};
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      TreeHead older{old_size, tree_root(tree.first(old_size))};
      std::vector<Hash256> proof = consistency_proof(old_size, tree);
      EXPECT_TRUE(verify_consistency(older, newer, proof)) << old_size << " of " << size;
      older.root[0] ^= 1U;
      EXPECT_FALSE(verify_consistency(older, newer, proof)) << old_size << " of " << size;
      older.root[0] ^= 1U;
      proof.emplace_back();
      EXPECT_FALSE(verify_consistency(older, newer, proof)) << old_size << " of " << size;
    }
  }
}

TEST(MerkleTree, AnswersFalseToExtremeNumbers) {
  const Hash256 hash = leaf_hash({});
  const std::vector<Hash256> proof(70, hash);
  const std::uint64_t most = ~std::uint64_t{0};
  EXPECT_FALSE(verify_inclusion(most, hash, {most, hash}, proof));
  EXPECT_FALSE(verify_inclusion(most - 1, hash, {most, hash}, proof));
  EXPECT_FALSE(verify_consistency({most - 1, hash}, {most, hash}, proof));
  EXPECT_FALSE(verify_consistency({0, empty_tree_root()}, {0, empty_tree_root()}, {}));
}

}  // namespace
}  // namespace kontor
