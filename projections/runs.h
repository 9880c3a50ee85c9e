// Records that belong together in runs: the lines of a document. The run of a document that left is
// taken by a later one of the same length. The same operations in the same order give the same
// places.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "projections/load_check.h"
#include "projections/sink.h"

namespace kontor {

template <class Record>
class Runs {
 public:
  // The beginning of a run of so many records, all zero.
  std::uint32_t take(std::uint32_t count) {
    const auto runs = free_.find(count);
    if (count == 0 || runs == free_.end()) {
      const auto first = static_cast<std::uint32_t>(records_.size());
      records_.resize(records_.size() + count);
      return first;
    }
    const std::uint32_t first = runs->second.back();
    runs->second.pop_back();
    if (runs->second.empty()) free_.erase(runs);
    return first;
  }
  void give(std::uint32_t first, std::uint32_t count) {
    if (count == 0) return;
    std::fill_n(records_.begin() + first, count, Record{});
    free_[count].push_back(first);
  }

  // Valid until the next take.
  std::span<Record> at(std::uint32_t first, std::uint32_t count) {
    return std::span(records_).subspan(first, count);
  }
  std::span<const Record> at(std::uint32_t first, std::uint32_t count) const {
    return std::span(records_).subspan(first, count);
  }
  const Record* data() const { return records_.data(); }

  void save(Sink& out) const {
    out.pods(records_);
    out.pod(std::uint64_t{free_.size()});
    for (const auto& [length, runs] : free_) {
      out.pod(length);
      out.pods(runs);
    }
  }
  // Whoever owns the runs asks are_sound when they are loaded, too.
  void load(Source& in) {
    in.pods(records_);
    for (std::uint64_t left = in.size_of_run(12); left > 0 && in.ok(); --left) {
      std::uint32_t length = 0;
      in.pod(length);
      in.pods(free_[length]);
    }
  }

  // Whether each record is of one of these runs (first, count), or of one that is free.
  bool are_sound(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& owned) const {
    std::vector<bool> used(records_.size());
    std::size_t seen = 0;
    const auto claim = [&](std::uint32_t first, std::uint32_t count) {
      if (!is_run(first, count, records_.size())) return false;
      for (std::uint32_t at = first; at < first + count; ++at) {
        if (used[at]) return false;
        used[at] = true;
      }
      seen += count;
      return true;
    };
    for (const auto& [first, count] : owned) {
      if (!claim(first, count)) return false;
    }
    for (const auto& [length, runs] : free_) {
      if (length == 0 || runs.empty()) return false;
      for (const std::uint32_t first : runs) {
        if (!claim(first, length)) return false;
      }
    }
    return seen == records_.size();
  }

 private:
  std::vector<Record> records_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> free_;  // by length; the last is taken first
};

}  // namespace kontor
