#include "api/client/subscription.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>
#include <pthread.h>

#include "subscribe_generated.h"

#include "api/client/link.h"
#include "api/wire.h"

namespace kontor {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kTablesMax = 8'192;  // of a part
constexpr std::uint64_t kFirstRequest = 1;

std::string text(const flatbuffers::String* value) {
  return value == nullptr ? std::string{} : value->str();
}

AlignedBuffer frame_of(MessageType type, std::uint64_t request, BookNumber book,
                       const flatbuffers::FlatBufferBuilder& builder) {
  FrameHeader header;
  header.type = type;
  header.request = request;
  header.book = book.value();
  return make_frame(header, finished_bytes(builder));
}

AlignedBuffer subscribe_frame(std::uint64_t request, const SubscriptionWanted& wanted,
                              Sequence from, std::uint32_t parts) {
  flatbuffers::FlatBufferBuilder builder(256);
  const auto stream = wanted.stream.empty() ? 0 : builder.CreateString(wanted.stream);
  const auto company = wanted.company.empty() ? 0 : builder.CreateString(wanted.company);
  const auto kinds = wanted.kinds.empty() ? 0 : builder.CreateVector(wanted.kinds);
  builder.Finish(
      wire::CreateSubscribeRequest(builder, from.value(), stream, company, kinds, parts));
  return frame_of(MessageType::kSubscribe, request, wanted.book, builder);
}

AlignedBuffer grant_frame(std::uint64_t request, std::uint32_t parts) {
  flatbuffers::FlatBufferBuilder builder(64);
  builder.Finish(wire::CreateGrant(builder, parts));
  return frame_of(MessageType::kGrant, request, BookNumber{0}, builder);
}

AlignedBuffer cancel_frame(std::uint64_t request) {
  FrameHeader header;
  header.type = MessageType::kCancel;
  header.request = request;
  return make_frame(header, {});
}

SubscribedEvent read_row(const wire::EventRow& row) {
  SubscribedEvent event;
  event.sequence = Sequence{row.sequence()};
  event.recorded_at = Timestamp{row.recorded_at()};
  event.effective_date = Date{row.effective_date()};
  event.business_date = Date{row.business_date()};
  event.event = text(row.event());
  event.command = text(row.command());
  event.command_id = text(row.command_id());
  event.principal = text(row.principal());
  event.actor = text(row.actor());
  event.reason = text(row.reason());
  if (row.caused_by() != UINT64_MAX) event.caused_by = row.caused_by();
  event.body = text(row.body());
  return event;
}

class SubscriptionCore final : public Subscription, private LinkOwner {
 public:
  SubscriptionCore(ClientOptions options, SubscriptionWanted wanted, bool grants, OnPart on_part,
                   OnEnd on_end)
      : options_(std::move(options)),
        wanted_(std::move(wanted)),
        grants_(grants),
        on_part_(std::move(on_part)),
        on_end_(std::move(on_end)),
        link_(io_, *this, options_),
        pause_(io_),
        ticker_(io_),
        position_(Sequence{std::max<std::uint64_t>(wanted_.from.value(), 1) - 1}),
        backoff_(options_.backoff_first) {}
  ~SubscriptionCore() override { shut(); }

  Status start();
  void grant(std::uint32_t parts) override {
    boost::asio::post(io_, [this, parts] { on_grant(parts); });
  }
  void cancel() override {
    boost::asio::post(io_, [this] { on_cancel(); });
  }
  void close() override { shut(); }

 private:
  void on_ready(const ServerInfo& server) override;
  void on_frame(const Frame& frame) override;
  void on_frames_read() override {}
  void on_written() override;
  void on_lost(const std::string& why) override;

  void say(AlignedBuffer frame);
  void on_grant(std::uint32_t parts);
  void on_cancel();
  void on_answer(const wire::SubscribeAnswer& answer);
  void show(const wire::SubscribeAnswer& answer);
  void on_server_end(StatusCode status, std::string message);
  void finish(StatusCode status, std::string message);
  void tick();
  void shut();

