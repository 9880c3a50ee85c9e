#include "events/log/merkle.h"

// The low-level functions, deprecated by OpenSSL 3 in favour of EVP: 100 ns less for each input.
// input.
#define OPENSSL_API_COMPAT 0x10100000L
#include <bit>
#include <cstring>

#include <openssl/sha.h>

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr std::uint8_t kLeafPrefix = 0;
constexpr std::uint8_t kNodePrefix = 1;

// The largest power of two below n (n > 1): where RFC 6962 splits a tree.
std::size_t split_of(std::size_t n) {
  return std::bit_ceil(n) / 2;
}

void subtree_path(std::size_t index, std::span<const Hash256> leaves, std::vector<Hash256>& out) {
  if (leaves.size() <= 1) return;
  const std::size_t left = split_of(leaves.size());
  if (index < left) {
    subtree_path(index, leaves.first(left), out);
    out.push_back(tree_root(leaves.subspan(left)));
    return;
  }
  subtree_path(index - left, leaves.subspan(left), out);
  out.push_back(tree_root(leaves.first(left)));
}

// SUBPROOF of RFC 6962 section 2.1.2. whole: the older tree is this very subtree, whose root the
// verifier has.
void subtree_proof(std::size_t old_size, std::span<const Hash256> leaves, bool whole,
                   std::vector<Hash256>& out) {
  if (old_size == leaves.size()) {
    if (!whole) out.push_back(tree_root(leaves));
    return;
  }
  const std::size_t left = split_of(leaves.size());
  if (old_size <= left) {
    subtree_proof(old_size, leaves.first(left), whole, out);
    out.push_back(tree_root(leaves.subspan(left)));
    return;
  }
  subtree_proof(old_size - left, leaves.subspan(left), false, out);
  out.push_back(tree_root(leaves.first(left)));
}

// The way of one node up to the root: its index on its level, and the level's last index.
struct ProofPath {
  std::uint64_t node = 0;
  std::uint64_t last = 0;

  bool at_root() const { return last == 0; }
  bool sibling_is_left() const { return (node & 1U) != 0 || node == last; }
  void up() {
    node >>= 1U;
    last >>= 1U;
  }
  // Up to the level of the next sibling in the proof: the last node of a level may have none there.
  void climb() {
    if (sibling_is_left()) {
      while ((node & 1U) == 0 && node != 0) {
        up();
      }
    }
    up();
  }
  // Up to the largest complete subtree that ends with the node.
  void skip_right_edge() {
    while ((node & 1U) != 0) {
      up();
    }
  }
};

}  // namespace

Hash256 leaf_hash(std::span<const std::byte> bytes) {
  Hash256 hash;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &kLeafPrefix, 1);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(hash.data(), &context);
  return hash;
}

Hash256 node_hash(const Hash256& left, const Hash256& right) {
  Hash256 hash;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &kNodePrefix, 1);
  SHA256_Update(&context, left.data(), left.size());
  SHA256_Update(&context, right.data(), right.size());
  SHA256_Final(hash.data(), &context);
  return hash;
}

Hash256 empty_tree_root() {
  Hash256 hash;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Final(hash.data(), &context);
  return hash;
}

void MerkleFrontier::append(const Hash256& leaf) {
  KONTOR_ASSERT(size_ != ~std::uint64_t{0});
  Hash256 hash = leaf;
  std::size_t level = 0;
  for (; ((size_ >> level) & 1U) != 0; ++level) {
    hash = node_hash(subtrees_[level], hash);
  }
  subtrees_[level] = hash;
  ++size_;
}

Hash256 MerkleFrontier::root() const {
  if (size_ == 0) return empty_tree_root();
  auto level = static_cast<std::size_t>(std::countr_zero(size_));
  Hash256 hash = subtrees_[level];
  for (++level; level < subtrees_.size(); ++level) {
    if (((size_ >> level) & 1U) != 0) hash = node_hash(subtrees_[level], hash);
  }
  return hash;
}

