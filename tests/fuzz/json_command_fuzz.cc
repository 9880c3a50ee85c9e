// A command as JSON text: whatever is taken can be checked, written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/assert.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kontor;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<CommandText> command = read_command_json(text, JsonOptions{.default_currency = 978});
  if (!command.ok()) return 0;
  KONTOR_ASSERT(verify_command(command->kind, command->body));

  const std::string written = write_command_json(*command);
  const Result<CommandText> again =
      read_command_json(written, JsonOptions{.default_currency = 978});
  KONTOR_ASSERT(again.ok());
  KONTOR_ASSERT(again->kind == command->kind);
  KONTOR_ASSERT(again->id == command->id);
  KONTOR_ASSERT(same_command(command->kind, command->body, again->body));
  return 0;
}
