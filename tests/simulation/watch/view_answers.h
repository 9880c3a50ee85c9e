// What the views answer, held against a plain reading of the log and against the model.
#pragma once

#include <optional>
#include <string>

#include "projections/views/view.h"
#include "tests/simulation/model/state.h"
#include "tests/simulation/random.h"
#include "tests/simulation/watch/plain_log.h"

namespace kontor::test {

// The rows are those of the view up to told.last(), and the state is the model's there. Some of
// what can be asked, as the dice say, or all of it.
struct ViewQuestions {
  const PlainLog& told;
  const model::State& state;
  Random& random;
  bool everything = false;
};

// The first answer that is wrong.
std::optional<std::string> timeline_differs(const RowSource& rows, const ViewQuestions& of);
std::optional<std::string> entries_differ(const RowSource& rows, const ViewQuestions& of);
std::optional<std::string> documents_differ(const RowSource& rows, const ViewQuestions& of);

}  // namespace kontor::test
