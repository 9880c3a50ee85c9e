// Shard: the Engine at work. The inbox, and the thread that takes jobs from it in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "engine/books.h"
#include "engine/committer.h"
#include "engine/directory.h"
#include "engine/engine.h"
#include "engine/gather.h"
#include "engine/reader.h"
#include "engine/sequencer.h"
#include "engine/snapshots/snapshot_maker.h"

namespace kontor {

class Shard final : public Engine {
 public:
  Shard(EventLog& log, Clock& clock, EngineOptions options);
  ~Shard() override { stop(); }
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Takes up the state, claims, starts the threads. Once.
  Status open(const Progress& progress);

  StatusCode submit(std::unique_ptr<Submission>& job) override;
  StatusCode ask(std::unique_ptr<Question> question) override;
  StatusCode read(LogWork work) override;
  void follow(std::weak_ptr<const OnDurable> listener) override;
  std::vector<BookInfo> books() const override;
  EngineStats stats() const override;
  void make_snapshot() override;
  void stop() override;

 private:
  using Job = std::variant<std::unique_ptr<Submission>, std::unique_ptr<Question>>;

  Result<Replayed> recover_state(const Progress& progress);
  Status claim(std::vector<PageChain>& chains, CommitNumber after);
  void start_snapshots();
  // Answers whoever compares, where the state is that of a whole commit.
  void answer_probe(const Batch& batch);
  void go_first();
  void run();
  // Waits for jobs or a free committer; false: stopping and nothing is left.
  bool take(std::deque<Job>& jobs, const Batch& batch);
  void work_through(std::deque<Job>& jobs, std::unique_ptr<Batch>& batch);
  void flush(std::unique_ptr<Batch>& batch);
  bool await(BookNumber book, Sequence sequence);
  // Of the books that the batch takes further.
  void tell_books(const Batch& batch);
  void tell_book(const Book& book);
  void wake() { wake_.notify_all(); }
  void wake_when_idle();

  EventLog& log_;
  Clock& clock_;
  const EngineOptions options_;
  Books books_;
  CommandCounts counts_;
  Directory directory_;
  Reader reader_;
  Gatherer gatherer_;
  Followers followers_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Sequencer> sequencer_;
  CommitNumber decided_;        // the last commit handed over; the engine's thread
  std::uint64_t position_ = 0;  // events of all books up to it
  std::optional<SnapshotStore> snapshots_;
  SnapshotStats found_snapshot_;
  StateProbe probe_;
  ChainsProbe chains_probe_;
  std::unique_ptr<SnapshotMaker> maker_;  // null: none are made

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> inbox_;
  std::size_t inbox_commands_ = 0;
  std::size_t inbox_bytes_ = 0;
  std::uint64_t overloaded_ = 0;
  bool stopping_ = false;
  bool stopped_ = false;
  // Apart from the inbox, whose lock must not be held for as long as there are books.
  mutable std::mutex told_mutex_;
  std::vector<BookInfo> book_list_;  // told when durable: by the flush after
  struct Gauges {
    std::uint64_t follow_ups = 0;
    std::uint64_t orders = 0;
    std::uint64_t settled = 0;
  };
  std::vector<Gauges> gauges_;  // by book number
  std::thread thread_;
};

}  // namespace kontor