  const ClientOptions options_;
  const SubscriptionWanted wanted_;
  const bool grants_;
  OnPart on_part_;
  OnEnd on_end_;
  boost::asio::io_context io_{1};
  Link link_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer ticker_;
  std::uint64_t request_ = kFirstRequest;  // another with each connection
  Sequence position_;                      // shown up to it
  std::uint32_t held_ = 0;                 // parts shown and not granted again yet
  std::deque<AlignedBuffer> outgoing_;
  std::deque<AlignedBuffer> writing_;
  milliseconds backoff_;
  std::optional<steady_clock::time_point> lost_since_;
  steady_clock::time_point last_heard_ = steady_clock::now();
  std::string why_lost_;
  bool cancelled_ = false;
  bool finished_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool greeted_ = false;     // guarded
  bool failed_ = false;      // guarded: the first connection did
  std::string first_error_;  // guarded
  std::thread thread_;
};

Status SubscriptionCore::start() {
  boost::asio::post(io_, [this] {
    link_.open();
    tick();
  });
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "kontor-events");
    io_.run();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return greeted_ || failed_; });
  if (greeted_) return {};
  return Error{ErrorKind::kUnavailable, first_error_ + "; is the server running there?"};
}

// ---- sending ------------------------------------------------------------------------------------

void SubscriptionCore::say(AlignedBuffer frame) {
  if (finished_ || (!link_.ready())) return;  // a new connection begins anew
  outgoing_.push_back(std::move(frame));
  on_written();
}

void SubscriptionCore::on_written() {
  if (link_.writing()) return;
  writing_.clear();
  if (outgoing_.empty() || !link_.ready()) return;
  writing_.swap(outgoing_);
  std::vector<boost::asio::const_buffer> buffers;
  for (const AlignedBuffer& frame : writing_)
    buffers.push_back(boost::asio::buffer(frame.data(), frame.size()));
  link_.write(buffers);
}

void SubscriptionCore::on_grant(std::uint32_t parts) {
  held_ -= std::min(held_, parts);
  say(grant_frame(request_, parts));
}

void SubscriptionCore::on_cancel() {
  if (finished_) return;
  cancelled_ = true;
  if (!link_.ready()) return finish(StatusCode::kDone, "cancelled");
  say(cancel_frame(request_));
}

// ---- the connection -----------------------------------------------------------------------------

void SubscriptionCore::on_ready(const ServerInfo&) {
  {
    const std::lock_guard lock(mutex_);
    greeted_ = true;
  }
  changed_.notify_all();
  last_heard_ = steady_clock::now();
  ++request_;
  const std::uint32_t parts = wanted_.parts_ahead - std::min(held_, wanted_.parts_ahead);
  say(subscribe_frame(request_, wanted_, Sequence{position_.value() + 1}, parts));
}

void SubscriptionCore::on_lost(const std::string& why) {
  outgoing_.clear();
  writing_.clear();
  why_lost_ = why;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !greeted_;
    failed_ = first;
    if (first) first_error_ = why;
  }
  if (first) return changed_.notify_all();
  if (finished_) return;
  if (cancelled_) return finish(StatusCode::kDone, "cancelled");
  const auto now = steady_clock::now();
  if (!lost_since_) lost_since_ = now;
  if (now - *lost_since_ > options_.deadline) {
    return finish(StatusCode::kConnectionLost, "the server was not reached again: " + why);
  }
  pause_.expires_after(backoff_);
  backoff_ = std::min(backoff_ * 2, options_.backoff_max);
  pause_.async_wait([this](const boost::system::error_code& error) {
    if (!error && link_.idle() && !finished_) link_.open();
  });
}

// A connection on which nothing comes, not even a mark, has ended somewhere on its way.
void SubscriptionCore::tick() {
  ticker_.expires_after(std::clamp(wanted_.silence / 4, milliseconds(5), milliseconds(1'000)));
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error || finished_) return;
    const bool may_send = held_ < wanted_.parts_ahead;
    if (link_.ready() && may_send && steady_clock::now() - last_heard_ > wanted_.silence) {
      link_.lose("the server said nothing for too long");
    }
    tick();
  });
}

