// Followers: who wants to know that a book has become durable further on. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace kontor {

class Followers {
 public:
  void add(std::weak_ptr<const OnDurable> follower) {
    const std::lock_guard lock(mutex_);
    followers_.push_back(std::move(follower));
  }

  // On the committer's thread. Those whose owner is gone are forgotten.
  void tell(BookNumber book, Sequence last) {
    const std::lock_guard lock(mutex_);
    std::erase_if(followers_, [&](const std::weak_ptr<const OnDurable>& follower) {
      const auto held = follower.lock();
      if (held != nullptr) (*held)(book, last);
      return held == nullptr;
    });
  }

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<const OnDurable>> followers_;
};

}  // namespace kontor
