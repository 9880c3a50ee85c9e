#include "api/client/client.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/server.h"
#include "events/codec/catalog.h"
#include "tests/api/fake_engine.h"

namespace kontor {
namespace {

using std::chrono::milliseconds;
using test::FakeEngine;
using test::kPatience;
using test::payment_body;

constexpr BookNumber kBook{1};

class Fixture : public testing::Test {
 protected:
  void SetUp() override { serve("127.0.0.1:0"); }

  void serve(const std::string& address) {
    ServerOptions options;
    options.listen = address;
    auto started = Server::start(engine_, *questions_, std::move(options));
    ASSERT_TRUE(started.ok()) << started.error().message;
    server_ = std::move(started.value());
    address_ = server_->address();
  }

  // Ends the server with all its connections, and begins another at the same place.
  void restart() {
    server_->stop();
    server_.reset();
    serve(address_);
  }

  ClientOptions options() const {
    ClientOptions options;
    EXPECT_TRUE(parse_server(address_, options).ok());
    options.backoff_first = milliseconds(1);
    options.backoff_max = milliseconds(20);
    return options;
  }

  std::unique_ptr<Client> connect(ClientOptions options) const {
    auto client = Client::connect(std::move(options));
    EXPECT_TRUE(client.ok()) << client.error().message;
    return std::move(client.value());
  }

  CommandToSend command(std::string_view id) {
    CommandToSend command;
    command.id = id;
    command.kind = number_of<RecordPayment>;
    command.body = body_;
    return command;
  }

  std::vector<std::string> submit_many(Client& client, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      ids.push_back("c" + std::to_string(i));
      EXPECT_TRUE(client
                      .submit(kBook, command(ids.back()),
                              [this](const Answer& answer) {
                                answered_ += answer.status == StatusCode::kDone ? 1 : 0;
                                repeated_ += answer.repeated ? 1 : 0;
                              })
                      .ok());
    }
    return ids;
  }

