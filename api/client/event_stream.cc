// The blocking twin of a subscription: parts wait here until they are taken, and only then is
// another granted.
#include <condition_variable>
#include <deque>
#include <mutex>

#include "api/client/subscription.h"

namespace kontor {
namespace {

class EventStreamCore final : public EventStream {
 public:
  ~EventStreamCore() override {
    if (subscription_ != nullptr) subscription_->close();
  }

  Status start(ClientOptions options, SubscriptionWanted wanted) {
    auto opened = Subscription::open(
        std::move(options), std::move(wanted), false,
        [this](EventsPart part) { put(std::move(part)); },
        [this](const SubscriptionEnd& end) { put_end(end); });
    if (!opened) return opened.error();
    subscription_ = std::move(opened.value());
    return {};
  }

  std::optional<EventsPart> next() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !parts_.empty() || ended_; });
    if (parts_.empty()) return std::nullopt;
    EventsPart part = std::move(parts_.front());
    parts_.pop_front();
    lock.unlock();
    subscription_->grant(1);
    return part;
  }

  void stop() override { subscription_->cancel(); }

  SubscriptionEnd end() const override {
    const std::lock_guard lock(mutex_);
    return end_;
  }

 private:
  void put(EventsPart part) {
    const std::lock_guard lock(mutex_);
    parts_.push_back(std::move(part));
    changed_.notify_all();
  }
  void put_end(const SubscriptionEnd& end) {
    const std::lock_guard lock(mutex_);
    end_ = end;
    ended_ = true;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EventsPart> parts_;  // as many as were granted
  SubscriptionEnd end_;
  bool ended_ = false;
  std::unique_ptr<Subscription> subscription_;
};

}  // namespace

Result<std::unique_ptr<EventStream>> EventStream::open(ClientOptions options,
                                                       SubscriptionWanted wanted) {
  auto core = std::make_unique<EventStreamCore>();
  const Status started = core->start(std::move(options), std::move(wanted));
  if (!started) return started.error();
  return std::unique_ptr<EventStream>(std::move(core));
}

}  // namespace kontor
