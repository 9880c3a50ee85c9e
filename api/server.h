// Server: the TCP side of kontord. One I/O thread accepts, reads, verifies and writes; commands go
// to the engine, questions to the answerer, and answers come back by a Handover.
//
// Start and stop from one thread; the other functions from any. Engine and answerer outlive it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "api/questions/question.h"
#include "api/session.h"
#include "engine/engine.h"
#include "events/base/limits.h"
#include "events/base/result.h"

namespace kontor {

struct ServerOptions {
  std::string listen = "127.0.0.1:7411";  // HOST:PORT; port 0: a free one
  std::string version = "kontord";
  std::size_t connections_max = limits::kConnectionsMax;
  std::size_t frame_bytes_max = limits::kFrameBytesMax;
  std::size_t unanswered_bytes_max = limits::kConnectionUnansweredBytesMax;
  std::size_t unanswered_max = 4'096;               // requests of one connection
  std::chrono::milliseconds hello_timeout{10'000};  // until the first hello
  std::chrono::milliseconds idle_timeout{600'000};  // without a request or an open answer
  std::chrono::milliseconds write_timeout{60'000};  // a peer that does not read
  FeedOptions feeds;
};

class Server {
 public:
  // Listens and serves from here on. Errors: kUsage (not a loopback address, not an address),
  // kUnavailable (the port is taken).
  static Result<std::unique_ptr<Server>> start(Engine& engine, QuestionAnswerer& questions,
                                               ServerOptions options);
  virtual ~Server() = default;  // as stop()

  virtual std::string address() const = 0;  // HOST:PORT it listens on
  virtual const ServerCounters& counters() const = 0;

  // No new connections and no new commands (`stopping`); what was taken is still answered.
  virtual void drain() = 0;
  // Waits until every request taken is answered and written. False: not within that time.
  virtual bool wait_drained(std::chrono::milliseconds timeout) = 0;
  virtual void stop() = 0;  // ends all connections and the thread
};

}  // namespace kontor
