// FeedWatch: subscribers who read slowly, are cut, and come back from where they were, over many
// processes. What they are shown, part by part, is what a plain reading of the log says: every
// event that passes their filters once, in order, none that is not durable, and marks where it
// ends.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/feed/durable_board.h"
#include "api/feed/feeds.h"
#include "tests/simulation/finding.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/random.h"
#include "tests/simulation/watch/watcher.h"

namespace kontor::wire {
struct SubscribeAnswer;
}

namespace kontor::test {

class FeedWatch final : public Watcher {
 public:
  FeedWatch(std::uint64_t seed, Coverage& coverage);

  void begin(Engine& engine) override;
  Wrong look(const PlainLog& told, const model::State& state) override;
  Wrong end(const PlainLog& told) override;
  Wrong finish(const PlainLog& told, const model::State& state) override;

 private:
  // What one subscriber wants, and how far it has come.
  struct Subscriber {
    FeedWanted wanted;
    std::optional<Thing> stream;
    std::optional<Thing> company;
    std::size_t connection = 0;
    std::uint64_t position = 0;  // everything up to it was shown
    std::uint64_t request = 0;   // 0: not subscribed just now
    std::uint32_t read = 0;      // parts that are not granted again yet
    bool caught_up = false;
    std::deque<AlignedBuffer> arriving;  // sent, and not read yet
  };
  // A connection to the process; its server's side, which this steps by hand.
  struct Connection {
    std::uint64_t session = 0;
    std::unique_ptr<Feeds> feeds;
  };

  void subscribe_some(const PlainLog& told, const model::State& state);
  void choose_filters(Subscriber& subscriber, const PlainLog& told, const model::State& state);
  void connect(std::size_t place);
  void open(Subscriber& subscriber, std::uint64_t request);
  void cut(std::size_t place);
  void act();
  void act_on(Subscriber& subscriber);
  void step(std::size_t unwritten);
  void arrive(std::size_t connection, AlignedBuffer frame);
  void read_all(const PlainLog& told);
  void read(Subscriber& subscriber, const PlainLog& told);
  void read_part(Subscriber& subscriber, const wire::SubscribeAnswer& part, const PlainLog& told);
  void compare(const Subscriber& subscriber, const wire::SubscribeAnswer& part,
               const PlainLog& told);
  bool passes(const Subscriber& subscriber, const PlainEvent& event) const;
  void catch_up(const PlainLog& told);
  bool all_are_there(const PlainLog& told) const;
  void fail(const Subscriber& subscriber, const std::string& what);
  Wrong take_wrong() { return std::exchange(wrong_, std::nullopt); }

  Random random_;
  Coverage& coverage_;
  Bell bell_;
  std::uint64_t rung_ = 0;  // under the bell
  std::deque<Subscriber> subscribers_;
  std::uint64_t next_request_ = 1;
  std::uint64_t next_session_ = 1;
  Wrong wrong_;

  // Of the process at hand.
  Engine* engine_ = nullptr;
  std::shared_ptr<DurableBoard> board_;
  std::shared_ptr<Handover> handover_;
  std::shared_ptr<const OnDurable> on_durable_;
  std::atomic<std::uint64_t> open_{0};
  std::atomic<std::uint64_t> ended_slow_{0};
  std::unique_ptr<FeedContext> context_;
  std::vector<Connection> connections_;
};

}  // namespace kontor::test
