#include "tests/simulation/watch/feed_watch.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "subscribe_generated.h"

#include "api/wire.h"

namespace kontor::test {
namespace {

constexpr std::size_t kConnections = 2;
constexpr std::size_t kSubscribersMost = 6;
constexpr std::uint32_t kGrantsMost = 3;
constexpr std::uint32_t kTablesMax = 100'000;
constexpr std::size_t kUnwrittenTooMuch = 2U << 20;

std::string_view told_in(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view() : text->string_view();
}

bool belongs_to(const std::optional<Thing>& thing, const PlainEvent& event) {
  return !thing || event.things.contains(*thing);
}

}  // namespace

FeedWatch::FeedWatch(std::uint64_t seed, Coverage& coverage) : random_(seed), coverage_(coverage) {
}

void FeedWatch::begin(Engine& engine) {
  engine_ = &engine;
  const auto wake = [this] { bell_.ring([this] { ++rung_; }); };
  board_ = std::make_shared<DurableBoard>(wake);
  handover_ = std::make_shared<Handover>(wake);
  on_durable_ = std::make_shared<const OnDurable>(
      [board = board_](BookNumber book, Sequence last) { board->note(book, last); });
  engine.follow(on_durable_);
  context_ = std::make_unique<FeedContext>(FeedContext{
      {}, open_, {}, [this](bool watched) { board_->set_watched(watched); }, ended_slow_});
  connections_.clear();
  connections_.resize(kConnections);
}

// ---- who subscribes to what ---------------------------------------------------------------------

void FeedWatch::subscribe_some(const PlainLog& told, const model::State& state) {
  const bool enough = subscribers_.size() >= kSubscribersMost;
  if (state.companies.size() == 0 || enough || !random_.one_in(4)) return;
  Subscriber& subscriber = subscribers_.emplace_back();
  subscriber.connection = random_.below(kConnections);
  subscriber.wanted.book = BookNumber{1};
  if (random_.one_in(3)) subscriber.position = random_.below(told.last() + 1);
  choose_filters(subscriber, told, state);
}

void FeedWatch::choose_filters(Subscriber& subscriber, const PlainLog& told,
                               const model::State& state) {
  if (random_.one_in(3)) {
    const std::uint64_t place = random_.below(static_cast<std::uint64_t>(state.companies.size()));
    subscriber.company = Thing("company", place);
    subscriber.wanted.company = state.companies.all[place].name;
  }
  if (random_.one_in(3) && state.orders.size() > 0) {
    const std::string& order = random_.of(state.orders.all).name;
    subscriber.stream = told.document("order", order);
    if (subscriber.stream) subscriber.wanted.stream = "order:" + order;
  } else if (random_.one_in(4) && state.items.size() > 0) {
    const std::uint64_t place = random_.below(static_cast<std::uint64_t>(state.items.size()));
    subscriber.stream = Thing("item", place);
    subscriber.wanted.stream = "item:" + state.items.all[place].name;  // others may be called so
  }
  if (!random_.one_in(3)) return;
  for (std::uint64_t i = 1 + random_.below(4); i > 0; --i)
    subscriber.wanted.kinds.push_back(random_.of(told.events()).kind);
}

bool FeedWatch::passes(const Subscriber& subscriber, const PlainEvent& event) const {
  const auto& kinds = subscriber.wanted.kinds;
  const bool of_kind =
      kinds.empty() || std::find(kinds.begin(), kinds.end(), event.kind) != kinds.end();
  return of_kind && belongs_to(subscriber.stream, event) && belongs_to(subscriber.company, event);
}

// ---- the network --------------------------------------------------------------------------------

void FeedWatch::connect(std::size_t place) {
  Connection& connection = connections_[place];
  connection.session = next_session_++;
  connection.feeds = std::make_unique<Feeds>(
      *context_, connection.session, handover_,
      [this, place](AlignedBuffer frame) { arrive(place, std::move(frame)); });
}

void FeedWatch::cut(std::size_t place) {
  if (connections_[place].feeds == nullptr) return;
  ++coverage_.feed_cuts;
  connections_[place].feeds.reset();
  for (Subscriber& subscriber : subscribers_) {
    if (subscriber.connection != place) continue;
    subscriber.request = 0;
    subscriber.arriving.clear();  // lost on the way
  }
}

void FeedWatch::open(Subscriber& subscriber, std::uint64_t request) {
  if (connections_[subscriber.connection].feeds == nullptr) connect(subscriber.connection);
  subscriber.request = request;
  subscriber.read = 0;
  subscriber.arriving.clear();
  subscriber.caught_up = false;
  FeedWanted wanted = subscriber.wanted;
  wanted.from = Sequence{subscriber.position + 1};
  if (subscriber.position == 0 && random_.one_in(2)) wanted.from = Sequence{};
  const auto refused = connections_[subscriber.connection].feeds->open(
      *engine_, subscriber.request, wanted, static_cast<std::uint32_t>(random_.below(kGrantsMost)));
  if (refused) fail(subscriber, "cannot subscribe: " + *refused);
}

void FeedWatch::arrive(std::size_t connection, AlignedBuffer frame) {
  FrameHeader header;
  std::memcpy(&header, frame.data(), sizeof header);
  for (Subscriber& subscriber : subscribers_) {
    if (subscriber.connection != connection || subscriber.request != header.request) continue;
    subscriber.arriving.push_back(std::move(frame));
    return;
  }
}

// What the server's I/O thread does when it wakes.
void FeedWatch::step(std::size_t unwritten) {
  std::vector<Finished> finished;
  handover_->take(finished);
  for (Finished& part : finished) {
    for (Connection& connection : connections_) {
      const bool is_its = connection.feeds != nullptr && connection.session == part.session;
      if (!is_its) continue;
      connection.feeds->on_part(std::move(part));
      break;
    }
  }
  for (const auto& [book, last] : board_->take())
    context_->durable[book] = last;
  for (Connection& connection : connections_) {
    if (connection.feeds != nullptr) connection.feeds->pump(unwritten);
  }
}

void FeedWatch::act() {
  if (subscribers_.empty()) return;
  Subscriber& subscriber = subscribers_[random_.below(subscribers_.size())];
  Connection& connection = connections_[subscriber.connection];
  if (random_.one_in(12)) return cut(subscriber.connection);
  if (subscriber.request == 0) return open(subscriber, next_request_++);
  if (connection.feeds != nullptr && random_.one_in(10)) {
    // Time passes: marks for those who have everything, an end for those who take nothing.
    const FeedOptions& options = context_->options;
    const auto later = random_.one_in(2) ? options.mark_interval : options.slow_timeout;
    connection.feeds->tick(Feeds::Clock::now() + later + std::chrono::seconds(1));
    return;
  }
  act_on(subscriber);
}

void FeedWatch::act_on(Subscriber& subscriber) {
  Feeds& feeds = *connections_[subscriber.connection].feeds;
  if (random_.one_in(12)) {
    feeds.cancel(subscriber.request);
    subscriber.request = 0;
    subscriber.arriving.clear();
    return;
  }
  if (random_.one_in(12)) return open(subscriber, subscriber.request);  // the same number anew
  const std::uint32_t more = subscriber.read + static_cast<std::uint32_t>(random_.below(2));
  feeds.grant(subscriber.request, more);
  subscriber.read = 0;
}

// ---- what is read -------------------------------------------------------------------------------

void FeedWatch::fail(const Subscriber& subscriber, const std::string& what) {
  if (wrong_) return;
  const FeedWanted& wanted = subscriber.wanted;
  wrong_ = "subscriber at " + std::to_string(subscriber.position) + " (stream '" + wanted.stream +
           "', company '" + wanted.company + "', " + std::to_string(wanted.kinds.size()) +
           " kinds): " + what;
}

void FeedWatch::read_all(const PlainLog& told) {
  for (Subscriber& subscriber : subscribers_) {
    while (!subscriber.arriving.empty() && !wrong_)
      read(subscriber, told);
  }
}

void FeedWatch::read(Subscriber& subscriber, const PlainLog& told) {
  const AlignedBuffer frame = std::move(subscriber.arriving.front());
  subscriber.arriving.pop_front();
  const auto* const part = verified_root<wire::SubscribeAnswer>(
      frame.bytes().subspan(sizeof(FrameHeader)), {.depth = 4, .tables = kTablesMax});
  if (part == nullptr) return fail(subscriber, "a part that cannot be read");
  read_part(subscriber, *part, told);
}

void FeedWatch::read_part(Subscriber& subscriber, const wire::SubscribeAnswer& part,
                          const PlainLog& told) {
  const auto status = static_cast<StatusCode>(part.status());
  ++subscriber.read;
  if (part.ended()) {
    const bool slow = status == StatusCode::kOverloaded;
    if (slow) ++coverage_.feed_slow;
    if (!slow && status != StatusCode::kStopping) {
      fail(subscriber, "it ended: " + std::string(status_word(status)));
    }
    subscriber.request = 0;
    subscriber.arriving.clear();
    return;
  }
  if (status != StatusCode::kDone) return fail(subscriber, std::string(status_word(status)));
  compare(subscriber, part, told);
  if (part.caught_up() && part.position() == subscriber.position) ++coverage_.feed_marks;
  subscriber.position = part.position();
  subscriber.caught_up = part.caught_up();
}

void FeedWatch::compare(const Subscriber& subscriber, const wire::SubscribeAnswer& part,
                        const PlainLog& told) {
  const std::uint64_t first = subscriber.position + 1;
  const std::uint64_t last = part.position();
  const std::string where = std::to_string(first) + " to " + std::to_string(last);
  if (part.first() != first || last + 1 < first) {
    return fail(subscriber, "a part from " + std::to_string(part.first()) + ", not " + where);
  }
  if (last > told.last()) return fail(subscriber, where + ", which is not durable");
  if (part.caught_up() && !told.is_end_of_commit(last)) {
    return fail(subscriber, where + " is called the end, and is none");
  }
  std::size_t shown = 0;
  const std::size_t count = part.events() == nullptr ? 0 : part.events()->size();
  for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
    const PlainEvent& event = told.events()[sequence - 1];
    if (!passes(subscriber, event)) continue;
    const auto* const row =
        shown < count ? part.events()->Get(static_cast<flatbuffers::uoffset_t>(shown)) : nullptr;
    ++shown;
    if (row == nullptr) return fail(subscriber, where + ": lacks " + std::to_string(sequence));
    const bool same = row->sequence() == sequence && told_in(row->event()) == event.name &&
                      told_in(row->command_id()) == event.command_id &&
                      row->effective_date() == event.effective;
    if (!same) {
      return fail(subscriber, where + ": has " + std::to_string(row->sequence()) + " for " +
                                  std::to_string(sequence) + " (" + event.name + ")");
    }
  }
  if (shown < count) fail(subscriber, where + ": has events too many");
  coverage_.feed_events += shown;
}

