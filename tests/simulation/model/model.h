// The reference model: what the engine must do, written from the domain alone, obviously simple,
// and sharing no code with it. It decides one command after the other.
#pragma once

#include <set>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {

class Model {
 public:
  // Decides the request and does the work it leaves behind. An id that was decided before gets its
  // answer again, or is told that it meant something else then; one that was fenced never is
  // decided.
  Decided decide(const Request& request);

  const State& state() const { return state_; }
  // The orders that have changed since the last call.
  std::set<int> take_touched();

 private:
  Decided resolve(const Request& request);
  State state_;
};

}  // namespace kontor::model
