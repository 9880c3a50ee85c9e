// Subscription: the events of one book from a position on, then those that become durable, over a
// connection of its own. After a lost connection it goes on from the event after the last one it
// has shown: none is lost, none comes twice.
//
//   Subscription  with callbacks
//   EventStream   for who would rather wait
//
// The server sends parts as they are granted; a part is granted again when the caller is done with
// one, so a slow caller holds up nobody. Only durable events are ever shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/client/client.h"

namespace kontor {

struct SubscriptionWanted {
  BookNumber book;
  Sequence from;                     // first position; 0: the first there is
  std::string stream;                // a name, or kind:name; empty: all
  std::string company;               // only events that refer to it; empty: all
  std::vector<std::uint16_t> kinds;  // EventKinds; empty: all
  std::uint32_t parts_ahead = 4;     // granted
  // Without a word from the server for so long, the connection is taken for lost.
  std::chrono::milliseconds silence{60'000};
};

struct SubscribedEvent {
  Sequence sequence;
  Timestamp recorded_at;
  Date effective_date;
  Date business_date;
  std::string event;
  std::string command;
  std::string command_id;
  std::string principal;
  std::string actor;
  std::string reason;
  std::optional<std::uint64_t> caused_by;
  std::string body;  // JSON object
};

struct EventsPart {
  std::vector<SubscribedEvent> events;  // may be none
  Sequence position;                    // everything up to it was shown or is not wanted
  bool caught_up = false;               // it was the book's durable end
};

// The event as `kontor events --json` prints it, no newline.
std::string event_json(const SubscribedEvent& event);

// status: done when it was cancelled; connection_lost when the server was not reached again within
// the deadline; overloaded when the caller was too slow; else what the server refused.
struct SubscriptionEnd {
  StatusCode status = StatusCode::kDone;
  std::string message;
  Sequence position;  // go on from the one after it
};

class Subscription {
 public:
  using OnPart = std::function<void(EventsPart part)>;
  using OnEnd = std::function<void(const SubscriptionEnd& end)>;

  // Connects and subscribes; of the options, the addresses and times count. Callbacks come on its
  // own thread, one at a time; on_end once, and nothing after it. `grants`: whether a part is
  // granted by itself when on_part returns; else grant() does. kUnavailable: not reached in time.
  static Result<std::unique_ptr<Subscription>> open(ClientOptions options,
                                                    SubscriptionWanted wanted, bool grants,
                                                    OnPart on_part, OnEnd on_end);
  virtual ~Subscription() = default;  // as close()

  virtual void grant(std::uint32_t parts) = 0;  // any thread
  virtual void cancel() = 0;                    // any thread; on_end follows
  virtual void close() = 0;                     // then no callback comes any more; not in callbacks
};

// The same for who waits. next() from one thread; stop() from any.
class EventStream {
 public:
  static Result<std::unique_ptr<EventStream>> open(ClientOptions options,
                                                   SubscriptionWanted wanted);
  virtual ~EventStream() = default;

  // The next part, waiting for it. Nothing: it has ended; end() says how.
  virtual std::optional<EventsPart> next() = 0;
  virtual void stop() = 0;
  virtual SubscriptionEnd end() const = 0;
};

}  // namespace kontor
