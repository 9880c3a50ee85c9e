// FakeEngine: an engine that decides nothing, but answers as one would: a thread of its own,
// results in order, each id once, and as slow, full or stopping as a test wants it.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"

namespace kontor::test {

class FakeEngine final : public Engine {
 public:
  FakeEngine();
  ~FakeEngine() override;

  StatusCode submit(std::unique_ptr<Submission>& job) override;
  StatusCode ask(std::unique_ptr<Question> question) override;
  StatusCode read(LogWork work) override;
  std::vector<BookInfo> books() const override;
  EngineStats stats() const override;
  void stop() override;

  void add_book(std::uint32_t number, const std::string& name);
  void hold();                                   // jobs are taken, and wait
  void release();                                // and go on
  void turn_away(int times, StatusCode status);  // of the next jobs

  // What was decided, in order, each id once.
  std::vector<std::string> decided() const;
  std::size_t waiting() const;  // jobs taken, not answered
  std::size_t repeats() const;
  // Waits until `count` jobs wait. False: not within the test's patience.
  bool wait_for_waiting(std::size_t count) const;
  std::vector<std::chrono::steady_clock::time_point> deadlines() const;

 private:
  void run();
  void decide(Submission& job);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<std::unique_ptr<Submission>> jobs_;
  std::map<std::string, AlignedBuffer> outcomes_;
  std::set<std::string> fenced_;
  std::vector<std::string> decided_;
  std::vector<BookInfo> books_;
  std::vector<std::chrono::steady_clock::time_point> deadlines_;
  std::uint64_t next_sequence_ = 1;
  std::size_t repeats_ = 0;
  int turn_away_ = 0;
  StatusCode turn_away_status_ = StatusCode::kOverloaded;
  bool held_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

// A decision with these events; bodies are finished FlatBuffers.
struct FakeEvent {
  std::uint16_t kind = 0;
  std::vector<std::byte> body;
};
AlignedBuffer make_decision(std::string_view id, std::uint64_t first_sequence,
                            const std::vector<FakeEvent>& events);

// The body of a RecordPayment, a command as good as any.
std::vector<std::byte> payment_body(std::string_view payment, std::int64_t amount);

inline constexpr std::chrono::seconds kPatience{20};

}  // namespace kontor::test
