// The company tree as credit sees it: for each company what all those below it count, by bucket and
// currency. Owned by Credit (projections/credit.h), which tells it every move. Rules: domain,
// Credit.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"

namespace kontor {

// ordered + delivered + receivable - deposits - unapplied.
inline int exposure_sign(Bucket bucket) {
  return bucket == Bucket::deposits || bucket == Bucket::unapplied ? -1 : 1;
}

// Sums of many accounts in one currency; wider than any account's.
struct TreeSums {
  CurrencyCode currency;
  std::array<Int128, 5> buckets{};

  Int128 bucket(Bucket bucket) const { return buckets.at(static_cast<std::size_t>(bucket)); }
  Int128 exposure() const;
  bool is_nothing() const;
};

class CreditTree {
 public:
  std::uint32_t size() const { return static_cast<std::uint32_t>(parents_.size()); }
  void add(std::uint32_t parent);  // the next company, which counts nothing yet
  std::uint32_t parent(std::uint32_t company) const { return parents_.at(company); }
  std::span<const std::uint32_t> children(std::uint32_t company) const {
    return children_.at(company);
  }
  bool is_at_or_above(std::uint32_t above, std::uint32_t below) const;

  // The company's own account counts `amount` more.
  void count(std::uint32_t company, CurrencyCode currency, Bucket bucket, Minor amount);
  // own: what its own account counts. Its sums leave the ancestors it had.
  void move(std::uint32_t company, std::uint32_t parent, const TreeSums& own);
  // Of all strictly below, by currency; what has come to nothing may stay.
  std::span<const TreeSums> below(std::uint32_t company) const { return below_.at(company); }

  // Saved parents, taken as they are; false: they are no tree. Nothing counts yet.
  bool load(std::vector<std::uint32_t> parents);

 private:
  TreeSums& sums(std::uint32_t company, CurrencyCode currency);
  void count_above(std::uint32_t company, const TreeSums& sums, int sign);

  std::vector<std::uint32_t> parents_;  // kNoOrdinal: a root
  std::vector<std::vector<std::uint32_t>> children_;
  std::vector<std::vector<TreeSums>> below_;
};

}  // namespace kontor
