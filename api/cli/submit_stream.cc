#include "api/cli/submit_stream.h"

#include <istream>
#include <limits>
#include <ostream>
#include <utility>
#include <vector>

#include "events/base/assert.h"

namespace kontor::cli {

LineRead read_line(std::istream& in, std::string& line, std::size_t bytes_max) {
  line.resize(bytes_max + 1);
  in.getline(line.data(), static_cast<std::streamsize>(bytes_max + 1));
  const auto count = static_cast<std::size_t>(in.gcount());
  if (in.bad()) return LineRead::kFailed;
  if (in.eof()) {
    line.resize(count);
    if (count == 0) return LineRead::kEnd;
  } else if (in.fail()) {  // the buffer is full and no newline came
    in.clear();
    in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    line.clear();
    return LineRead::kTooLong;
  } else {
    line.resize(count - 1);  // the newline was taken and not kept
  }
  if (line.ends_with('\r')) line.pop_back();
  return LineRead::kLine;
}

OrderedAnswers::OrderedAnswers(std::ostream& out, std::size_t window)
    : out_(out), window_(window), writer_([this] { write(); }) {
}

OrderedAnswers::~OrderedAnswers() {
  finish();
}

std::uint64_t OrderedAnswers::reserve() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < window_; });
  waiting_.emplace_back();
  return first_ + waiting_.size() - 1;
}

void OrderedAnswers::put(std::uint64_t place, std::string json) {
  const std::lock_guard lock(mutex_);
  KONTOR_ASSERT(place >= first_ && place - first_ < waiting_.size());
  std::optional<std::string>& slot = waiting_[place - first_];
  KONTOR_ASSERT(!slot.has_value());
  slot = std::move(json);
  if (place == first_) changed_.notify_all();
}

void OrderedAnswers::finish() {
  if (!writer_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  writer_.join();
}

void OrderedAnswers::write() {
  std::vector<std::string> ready;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock,
                    [this] { return waiting_.empty() ? ending_ : waiting_.front().has_value(); });
      if (waiting_.empty()) return;
      while (!waiting_.empty() && waiting_.front().has_value()) {
        ready.push_back(std::move(*waiting_.front()));
        waiting_.pop_front();
        ++first_;
      }
    }
    changed_.notify_all();
    for (const std::string& json : ready)
      out_ << json << '\n';
    out_.flush();
    written_ += ready.size();
    ready.clear();
  }
}

}  // namespace kontor::cli
