// The deadline of a question, from the frame to whoever answers.
#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/server.h"
#include "api/wire.h"
#include "tests/api/fake_engine.h"
#include "tests/api/peer.h"

namespace kontor::test {
namespace {

// Answers at once, and keeps the deadline it was given.
class KeepsTheDeadline final : public QuestionAnswerer {
 public:
  void answer(Engine&, BookNumber, AlignedBuffer, Done done, Deadline deadline) override {
    last = deadline;
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(wire::CreateQueryAnswer(builder));
    done(AlignedBuffer(finished_bytes(builder)));
  }

  Deadline last;  // read after the answer has come
};

TEST(ADeadlineOfAQuestion, IsCountedFromItsArrival) {
  FakeEngine engine;
  KeepsTheDeadline questions;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  const auto server = Server::start(engine, questions, std::move(options));
  ASSERT_TRUE(server.ok());
  Peer peer((*server)->address());
  peer.hello();
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateQueryRequest(builder, wire::Question::book));
  FrameHeader header;
  header.type = MessageType::kQuery;
  header.book = 1;
  header.deadline_ms = 60'000;
  const auto before = std::chrono::steady_clock::now();
  peer.send_bytes(make_frame(header, finished_bytes(builder)).bytes());
  ASSERT_TRUE(peer.receive().has_value());
  ASSERT_TRUE(questions.last.has_value());
  EXPECT_GE(*questions.last, before + std::chrono::seconds(60));
  EXPECT_LE(*questions.last, std::chrono::steady_clock::now() + std::chrono::seconds(60));
  header.deadline_ms = 0;
  peer.send_bytes(make_frame(header, finished_bytes(builder)).bytes());
  ASSERT_TRUE(peer.receive().has_value());
  EXPECT_FALSE(questions.last.has_value()) << "none was given";
}

}  // namespace
}  // namespace kontor::test
