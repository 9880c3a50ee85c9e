// Handover: finished answers on their way from the engine's threads to the I/O thread. One wake for
// all that come before the I/O thread has looked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "events/base/ids.h"
#include "events/log/page.h"

namespace kontor {

// Of a part of a subscription: where it has come to.
struct FeedFinished {
  std::uint64_t request = 0;
  std::uint64_t generation = 0;
  Sequence position;
  bool caught_up = false;
  bool again = false;  // nothing was read; there is no frame
  bool ended = false;
};

struct Finished {
  std::uint64_t session = 0;
  std::size_t request_bytes = 0;            // of the request it answers
  AlignedBuffer frame;                      // header and body
  std::shared_ptr<FeedFinished> feed = {};  // null: the answer to a request
};

class Handover {
 public:
  // wake: makes the I/O thread call take soon; called with the lock held, so it must not call back.
  explicit Handover(std::function<void()> wake) : wake_(std::move(wake)) {}

  void push(Finished finished) {  // any thread; dropped once closed
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    const bool first = waiting_.empty();
    waiting_.push_back(std::move(finished));
    if (first) wake_();
  }

  void take(std::vector<Finished>& out) {  // I/O thread
    out.clear();
    const std::lock_guard lock(mutex_);
    out.swap(waiting_);
  }

  void close() {  // no wake after this returns
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<Finished> waiting_;
  std::function<void()> wake_;
  bool closed_ = false;
};

}  // namespace kontor
