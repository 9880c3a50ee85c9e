// Resolve as it goes over the wire, through the real server and engine, and the command line.
#include <sstream>

#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/cli/program.h"
#include "api/client/answers.h"
#include "api/client/client.h"
#include "api/client/link.h"
#include "api/questions/question.h"
#include "api/server.h"
#include "api/wire.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"
#include "tests/api/peer.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

const std::string kEast = R"({"id":"east","RegisterWarehouse":{"warehouse":"east"}})";
const std::string kRefused = R"({"id":"no","SetCreditLimit":{"company":"nobody","limit":"1.00"}})";

class ResolveOnTheWire : public testing::Test {
 protected:
  void SetUp() override {
    live_.open_shop();
    east_ = live_.ask(kEast);
    live_.ask(kRefused);
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    auto started = Server::start(live_.engine(), *questions_, std::move(options));
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(started.value());
  }

  // The answer's bytes stay in body_.
  std::vector<kontor::Answer> resolve(Peer& peer, const std::vector<std::string>& ids,
                                      Sequence since = {}) {
    peer.send(MessageType::kResolve, 9, resolve_body(ids, since));
    const auto frame = peer.receive();
    std::vector<kontor::Answer> answers;
    if (!frame.has_value()) {
      ADD_FAILURE() << "no answer";
      return answers;
    }
    EXPECT_EQ(frame->header.type, MessageType::kResolveAnswer);
    EXPECT_EQ(frame->header.request, 9U);
    body_ = AlignedBuffer(frame->body.bytes());
    EXPECT_TRUE(read_answers(body_.bytes(), ids.size(), answers));
    return answers;
  }

  struct Ran {
    int status = 0;
    std::string out;
  };
  Ran run(std::vector<std::string> words) const {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    cli::Environment env{.in = in, .out = out, .err = err};
    words.insert(words.begin(), {"kontor", "--server", server_->address()});
    std::vector<const char*> arguments;
    for (const std::string& word : words)
      arguments.push_back(word.c_str());
    const int status = cli::run_program(static_cast<int>(arguments.size()), arguments.data(), env);
    return {status, out.str()};
  }

  LiveEngine live_;
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  std::unique_ptr<Server> server_;
  EngineAnswer east_;
  AlignedBuffer body_;
};

TEST_F(ResolveOnTheWire, AnswersEachIdInItsPlace) {
  Peer peer(server_->address());
  peer.hello();
  const auto answers = resolve(peer, {"no", "never", "", "east", "bad\nid"});
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0].status, StatusCode::kRefused);
  EXPECT_NE(answers[0].reasons, nullptr);
  EXPECT_EQ(answers[1].status, StatusCode::kFenced);
  EXPECT_EQ(answers[1].events.size(), 1U);
  EXPECT_EQ(answers[1].events[0], number_of<CommandFenced>);
  EXPECT_NE(answers[1].message.find("another id"), std::string_view::npos);
  EXPECT_EQ(answers[2].status, StatusCode::kMalformed);
  EXPECT_EQ(answers[3].status, StatusCode::kDone);
  EXPECT_EQ(answers[3].sequence.value(), east_.sequence);
  EXPECT_EQ(answers[3].recorded_at.value(), east_.recorded_at);
  EXPECT_EQ(answers[4].status, StatusCode::kMalformed);
  const auto again = resolve(peer, {"never"});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].status, StatusCode::kFenced);
  EXPECT_TRUE(again[0].repeated);
}

TEST_F(ResolveOnTheWire, TellsWhyAPositionIsNone) {
  Peer peer(server_->address());
  peer.hello();
  const auto answers = resolve(peer, {"x"}, Sequence{1'000'000});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, StatusCode::kNotFound);
  EXPECT_FALSE(answers[0].message.empty());
}

TEST_F(ResolveOnTheWire, RefusesABodyThatIsNoneAndTooManyIds) {
  Peer peer(server_->address());
  peer.hello();
  peer.send(MessageType::kResolve, 1,
            resolve_body(std::vector<std::string>(limits::kFrameCommandsMax + 1, "x"), {}));
  const SaidError many = error_of(*peer.receive());
  EXPECT_EQ(many.status, StatusCode::kTooLarge);
  EXPECT_FALSE(many.closes);
  peer.send(MessageType::kResolve, 2, resolve_body({"x"}, {}), 0, 77);
  EXPECT_EQ(error_of(*peer.receive()).status, StatusCode::kUnknownBook);
  const AlignedBuffer none(std::vector<std::byte>(24, std::byte{0xFF}));
  peer.send(MessageType::kResolve, 3, none);
  const SaidError bad = error_of(*peer.receive());
  EXPECT_EQ(bad.status, StatusCode::kMalformed);
  EXPECT_TRUE(bad.closes);
}

TEST_F(ResolveOnTheWire, ARetrySaysWhatWasKnownBeforeItsFirstTry) {
  const EngineAnswer opened =
      live_.ask(R"({"id":"open-2","OpenBook":{"book":"small","currency":"EUR",
                                    "outcomes_kept":16}})");
  ASSERT_EQ(opened.status, StatusCode::kDone);
  SubmitOptions small;
  small.book = BookNumber{2};
  for (int i = 0; i < 20; ++i) {
    live_.ask(R"({"id":"w)" + std::to_string(i) + R"(","RegisterWarehouse":{"warehouse":"w"}})",
              small);
  }
  Peer peer(server_->address());
  peer.hello();
  const CommandText text = command_text(R"({"id":"w0","RegisterWarehouse":{"warehouse":"w"}})");
  const AlignedBuffer body = submit_body({{text.id, text.kind, text.body}});
  FrameHeader header;
  header.type = MessageType::kSubmit;
  header.request = 5;
  header.book = 2;
  header.flags = kFlagAgain;
  peer.send_bytes(make_frame(header, body.bytes()).bytes());
  EXPECT_EQ(statuses_of(*peer.receive()), std::vector{StatusCode::kTooOld});
}

TEST_F(ResolveOnTheWire, TellsEachBooksPositionInTheHello) {
  Peer peer(server_->address());
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateHello(builder));
  peer.send(MessageType::kHello, 1, AlignedBuffer(finished_bytes(builder)));
  const auto frame = peer.receive();
  ServerInfo info;
  ASSERT_TRUE(read_hello_answer(frame->body.bytes(), info));
  ASSERT_EQ(info.books.size(), 1U);
  EXPECT_EQ(info.books[0].position.value(), east_.sequence + 1);
  EXPECT_EQ(info.books[0].outcomes_kept, limits::kOutcomesKept);
}

TEST_F(ResolveOnTheWire, IsAVerbOfTheCommandLineWithTheExitStatusOfTheAnswer) {
  const Ran done = run({"resolve", "east"});
  EXPECT_EQ(done.status, cli::kExitDone);
  EXPECT_NE(done.out.find(R"("status":"done")"), std::string::npos) << done.out;
  EXPECT_EQ(run({"resolve", "no"}).status, cli::kExitRefused);
  const Ran fenced = run({"resolve", "never", "--since", std::to_string(east_.sequence)});
  EXPECT_EQ(fenced.status, cli::kExitRefused);
  EXPECT_NE(fenced.out.find(R"("status":"fenced")"), std::string::npos) << fenced.out;
  EXPECT_EQ(run({"resolve", "other", "--since", "1000000"}).status, cli::kExitUsage);
  EXPECT_EQ(run({"resolve", "shop-book", "--open-book"}).status, cli::kExitRefused);
  EXPECT_EQ(run({"resolve", "open-shop", "--open-book"}).status, cli::kExitDone);
}

}  // namespace
}  // namespace kontor::test
