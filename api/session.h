// Session: what is said on one connection, apart from its socket. Frames come in, frames go out;
// the connection (server.cc) reads, writes and watches the clock.
//
// Lives on the I/O thread; only the Handover it gives to jobs is touched by others.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/answer.h"
#include "api/feed/feeds.h"
#include "api/frame.h"
#include "api/handover.h"
#include "api/questions/question.h"
#include "engine/engine.h"

namespace kontor {

class FrameJob;

// Monotonic unless said. Written by the I/O thread, read by scrapes.
struct ServerCounters {
  std::atomic<std::uint64_t> connections{0};  // gauge
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> turned_away{0};  // too many connections
  std::atomic<std::uint64_t> frames_in{0};
  std::atomic<std::uint64_t> frames_out{0};
  std::atomic<std::uint64_t> bytes_in{0};
  std::atomic<std::uint64_t> bytes_out{0};
  std::atomic<std::uint64_t> commands{0};
  std::atomic<std::uint64_t> queries{0};
  std::atomic<std::uint64_t> resolves{0};    // ids
  std::atomic<std::uint64_t> faults{0};      // connections ended for what was said on them
  std::atomic<std::uint64_t> timeouts{0};    // and for silence or not reading
  std::atomic<std::uint64_t> not_taken{0};   // frames answered overloaded or stopping
  std::atomic<std::uint64_t> feeds{0};       // gauge: open subscriptions
  std::atomic<std::uint64_t> slow_feeds{0};  // subscriptions ended as their subscriber was slow
};

// What all sessions share. Owned by the server.
struct SessionContext {
  Engine& engine;
  QuestionAnswerer& questions;
  std::shared_ptr<Handover> handover;
  ServerCounters& counters;
  std::string version;
  FeedContext& feeds;
  std::vector<BookNumber> books;  // seen so far, ascending: a look at each frame is cheap
  bool stopping = false;

  bool knows(BookNumber book);
};

class Session {
 public:
  Session(SessionContext& context, std::uint64_t id);

  void on_frame(Frame frame);
  void on_fault(FrameFault fault, std::uint64_t request);  // the stream cannot be followed further
  void on_finished(Finished finished);

  // Frames to be written, in order; the caller takes them, and says when they are written.
  std::deque<AlignedBuffer>& outgoing() { return outgoing_; }
  bool outgoing_empty() const { return outgoing_.empty(); }
  void on_written(std::size_t bytes);

  // Subscriptions: reads on where that may be; looks at the clock; ends them all.
  void pump_feeds();
  void tick_feeds(std::chrono::steady_clock::time_point now) { feeds_.tick(now); }
  void end_feeds();
  bool has_feeds() const { return !feeds_.empty(); }

  bool greeted() const { return greeted_; }
  bool closing() const { return closing_; }  // nothing is read any more; ends when all is written
  std::size_t unanswered() const { return unanswered_; }  // requests in the engine
  // Of requests in the engine and answers not yet written: what bounds reading.
  std::size_t unanswered_bytes() const { return unanswered_bytes_; }

 private:
  void send(AlignedBuffer frame);
  void fail(std::uint64_t request, const ErrorText& error);
  void hello(const Frame& frame);
  void submit(Frame frame);
  void resolve(Frame frame);
  StatusCode hand_in(std::unique_ptr<FrameJob> job, const FrameHeader& header);
  bool takes(const FrameHeader& header);
  void query(Frame frame);
  void health(const Frame& frame);
  void subscribe(const Frame& frame);
  void grant(const Frame& frame);

  SessionContext& context_;
  std::uint64_t id_;
  Feeds feeds_;
  std::deque<AlignedBuffer> outgoing_;
  std::size_t unanswered_ = 0;
  std::size_t unanswered_bytes_ = 0;
  std::size_t unwritten_bytes_ = 0;  // of these, of frames on their way
  bool greeted_ = false;
  bool closing_ = false;
  bool out_of_step_ = false;  // a submit was not taken; those after it wait for a resume
};

}  // namespace kontor