// ---- what comes ---------------------------------------------------------------------------------

void SubscriptionCore::on_frame(const Frame& frame) {
  if (frame.header.request != request_ || finished_) return;
  last_heard_ = steady_clock::now();
  if (frame.header.type == MessageType::kErrorAnswer) {
    const ErrorSaid error = read_error_answer(frame.body.bytes());
    if (class_of(error.status) == StatusClass::kNotStarted) return link_.lose(error.message);
    return finish(error.status, error.message);
  }
  const auto* const answer =
      verified_root<wire::SubscribeAnswer>(frame.body.bytes(), {.depth = 4, .tables = kTablesMax});
  if (frame.header.type != MessageType::kSubscribeAnswer || answer == nullptr) {
    return link_.lose("an answer that cannot be read; is the server of a newer version?");
  }
  on_answer(*answer);
}

// What is missing is asked for anew; what came before is not shown again.
void SubscriptionCore::on_answer(const wire::SubscribeAnswer& answer) {
  if (answer.ended()) {
    return on_server_end(static_cast<StatusCode>(answer.status()), text(answer.message()));
  }
  if (answer.first() > position_.value() + 1) return link_.lose("a part of the events is missing");
  lost_since_.reset();
  backoff_ = options_.backoff_first;
  if (answer.position() < position_.value()) return;  // a copy of an earlier part
  show(answer);
}

void SubscriptionCore::show(const wire::SubscribeAnswer& answer) {
  EventsPart part;
  part.position = Sequence{answer.position()};
  part.caught_up = answer.caught_up();
  if (answer.events() != nullptr) {
    for (const wire::EventRow* row : *answer.events()) {
      if (row->sequence() > position_.value()) part.events.push_back(read_row(*row));
    }
  }
  position_ = part.position;
  ++held_;
  on_part_(std::move(part));
  if (grants_) on_grant(1);
}

void SubscriptionCore::on_server_end(StatusCode status, std::string message) {
  if (cancelled_) return finish(StatusCode::kDone, "cancelled");
  if (status == StatusCode::kStopping) return link_.lose(message);  // its successor goes on
  finish(status, std::move(message));
}

void SubscriptionCore::finish(StatusCode status, std::string message) {
  if (finished_) return;
  finished_ = true;
  link_.close();
  pause_.cancel();
  ticker_.cancel();
  on_end_({status, std::move(message), position_});
}

void SubscriptionCore::shut() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    finished_ = true;
    link_.close();
    io_.stop();
  });
  thread_.join();
}

}  // namespace

Result<std::unique_ptr<Subscription>> Subscription::open(ClientOptions options,
                                                         SubscriptionWanted wanted, bool grants,
                                                         OnPart on_part, OnEnd on_end) {
  auto core = std::make_unique<SubscriptionCore>(std::move(options), std::move(wanted), grants,
                                                 std::move(on_part), std::move(on_end));
  if (const Status started = core->start(); !started) return started.error();
  return std::unique_ptr<Subscription>(std::move(core));
}

std::string event_json(const SubscribedEvent& event) {
  using Json = nlohmann::ordered_json;
  Json row;
  const auto put = [&row](const char* key, const std::string& value) {
    if (!value.empty()) row[key] = value;
  };
  row["sequence"] = event.sequence.value();
  row["recorded_at"] = format_timestamp(event.recorded_at);
  put("effective_date", format_date(event.effective_date));
  put("business_date", format_date(event.business_date));
  put("event", event.event);
  put("command", event.command);
  put("command_id", event.command_id);
  put("principal", event.principal);
  put("actor", event.actor);
  put("reason", event.reason);
  if (event.caused_by) row["caused_by"] = *event.caused_by;
  row["body"] = Json::parse(event.body, nullptr, false);
  return row.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace kontor
