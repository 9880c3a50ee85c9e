// What an account says of itself.
#include <algorithm>

#include "projections/credit.h"
#include "projections/sorted_sums.h"
#include "projections/tables.h"

namespace kontor {

Minor Account::exposure() const {
  return bucket(Bucket::ordered) + bucket(Bucket::delivered) + bucket(Bucket::receivable) -
         bucket(Bucket::deposits) - bucket(Bucket::unapplied);
}

std::array<Int128, 5> Account::sums() const {
  std::array<Int128, 5> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out.at(i) = buckets_.at(i).value();
  return out;
}

std::optional<Minor> Account::available() const {
  if (!limit) return std::nullopt;
  return *limit - exposure();
}

Ageing Account::ageing(Date business_date) const {
  Ageing out;
  for (const DueAmount& due : by_due_) {
    const std::int64_t late =
        due.due == kNoDate ? 0 : std::int64_t{business_date.value()} - due.due.value();
    const std::size_t age = late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4;
    out.at(age) += due.amount;
  }
  return out;
}

Account Account::as_if_paid(Minor amount) const {
  Account out;
  out.currency = currency;
  out.limit = limit;
  out.expires = expires;
  out.review = review;
  out.limit_set_at = limit_set_at;
  out.buckets_ = buckets_;
  out.by_terms_ = by_terms_;
  out.deposited_ = deposited_;
  std::vector<DueAmount> due = by_due_;  // what has no date yet comes last
  const auto dated = std::find_if(due.begin(), due.end(),
                                  [](const DueAmount& entry) { return entry.due != kNoDate; });
  std::rotate(due.begin(), dated, due.end());
  Minor left = amount;
  for (DueAmount& entry : due) {
    const Minor part = std::clamp(left, Minor{0}, std::max(entry.amount, Minor{0}));
    entry.amount -= part;
    left -= part;
    if (entry.amount != Minor{0}) add_sorted(out.by_due_, &DueAmount::due, entry.due, entry.amount);
  }
  out.buckets_.at(static_cast<std::size_t>(Bucket::receivable)) -= amount - left;
  out.buckets_.at(static_cast<std::size_t>(Bucket::unapplied)) += left;
  return out;
}

void HoldMark::add(std::uint64_t rule, std::uint16_t code) {
  const std::uint64_t key = rule != 0 ? rule : UINT64_MAX - code;
  if (key == last_) return;  // another condition of the same rule
  last_ = key;
  mark_ = hash_key(mark_ ^ key);
}

}  // namespace kontor
