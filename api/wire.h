// Verified reading of frame bodies. Heavy (flatbuffers): for .cc files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <flatbuffers/flatbuffers.h>

namespace kontor {

struct WireBounds {
  std::size_t depth = 4;
  std::size_t tables = 64;
};

// The root of the bytes (8-aligned) if they are a well-formed T within the bounds; else null.
template <class T>
const T* verified_root(std::span<const std::byte> bytes, const WireBounds& bounds) {
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  if (bytes.empty() || reinterpret_cast<std::uintptr_t>(data) % 8 != 0) return nullptr;
  flatbuffers::Verifier verifier(data, bytes.size(),
                                 static_cast<flatbuffers::uoffset_t>(bounds.depth),
                                 static_cast<flatbuffers::uoffset_t>(bounds.tables));
  return verifier.VerifyBuffer<T>(nullptr) ? flatbuffers::GetRoot<T>(data) : nullptr;
}

inline std::span<const std::byte> finished_bytes(const flatbuffers::FlatBufferBuilder& builder) {
  return std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
}

}  // namespace kontor
