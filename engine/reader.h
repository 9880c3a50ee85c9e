// Reader: the thread that reads durable history back, for questions about it and for the answers to
// repeated commands. Work is done in the order it comes.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/batch.h"
#include "engine/directory.h"
#include "engine/log_reader.h"
#include "events/log/event_log.h"

namespace kontor {

class Reader final : public LogReader {
 public:
  Reader(const EventLog& log, const Directory& directory) : log_(log), directory_(directory) {}
  ~Reader() override { stop(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void start();
  void stop();              // finishes what was posted
  bool post(LogWork work);  // false: too much waits
  // Answers a submission some of whose results are earlier decisions. Never refused: bounded by
  // what the inbox lets in.
  void answer(PendingSubmission submission);

  Status scan(BookNumber book, Sequence from,
              const std::function<bool(const DecisionView&)>& visit) const override;
  Status scan_pages(BookNumber book, Sequence from, const PageVisit& visit) const override;
  Result<AlignedBuffer> decision_at(BookNumber book, Sequence sequence) const override;
  Sequence last_sequence(BookNumber book) const override;
  CommitNumber commit_of(BookNumber book, Sequence sequence) const override {
    return directory_.find(book, sequence);
  }

 private:
  void run();
  void push(LogWork work);
  // A checked page with the place of each of its decisions. Kept until another one is asked for:
  // who asks for one decision mostly asks for its neighbours next.
  struct OpenPage {
    AlignedBuffer commit;
    CommitNumber number;
    BookNumber book;
    std::vector<std::pair<std::uint64_t, const std::byte*>> decisions;  // by first sequence
  };
  Status open_page(BookNumber book, Sequence sequence) const;
  Error lacks(Sequence sequence) const;  // the open page does
  Status load_page(BookNumber book, CommitNumber commit) const;
  // The decision that holds the sequence, in the open page.
  Result<const std::byte*> find_decision(BookNumber book, Sequence sequence) const;

  const EventLog& log_;
  const Directory& directory_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<LogWork> work_;
  bool stopping_ = false;
  std::thread thread_;

  mutable OpenPage page_;
};

}  // namespace kontor
