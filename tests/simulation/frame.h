// Frames of commands on their way to an engine, and back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/engine.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/model/model.h"

namespace kontor::test {

// What a client knows of one answer.
struct KeptAnswer {
  StatusCode status = StatusCode::kDone;
  bool repeated = false;
  AlignedBuffer decision;  // empty: none
};

// Wakes who waits for answers; one for a run.
class Bell {
 public:
  // Waits until `ready` or for half a minute; whether it became ready.
  template <class Ready>
  bool wait(Ready ready) {
    std::unique_lock lock(mutex_);
    return rung_.wait_for(lock, std::chrono::seconds(30), ready);
  }
  // Changes what others wait for.
  template <class Change>
  void ring(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    rung_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
};

// Commands sent together, with what the model says of them.
struct Frame {
  std::vector<model::Request> requests;
  std::vector<model::Decided> decided;
  std::vector<KeptAnswer> answers;  // under the bell
  bool answered = false;            // under the bell
  bool sent_before = false;
  std::optional<model::Model> before;  // the model as it was before it decided this

  // Leaves out the questions that were to be answered without a decision: asked once more, they may
  // find one that was sent behind them.
  void give_up_asking();

  // The frame for an engine; it rings the bell when it is answered. The frame outlives it, the
  // ledger says where the positions are that its questions name.
  std::unique_ptr<Submission> submission(Bell& bell, const Ledger& ledger);
};

}  // namespace kontor::test
