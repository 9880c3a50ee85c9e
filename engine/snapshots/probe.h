// Probe: where a thread that may be kept waiting for long asks one that must not be. Nobody waits
// for a lock in it: the asked thread looks when it passes by, the asking one when it is told to.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace kontor {

template <class Question, class Answer>
class Probe {
 public:
  // By the asking thread; one question at a time.
  void ask(Question question) {
    question_ = std::move(question);
    state_.store(State::kAsked, std::memory_order_release);
  }
  bool answered() const { return state_.load(std::memory_order_acquire) == State::kAnswered; }
  Answer take() {
    state_.store(State::kQuiet, std::memory_order_relaxed);
    return std::move(answer_);
  }

  // By the asked thread.
  bool asked() const { return state_.load(std::memory_order_acquire) == State::kAsked; }
  const Question& question() const { return question_; }
  void answer(Answer answer) {
    answer_ = std::move(answer);
    state_.store(State::kAnswered, std::memory_order_release);
  }

 private:
  enum class State : std::uint8_t { kQuiet, kAsked, kAnswered };

  std::atomic<State> state_{State::kQuiet};
  Question question_{};
  Answer answer_{};
};

}  // namespace kontor
