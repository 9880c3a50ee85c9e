// What `kontor submit` is made of besides the client: lines in with a bound on their length,
// answers out in the order of the lines.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <iosfwd>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace kontor::cli {

enum class LineRead { kLine, kTooLong, kEnd, kFailed };

// Reads up to the next newline into `line`, without it and a carriage return before it. A line over
// `bytes_max` is skipped as a whole.
LineRead read_line(std::istream& in, std::string& line, std::size_t bytes_max);

// Writes answers in order on a thread of its own, so that neither the reader of lines nor the
// client waits for whoever reads stdout. `window` answers at most are waited for at a time.
class OrderedAnswers {
 public:
  OrderedAnswers(std::ostream& out, std::size_t window);
  ~OrderedAnswers();  // waits for every place that was reserved
  OrderedAnswers(const OrderedAnswers&) = delete;
  OrderedAnswers& operator=(const OrderedAnswers&) = delete;

  // The next place in the order; waits while the window is full.
  std::uint64_t reserve();
  void put(std::uint64_t place, std::string json);  // any thread, once per place, never waits
  void finish();                                    // returns when everything is written
  std::uint64_t written() const { return written_; }

 private:
  void write();

  std::ostream& out_;
  const std::size_t window_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::optional<std::string>> waiting_;  // front: the next to be written
  std::uint64_t first_ = 0;                         // place of the front
  std::atomic<std::uint64_t> written_ = 0;
  bool ending_ = false;
  std::thread writer_;
};

}  // namespace kontor::cli
