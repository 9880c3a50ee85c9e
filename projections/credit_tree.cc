#include "projections/credit_tree.h"

#include <algorithm>

#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {

Int128 TreeSums::exposure() const {
  Int128 sum = 0;
  for (const Bucket each : EnumValuesBucket())
    sum += exposure_sign(each) * bucket(each);
  return sum;
}

bool TreeSums::is_nothing() const {
  return std::all_of(buckets.begin(), buckets.end(), [](Int128 sum) { return sum == 0; });
}

void CreditTree::add(std::uint32_t parent) {
  const std::uint32_t company = size();
  parents_.push_back(parent);
  children_.emplace_back();
  below_.emplace_back();
  if (parent != kNoOrdinal) children_.at(parent).push_back(company);
}

bool CreditTree::is_at_or_above(std::uint32_t above, std::uint32_t below) const {
  for (std::uint32_t at = below; at != kNoOrdinal; at = parents_[at]) {
    if (at == above) return true;
  }
  return false;
}

TreeSums& CreditTree::sums(std::uint32_t company, CurrencyCode currency) {
  std::vector<TreeSums>& all = below_.at(company);
  const auto at = std::lower_bound(
      all.begin(), all.end(), currency,
      [](const TreeSums& sums, CurrencyCode wanted) { return sums.currency < wanted; });
  if (at != all.end() && at->currency == currency) return *at;
  return *all.insert(at, TreeSums{currency, {}});
}

void CreditTree::count(std::uint32_t company, CurrencyCode currency, Bucket bucket, Minor amount) {
  for (std::uint32_t at = parents_.at(company); at != kNoOrdinal; at = parents_[at])
    sums(at, currency).buckets.at(static_cast<std::size_t>(bucket)) += amount.value();
}

void CreditTree::count_above(std::uint32_t company, const TreeSums& part, int sign) {
  for (std::uint32_t at = parents_.at(company); at != kNoOrdinal; at = parents_[at]) {
    TreeSums& to = sums(at, part.currency);
    for (std::size_t i = 0; i < part.buckets.size(); ++i)
      to.buckets.at(i) += sign * part.buckets.at(i);
  }
}

void CreditTree::move(std::uint32_t company, std::uint32_t parent, const TreeSums& own) {
  KONTOR_MARK("a company that takes what it owes to another parent");
  std::vector<TreeSums> carried = below_.at(company);
  carried.push_back(own);
  for (const TreeSums& part : carried)
    count_above(company, part, -1);
  if (parents_[company] != kNoOrdinal) std::erase(children_[parents_[company]], company);
  parents_[company] = parent;
  if (parent != kNoOrdinal) children_.at(parent).push_back(company);
  for (const TreeSums& part : carried)
    count_above(company, part, 1);
}

bool CreditTree::load(std::vector<std::uint32_t> parents) {
  parents_ = std::move(parents);
  children_.assign(parents_.size(), {});
  below_.assign(parents_.size(), {});
  for (std::uint32_t company = 0; company < parents_.size(); ++company) {
    std::size_t depth = 0;
    for (std::uint32_t at = company; at != kNoOrdinal; at = parents_[at]) {
      if (at >= parents_.size() || ++depth > limits::kCompanyDepthMax) return false;
    }
    if (parents_[company] != kNoOrdinal) children_[parents_[company]].push_back(company);
  }
  return true;
}

}  // namespace kontor
