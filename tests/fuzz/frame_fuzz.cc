// Bytes of a connection, in pieces of a size that the first byte says: frames, or one fault for
// good.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "api/frame.h"
#include "events/base/assert.h"

namespace {

// Puts up to `count` bytes where the reader wants them; says how many.
std::size_t feed(kontor::FrameReader& reader, const std::uint8_t* data, std::size_t count) {
  const kontor::FrameReader::Space space = reader.space();
  const std::size_t first = std::min(count, space.first.size());
  const std::size_t second = std::min(count - first, space.second.size());
  if (first > 0) std::memcpy(space.first.data(), data, first);
  if (second > 0) std::memcpy(space.second.data(), data + first, second);
  reader.take(first + second);
  return first + second;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kontor;
  constexpr std::size_t kBodyBytesMax = 1U << 16;
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  FrameReader reader(kBodyBytesMax);
  std::size_t at = 1;
  while (at < size) {
    const std::size_t taken = feed(reader, data + at, std::min(piece, size - at));
    KONTOR_ASSERT(taken > 0);
    at += taken;
    Frame frame;
    while (reader.next(frame))
      KONTOR_ASSERT(frame.body.size() <= kBodyBytesMax);
    if (reader.fault() != FrameFault::kNone) {
      KONTOR_ASSERT(!frame_fault_text(reader.fault()).empty());
      return 0;
    }
  }
  return 0;
}
