#include "api/feed/feeds.h"

#include <algorithm>
#include <vector>

#include "subscribe_generated.h"

#include "api/answer.h"
#include "api/wire.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

bool ends(const FeedPart& part) {
  return part.status != StatusCode::kDone && !part.again;
}

AlignedBuffer part_frame(std::uint64_t request, const FeedPart& part) {
  FlatBufferBuilder builder(4096);
  std::vector<Offset<wire::EventRow>> rows;
  rows.reserve(part.events.size());
  for (const auto& row : part.events)
    rows.push_back(wire::CreateEventRow(builder, row.get()));
  const auto message = part.message.empty() ? 0 : builder.CreateString(part.message);
  const auto events = rows.empty() ? 0 : builder.CreateVector(rows);
  const bool later = class_of(part.status) == StatusClass::kNotStarted;
  wire::SubscribeAnswerBuilder out(builder);
  out.add_first(part.first.value());
  out.add_position(part.position.value());
  out.add_events(events);
  out.add_message(message);
  if (later) out.add_retry_after_ms(kRetryAfterStoppingMs);
  out.add_status(static_cast<std::uint16_t>(part.status));
  out.add_caught_up(part.caught_up);
  out.add_ended(ends(part));
  builder.Finish(out.Finish());
  FrameHeader header;
  header.type = MessageType::kSubscribeAnswer;
  header.request = request;
  return make_frame(header, finished_bytes(builder));
}

}  // namespace

Feeds::Feeds(FeedContext& context, std::uint64_t session, std::shared_ptr<Handover> handover,
             Send send)
    : context_(context), session_(session), handover_(std::move(handover)), send_(std::move(send)) {
}

Feeds::~Feeds() {
  while (!feeds_.empty())
    forget(feeds_.begin()->first);
}

std::optional<std::string> Feeds::open(Engine& engine, std::uint64_t request, FeedWanted wanted,
                                       std::uint32_t grants) {
  const FeedOptions& options = context_.options;
  const bool anew = feeds_.contains(request);
  if (!anew && feeds_.size() >= options.of_connection_max) {
    return "this connection has as many subscriptions as it may; cancel one";
  }
  if (!anew && context_.open >= options.of_server_max) {
    return "the server has as many subscriptions as it may; try again later";
  }
  if (!anew) ++context_.open;
  context_.watch(true);
  Feed& feed = feeds_[request];
  feed = {};
  feed.book = wanted.book;
  feed.position = Sequence{std::max<std::uint64_t>(wanted.from.value(), 1) - 1};
  feed.generation = next_generation_++;
  feed.grants = std::min(grants, options.grants_max);
  feed.last_sent = Clock::now();
  const Engine::Place place = engine.place_of(wanted.book);
  wanted.book = place.book;
  feed.reader = std::make_shared<FeedReader>(*place.engine, std::move(wanted));
  return std::nullopt;
}

void Feeds::forget(std::uint64_t request) {
  feeds_.erase(request);
  --context_.open;
  if (context_.open == 0) {
    context_.watch(false);
    context_.durable.clear();
  }
}

void Feeds::grant(std::uint64_t request, std::uint32_t frames) {
  const auto found = feeds_.find(request);
  if (found == feeds_.end()) return;  // ended on its way
  std::uint32_t& grants = found->second.grants;
  grants =
      std::min(context_.options.grants_max, grants + std::min(frames, context_.options.grants_max));
  found->second.slow_since.reset();
}

void Feeds::cancel(std::uint64_t request) {
  if (!feeds_.contains(request)) return;  // its end is on the way
  end(request, StatusCode::kDone, "cancelled");
}

// Ended with `done` it was cancelled; part_frame calls only other statuses an end.
void Feeds::end(std::uint64_t request, StatusCode status, std::string_view message) {
  const Feed& feed = feeds_.at(request);
  FlatBufferBuilder builder(256);
  const auto text = builder.CreateString(message.data(), message.size());
  wire::SubscribeAnswerBuilder out(builder);
  out.add_first(feed.position.value() + 1);
  out.add_position(feed.position.value());
  out.add_message(text);
  if (class_of(status) == StatusClass::kNotStarted) out.add_retry_after_ms(kRetryAfterStoppingMs);
  out.add_status(static_cast<std::uint16_t>(status));
  out.add_ended(true);
  builder.Finish(out.Finish());
  FrameHeader header;
  header.type = MessageType::kSubscribeAnswer;
  header.request = request;
  send_(make_frame(header, finished_bytes(builder)));
  forget(request);
}

bool Feeds::has_news(const Feed& feed) const {
  if (!feed.caught_up) return true;
  const auto told = context_.durable.find(feed.book);
  return told != context_.durable.end() && told->second > feed.position;
}

void Feeds::pump(std::size_t unwritten) {
  if (unwritten >= context_.options.unwritten_bytes_max) return;
  for (auto& [request, feed] : feeds_) {
    if (feed.reading || feed.later || !has_news(feed)) continue;
    if (feed.grants == 0) {
      if (!feed.slow_since) feed.slow_since = Clock::now();
      continue;
    }
    read_on(request, feed);
  }
}

void Feeds::read_on(std::uint64_t request, Feed& feed) {
  feed.reading = true;
  feed.reader->next([handover = handover_, session = session_, request,
                     generation = feed.generation](FeedPart part) {
    Finished finished;
    finished.session = session;
    if (!part.again) finished.frame = part_frame(request, part);
    part.events.clear();
    finished.feed = std::make_shared<FeedFinished>();
    finished.feed->request = request;
    finished.feed->generation = generation;
    finished.feed->position = part.position;
    finished.feed->caught_up = part.caught_up;
    finished.feed->again = part.again;
    finished.feed->ended = ends(part);
    handover->push(std::move(finished));
  });
}

void Feeds::on_part(Finished finished) {
  const FeedFinished& part = *finished.feed;
  const auto found = feeds_.find(part.request);
  if (found == feeds_.end() || found->second.generation != part.generation) {
    KONTOR_MARK("a part of a subscription that is over");
    return;
  }
  Feed& feed = found->second;
  feed.reading = false;
  if (part.again) {
    feed.later = true;
    return;
  }
  feed.position = part.position;
  feed.caught_up = part.caught_up;
  feed.last_sent = Clock::now();
  --feed.grants;
  send_(std::move(finished.frame));
  if (part.ended) forget(part.request);
}

void Feeds::tick(Clock::time_point now) {
  std::vector<std::uint64_t> slow;
  for (auto& [request, feed] : feeds_) {
    feed.later = false;
    if (feed.slow_since && now - *feed.slow_since > context_.options.slow_timeout) {
      slow.push_back(request);
      continue;
    }
    const bool silent = now - feed.last_sent > context_.options.mark_interval;
    if (!silent || feed.reading || feed.grants == 0 || has_news(feed)) continue;
    KONTOR_MARK("a caught-up mark after a silence");
    FeedPart mark;
    mark.first = Sequence{feed.position.value() + 1};
    mark.position = feed.position;
    mark.caught_up = true;
    --feed.grants;
    feed.last_sent = now;
    send_(part_frame(request, mark));
  }
  for (const std::uint64_t request : slow) {
    KONTOR_MARK("a subscriber that took nothing for too long");
    ++context_.ended_slow;
    end(request, StatusCode::kOverloaded,
        "the subscriber took nothing for too long; subscribe again from the position after this "
        "one");
  }
}

void Feeds::end_all(StatusCode status, std::string_view message) {
  while (!feeds_.empty())
    end(feeds_.begin()->first, status, message);
}

}  // namespace kontor
