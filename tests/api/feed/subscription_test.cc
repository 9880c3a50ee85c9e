// Subscriptions over real sockets to a real engine, also over a network that cuts and repeats.
#include "api/client/subscription.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "subscribe_generated.h"
#include "wire_generated.h"

#include "api/questions/question.h"
#include "api/server.h"
#include "api/wire.h"
#include "events/codec/catalog.h"
#include "tests/api/fake_engine.h"
#include "tests/api/peer.h"
#include "tests/support/api/proxy.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

using std::chrono::milliseconds;

constexpr BookNumber kBook{1};

std::string warehouse(const std::string& id) {
  return R"({"id":")" + id + R"(","RegisterWarehouse":{"warehouse":")" + id + R"("}})";
}

std::string item(const std::string& id) {
  return R"({"id":")" + id + R"(","RegisterItem":{"item":")" + id +
         R"(","tax_category":"exempt"}})";
}

// What a subscription has shown so far. Waits have a deadline.
class Shown {
 public:
  void put(EventsPart part) {
    const std::lock_guard lock(mutex_);
    caught_up_ = part.caught_up;
    position_ = part.position;
    for (SubscribedEvent& event : part.events)
      events_.push_back(std::move(event));
    ++parts_;
    changed_.notify_all();
  }
  void put_end(const SubscriptionEnd& end) {
    const std::lock_guard lock(mutex_);
    end_ = end;
    changed_.notify_all();
  }

  bool wait_for_position(std::uint64_t position) {
    return wait([&] { return position_.value() >= position; });
  }
  bool wait_caught_up() {
    return wait([&] { return caught_up_; });
  }
  std::optional<SubscriptionEnd> wait_for_end() {
    wait([&] { return end_.has_value(); });
    return end_;
  }

  std::vector<SubscribedEvent> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<std::uint64_t> sequences() {
    std::vector<std::uint64_t> out;
    for (const SubscribedEvent& event : events())
      out.push_back(event.sequence.value());
    return out;
  }

 private:
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<SubscribedEvent> events_;
  Sequence position_;
  bool caught_up_ = false;
  std::size_t parts_ = 0;
  std::optional<SubscriptionEnd> end_;
};

std::vector<std::uint64_t> all_up_to(std::uint64_t last) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t i = 1; i <= last; ++i)
    out.push_back(i);
  return out;
}

class ASubscription : public testing::Test {
 protected:
  void SetUp() override {
    live_.open_shop();
    serve({});
  }

  void serve(FeedOptions feeds, const std::string& listen = "127.0.0.1:0") {
    ServerOptions options;
    options.listen = listen;
    options.feeds = feeds;
    auto started = Server::start(live_.engine(), *questions_, std::move(options));
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(started.value());
  }

  std::unique_ptr<Subscription> subscribe(const std::string& address, SubscriptionWanted wanted,
                                          Shown& shown) {
    ClientOptions options;
    EXPECT_TRUE(parse_server(address, options).ok());
    options.backoff_first = milliseconds(1);
    options.backoff_max = milliseconds(10);
    wanted.book = kBook;
    auto opened = Subscription::open(
        options, std::move(wanted), true, [&shown](EventsPart part) { shown.put(std::move(part)); },
        [&shown](const SubscriptionEnd& end) { shown.put_end(end); });
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return std::move(opened.value());
  }

  // That many commands, each an event.
  void register_many(const std::string& prefix, int count) { submit_many(item, prefix, count); }
  void register_warehouses(int count) { submit_many(warehouse, "w", count); }

  void submit_many(std::string (*command)(const std::string& id), const std::string& prefix,
                   int count) {
    std::vector<std::string> commands;
    for (int i = 0; i < count; ++i)
      commands.push_back(command(prefix + std::to_string(i)));
    const Ticket ticket = live_.submit(commands);
    EXPECT_EQ(ticket->statuses(), std::vector(commands.size(), StatusCode::kDone));
  }

  std::uint64_t last() { return live_.engine().books().front().last_sequence.value(); }

  LiveEngine live_;
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  std::unique_ptr<Server> server_;
};

TEST_F(ASubscription, ShowsWhatWasAndThenWhatBecomesDurable) {
  Shown shown;
  const auto subscription = subscribe(server_->address(), {}, shown);
  ASSERT_TRUE(shown.wait_caught_up());
  EXPECT_EQ(shown.sequences(), all_up_to(last()));
  register_warehouses(3);
  ASSERT_TRUE(shown.wait_for_position(last()));
  EXPECT_EQ(shown.sequences(), all_up_to(last()));
  const SubscribedEvent event = shown.events().back();
  EXPECT_EQ(event.event, "WarehouseRegistered");
  EXPECT_EQ(event.command, "RegisterWarehouse");
  EXPECT_EQ(event.command_id, "w2");
  EXPECT_EQ(event.principal, "local");
  EXPECT_EQ(event.body.find(R"("warehouse":"w2")") != std::string::npos, true) << event.body;
}

