// Lane: one connection's side of the story, over all lives of the server. It keeps every command
// until its final answer came, and after a restart sends what was not answered again, in order,
// among some that were.
//
// Made and run by one thread; answers come on the client's.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/client/client.h"
#include "tests/recovery/crash/ledger.h"
#include "tests/recovery/crash/traffic.h"

namespace kontor::test {

struct LaneLimits {
  std::size_t frame_commands = 256;  // frames have 1 to so many
  std::size_t in_flight = 2'048;     // commands
};

class Lane {
 public:
  // Called after each answered frame with the number of commands it answered for good.
  using OnAnswered = std::function<void(std::size_t)>;

  Lane(Ledger& ledger, std::unique_ptr<Traffic> traffic, std::uint64_t seed);
  ~Lane() { disconnect(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  Status connect(const std::string& address);
  Client& client() { return *client_; }
  void add(Kept command);  // to be sent before anything of the traffic; while not running

  // Sends from now on: some answered before, then all unanswered, then (with `onwards`) new ones.
  void run(BookNumber book, const LaneLimits& limits, bool onwards, OnAnswered on_answered);
  // Until nothing is unanswered. False: not within that time, or the client failed.
  bool wait_all_answered(std::chrono::seconds within);
  // No new frames; afterwards no answer comes any more.
  void disconnect();

  std::size_t unanswered() const;

 private:
  using Frame = std::vector<std::shared_ptr<const Kept>>;

  void fill();        // under the lock
  bool send_frame();  // under the lock
  std::shared_ptr<const Kept> next();
  void take(const Frame& frame, std::span<const Answer> answers);
  std::size_t settle(const Frame& frame, std::span<const Answer> answers);

  Ledger& ledger_;
  std::unique_ptr<Traffic> traffic_;
  std::unique_ptr<Client> client_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Random random_;
  BookNumber book_;
  LaneLimits limits_;
  OnAnswered on_answered_;
  bool running_ = false;
  bool onwards_ = false;
  std::size_t in_flight_ = 0;
  std::deque<std::shared_ptr<const Kept>> unanswered_;  // in the order of their first sending
  std::deque<std::shared_ptr<const Kept>> to_repeat_;
  std::deque<std::shared_ptr<const Kept>> samples_;  // of those answered
};

}  // namespace kontor::test
