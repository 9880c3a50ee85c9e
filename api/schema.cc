#include "api/schema.h"

// Laid into the program by the assembler (api/CMakeLists.txt).
extern "C" {
extern const std::byte kontor_api_schema_begin[];
extern const std::byte kontor_api_schema_end[];
}

namespace kontor {

std::span<const std::byte> api_schema() {
  return {kontor_api_schema_begin, kontor_api_schema_end};
}

}  // namespace kontor
