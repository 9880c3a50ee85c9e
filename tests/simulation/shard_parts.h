// What a run of the whole engine asks it on the engine's thread.
#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/compare.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/random.h"

namespace kontor::test {

// Asked on the engine's thread only, one engine after the other.
class LifeClock final : public Clock {
 public:
  explicit LifeClock(std::uint64_t seed) : random_(seed) {}
  Timestamp now() override {
    now_ += random_.between(-1'000'000, 30'000'000);
    return Timestamp{now_};
  }

 private:
  Random random_;
  std::int64_t now_ = 1'772'409'600'000'000'000;  // 2026-03-02
};

// Holds the engine's books against the model, between batches.
class StateQuestion final : public Question {
 public:
  struct Result {
    std::optional<std::string> differs;
    bool answered = false;
  };
  StateQuestion(const model::State& model, const EventLog& log, Result& result, Bell& bell)
      : model_(model), log_(log), result_(result), bell_(bell) {}

  void ask(const Books& books) override {
    const Book* const book = books.find(BookNumber{1});
    if (book == nullptr) return;
    differs_ = difference(*book, model_);
    const Status sound = book->check_invariants();
    if (!differs_ && !sound.ok()) differs_ = sound.error().message;
    if (!differs_) differs_ = saved_differs(books);
    if (!differs_) differs_ = replay_differs(log_, books, false);
  }
  void answer() override {
    bell_.ring([&] { result_ = {differs_, true}; });
  }

 private:
  const model::State& model_;
  const EventLog& log_;
  Result& result_;
  Bell& bell_;
  std::optional<std::string> differs_;
};

// Tells when the engine's thread comes to it.
class PassingQuestion final : public Question {
 public:
  PassingQuestion(std::uint64_t& asked, Bell& bell) : asked_(asked), bell_(bell) {}
  void ask(const Books&) override {
    bell_.ring([&] { ++asked_; });
  }
  void answer() override {}

 private:
  std::uint64_t& asked_;
  Bell& bell_;
};

}  // namespace kontor::test
