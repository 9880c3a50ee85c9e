#include "api/server.h"

#include <algorithm>
#include <future>

#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/wire.h"
#include "events/codec/catalog.h"
#include "tests/api/fake_engine.h"
#include "tests/api/peer.h"

namespace kontor {
namespace {

using test::error_of;
using test::FakeEngine;
using test::kPatience;
using test::payment_body;
using test::Peer;
using test::RawCommand;
using test::SaidError;
using test::statuses_of;
using test::submit_body;

constexpr std::uint16_t kPayment = number_of<RecordPayment>;

RawCommand payment(const std::string& id) {
  return {id, kPayment, payment_body("PAY-" + id, 100)};
}

// Answers with the question's name, from another thread when asked for.
class FakeAnswerer final : public QuestionAnswerer {
 public:
  void answer(Engine&, BookNumber book, AlignedBuffer request, Done done, Deadline) override {
    const auto* const query = flatbuffers::GetRoot<wire::QueryRequest>(request.data());
    flatbuffers::FlatBufferBuilder builder;
    const auto message = builder.CreateString(query->name() == nullptr ? "" : query->name()->str());
    builder.Finish(
        wire::CreateQueryAnswer(builder, 0, query->question(), book.value(), 0, false, 0, message));
    AlignedBuffer answer(finished_bytes(builder));
    pending_ = std::async(std::launch::async,
                          [done, bytes = std::make_shared<AlignedBuffer>(std::move(answer))] {
                            done(std::move(*bytes));
                          });
  }

 private:
  std::future<void> pending_;
};

class ServerTest : public testing::Test {
 protected:
  void serve(ServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    auto started = Server::start(engine_, questions_, std::move(options));
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(started.value());
  }

  std::string address() const { return server_->address(); }

  FakeEngine engine_;
  FakeAnswerer questions_;
  std::unique_ptr<Server> server_;
};

using TheServer = ServerTest;

TEST_F(TheServer, TellsBooksLimitsAndWhoWeAreInTheHello) {
  serve();
  Peer peer(address());
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateHello(builder, 1, 3));
  peer.send(MessageType::kHello, 42, AlignedBuffer(finished_bytes(builder)));
  const auto frame = peer.receive();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->header.request, 42U);
  const auto* const answer = verified_root<wire::HelloAnswer>(frame->body.bytes(), {});
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->protocol(), 1);
  EXPECT_EQ(answer->principal()->str(), "local");
  EXPECT_EQ(answer->limits()->frame_bytes(), limits::kFrameBytesMax);
  EXPECT_EQ(answer->limits()->outcomes_kept(), limits::kOutcomesKept);
  ASSERT_EQ(answer->books()->size(), 1U);
  EXPECT_EQ(answer->books()->Get(0)->name()->str(), "main");
}

TEST_F(TheServer, TellsOfANewBookInASecondHelloAndTakesItsCommands) {
  serve();
  Peer peer(address());
  peer.hello();
  engine_.add_book(2, "second");
  peer.submit(1, {payment("a")}, 0, 2);
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kDone});
  peer.hello();
}

TEST_F(TheServer, RefusesAProtocolItDoesNotSpeak) {
  serve();
  Peer peer(address());
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateHello(builder, 2, 9));
  peer.send(MessageType::kHello, 1, AlignedBuffer(finished_bytes(builder)));
  const SaidError error = error_of(*peer.receive());
  EXPECT_EQ(error.status, StatusCode::kMalformed);
  EXPECT_TRUE(error.closes);
  EXPECT_TRUE(peer.ended());
}

TEST_F(TheServer, WantsAHelloFirst) {
  serve();
  Peer peer(address());
  peer.submit(5, {payment("a")});
  const auto frame = peer.receive();
  EXPECT_EQ(frame->header.request, 5U);
  EXPECT_TRUE(error_of(*frame).closes);
  EXPECT_TRUE(peer.ended());
  EXPECT_TRUE(engine_.decided().empty());
}

TEST_F(TheServer, AnswersPipelinedFramesInTheOrderTheEngineDecides) {
  serve();
  Peer peer(address());
  peer.hello();
  engine_.hold();
  std::vector<std::string> ids;
  for (std::uint64_t request = 1; request <= 100; ++request) {
    ids.push_back("c" + std::to_string(request));
    peer.submit(request, {payment(ids.back())});
  }
  ASSERT_TRUE(engine_.wait_for_waiting(100));
  engine_.release();
  for (std::uint64_t request = 1; request <= 100; ++request) {
    const auto frame = peer.receive();
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->header.request, request);
    EXPECT_EQ(statuses_of(*frame), std::vector{StatusCode::kDone});
  }
  EXPECT_EQ(engine_.decided(), ids);
}

