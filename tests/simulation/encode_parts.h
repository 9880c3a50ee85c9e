// What the writers of commands share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "engine/step.h"
#include "events/codec/bodies.h"
#include "tests/simulation/model/commands.h"

namespace kontor::test {

namespace m = model;
using Builder = flatbuffers::FlatBufferBuilder;

inline std::int32_t day(const std::optional<m::Day>& date) {
  return date.value_or(kNoDate.value());
}
inline std::int64_t amount(const std::optional<m::Int>& value) {
  return value.value_or(kAbsent);
}
inline auto names(Builder& out, const m::Names& values) {
  return out.CreateVectorOfStrings(values);
}

// The pool of names that a command's structs index.
class Pool {
 public:
  std::uint32_t of(const std::string& name) {
    const auto known = std::find(names_.begin(), names_.end(), name);
    if (known != names_.end()) return static_cast<std::uint32_t>(known - names_.begin());
    names_.push_back(name);
    return static_cast<std::uint32_t>(names_.size() - 1);
  }
  auto write(Builder& out) const { return out.CreateVectorOfStrings(names_); }

 private:
  std::vector<std::string> names_;
};

}  // namespace kontor::test
