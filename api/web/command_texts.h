// The commands in the body of a POST: one object, an array of them, or JSON lines. Each is cut out
// as it stands, so that it is read exactly as `kontor submit` reads a line.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace kontor {

enum class BodyForm : std::uint8_t { kOne, kArray, kLines };

struct CommandPiece {
  std::string_view text;   // into the body
  std::uint64_t line = 0;  // of the lines, else of the elements; from 1
};

struct CommandPieces {
  BodyForm form = BodyForm::kOne;
  std::vector<CommandPiece> pieces;
};

// content_type: as in the header. Errors: kUsage, the type is neither application/json nor
// application/x-ndjson in UTF-8; kMalformed, no such text.
Result<CommandPieces> cut_commands(std::string_view content_type, std::string_view body);

}  // namespace kontor