// ---- the run ------------------------------------------------------------------------------------

Watcher::Wrong FeedWatch::look(const PlainLog& told, const model::State& state) {
  subscribe_some(told, state);
  for (std::uint64_t i = 2 + random_.below(8); i > 0 && !wrong_; --i) {
    act();
    step(random_.one_in(10) ? kUnwrittenTooMuch : 0);
    if (random_.one_in(2)) read_all(told);
  }
  if (random_.one_in(8)) catch_up(told);
  return take_wrong();
}

Watcher::Wrong FeedWatch::end(const PlainLog& told) {
  if (engine_ != nullptr) step(0);
  read_all(told);
  engine_ = nullptr;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    Feeds* const feeds = connections_[i].feeds.get();
    if (feeds != nullptr && random_.one_in(3)) feeds->end_all(StatusCode::kStopping, "stopping");
    cut(i);
  }
  if (handover_ != nullptr) handover_->close();
  if (board_ != nullptr) board_->close();
  on_durable_.reset();
  return take_wrong();
}

bool FeedWatch::all_are_there(const PlainLog& told) const {
  return std::all_of(subscribers_.begin(), subscribers_.end(), [&](const Subscriber& subscriber) {
    return subscriber.caught_up && subscriber.position == told.last();
  });
}

Watcher::Wrong FeedWatch::finish(const PlainLog& told, const model::State& /*state*/) {
  catch_up(told);
  return take_wrong();
}

// Until every subscriber has been shown the durable end.
void FeedWatch::catch_up(const PlainLog& told) {
  bool in_time = true;
  while (in_time && !wrong_) {
    std::uint64_t before = 0;
    bell_.ring([&] { before = rung_; });
    for (Subscriber& subscriber : subscribers_) {
      if (subscriber.request == 0) open(subscriber, next_request_++);
      connections_[subscriber.connection].feeds->grant(subscriber.request, kGrantsMost);
    }
    for (Connection& connection : connections_) {
      if (connection.feeds != nullptr) connection.feeds->tick(Feeds::Clock::now());
    }
    step(0);
    read_all(told);
    if (all_are_there(told)) break;
    const bool waits = std::none_of(subscribers_.begin(), subscribers_.end(),
                                    [](const Subscriber& s) { return s.request == 0; });
    if (waits) in_time = bell_.wait([&] { return rung_ > before; });
  }
  if (!in_time && !wrong_) wrong_ = "a subscriber does not come to the end";
}

}  // namespace kontor::test
