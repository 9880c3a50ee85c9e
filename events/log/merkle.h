// The hash tree of RFC 6962 section 2.1 over SHA-256: what it takes to append, to prove and to
// check a proof. A leaf is a whole decision with its padding; a book has one tree.
//
//   leaf = SHA-256(0x00 | decision)    node = SHA-256(0x01 | left | right)    empty tree: SHA-256()
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "events/base/result.h"
#include "events/log/page.h"

namespace kontor {

Hash256 leaf_hash(std::span<const std::byte> bytes);
Hash256 node_hash(const Hash256& left, const Hash256& right);
Hash256 empty_tree_root();

// The right edge of a growing tree: enough to append and to know the root, in constant memory (2
// KiB). A value; one thread at a time.
class MerkleFrontier {
 public:
  void append(const Hash256& leaf);
  std::uint64_t size() const { return size_; }  // leaves
  Hash256 root() const;                         // log2(size) hashes

  // Size (u64, little-endian), then the roots of the complete subtrees, the largest first: one for
  // each bit set in size. load: kMalformed when `bytes` is not exactly that.
  std::vector<std::byte> save() const;
  static Result<MerkleFrontier> load(std::span<const std::byte> bytes);

 private:
  std::uint64_t size_ = 0;
  std::array<Hash256, 64> subtrees_{};  // [k]: of 2^k leaves, where bit k of size_ is set
};

// Root of a tree of exactly these leaf hashes.
Hash256 tree_root(std::span<const Hash256> leaves);

// The audit path of leaf `index` in the tree of `leaves` (RFC 6962 section 2.1.1), and the proof
// that the tree of the first `old_size` leaves is a prefix of it (section 2.1.2). They hash every
// leaf given.
//   index < leaves.size(); 0 < old_size <= leaves.size()
std::vector<Hash256> inclusion_proof(std::uint64_t index, std::span<const Hash256> leaves);
std::vector<Hash256> consistency_proof(std::uint64_t old_size, std::span<const Hash256> leaves);

struct TreeHead {
  std::uint64_t size = 0;
  Hash256 root{};
};

// Check proofs from anywhere (RFC 9162 sections 2.1.3.2 and 2.1.4.2): any input is allowed, and
// false is the answer to everything that does not prove. From the empty tree nothing can be proved.
bool verify_inclusion(std::uint64_t index, const Hash256& leaf, const TreeHead& tree,
                      std::span<const Hash256> proof);
bool verify_consistency(const TreeHead& older, const TreeHead& newer,
                        std::span<const Hash256> proof);

}  // namespace kontor