TEST_F(TheServer, AnswersEachCommandOfAFrameInItsPlace) {
  serve();
  Peer peer(address());
  peer.hello();
  RawCommand misaligned = payment("misaligned");
  misaligned.aligned = false;
  misaligned.body.insert(misaligned.body.begin(), std::byte{0});
  RawCommand hostile = payment("hostile");
  std::fill(hostile.body.begin(), hostile.body.end(), std::byte{0xFF});
  RawCommand newer = payment("newer");
  newer.version = 2;
  RawCommand late = payment("late");
  late.effective_date = INT32_MAX;
  RawCommand huge = payment("huge");
  huge.body.resize(limits::kCommandBytesMax + 1);
  peer.submit(1, {payment("one"),
                  {"", kPayment, payment_body("x", 1)},
                  {"bad\x01id", kPayment, payment_body("x", 1)},
                  {std::string(65, 'x'), kPayment, payment_body("x", 1)},
                  {"unknown", 9999, payment_body("x", 1)},
                  {"system", number_of<ClaimLog>, payment_body("x", 1)},
                  {"opens", number_of<OpenBook>, payment_body("x", 1)},
                  misaligned,
                  hostile,
                  newer,
                  late,
                  huge,
                  payment("two")});
  const auto frame = peer.receive();
  ASSERT_TRUE(frame.has_value());
  const std::vector<StatusCode> wanted = {StatusCode::kDone,
                                          StatusCode::kMalformed,
                                          StatusCode::kMalformed,
                                          StatusCode::kMalformed,
                                          StatusCode::kUnknownCommand,
                                          StatusCode::kSystemCommand,
                                          StatusCode::kUnknownBook,
                                          StatusCode::kMalformed,
                                          StatusCode::kMalformed,
                                          StatusCode::kUnknownCommand,
                                          StatusCode::kMalformed,
                                          StatusCode::kTooLarge,
                                          StatusCode::kDone};
  EXPECT_EQ(statuses_of(*frame), wanted);
  EXPECT_EQ(engine_.decided(), (std::vector<std::string>{"one", "two"}));
  const auto* const answer =
      verified_root<wire::SubmitAnswer>(frame->body.bytes(), {.depth = 6, .tables = 100});
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->answers()->Get(0)->sequence(), 1U);
  EXPECT_EQ(answer->answers()->Get(12)->sequence(), 2U);
  EXPECT_EQ(answer->details()->size(), 11U);  // each bad one says what is wrong
  EXPECT_EQ(answer->answers()->Get(12)->detail(), 0U);
}

TEST_F(TheServer, AnswersAFrameOfBadCommandsWithoutTheEngine) {
  serve();
  Peer peer(address());
  peer.hello();
  engine_.hold();
  peer.submit(1, {{"", kPayment, payment_body("x", 1)}});
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kMalformed});
  EXPECT_EQ(engine_.waiting(), 0U);
}

TEST_F(TheServer, AnswersAnEmptyFrameWithNoAnswers) {
  serve();
  Peer peer(address());
  peer.hello();
  peer.submit(1, {});
  EXPECT_TRUE(statuses_of(*peer.receive()).empty());
}

TEST_F(TheServer, EndsAConnectionThatSendsAnythingButFrames) {
  serve();
  Peer peer(address());
  peer.hello();
  const std::string_view text = "this is sixty-four bytes of something that is not a Kontor frame";
  peer.send_bytes(std::as_bytes(std::span(text)));
  const SaidError error = error_of(*peer.receive());
  EXPECT_EQ(error.status, StatusCode::kMalformed);
  EXPECT_TRUE(error.closes);
  EXPECT_TRUE(peer.ended());
}

TEST_F(TheServer, EndsAConnectionWhoseBodyIsNoFlatBuffer) {
  serve();
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    Peer peer(address());
    peer.hello();
    AlignedBuffer body = submit_body({payment("good"), payment("too")});
    for (std::size_t i = seed; i < body.size(); i += 7)
      body.data()[i] ^= std::byte{0x5A};
    peer.send(MessageType::kSubmit, 3, body);
    const auto frame = peer.receive();
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ(frame->header.request, 3U);
    if (frame->header.type == MessageType::kErrorAnswer) {
      EXPECT_EQ(error_of(*frame).status, StatusCode::kMalformed);
    }
  }
}

TEST_F(TheServer, RefusesAFrameOverTheLimitBeforeItsBodyComes) {
  serve();
  Peer peer(address());
  peer.hello();
  FrameHeader header;
  header.type = MessageType::kSubmit;
  header.request = 8;
  header.body_bytes = static_cast<std::uint32_t>(limits::kFrameBytesMax + 1);
  const HeaderBytes bytes = seal_header(header);
  peer.send_bytes(bytes);
  const auto frame = peer.receive();
  EXPECT_EQ(frame->header.request, 8U);
  EXPECT_EQ(error_of(*frame).status, StatusCode::kTooLarge);
  EXPECT_TRUE(peer.ended());
}

