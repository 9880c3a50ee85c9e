// Watcher: what follows the log of a run beside the engine, process after process. It has dice of
// its own: how far it has come at some moment is a matter of time.
#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"
#include "events/log/event_log.h"
#include "tests/simulation/model/state.h"
#include "tests/simulation/watch/plain_log.h"

namespace kontor::test {

class Watcher {
 public:
  // What is wrong; nothing: all is well.
  using Wrong = std::optional<std::string>;

  virtual ~Watcher() = default;
  // Before the engine of a process starts on the log, which outlives it.
  virtual void before(const EventLog& /*log*/, EngineOptions& /*options*/) {}
  virtual void begin(Engine& engine) = 0;
  // Everything that was sent is answered: the book is as the model is, and durable as told.
  virtual Wrong look(const PlainLog& told, const model::State& state) = 0;
  // The process dies; its engine is stopped next.
  virtual Wrong end(const PlainLog& told) = 0;
  // Of the last process, once all is done: it catches up and is looked at as a whole.
  virtual Wrong finish(const PlainLog& told, const model::State& state) = 0;
};

}  // namespace kontor::test
