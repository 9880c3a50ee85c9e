// What projections of documents share when they are saved and checked: their series of numbers, and
// the places of records that come and go.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "projections/sink.h"
#include "projections/slot_names.h"
#include "projections/tables.h"

namespace kontor {

using Numbers = std::map<std::uint16_t, std::uint32_t>;  // by fiscal year

inline void save_numbers(Sink& out, const Numbers& numbers) {
  out.pod(std::uint64_t{numbers.size()});
  for (const auto& [year, number] : numbers) {
    out.pod(year);
    out.pod(number);
  }
}

inline void load_numbers(Source& in, Numbers& numbers) {
  for (std::uint64_t left = in.size_of_run(6); left > 0 && in.ok(); --left) {
    std::uint16_t year = 0;
    in.pod(year);
    in.pod(numbers[year]);
  }
}

// Whether each number up to the last of its year is one document's: one of `given`, each once, or
// of as many as have left.
inline bool are_gapless(std::vector<std::pair<std::uint16_t, std::uint32_t>> given,
                        const Numbers& left, const Numbers& last) {
  Numbers counts = left;
  for (const auto& [year, number] : given) {
    ++counts[year];
    const auto of_year = last.find(year);
    if (of_year == last.end() || number < 1 || number > of_year->second) return false;
  }
  std::sort(given.begin(), given.end());
  return std::adjacent_find(given.begin(), given.end()) == given.end() && counts == last;
}

// Whether each record has a name and a place in the index where it is one, and neither where it is
// free.
template <class Record>
bool are_places_of(const std::vector<Record>& records, const SlotNames& names,
                   const KeyTable& index) {
  bool sound = records.size() == names.places() && index.size() == names.size();
  index.for_each([&](std::uint64_t key, std::uint32_t at) {
    sound = sound && at < records.size() && records[at].ref == key;
  });
  for (std::uint32_t at = 0; sound && at < records.size(); ++at)
    sound = (records[at].ref == 0) == names.name(at).empty();
  return sound;
}

}  // namespace kontor
