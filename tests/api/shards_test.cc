// A server of two shards, made of the parts that kontord has, over folders on the disk: what is
// sent about a book comes to the shard that has it, and is there once after a restart.
#include "engine/shards.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/client/client.h"
#include "api/daemon_shard.h"
#include "api/questions/question.h"
#include "api/server.h"
#include "api/site.h"
#include "engine/shard_number.h"
#include "tests/support/engine/live_engine.h"
#include "tests/support/test_data.h"

namespace kontor {
namespace {

constexpr BookNumber kServerBook{0};
constexpr std::uint32_t kTwo = 2;

// A name that lies in that shard of two.
std::string name_in(std::uint32_t shard) {
  for (int i = 0;; ++i) {
    std::string name = "book-" + std::to_string(i);
    if (shard_of_name(name, kTwo) == shard) return name;
  }
}

std::string open_book(const std::string& name) {
  return R"({"id":"open-)" + name + R"(","OpenBook":{"book":")" + name + R"(","currency":"EUR"}})";
}

std::string warehouse(const std::string& id) {
  return R"({"id":")" + id + R"(","RegisterWarehouse":{"warehouse":")" + id + R"("}})";
}

class AServerOfShards : public testing::Test {
 protected:
  void SetUp() override { start(kTwo); }
  void TearDown() override { stop(); }

  Status open(std::uint32_t count) {
    auto folders = ShardFolders::open(options_.data, FolderMode::kCreate, count);
    if (!folders) return folders.error();
    folders_.emplace(std::move(*folders));
    for (std::uint32_t number = 0; number < folders_->count(); ++number) {
      shards_.push_back(std::make_unique<DaemonShard>(around_, *folders_, number));
      if (Status opened = shards_.back()->open_log(); !opened) return opened;
    }
    return folders_->finish_creation();
  }

  void start(std::uint32_t count) {
    const Status opened = open(count);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    std::vector<Engine*> engines;
    std::vector<AnswerSources> sources;
    for (const auto& shard : shards_) {
      shard->open_views();
      const Status started = shard->start_engine();
      ASSERT_TRUE(started.ok()) << started.error().message;
      shard->start_views();
      shard->start_past();
      engines.push_back(&shard->engine());
      sources.push_back({shard->views(), shard->past()});
    }
    engine_ = std::make_unique<Shards>(std::move(engines));
    questions_ = make_question_answerer(std::move(sources));
    ServerOptions server_options;
    server_options.listen = "127.0.0.1:0";
    auto server = Server::start(*engine_, *questions_, std::move(server_options));
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(*server);
    ClientOptions client_options;
    ASSERT_TRUE(parse_server(server_->address(), client_options).ok());
    auto client = Client::connect(std::move(client_options));
    ASSERT_TRUE(client.ok()) << client.error().message;
    client_ = std::move(*client);
  }

  void stop() {
    client_.reset();
    if (server_ != nullptr) server_->drain();
    for (const auto& shard : shards_)
      shard->stop_past();
    if (engine_ != nullptr) engine_->stop();
    if (server_ != nullptr) server_->stop();
    for (const auto& shard : shards_) {
      shard->stop_views();
      EXPECT_TRUE(shard->close_log().ok());
    }
    server_.reset();
    questions_.reset();
    engine_.reset();
    shards_.clear();
    folders_.reset();
  }

  void restart() {
    stop();
    start(kTwo);
  }

  Client::Outcome submit(BookNumber book, const std::string& json) {
    const CommandText command = test::command_text(json);
    auto outcome = client_->submit_and_wait(book, to_send(command));
    EXPECT_TRUE(outcome.ok()) << outcome.error().message;
    if (outcome.ok()) return *outcome;
    Client::Outcome failed;
    failed.status = StatusCode::kConnectionLost;
    return failed;
  }
  BookNumber number_of(const std::string& name) {
    const auto book = client_->book(name);
    EXPECT_TRUE(book.ok()) << book.error().message;
    return book.ok() ? book->number : BookNumber{};
  }
  StatusCode ask_warehouses(BookNumber book, AlignedBuffer* body = nullptr) {
    QueryToSend query;
    query.question = wire::Question::warehouses;
    auto told = client_->ask(book, query);
    EXPECT_TRUE(told.ok()) << told.error().message;
    if (!told.ok()) return StatusCode::kConnectionLost;
    if (body != nullptr) *body = std::move(told->body);
    return told->status;
  }
  void open_both() {
    for (const std::string& name : {first_, second_})
      EXPECT_EQ(submit(kServerBook, open_book(name)).status, StatusCode::kDone);
  }
  std::string page(const std::string& target) {
    const ServerCounters counters;
    Metrics metrics(*engine_, counters, {0.1}, "kontord test");
    JsonApi api(*engine_, *questions_, test::kWaitMax);
    Site site(metrics, api);
    for (const auto& shard : shards_) {
      metrics.watch(
          {shard->label(), &shard->engine(), &shard->log(), shard->views(), shard->past()});
      site.watch(*shard->views(), 60, shard->label());
    }
    site.set_ready(true);
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.host = "127.0.0.1:7412";
    std::string body;
    site.answer(request, [&](const std::function<HttpReply()>& made) { body = made().body; });
    return body;
  }

