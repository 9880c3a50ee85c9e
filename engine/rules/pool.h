// The name pool of a command: what `named` fields of its structs index. An index beyond it is an
// empty name, which is refused like any unknown one.
#pragma once

#include <cstdint>
#include <string_view>

#include <flatbuffers/flatbuffers.h>

#include "projections/fold.h"

namespace kontor {

using NamePool = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

inline std::string_view pool_name(const NamePool* pool, std::uint32_t index) {
  if (pool == nullptr || index >= pool->size()) return {};
  return view(pool->Get(index));
}

}  // namespace kontor