TEST_F(ASubscription, BeginsWhereItIsToldTo) {
  Shown shown;
  SubscriptionWanted wanted;
  wanted.from = Sequence{last()};
  const auto subscription = subscribe(server_->address(), wanted, shown);
  ASSERT_TRUE(shown.wait_caught_up());
  EXPECT_EQ(shown.sequences(), std::vector{last()});
}

TEST_F(ASubscription, ShowsManyPartsWithoutGaps) {
  register_many("m", 3'000);
  Shown shown;
  const auto subscription = subscribe(server_->address(), {}, shown);
  ASSERT_TRUE(shown.wait_for_position(last()));
  EXPECT_EQ(shown.sequences(), all_up_to(last()));
}

TEST_F(ASubscription, ShowsOnlyWhatPassesItsFilters) {
  register_warehouses(3);
  SubscriptionWanted by_kind;
  by_kind.kinds = {event_number("WarehouseRegistered"), event_number("CompanyRegistered")};
  Shown kinds;
  const auto first = subscribe(server_->address(), by_kind, kinds);
  ASSERT_TRUE(kinds.wait_caught_up());
  std::string names;
  for (const SubscribedEvent& event : kinds.events())
    names += event.event + " ";
  EXPECT_EQ(names,
            "WarehouseRegistered CompanyRegistered WarehouseRegistered WarehouseRegistered "
            "WarehouseRegistered ");

  SubscriptionWanted by_company;
  by_company.company = "acme";
  Shown company;
  const auto second = subscribe(server_->address(), by_company, company);
  ASSERT_TRUE(company.wait_caught_up());
  ASSERT_EQ(company.events().size(), 2U);
  EXPECT_EQ(company.events()[1].event, "CreditLimitSet");

  SubscriptionWanted by_stream;
  by_stream.stream = "warehouse:w1";
  Shown stream;
  const auto third = subscribe(server_->address(), by_stream, stream);
  ASSERT_TRUE(stream.wait_for_position(last()));
  ASSERT_EQ(stream.events().size(), 1U);
  EXPECT_EQ(stream.events()[0].command_id, "w1");
}

TEST_F(ASubscription, ToWhatIsNotThereSaysSo) {
  SubscriptionWanted wanted;
  wanted.stream = "nothing";
  Shown unknown;
  const auto first = subscribe(server_->address(), wanted, unknown);
  EXPECT_EQ(unknown.wait_for_end()->status, StatusCode::kNotFound);
  wanted.stream = "";
  wanted.from = Sequence{last() + 2};
  Shown beyond;
  const auto second = subscribe(server_->address(), wanted, beyond);
  EXPECT_EQ(beyond.wait_for_end()->status, StatusCode::kNotFound);
  wanted.from = Sequence{};
  wanted.kinds = {65'000};
  Shown kind;
  const auto third = subscribe(server_->address(), wanted, kind);
  EXPECT_EQ(kind.wait_for_end()->status, StatusCode::kMalformed);
}

TEST_F(ASubscription, EndsWhenItIsCancelled) {
  Shown shown;
  const auto subscription = subscribe(server_->address(), {}, shown);
  ASSERT_TRUE(shown.wait_caught_up());
  subscription->cancel();
  const auto end = shown.wait_for_end();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, StatusCode::kDone);
  EXPECT_EQ(end->position.value(), last());
}

TEST_F(ASubscription, GoesOnWithTheServersSuccessor) {
  Shown shown;
  const auto subscription = subscribe(server_->address(), {}, shown);
  ASSERT_TRUE(shown.wait_caught_up());
  const std::string address = server_->address();
  server_->drain();
  server_.reset();
  register_many("w", 5);
  serve({}, address);
  ASSERT_TRUE(shown.wait_for_position(last()));
  EXPECT_EQ(shown.sequences(), all_up_to(last()));
}

TEST_F(ASubscription, EndsWhenTheServerIsNotReachedAgain) {
  Shown shown;
  ClientOptions options;
  ASSERT_TRUE(parse_server(server_->address(), options).ok());
  options.deadline = milliseconds(50);
  options.backoff_first = milliseconds(5);
  SubscriptionWanted wanted;
  wanted.book = kBook;
  auto opened = Subscription::open(
      options, wanted, true, [&shown](EventsPart part) { shown.put(std::move(part)); },
      [&shown](const SubscriptionEnd& end) { shown.put_end(end); });
  ASSERT_TRUE(opened.ok());
  ASSERT_TRUE(shown.wait_caught_up());
  server_.reset();
  const auto end = shown.wait_for_end();
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, StatusCode::kConnectionLost);
  EXPECT_EQ(end->position.value(), last());
}

