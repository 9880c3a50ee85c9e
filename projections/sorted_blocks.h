// A sorted set of small values, in blocks that lie in one piece: what a std::set is for, without an
// allocation and a far place in memory for each value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace kontor {

// Value: trivially copyable, ordered by <. Finding costs the logarithm of the size; adding and
// removing that and the moving of half a block, and once per half a block that of the list of
// blocks. Memory of the last block is kept over its emptying.
template <class Value>
class SortedBlocks {
  static_assert(std::is_trivially_copyable_v<Value>);
  struct Block {
    Value first{};  // values.front(), so that finding a block looks into none
    std::vector<Value> values;
  };

 public:
  static constexpr std::size_t kBlock = 64;  // values at most

  // Valid until the set changes.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;  // NOLINT(readability-identifier-naming)
    using value_type = Value;                             // NOLINT(readability-identifier-naming)
    using difference_type = std::ptrdiff_t;               // NOLINT(readability-identifier-naming)
    using pointer = const Value*;                         // NOLINT(readability-identifier-naming)
    using reference = const Value&;                       // NOLINT(readability-identifier-naming)

    Iterator() = default;
    Iterator(const std::vector<Block>* blocks, std::size_t block, std::size_t at)
        : blocks_(blocks), block_(block), at_(at) {}
    const Value& operator*() const { return (*blocks_)[block_].values[at_]; }
    const Value* operator->() const { return &**this; }
    Iterator& operator++() {
      if (++at_ == (*blocks_)[block_].values.size()) {
        ++block_;
        at_ = 0;
      }
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const std::vector<Block>* blocks_ = nullptr;
    std::size_t block_ = 0;
    std::size_t at_ = 0;
  };

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return empty() ? end() : Iterator(&blocks_, 0, 0); }
  Iterator end() const { return {&blocks_, blocks_.size(), 0}; }

  // The first that is not less than `value`.
  Iterator lower_bound(const Value& value) const {
    if (empty()) return end();
    const std::size_t block = block_of(value);
    const std::vector<Value>& values = blocks_[block].values;
    const auto at = std::lower_bound(values.begin(), values.end(), value);
    if (at == values.end()) return {&blocks_, block + 1, 0};
    return {&blocks_, block, static_cast<std::size_t>(at - values.begin())};
  }
  bool contains(const Value& value) const {
    const Iterator at = lower_bound(value);
    return at != end() && !(value < *at);
  }

  // False: it was there.
  bool insert(const Value& value) {
    if (blocks_.empty()) blocks_.emplace_back();
    Block& block = blocks_[block_of(value)];
    const auto at = std::lower_bound(block.values.begin(), block.values.end(), value);
    if (at != block.values.end() && !(value < *at)) return false;
    if (block.values.size() == kBlock) {
      split(static_cast<std::size_t>(&block - blocks_.data()), at == block.values.end());
      return insert(value);
    }
    block.values.insert(at, value);
    block.first = block.values.front();
    ++size_;
    return true;
  }

  // False: it was not there.
  bool erase(const Value& value) {
    if (empty()) return false;
    Block& block = blocks_[block_of(value)];
    const auto at = std::lower_bound(block.values.begin(), block.values.end(), value);
    if (at == block.values.end() || value < *at) return false;
    block.values.erase(at);
    --size_;
    if (!block.values.empty()) {
      block.first = block.values.front();
    } else if (blocks_.size() > 1) {
      blocks_.erase(blocks_.begin() + (&block - blocks_.data()));
    }
    return true;
  }

  void clear() {
    blocks_.clear();
    size_ = 0;
  }

 private:
  // The last block that begins at or before `value`; the first where none does.
  std::size_t block_of(const Value& value) const {
    if (blocks_.size() == 1) return 0;
    const auto behind =
        std::upper_bound(blocks_.begin(), blocks_.end(), value,
                         [](const Value& v, const Block& block) { return v < block.first; });
    return behind == blocks_.begin() ? 0 : static_cast<std::size_t>(behind - blocks_.begin()) - 1;
  }

  // Makes room in a full block: by its upper half, or, where values come in order, by none of it.
  void split(std::size_t full, bool at_its_end) {
    Block upper;
    std::vector<Value>& values = blocks_[full].values;
    const auto from = at_its_end ? values.end() - 1 : values.begin() + kBlock / 2;
    upper.values.assign(from, values.end());
    upper.first = upper.values.front();
    values.erase(from, values.end());
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(full) + 1, std::move(upper));
  }

  std::vector<Block> blocks_;  // ascending; none empty, but the only one
  std::size_t size_ = 0;
};

}  // namespace kontor
