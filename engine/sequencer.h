// Sequencer: puts commands of all books in order and decides them into the batch at hand. The
// engine thread's; speculative, because what it answers is released only by the committer.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "engine/batch.h"
#include "engine/books.h"
#include "engine/decider.h"
#include "engine/engine.h"
#include "engine/gather.h"

namespace kontor {

// Commands by kind and how they ended; read by a scrape while the engine counts.
class CommandCounts {
 public:
  void count(std::uint16_t kind, StatusCode status);
  void count_repeat() { repeats_.fetch_add(1, std::memory_order_relaxed); }
  std::vector<CommandCount> list() const;
  std::uint64_t repeats() const { return repeats_.load(std::memory_order_relaxed); }
  void count_expired() { expired_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kKinds = 256;
  static constexpr std::array kEnds = {StatusCode::kDone, StatusCode::kRefused,
                                       StatusCode::kMalformed, StatusCode::kOverloaded};
  std::array<std::array<std::atomic<std::uint64_t>, kEnds.size()>, kKinds> counts_{};
  std::atomic<std::uint64_t> repeats_{0};
  std::atomic<std::uint64_t> expired_{0};
};

class Sequencer {
 public:
  // flush: hands the batch over and gives an empty one; called when it is full.
  using Flush = std::function<void(std::unique_ptr<Batch>&)>;
  // Whether the book is durable up to there once all that was handed over is; waits for that.
  using Await = std::function<bool(BookNumber book, Sequence sequence)>;
  struct Hands {
    Flush flush;
    Await await;
    const Gatherer* gatherer = nullptr;
  };
  Sequencer(Books& books, Clock& clock, const EngineOptions& options, CommandCounts& counts,
            Hands hands)
      : books_(books),
        clock_(clock),
        options_(options),
        counts_(counts),
        hands_(std::move(hands)) {}

  // Decides the follow-ups that the process before left, of every book.
  void catch_up(std::unique_ptr<Batch>& batch);
  // Decides every command of the job, and the follow-ups they leave, into the batch.
  void run(std::unique_ptr<Submission> job, std::unique_ptr<Batch>& batch);

 private:
  // Brings the settled documents that the command needs back, each as a decision of its own.
  // kStopping: what they were cannot become durable any more.
  StatusCode reopen(const Submission& job, const CommandInput& input, PendingSubmission& pending,
                    std::unique_ptr<Batch>& batch);
  // Whether there is one, and so is there again. end: no event of it lies behind.
  bool reopen_one(Book& book, const NamedDocument& document, Sequence end,
                  PendingSubmission& pending, std::unique_ptr<Batch>& batch);
  PendingResult run_one(Submission& job, const CommandInput& input, Batch& batch);
  PendingResult resolve(Submission& job, const CommandInput& input, Batch& batch);
  PendingResult decide(Book& book, const CommandInput& input, std::uint32_t principal,
                       Batch& batch);
  void open_registered_book(const CommandInput& input, std::uint32_t principal, Batch& batch);
  void run_follow_ups(Book& book, PendingSubmission& pending, std::unique_ptr<Batch>& batch);
  bool is_full(const Batch& batch) const;
  // Flushes a full batch. What the submission at hand has decided in it is then read back for its
  // answer.
  void make_room(PendingSubmission& pending, std::unique_ptr<Batch>& batch);
  void flush(PendingSubmission& pending, std::unique_ptr<Batch>& batch) const;
  Timestamp next_time(const Book& book);

  Books& books_;
  Clock& clock_;
  const EngineOptions& options_;
  CommandCounts& counts_;
  Hands hands_;
  Decider decider_;
  Timestamp now_;
};

}  // namespace kontor
