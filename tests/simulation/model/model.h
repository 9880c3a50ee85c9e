// The reference model: what the engine must do, written from the domain alone, obviously simple,
// and sharing no code with it. It decides one command after the other.
#pragma once

#include <map>
#include <string>

#include "tests/simulation/model/deciding.h"

namespace kontor::model {

enum class Verdict { kDone, kRefused, kIdReused };

struct Decided {
  Verdict verdict = Verdict::kDone;
  Reasons reasons;        // why it was refused
  bool repeated = false;  // the answer an earlier command with this id got
};

class Model {
 public:
  // Decides the request and does the work it leaves behind. An id that was decided before gets its
  // answer again, or is told that it meant something else then.
  Decided decide(const Request& request);

  const State& state() const { return state_; }
  // The orders that have changed since the last call.
  std::set<int> take_touched();

 private:
  struct Outcome {
    Request request;
    Decided decided;
  };
  State state_;
  std::map<std::string, Outcome, std::less<>> outcomes_;  // by command id
};

}  // namespace kontor::model