std::vector<std::byte> MerkleFrontier::save() const {
  const auto count = static_cast<std::size_t>(std::popcount(size_));
  std::vector<std::byte> out(sizeof size_ + count * sizeof(Hash256));
  std::memcpy(out.data(), &size_, sizeof size_);
  std::byte* at = out.data() + sizeof size_;
  for (std::size_t level = subtrees_.size(); level-- > 0;) {
    if (((size_ >> level) & 1U) == 0) continue;
    std::memcpy(at, subtrees_[level].data(), sizeof(Hash256));
    at += sizeof(Hash256);
  }
  return out;
}

Result<MerkleFrontier> MerkleFrontier::load(std::span<const std::byte> bytes) {
  MerkleFrontier frontier;
  const Error malformed{ErrorKind::kMalformed,
                        "hash tree: " + std::to_string(bytes.size()) +
                            " bytes are not a size and the roots that go with it"};
  if (bytes.size() < sizeof frontier.size_) return malformed;
  std::memcpy(&frontier.size_, bytes.data(), sizeof frontier.size_);
  bytes = bytes.subspan(sizeof frontier.size_);
  const auto count = static_cast<std::size_t>(std::popcount(frontier.size_));
  if (bytes.size() != count * sizeof(Hash256)) return malformed;
  for (std::size_t level = frontier.subtrees_.size(); level-- > 0;) {
    if (((frontier.size_ >> level) & 1U) == 0) continue;
    std::memcpy(frontier.subtrees_[level].data(), bytes.data(), sizeof(Hash256));
    bytes = bytes.subspan(sizeof(Hash256));
  }
  return frontier;
}

Hash256 tree_root(std::span<const Hash256> leaves) {
  MerkleFrontier frontier;
  for (const Hash256& leaf : leaves) {
    frontier.append(leaf);
  }
  return frontier.root();
}

std::vector<Hash256> inclusion_proof(std::uint64_t index, std::span<const Hash256> leaves) {
  KONTOR_ASSERT(index < leaves.size());
  std::vector<Hash256> proof;
  subtree_path(index, leaves, proof);
  return proof;
}

std::vector<Hash256> consistency_proof(std::uint64_t old_size, std::span<const Hash256> leaves) {
  KONTOR_ASSERT(old_size > 0 && old_size <= leaves.size());
  std::vector<Hash256> proof;
  subtree_proof(old_size, leaves, true, proof);
  return proof;
}

bool verify_inclusion(std::uint64_t index, const Hash256& leaf, const TreeHead& tree,
                      std::span<const Hash256> proof) {
  if (index >= tree.size) return false;
  ProofPath path{index, tree.size - 1};
  Hash256 hash = leaf;
  for (const Hash256& sibling : proof) {
    if (path.at_root()) return false;
    hash = path.sibling_is_left() ? node_hash(sibling, hash) : node_hash(hash, sibling);
    path.climb();
  }
  return path.at_root() && hash == tree.root;
}

bool verify_consistency(const TreeHead& older, const TreeHead& newer,
                        std::span<const Hash256> proof) {
  if (older.size == 0 || older.size > newer.size) return false;
  if (older.size == newer.size) return proof.empty() && older.root == newer.root;
  if (proof.empty()) return false;

  ProofPath path{older.size - 1, newer.size - 1};
  path.skip_right_edge();
  // A complete older tree is itself a node of the newer one, and the proof leaves it out.
  const bool complete = std::has_single_bit(older.size);
  Hash256 old_hash = complete ? older.root : proof.front();
  Hash256 new_hash = old_hash;
  for (const Hash256& sibling : complete ? proof : proof.subspan(1)) {
    if (path.at_root()) return false;
    if (path.sibling_is_left()) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
    } else {
      new_hash = node_hash(new_hash, sibling);
    }
    path.climb();
  }
  return path.at_root() && old_hash == older.root && new_hash == newer.root;
}

}  // namespace kontor
