// Sums by key in a sorted list without zeros.
#pragma once

#include <algorithm>
#include <vector>

#include "events/base/money.h"

namespace kontor {

// Adds `amount` to the entry of `key` in a sorted list without zeros.
template <class Entry, class Key>
void add_sorted(std::vector<Entry>& list, Key Entry::*key, Key at, Minor amount) {
  const auto place = std::lower_bound(list.begin(), list.end(), at,
                                      [&](const Entry& e, Key wanted) { return e.*key < wanted; });
  if (place == list.end() || (*place).*key != at) {
    list.insert(place, Entry{at, amount});
    return;
  }
  place->amount += amount;
  if (place->amount == Minor{0}) list.erase(place);
}

}  // namespace kontor
