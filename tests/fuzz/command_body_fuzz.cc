// The body of a command as anyone may send it: two bytes of kind, then what claims to be
// FlatBuffers. What is verified can be read through, written as JSON, and equals itself.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "events/base/assert.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "events/log/page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kontor;
  std::uint16_t kind = 0;
  if (size < sizeof kind) return 0;
  std::memcpy(&kind, data, sizeof kind);
  const AlignedBuffer body(std::as_bytes(std::span(data + sizeof kind, size - sizeof kind)));
  if (!verify_command(kind, body.bytes())) return 0;

  const std::string json = write_command_body_json(kind, body.bytes(), no_names());
  KONTOR_ASSERT(json.starts_with('{'));
  KONTOR_ASSERT(same_command(kind, body.bytes(), body.bytes()));
  return 0;
}
