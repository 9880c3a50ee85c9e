// Holds one answer of the engine against what the model decided.
#pragma once

#include <optional>
#include <string>

#include "engine/job.h"
#include "tests/simulation/finding.h"
#include "tests/simulation/model/model.h"

namespace kontor::test {

// One answer: its status, and the decision behind it (null: none was made).
struct EngineAnswer {
  StatusCode status = StatusCode::kDone;
  const std::byte* decision = nullptr;
  bool repeated = false;
};

// What differs; nothing: they agree. Counts the answer.
std::optional<std::string> difference(const model::Request& request, const EngineAnswer& engine,
                                      const model::Decided& model, Coverage& coverage);

// What came of it, as people read it: status, reasons, events.
std::string told(const EngineAnswer& answer);
// A request as people read it.
std::string told(const model::Request& request);

// The envelope and the body of a request, as views into both.
CommandInput input_of(const model::Request& request, std::span<const std::byte> body);

}  // namespace kontor::test