  const std::vector<std::byte> body_ = payment_body("P", 100);
  FakeEngine engine_;
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  std::unique_ptr<Server> server_;
  std::string address_;
  std::atomic<int> answered_{0};
  std::atomic<int> repeated_{0};
};

using TheClient = Fixture;

TEST_F(TheClient, SendsManyQueuedCommandsInFewFramesAndInOrder) {
  const auto client = connect(options());
  const auto ids = submit_many(*client, 5'000);
  ASSERT_TRUE(client->wait_idle(kPatience));
  EXPECT_EQ(answered_, 5'000);
  EXPECT_EQ(engine_.decided(), ids);
  EXPECT_LT(server_->counters().frames_in.load(), 2'000U);
}

TEST_F(TheClient, SendsTheSameIdsAgainAfterTheConnectionIsLost) {
  ClientOptions small = options();
  small.frame_commands = 10;
  const auto client = connect(small);
  engine_.hold();
  const auto ids = submit_many(*client, 200);
  ASSERT_TRUE(engine_.wait_for_waiting(4));
  restart();
  ASSERT_TRUE(engine_.wait_for_waiting(8));  // some of them for the second time
  engine_.release();
  ASSERT_TRUE(client->wait_idle(kPatience));
  EXPECT_EQ(answered_, 200);
  EXPECT_EQ(engine_.decided(), ids);  // each once, in order
  EXPECT_GT(repeated_, 0);
}

TEST_F(TheClient, KeepsTheOrderWhenTheServerIsOverloaded) {
  ClientOptions small = options();
  small.frame_commands = 7;
  const auto client = connect(small);
  engine_.turn_away(5, StatusCode::kOverloaded);
  const auto ids = submit_many(*client, 700);
  ASSERT_TRUE(client->wait_idle(kPatience));
  EXPECT_EQ(answered_, 700);
  EXPECT_EQ(engine_.decided(), ids);
  EXPECT_EQ(engine_.repeats(), 0U);
}

// Each try says less: what is left of the one deadline of the command.
TEST_F(TheClient, TellsTheServerWhatIsLeftOfItsDeadline) {
  ClientOptions some = options();
  some.deadline = milliseconds(20'000);
  some.resolve_time = milliseconds(0);
  const auto client = connect(some);
  engine_.turn_away(3, StatusCode::kOverloaded);  // a pause of 20 ms after each
  ASSERT_TRUE(client->submit_and_wait(kBook, command("a")).ok());
  const auto answered = std::chrono::steady_clock::now();
  ASSERT_EQ(engine_.deadlines().size(), 1U);
  EXPECT_LE(engine_.deadlines()[0], answered + milliseconds(20'000 - 3 * 20));
}

TEST_F(TheClient, GivesUpAtTheDeadlineAndSaysWhatIsKnown) {
  ClientOptions impatient = options();
  impatient.deadline = milliseconds(100);
  const auto client = connect(impatient);
  engine_.hold();
  auto sent = client->submit_and_wait(kBook, command("sent"));
  ASSERT_TRUE(sent.ok());
  EXPECT_EQ(sent.value().status, StatusCode::kConnectionLost);
  engine_.release();
  engine_.turn_away(1'000'000, StatusCode::kOverloaded);
  auto refused = client->submit_and_wait(kBook, command("not taken"));
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused.value().status, StatusCode::kOverloaded);
  server_->stop();
  // The first may still be written to the dying connection; by the second its end is known.
  auto last = client->submit_and_wait(kBook, command("last"));
  ASSERT_TRUE(last.ok());
  EXPECT_TRUE(last.value().status == StatusCode::kConnectionLost ||
              last.value().status == StatusCode::kDeadlineExpired);
  auto unsent = client->submit_and_wait(kBook, command("unsent"));
  ASSERT_TRUE(unsent.ok());
  EXPECT_EQ(unsent.value().status, StatusCode::kDeadlineExpired);
}

TEST_F(TheClient, AsksWhatBecameOfWhatIsUnknownBeforeItsDeadline) {
  ClientOptions hurried = options();
  hurried.deadline = milliseconds(2'000);  // the last quarter of it is for asking
  const auto client = connect(hurried);
  engine_.hold();
  std::promise<Answer> promise;
  std::atomic<int> answers{0};
  ASSERT_TRUE(client
                  ->submit(kBook, command("slow"),
                           [&](const Answer& answer) {
                             if (++answers == 1) promise.set_value(answer);
                           })
                  .ok());
  ASSERT_TRUE(engine_.wait_for_waiting(2)) << "the command, and the question about it";
  engine_.release();
  const Answer answer = promise.get_future().get();
  EXPECT_EQ(answer.status, StatusCode::kDone);
  ASSERT_TRUE(client->wait_idle(kPatience));
  client->close();
  EXPECT_EQ(answers, 1) << "its own answer and the one to the question are one";
  EXPECT_EQ(engine_.decided(), std::vector<std::string>{"slow"});
}

TEST_F(TheClient, ResolvesAnIdOfAnotherProcess) {
  const auto client = connect(options());
  ASSERT_TRUE(client->submit_and_wait(kBook, command("known")).ok());
  const auto known = client->resolve_and_wait(kBook, "known", Sequence{});
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->status, StatusCode::kDone);
  EXPECT_TRUE(known->repeated);
  const auto never = client->resolve_and_wait(kBook, "never", Sequence{});
  ASSERT_TRUE(never.ok());
  EXPECT_EQ(never->status, StatusCode::kFenced);
  EXPECT_EQ(client->submit_and_wait(kBook, command("never"))->status, StatusCode::kFenced);
  EXPECT_EQ(client->resolve_and_wait(kBook, "", Sequence{}).error().kind, ErrorKind::kUsage);
}

TEST_F(TheClient, SendsNothingWithoutAnId) {
  const auto client = connect(options());
  const auto never = [](const Answer&) { FAIL() << "nothing was sent"; };
  EXPECT_EQ(client->submit(kBook, command(""), never).error().kind, ErrorKind::kUsage);
  EXPECT_EQ(client->submit(kBook, command(std::string(65, 'x')), never).error().kind,
            ErrorKind::kUsage);
  SubmitFrame frame(kBook);
  ASSERT_TRUE(frame.add(command("good")));
  ASSERT_TRUE(frame.add(command("")));
  EXPECT_EQ(client->send(std::move(frame), [](std::span<const Answer>) {}).error().kind,
            ErrorKind::kUsage);
  EXPECT_EQ(client->send(SubmitFrame(kBook), [](std::span<const Answer>) {}).error().kind,
            ErrorKind::kUsage);
  EXPECT_TRUE(client->wait_idle(kPatience));
  EXPECT_TRUE(engine_.decided().empty());
}

TEST_F(TheClient, SendsAWholeFrameWithOneCallback) {
  const auto client = connect(options());
  SubmitFrame frame(kBook, 100);
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    ids.push_back("f" + std::to_string(i));
    ASSERT_TRUE(frame.add(command(ids.back())));
  }
  EXPECT_FALSE(frame.add(command("one too many")));
  EXPECT_EQ(frame.count(), 100U);
  std::promise<std::vector<std::uint64_t>> answers;
  ASSERT_TRUE(client
                  ->send(std::move(frame),
                         [&answers](std::span<const Answer> all) {
                           std::vector<std::uint64_t> sequences;
                           for (const Answer& answer : all) {
                             sequences.push_back(answer.sequence.value());
                             EXPECT_EQ(answer.events.size(), 1U);
                           }
                           answers.set_value(std::move(sequences));
                         })
                  .ok());
  const auto sequences = answers.get_future().get();
  ASSERT_EQ(sequences.size(), 100U);
  EXPECT_EQ(sequences.front(), 1U);
  EXPECT_EQ(sequences.back(), 100U);
  EXPECT_EQ(engine_.decided(), ids);
}

TEST_F(TheClient, HoldsTheCallerBackWhenTooMuchIsQueued) {
  ClientOptions small = options();
  small.queued_bytes = 4'096;
  small.frame_commands = 4;
  const auto client = connect(small);
  engine_.hold();
  auto sender = std::async(std::launch::async, [&] { submit_many(*client, 2'000); });
  ASSERT_TRUE(engine_.wait_for_waiting(16));
  EXPECT_EQ(sender.wait_for(milliseconds(1)), std::future_status::timeout);
  engine_.release();
  sender.get();
  ASSERT_TRUE(client->wait_idle(kPatience));
  EXPECT_EQ(answered_, 2'000);
}

TEST_F(TheClient, LearnsOfANewBookByItsName) {
  const auto client = connect(options());
  EXPECT_EQ(client->server().principal, "local");
  ASSERT_EQ(client->server().books.size(), 1U);
  auto unknown = client->book("north");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(unknown.error().message.find("'main'"), std::string::npos);
  engine_.add_book(2, "north");
  auto known = client->book("north");
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known.value().number, BookNumber{2});
}

TEST_F(TheClient, AsksQuestionsAndHealth) {
  const auto client = connect(options());
  auto health = client->health();
  ASSERT_TRUE(health.ok()) << health.error().message;
  EXPECT_TRUE(health.value().ready);
  EXPECT_EQ(health.value().commits, 3U);
  QueryToSend query;
  query.question = wire::Question::journal;  // answered without the engine: not known yet
  auto answer = client->ask(kBook, query);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_FALSE(answer.value().message.empty());
}

TEST_F(TheClient, TellsOfAnUnknownBookInEveryAnswer) {
  const auto client = connect(options());
  auto outcome = client->submit_and_wait(BookNumber{77}, command("x"));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.value().status, StatusCode::kUnknownBook);
  EXPECT_NE(outcome.value().json.find("unknown_book"), std::string::npos);
}

TEST_F(TheClient, AnswersEverythingWhenItIsClosed) {
  const auto client = connect(options());
  engine_.hold();
  std::atomic<int> lost{0};
  std::atomic<int> stopping{0};
  for (int i = 0; i < 300; ++i) {
    const std::string id = "c" + std::to_string(i);
    ASSERT_TRUE(client
                    ->submit(kBook, command(id),
                             [&](const Answer& answer) {
                               lost += answer.status == StatusCode::kConnectionLost ? 1 : 0;
                               stopping += answer.status == StatusCode::kStopping ? 1 : 0;
                             })
                    .ok());
  }
  ASSERT_TRUE(engine_.wait_for_waiting(1));
  client->close();
  EXPECT_GT(lost, 0);
  EXPECT_EQ(lost + stopping, 300);
  EXPECT_EQ(client->submit(kBook, command("late"), [](const Answer&) {}).error().kind,
            ErrorKind::kUnavailable);
}

TEST_F(TheClient, SaysAtOnceWhenNobodyListens) {
  server_->stop();
  auto client = Client::connect(options());
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(client.error().message.find(address_), std::string::npos) << client.error().message;
}

TEST(ParseServer, TakesHostPortOrBoth) {
  ClientOptions options;
  ASSERT_TRUE(parse_server("example.org", options).ok());
  EXPECT_EQ(options.host + "|" + options.port, "example.org|7411");
  ASSERT_TRUE(parse_server(":99", options).ok());
  EXPECT_EQ(options.host + "|" + options.port, "example.org|99");
  ASSERT_TRUE(parse_server("[::1]:80", options).ok());
  EXPECT_EQ(options.host + "|" + options.port, "::1|80");
  for (const char* bad : {"", "a:b", "a:", "a:65536", "[::1", "[]:1", "a:1:2", "a:-1"}) {
    EXPECT_FALSE(parse_server(bad, options).ok()) << bad;
  }
}

}  // namespace
}  // namespace kontor