TEST_F(TheServer, RefusesMoreCommandsThanAFrameMayHold) {
  serve();
  Peer peer(address());
  peer.hello();
  const std::vector<RawCommand> many(limits::kFrameCommandsMax + 1, payment("same"));
  peer.submit(1, many);
  const SaidError error = error_of(*peer.receive());
  EXPECT_EQ(error.status, StatusCode::kTooLarge);
  EXPECT_FALSE(error.closes);
  EXPECT_TRUE(engine_.decided().empty());
}

TEST_F(TheServer, RefusesCommandsThatShareBytes) {
  serve();
  Peer peer(address());
  peer.hello();
  flatbuffers::FlatBufferBuilder builder;
  const std::vector<std::byte> bytes = payment_body("P", 1);
  builder.ForceVectorAlignment(bytes.size(), 1, 8);
  const auto body =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const auto id = builder.CreateString("id");
  wire::WireCommandBuilder one(builder);
  one.add_id(id);
  one.add_body(body);
  one.add_kind(kPayment);
  const auto command = one.Finish();
  const std::vector<flatbuffers::Offset<wire::WireCommand>> all(1000, command);
  builder.Finish(wire::CreateSubmitRequest(builder, builder.CreateVector(all)));
  peer.send(MessageType::kSubmit, 1, AlignedBuffer(finished_bytes(builder)));
  EXPECT_EQ(error_of(*peer.receive()).status, StatusCode::kMalformed);
}

TEST_F(TheServer, AnswersAnUnknownBookOrMessageAndGoesOn) {
  serve();
  Peer peer(address());
  peer.hello();
  peer.submit(1, {payment("a")}, 0, 99);
  EXPECT_EQ(error_of(*peer.receive()).status, StatusCode::kUnknownBook);
  peer.submit(2, {payment("b")}, 0, 0);
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kUnknownBook});
  peer.send(static_cast<MessageType>(500), 3, AlignedBuffer());
  EXPECT_EQ(error_of(*peer.receive()).status, StatusCode::kUnknownQuestion);
  peer.submit(4, {payment("c")});
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kDone});
}

TEST_F(TheServer, SaysOverloadedWithAPauseAndKeepsTheOrderOfThoseInOrder) {
  serve();
  Peer peer(address());
  peer.hello();
  engine_.turn_away(1, StatusCode::kOverloaded);
  peer.submit(1, {payment("first")}, kFlagInOrder);
  peer.submit(2, {payment("second")}, kFlagInOrder);
  for (int i = 0; i < 2; ++i) {
    const SaidError error = error_of(*peer.receive());
    EXPECT_EQ(error.status, StatusCode::kOverloaded);
    EXPECT_GT(error.retry_after_ms, 0U);
    EXPECT_FALSE(error.closes);
  }
  EXPECT_TRUE(engine_.decided().empty());
  peer.submit(1, {payment("first")}, kFlagInOrder | kFlagResume);
  peer.submit(2, {payment("second")}, kFlagInOrder);
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kDone});
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kDone});
  EXPECT_EQ(engine_.decided(), (std::vector<std::string>{"first", "second"}));
}

TEST_F(TheServer, HandsTheDeadlineOnToTheEngine) {
  serve();
  Peer peer(address());
  peer.hello();
  FrameHeader header;
  header.type = MessageType::kSubmit;
  header.request = 1;
  header.book = 1;
  header.deadline_ms = 60'000;
  const auto before = std::chrono::steady_clock::now();
  peer.send_bytes(make_frame(header, submit_body({payment("a")}).bytes()).bytes());
  ASSERT_TRUE(peer.receive().has_value());
  ASSERT_EQ(engine_.deadlines().size(), 1U);
  EXPECT_GE(engine_.deadlines()[0], before + std::chrono::seconds(60));
  EXPECT_LE(engine_.deadlines()[0], std::chrono::steady_clock::now() + std::chrono::seconds(60));
}

TEST_F(TheServer, AnswersQuestionsAndHealthBesideCommands) {
  serve();
  Peer peer(address());
  peer.hello();
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(
      wire::CreateQueryRequest(builder, wire::Question::company, builder.CreateString("acme")));
  peer.send(MessageType::kQuery, 11, AlignedBuffer(finished_bytes(builder)));
  const auto frame = peer.receive();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->header.request, 11U);
  ASSERT_EQ(frame->header.type, MessageType::kQueryAnswer);
  const auto* const answer = verified_root<wire::QueryAnswer>(frame->body.bytes(), {});
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->message()->str(), "acme");
  EXPECT_EQ(answer->position(), 1U);
  flatbuffers::FlatBufferBuilder health;
  health.Finish(wire::CreateHealth(health));
  peer.send(MessageType::kHealth, 12, AlignedBuffer(finished_bytes(health)));
  const auto health_frame = peer.receive();
  ASSERT_TRUE(health_frame.has_value());
  const auto* const healthy = verified_root<wire::HealthAnswer>(health_frame->body.bytes(), {});
  ASSERT_NE(healthy, nullptr);
  EXPECT_TRUE(healthy->ready());
  EXPECT_EQ(healthy->connections(), 1U);
}