TEST_F(ASubscription, IsReadByWhoWouldRatherWait) {
  ClientOptions options;
  ASSERT_TRUE(parse_server(server_->address(), options).ok());
  SubscriptionWanted wanted;
  wanted.book = kBook;
  register_many("w", 2'000);
  auto stream = EventStream::open(options, wanted);
  ASSERT_TRUE(stream.ok());
  std::vector<std::uint64_t> seen;
  while (const auto part = (*stream)->next()) {
    for (const SubscribedEvent& event : part->events)
      seen.push_back(event.sequence.value());
    if (part->caught_up) (*stream)->stop();
  }
  EXPECT_EQ(seen, all_up_to(last()));
  EXPECT_EQ((*stream)->end().status, StatusCode::kDone);
}

// ---- what a connection is told ------------------------------------------------------------------

AlignedBuffer subscribe_body(std::uint32_t frames, std::uint64_t from = 0) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateSubscribeRequest(builder, from, 0, 0, 0, frames));
  return AlignedBuffer(finished_bytes(builder));
}

AlignedBuffer grant_body(std::uint32_t frames) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateGrant(builder, frames));
  return AlignedBuffer(finished_bytes(builder));
}

const wire::SubscribeAnswer& part_of(const std::optional<Frame>& frame) {
  EXPECT_TRUE(frame.has_value());
  EXPECT_EQ(frame->header.type, MessageType::kSubscribeAnswer);
  const auto* const part =
      verified_root<wire::SubscribeAnswer>(frame->body.bytes(), {.depth = 4, .tables = 8'192});
  EXPECT_NE(part, nullptr);
  return *part;
}

TEST_F(ASubscription, ShowsNothingBeforeItIsDurable) {
  Peer peer(server_->address());
  peer.hello();
  peer.send(MessageType::kSubscribe, 7, subscribe_body(64));
  ASSERT_TRUE(part_of(peer.receive()).caught_up());
  live_.gate().close();
  const CommitNumber next{live_.log().tail().last.value() + 1};
  const Ticket ticket = live_.submit({warehouse("late")});
  ASSERT_TRUE(live_.gate().wait_for_commit(next)) << "decided, and on its way to the disk";
  flatbuffers::FlatBufferBuilder health;
  health.Finish(wire::CreateHealth(health));
  peer.send(MessageType::kHealth, 8, AlignedBuffer(finished_bytes(health)));
  EXPECT_EQ(peer.receive()->header.type, MessageType::kHealthAnswer) << "nothing came before";
  live_.gate().open();
  const auto frame = peer.receive();
  const auto& part = part_of(frame);
  ASSERT_EQ(part.events()->size(), 1U);
  EXPECT_EQ(part.events()->Get(0)->command_id()->str(), "late");
}

TEST_F(ASubscription, IsToldWhereToGoOnWhenItIsTooSlow) {
  FeedOptions feeds;
  feeds.slow_timeout = milliseconds(40);
  serve(feeds);
  register_many("m", 2'000);
  Peer peer(server_->address());
  peer.hello();
  peer.send(MessageType::kSubscribe, 7, subscribe_body(1));
  const auto first = peer.receive();
  const std::uint64_t position = part_of(first).position();
  EXPECT_LT(position, last()) << "one part, and no grant";
  register_many("n", 10);  // commits go on
  const auto ended = peer.receive();
  const auto& end = part_of(ended);
  EXPECT_TRUE(end.ended());
  EXPECT_EQ(static_cast<StatusCode>(end.status()), StatusCode::kOverloaded);
  EXPECT_EQ(end.position(), position);
  EXPECT_GT(end.retry_after_ms(), 0U);
  EXPECT_EQ(server_->counters().slow_feeds, 1U);
  EXPECT_EQ(server_->counters().feeds, 0U);
  peer.send(MessageType::kSubscribe, 8, subscribe_body(1, position + 1));
  EXPECT_EQ(part_of(peer.receive()).first(), position + 1);
}

TEST_F(ASubscription, ComesAsItIsGranted) {
  register_many("m", 2'000);
  Peer peer(server_->address());
  peer.hello();
  peer.send(MessageType::kSubscribe, 7, subscribe_body(0));
  flatbuffers::FlatBufferBuilder health;
  health.Finish(wire::CreateHealth(health));
  peer.send(MessageType::kHealth, 8, AlignedBuffer(finished_bytes(health)));
  EXPECT_EQ(peer.receive()->header.type, MessageType::kHealthAnswer);
  std::uint64_t position = 0;
  while (position < last()) {
    peer.send(MessageType::kGrant, 7, grant_body(1));
    const auto frame = peer.receive();
    const auto& part = part_of(frame);
    EXPECT_EQ(part.first(), position + 1);
    ASSERT_GT(part.position(), position);
    position = part.position();
  }
}

TEST_F(ASubscription, OfAConnectionIsOneOfAFew) {
  FeedOptions feeds;
  feeds.of_connection_max = 2;
  feeds.of_server_max = 3;
  serve(feeds);
  Peer peer(server_->address());
  peer.hello();
  for (const std::uint64_t request : {1U, 2U}) {
    peer.send(MessageType::kSubscribe, request, subscribe_body(1, last() + 1));
    EXPECT_TRUE(part_of(peer.receive()).caught_up());
  }
  peer.send(MessageType::kSubscribe, 3, subscribe_body(1));
  const auto third = peer.receive();
  EXPECT_EQ(third->header.request, 3U);
  EXPECT_EQ(error_of(*third).status, StatusCode::kOverloaded);
  Peer other(server_->address());
  other.hello();
  other.send(MessageType::kSubscribe, 1, subscribe_body(1, last() + 1));
  EXPECT_TRUE(part_of(other.receive()).caught_up());
  other.send(MessageType::kSubscribe, 2, subscribe_body(1));
  EXPECT_EQ(error_of(*other.receive()).status, StatusCode::kOverloaded);
  peer.send(MessageType::kCancel, 1, AlignedBuffer{});
  EXPECT_TRUE(part_of(peer.receive()).ended());
  other.send(MessageType::kSubscribe, 3, subscribe_body(1, last() + 1));
  EXPECT_TRUE(part_of(other.receive()).caught_up()) << "there is room again";
}

TEST_F(ASubscription, HearsFromTheServerWhenNothingHappens) {
  FeedOptions feeds;
  feeds.mark_interval = milliseconds(20);
  serve(feeds);
  Peer peer(server_->address());
  peer.hello();
  peer.send(MessageType::kSubscribe, 7, subscribe_body(3, last() + 1));
  for (int i = 0; i < 3; ++i) {
    const auto frame = peer.receive();
    const auto& mark = part_of(frame);
    EXPECT_TRUE(mark.caught_up());
    EXPECT_EQ(mark.events(), nullptr);
    EXPECT_EQ(mark.position(), last());
  }
}

TEST_F(ASubscription, IsEndedByAServerThatStops) {
  Peer peer(server_->address());
  peer.hello();
  peer.send(MessageType::kSubscribe, 7, subscribe_body(9));
  EXPECT_TRUE(part_of(peer.receive()).caught_up());
  server_->drain();
  const auto frame = peer.receive();
  EXPECT_TRUE(part_of(frame).ended());
  EXPECT_EQ(static_cast<StatusCode>(part_of(frame).status()), StatusCode::kStopping);
  EXPECT_EQ(part_of(frame).position(), last());
  peer.send(MessageType::kSubscribe, 8, subscribe_body(1));
  EXPECT_EQ(error_of(*peer.receive()).status, StatusCode::kStopping);
}

// ---- a bad network ------------------------------------------------------------------------------

class ASubscriptionOverABadNetwork : public ASubscription,
                                     public testing::WithParamInterface<std::uint64_t> {};

TEST_P(ASubscriptionOverABadNetwork, LosesNothingAndShowsNothingTwice) {
  register_many("h", 3'000);
  Mischief mischief;
  mischief.cut = 60;
  mischief.cut_inside = 60;
  mischief.hold = 60;
  mischief.twice = 200;
  Proxy proxy(server_->address(), GetParam(), mischief);
  Shown shown;
  const auto subscription = subscribe(proxy.address(), {}, shown);
  for (int i = 0; i < 40; ++i)  // live, while history is still on its way
    register_many("l" + std::to_string(i) + "-", 25);
  ASSERT_TRUE(shown.wait_for_position(last())) << "seed " << GetParam();
  EXPECT_EQ(shown.sequences(), all_up_to(last())) << "seed " << GetParam();
  const MischiefDone done = proxy.done();
  EXPECT_GT(done.cuts + done.twice, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ASubscriptionOverABadNetwork, testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace kontor::test
