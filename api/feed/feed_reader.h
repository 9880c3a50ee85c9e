// FeedReader: one subscription's events, part by part, read back from the durable log. Between two
// parts it holds a position and some names, no events: how slow its subscriber is costs nothing.
//
// A part is made on the reader's thread of the engine; only names that are not known yet are looked
// up on the engine's, a few at a time. One part is made at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/questions/found_event.h"
#include "api/questions/stream.h"
#include "engine/engine.h"
#include "engine/log_reader.h"

namespace kontor {

// What is wanted, as it was asked for.
struct FeedWanted {
  BookNumber book;
  Sequence from;  // 0: the first there is
  std::string stream;
  std::string company;
  std::vector<std::uint16_t> kinds;
};

struct FeedPart {
  StatusCode status = StatusCode::kDone;  // anything else ends the subscription, but `again`
  bool again = false;  // nothing was read, as too much waits: ask once more later
  std::string message;
  Sequence first;
  Sequence position;
  bool caught_up = false;
  std::vector<std::unique_ptr<wire::EventRowT>> events;
};

class FeedReader : public std::enable_shared_from_this<FeedReader> {
 public:
  FeedReader(Engine& engine, FeedWanted wanted);

  // `done` is called once, from any thread, perhaps before this returns. Not before the part before
  // is done.
  using Done = std::function<void(FeedPart part)>;
  void next(Done done);

 private:
  class Begin;
  class LookUp;
  class KnownNames;
  using Reference = std::pair<std::string, std::uint64_t>;

  void begin();
  void read();
  void read_some(const LogReader& log);
  bool scan(const LogReader& log, Sequence last);
  void take(const DecisionView& decision, Sequence last);
  bool wanted(const EventView& event) const;
  bool enough() const;
  void render();
  void finish(StatusCode status, std::string message);
  void try_again_later(StatusCode status);

  Engine& engine_;
  const FeedWanted wanted_;
  questions::Stream stream_;
  questions::Stream company_;
  bool begun_ = false;
  std::uint64_t next_ = 1;
  // Of the part being made.
  Done done_;
  std::uint64_t first_ = 1;
  std::vector<questions::FoundEvent> found_;
  std::size_t body_bytes_ = 0;
  std::uint32_t decisions_ = 0;
  bool caught_up_ = false;
  std::optional<std::string> refusal_;
  // Names never change, so they are kept; those not found are asked for again.
  std::map<Reference, std::optional<std::string>> names_;
  std::vector<Reference> missing_;
};

}  // namespace kontor