TEST_F(TheServer, StopsReadingFromAConnectionWithTooMuchUnanswered) {
  ServerOptions options;
  options.unanswered_max = 4;
  serve(options);
  Peer peer(address());
  peer.hello();
  engine_.hold();
  for (std::uint64_t i = 1; i <= 40; ++i)
    peer.submit(i, {payment("c" + std::to_string(i))});
  ASSERT_TRUE(engine_.wait_for_waiting(4));
  // Another connection gets through: the first one is held back, not the server.
  Peer other(address());
  other.hello();
  other.submit(1, {payment("other")});
  ASSERT_TRUE(engine_.wait_for_waiting(5));
  EXPECT_EQ(engine_.waiting(), 5U);
  engine_.release();
  for (int i = 1; i <= 40; ++i)
    ASSERT_TRUE(peer.receive().has_value());
  EXPECT_EQ(engine_.decided().size(), 41U);
}

TEST_F(TheServer, AnswersWhatWasTakenWhenThePeerSendsNoMore) {
  serve();
  Peer peer(address());
  peer.hello();
  engine_.hold();
  peer.submit(1, {payment("last")});
  peer.end_sending();
  ASSERT_TRUE(engine_.wait_for_waiting(1));
  engine_.release();
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kDone});
  EXPECT_TRUE(peer.ended());
}

TEST_F(TheServer, DropsTheAnswersOfAPeerThatLeft) {
  serve();
  engine_.hold();
  {
    Peer peer(address());
    peer.hello();
    peer.submit(1, {payment("gone")});
    ASSERT_TRUE(engine_.wait_for_waiting(1));
  }
  engine_.release();
  Peer next(address());
  next.hello();
  next.submit(1, {payment("next")});
  EXPECT_EQ(statuses_of(*next.receive()), std::vector{StatusCode::kDone});
  EXPECT_EQ(engine_.decided(), (std::vector<std::string>{"gone", "next"}));
}

TEST_F(TheServer, TurnsAwayConnectionsBeyondTheirMost) {
  ServerOptions options;
  options.connections_max = 1;
  serve(options);
  Peer first(address());
  first.hello();
  Peer second(address());
  const auto frame = second.receive();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(error_of(*frame).status, StatusCode::kOverloaded);
  EXPECT_TRUE(second.ended());
  EXPECT_EQ(server_->counters().turned_away.load(), 1U);
}

TEST_F(TheServer, EndsConnectionsThatSayNoHello) {
  ServerOptions options;
  options.hello_timeout = std::chrono::milliseconds(20);
  serve(options);
  Peer silent(address());
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(server_->counters().timeouts.load(), 1U);
}

TEST_F(TheServer, EndsConnectionsThatSayNothingMore) {
  ServerOptions options;
  options.idle_timeout = std::chrono::milliseconds(500);  // longer than a hello takes
  serve(options);
  Peer idle(address());
  idle.hello();
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(server_->counters().timeouts.load(), 1U);
}

TEST_F(TheServer, EndsAConnectionThatDoesNotReadItsAnswers) {
  ServerOptions options;
  options.write_timeout = std::chrono::milliseconds(50);
  serve(options);
  Peer peer(address());
  peer.hello();
  const std::vector<RawCommand> bad(8'000, {"", kPayment, {}});
  const AlignedBuffer body = submit_body(bad);
  for (std::uint64_t i = 1; i <= 40; ++i)
    peer.send(MessageType::kSubmit, i, body);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (server_->counters().timeouts.load() == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
  SUCCEED();
}

TEST_F(TheServer, DrainsWhatItTookAndRefusesTheRest) {
  serve();
  Peer peer(address());
  peer.hello();
  engine_.hold();
  peer.submit(1, {payment("taken")});
  ASSERT_TRUE(engine_.wait_for_waiting(1));
  server_->drain();
  EXPECT_FALSE(server_->wait_drained(std::chrono::milliseconds(1)));
  peer.submit(2, {payment("late")});
  const SaidError error = error_of(*peer.receive());
  EXPECT_EQ(error.status, StatusCode::kStopping);
  EXPECT_GT(error.retry_after_ms, 0U);
  engine_.stop();
  EXPECT_TRUE(server_->wait_drained(kPatience));
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kDone});
  server_->stop();
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(engine_.decided(), std::vector<std::string>{"taken"});
}

}  // namespace
}  // namespace kontor
