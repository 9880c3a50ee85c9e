// Feeds: the subscriptions of one connection. Each has at most one part being read; a part is sent
// when the subscriber has granted one and the connection has written what went before, so that what
// a slow subscriber holds is bounded. Who is slow for too long is told where to go on, and ended.
//
// Lives on the I/O thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/feed/feed_reader.h"
#include "api/frame.h"
#include "api/handover.h"

namespace kontor {

struct FeedOptions {
  std::size_t of_connection_max = 16;
  std::size_t of_server_max = 256;
  std::size_t unwritten_bytes_max = 1U << 20;  // of a connection; no part is read beyond it
  std::uint32_t grants_max = 64;
  std::chrono::milliseconds slow_timeout{60'000};   // without a grant while there are events
  std::chrono::milliseconds mark_interval{15'000};  // a caught-up mark at least so often
};

// What the feeds of all connections share. The server's.
struct FeedContext {
  FeedOptions options;
  std::atomic<std::uint64_t>& open;        // of all connections
  std::map<BookNumber, Sequence> durable;  // told since the first was opened
  std::function<void(bool)> watch;         // whether durable is kept up
  std::atomic<std::uint64_t>& ended_slow;
};

class Feeds {
 public:
  using Clock = std::chrono::steady_clock;
  using Send = std::function<void(AlignedBuffer frame)>;

  Feeds(FeedContext& context, std::uint64_t session, std::shared_ptr<Handover> handover, Send send);
  ~Feeds();
  Feeds(const Feeds&) = delete;
  Feeds& operator=(const Feeds&) = delete;

  // Begins a subscription, or begins one of the same number anew. Nothing: it was taken; else why
  // not.
  std::optional<std::string> open(Engine& engine, std::uint64_t request, FeedWanted wanted,
                                  std::uint32_t grants);
  void grant(std::uint64_t request, std::uint32_t frames);
  void cancel(std::uint64_t request);
  void on_part(Finished finished);

  // Reads on wherever that may be; unwritten: bytes of the connection on their way.
  void pump(std::size_t unwritten);
  void tick(Clock::time_point now);
  void end_all(StatusCode status, std::string_view message);
  bool empty() const { return feeds_.empty(); }

 private:
  struct Feed {
    std::shared_ptr<FeedReader> reader;
    BookNumber book;
    std::uint64_t generation = 0;
    std::uint32_t grants = 0;
    Sequence position;
    bool reading = false;
    bool caught_up = false;
    bool later = false;  // too much waited: the next tick tries again
    Clock::time_point last_sent;
    std::optional<Clock::time_point> slow_since;
  };

  bool has_news(const Feed& feed) const;
  void read_on(std::uint64_t request, Feed& feed);
  void end(std::uint64_t request, StatusCode status, std::string_view message);
  void forget(std::uint64_t request);

  FeedContext& context_;
  const std::uint64_t session_;
  std::shared_ptr<Handover> handover_;
  Send send_;
  std::map<std::uint64_t, Feed> feeds_;  // by request
  std::uint64_t next_generation_ = 1;
};

}  // namespace kontor