  const std::string first_ = name_in(0);
  const std::string second_ = name_in(1);
  test::ScratchDir dir_;
  test::SetClock clock_;
  DaemonOptions options_ = [this] {
    DaemonOptions out;
    out.data = (dir_.path() / "data").string();
    return out;
  }();
  const DaemonShard::Surroundings around_{
      options_, clock_, "kontord test", "here", [](DaemonShard::Level, const std::string&) {}, {}};
  std::optional<ShardFolders> folders_;
  std::vector<std::unique_ptr<DaemonShard>> shards_;
  std::unique_ptr<Shards> engine_;
  std::unique_ptr<QuestionAnswerer> questions_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(AServerOfShards, TakesCommandsToTheShardOfTheirBookAndQuestionsAfterThem) {
  open_both();
  const BookNumber first = number_of(first_);
  const BookNumber second = number_of(second_);
  EXPECT_EQ(first, book_in_shard(0, BookNumber{1}));
  EXPECT_EQ(second, book_in_shard(1, BookNumber{1}));

  EXPECT_EQ(submit(second, warehouse("east")).status, StatusCode::kDone);
  AlignedBuffer of_first;
  AlignedBuffer of_second;
  EXPECT_EQ(ask_warehouses(first, &of_first), StatusCode::kDone);
  EXPECT_EQ(ask_warehouses(second, &of_second), StatusCode::kDone);
  const auto holds_east = [](const AlignedBuffer& body) {
    const auto bytes = body.bytes();
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())
               .find("east") != std::string_view::npos;
  };
  EXPECT_TRUE(holds_east(of_second));
  EXPECT_FALSE(holds_east(of_first)) << "the other shard knows nothing of it";
}

TEST_F(AServerOfShards, KnowsNoBookInAShardThatIsNotThere) {
  open_both();
  for (const BookNumber book : {book_in_shard(2, BookNumber{1}), book_in_shard(1, BookNumber{2}),
                                book_in_shard(4'095, BookNumber{1})}) {
    EXPECT_EQ(ask_warehouses(book), StatusCode::kUnknownBook) << book.value();
    EXPECT_EQ(submit(book, warehouse("w")).status, StatusCode::kUnknownBook) << book.value();
  }
}

TEST_F(AServerOfShards, HasAllBooksAfterARestartAndDoesNothingTwice) {
  open_both();
  const std::vector<BookNumber> books{number_of(first_), number_of(second_)};
  std::vector<Client::Outcome> before;
  for (const BookNumber book : books) {
    before.push_back(submit(book, warehouse("east")));  // the same id, in both
    EXPECT_EQ(before.back().status, StatusCode::kDone);
    EXPECT_FALSE(before.back().repeated);
  }

  restart();
  EXPECT_EQ(number_of(first_), books[0]);
  EXPECT_EQ(number_of(second_), books[1]);
  for (std::size_t i = 0; i < books.size(); ++i) {
    const Client::Outcome again = submit(books[i], warehouse("east"));
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.sequence, before[i].sequence);
  }
  for (const std::string& name : {first_, second_})
    EXPECT_TRUE(submit(kServerBook, open_book(name)).repeated) << name;
  EXPECT_EQ(engine_->books().size(), 2U);
}

TEST_F(AServerOfShards, TellsWhatBecameOfACommandOfEitherShard) {
  open_both();
  const BookNumber second = number_of(second_);
  EXPECT_EQ(submit(second, warehouse("east")).status, StatusCode::kDone);
  restart();
  const auto known = client_->resolve_and_wait(second, "east", Sequence{});
  ASSERT_TRUE(known.ok()) << known.error().message;
  EXPECT_EQ(known->status, StatusCode::kDone);
  const auto opened = client_->resolve_and_wait(kServerBook, "open-" + second_, Sequence{});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(opened->status, StatusCode::kDone) << "of the shard that the name chose";
  const auto never = client_->resolve_and_wait(number_of(first_), "east", Sequence{});
  ASSERT_TRUE(never.ok()) << never.error().message;
  EXPECT_EQ(never->status, StatusCode::kFenced) << "the id is another book's";
}

TEST_F(AServerOfShards, IsNotStartedWithAnotherNumberOfThem) {
  open_both();
  stop();
  for (const std::uint32_t other : {1U, 3U}) {
    const Status opened = open(other);
    ASSERT_FALSE(opened.ok()) << other;
    EXPECT_EQ(opened.error().kind, ErrorKind::kUsage);
    EXPECT_NE(opened.error().message.find("--shards 2"), std::string::npos)
        << opened.error().message;
    EXPECT_TRUE(shards_.empty()) << "nothing was opened";
  }
  start(0);
  EXPECT_EQ(folders_->count(), kTwo) << "as it was made";
  EXPECT_EQ(engine_->books().size(), 2U);
}

TEST_F(AServerOfShards, MeasuresAndTellsOfEachShard) {
  open_both();
  const std::string metrics = page("/metrics");
  for (const char* const line :
       {"kontor_books{shard=\"0\"} 1", "kontor_books{shard=\"1\"} 1",
        "kontor_inbox_commands{shard=\"1\"} 0", "kontor_past_copies{shard=\"1\"} 0"})
    EXPECT_NE(metrics.find(line), std::string::npos) << line << "\n" << metrics.substr(0, 2'000);
  const std::string ready = page("/readyz");
  EXPECT_TRUE(ready.starts_with("ready\n")) << ready;
  EXPECT_NE(ready.find("shard 0, view timeline: "), std::string::npos) << ready;
  EXPECT_NE(ready.find("shard 1, view timeline: "), std::string::npos) << ready;
}

}  // namespace
}  // namespace kontor
