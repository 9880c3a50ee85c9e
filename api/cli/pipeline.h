// Pipeline: sends many commands of one book in order, a frame at a time, and counts what became of
// them. For senders whose commands are expected to be done; anything else is kept as an example.
//
// add, flush and wait come from one thread; the counts may be read from any.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "api/client/client.h"

namespace kontor::cli {

class Pipeline {
 public:
  Pipeline(Client& client, BookNumber book, std::size_t frame_commands);

  // Waits while the client has too much queued. Errors: the client's; nothing more can be sent
  // then.
  Status add(const CommandToSend& command);
  Status flush();
  // Sends the rest and waits for every answer; `meanwhile` is called now and then.
  Status wait(const std::function<void()>& meanwhile);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t answered() const { return answered_; }
  std::uint64_t done() const { return done_; }
  std::uint64_t repeated() const { return repeated_; }
  std::uint64_t failed() const { return answered_ - done_; }  // refused, misuse, not started ...
  bool unreached() const { return unreached_; }   // some were not started, or their fate is unknown
  std::uint64_t bytes() const { return bytes_; }  // of bodies and envelopes, about
  std::vector<std::string> examples() const;      // the first answers that were not done, as JSON

 private:
  void count(const std::vector<std::string>& ids, std::span<const Answer> answers);

  Client& client_;
  BookNumber book_;
  std::size_t frame_commands_;
  SubmitFrame frame_;
  std::vector<std::string> ids_;  // of the frame
  std::uint64_t sent_ = 0;
  std::uint64_t bytes_ = 0;
  std::atomic<std::uint64_t> answered_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::uint64_t> repeated_ = 0;
  std::atomic<bool> unreached_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> examples_;
};

}  // namespace kontor::cli
