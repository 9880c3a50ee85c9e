// The engine as a whole: what leaves when, in which order, and what a restart finds.
#include "engine/shard.h"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "register_warehouse_generated.h"

#include "events/codec/catalog.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

const std::string kEast = R"({"id":"east","RegisterWarehouse":{"warehouse":"east"}})";
const std::string kWest = R"({"id":"west","RegisterWarehouse":{"warehouse":"west"}})";
const std::string kRefused = R"({"id":"no","SetCreditLimit":{"company":"nobody","limit":"1.00"}})";

std::string warehouse(int number) {
  const std::string name = "w" + std::to_string(number);
  return R"({"id":")" + name + R"(","RegisterWarehouse":{"warehouse":")" + name + R"("}})";
}

std::vector<std::string> warehouses(int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i)
    out.push_back(warehouse(i));
  return out;
}

EngineOptions small_pages(std::size_t decisions) {
  EngineOptions options;
  options.page_decisions_max = decisions;
  return options;
}

// An order of 5 bolts that waits for goods.
void order_bolts(LiveEngine& live) {
  const Ticket ticket = live.submit({R"({"id":"o","PlaceOrder":{"order":"O","company":"acme",
                                        "lines":[{"item":"bolt","quantity":5}]}})",
                                     R"({"id":"a","AllocateOrder":{"order":"O"}})"});
  EXPECT_EQ(ticket->statuses(), (std::vector{StatusCode::kDone, StatusCode::kDone}));
}

class TheShard : public testing::Test {
 protected:
  void SetUp() override { live_.open_shop(); }

  // The number of the commit that comes next.
  CommitNumber next_commit() { return CommitNumber{live_.log().tail().last.value() + 1}; }
  // Closes the gate and brings one command to it: whatever comes now waits for the disk.
  Ticket block_disk() {
    const CommitNumber next = next_commit();
    live_.gate().close();
    const Ticket ticket =
        live_.submit({R"({"id":"blocker","SetTaxRate":{"category":"b","rate":7}})"});
    EXPECT_TRUE(live_.gate().wait_for_commit(next));
    return ticket;
  }

  LiveEngine live_;
};

TEST(TheDecidingThread, IsAsNiceAsItIsTold) {
  constexpr int kNice = 7;  // going up is always allowed
  EngineOptions options;
  options.nice = kNice;
  options.note = [](const std::string& text) { ADD_FAILURE() << text; };
  LiveEngine live(options);
  int nice = 0;
  Look look(
      [&nice](const Books&) { nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); });
  ASSERT_EQ(live.engine().ask(look.question()), StatusCode::kDone);
  ASSERT_TRUE(look.wait_answered());
  EXPECT_EQ(nice, ::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid())) + kNice);
}

// ---- durable first ------------------------------------------------------------------------------

TEST_F(TheShard, AnswersOnlyWhenThePageIsDurable) {
  const CommitNumber next = next_commit();
  live_.gate().close();
  const Ticket ticket = live_.submit({kEast, kRefused});
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  EXPECT_FALSE(ticket->here()) << "the append has begun and not ended";
  live_.gate().open();
  EXPECT_EQ(ticket->statuses(), (std::vector{StatusCode::kDone, StatusCode::kRefused}));
  EXPECT_EQ(live_.log().tail().last, next);
}

TEST_F(TheShard, AnswersAQuestionOnlyWhenWhatItSawIsDurable) {
  const CommitNumber next = next_commit();
  live_.gate().close();
  const Ticket ticket = live_.submit({kEast});
  bool seen = false;
  Look look([&seen](const Books& books) {
    seen = books.find(BookNumber{1})->stock().find_warehouse("east").has_value();
  });
  ASSERT_EQ(live_.engine().ask(look.question()), StatusCode::kDone);
  ASSERT_TRUE(look.wait_asked());
  ASSERT_TRUE(live_.gate().wait_for_commit(next));
  EXPECT_TRUE(seen) << "decided, not yet durable";
  EXPECT_FALSE(look.answered());
  live_.gate().open();
  EXPECT_TRUE(look.wait_answered());
  EXPECT_TRUE(ticket->here()) << "one commit";
}

TEST_F(TheShard, DoesNotAnswerARepeatBeforeTheFirstIsDurable) {
  const Ticket blocker = block_disk();
  const Ticket first = live_.submit({kEast});
  const Ticket again = live_.submit({kEast});
  EXPECT_FALSE(first->here() || again->here() || blocker->here());
  live_.gate().open();
  const std::vector<EngineAnswer> told = first->all();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_FALSE(told.front().repeated);
  ASSERT_EQ(again->all().size(), 1U);
  EXPECT_TRUE(again->all().front().repeated);
  EXPECT_EQ(as_first(again->all().front()), told.front());
}

// ---- repeats ------------------------------------------------------------------------------------

TEST_F(TheShard, AnswersARepeatOfADoneAndOfARefusedCommandTheSame) {
  for (const std::string& command : {kEast, kRefused}) {
    const EngineAnswer first = live_.ask(command);
    const EngineAnswer again = live_.ask(command);
    EXPECT_TRUE(again.repeated);
    EXPECT_FALSE(first.repeated);
    EXPECT_EQ(as_first(again), first) << "sequence, time, events and reasons, byte for byte";
  }
  EXPECT_EQ(live_.engine().stats().repeats, 2U);
}

TEST_F(TheShard, AnswersARepeatInTheSameBatch) {
  const Ticket ticket = live_.submit({kEast, kRefused, kEast, kRefused});
  const std::vector<EngineAnswer> all = ticket->all();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_FALSE(all[0].repeated || all[1].repeated);
  EXPECT_TRUE(all[2].repeated && all[3].repeated);
  EXPECT_EQ(as_first(all[2]), all[0]);
  EXPECT_EQ(as_first(all[3]), all[1]);
}

TEST_F(TheShard, TakesAnotherLayoutOfTheSameContentForARepeat) {
  CommandText plain = command_text(
      R"({"id":"far","RegisterWarehouse":{"warehouse":"far","name":"Far away","priority":3}})");
  const EngineAnswer first = live_.submit_texts({plain})->all().front();
  flatbuffers::FlatBufferBuilder builder;  // the texts in another order, a default written out
  builder.ForceDefaults(true);
  const auto warehouse_at = builder.CreateString("far");
  const auto name_at = builder.CreateString("Far away");
  RegisterWarehouseBuilder out(builder);
  out.add_lead_time_days(0);
  out.add_priority(3);
  out.add_name(name_at);
  out.add_warehouse(warehouse_at);
  builder.Finish(out.Finish());
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  CommandText other = plain;
  other.body.assign(bytes.begin(), bytes.end());
  ASSERT_NE(other.body, plain.body);
  const EngineAnswer again = live_.submit_texts({other})->all().front();
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(as_first(again), first);
}

TEST_F(TheShard, CallsOtherContentUnderTheSameIdReusedAndWritesNothing) {
  const EngineAnswer first = live_.ask(kEast);
  const CommitNumber last = live_.log().tail().last;
  const EngineAnswer other = live_.ask(R"({"id":"east","RegisterWarehouse":{"warehouse":"else"}})");
  EXPECT_EQ(other.status, StatusCode::kIdReused);
  EXPECT_EQ(other.sequence, first.sequence) << "it tells whose id it is";
  const EngineAnswer actor =
      live_.ask(R"({"id":"east","actor":"kim","RegisterWarehouse":{"warehouse":"east"}})");
  EXPECT_EQ(actor.status, StatusCode::kIdReused);
  EXPECT_EQ(live_.log().tail().last, last);
}

TEST_F(TheShard, CallsAnotherEffectiveDateOtherContent) {
  const auto dated = [&](const std::string& date) {
    return live_.ask(R"({"id":"east",)" + date + R"("RegisterWarehouse":{"warehouse":"east"}})");
  };
  EXPECT_EQ(dated(R"("effective_date":"2026-03-02",)").status, StatusCode::kDone);
  EXPECT_TRUE(dated(R"("effective_date":"2026-03-02",)").repeated);
  EXPECT_EQ(dated(R"("effective_date":"2026-03-01",)").status, StatusCode::kIdReused);
  EXPECT_EQ(dated("").status, StatusCode::kIdReused);
}

TEST_F(TheShard, KeepsTheIdsOfPrincipalsApart) {
  const EngineAnswer first = live_.ask(kEast);
  SubmitOptions other;
  other.principal = 7;
  const EngineAnswer theirs = live_.submit({kEast}, other)->all().front();
  EXPECT_EQ(theirs.status, StatusCode::kDone);
  EXPECT_FALSE(theirs.repeated);
  EXPECT_GT(theirs.sequence, first.sequence);
}

// ---- order and pages ----------------------------------------------------------------------------

TEST(ShardPages, ASubmissionLargerThanAPageIsSplitAndAnsweredWholeAndInOrder) {
  LiveEngine live(small_pages(3));
  live.open_shop();
  const std::uint64_t before = live.log().tail().last.value();
  const Ticket ticket = live.submit(warehouses(20));
  const std::vector<EngineAnswer> all = ticket->all();
  ASSERT_EQ(all.size(), 20U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].status, StatusCode::kDone) << i;
    EXPECT_FALSE(all[i].repeated) << i;
    EXPECT_EQ(all[i].sequence, all[0].sequence + i);
    const DecisionView decision(all[i].bytes.data());
    EXPECT_EQ(decision.id(), "w" + std::to_string(i));
  }
  EXPECT_GE(live.log().tail().last.value() - before, 6U) << "three decisions a page";
}

TEST(ShardPages, FollowUpsAreDecidedBeforeLaterCommandsOfTheBook) {
  LiveEngine live(small_pages(1));
  live.open_shop();
  order_bolts(live);
  const Ticket ticket = live.submit({R"({"id":"r","ReceiveStock":{"receipt":"R","warehouse":"north",
          "lines":[{"item":"bolt","quantity":9}]}})",
                                     R"({"id":"c","CancelOrder":{"order":"O"}})"});
  ASSERT_EQ(ticket->statuses(), (std::vector{StatusCode::kDone, StatusCode::kDone}));
  EXPECT_TRUE(live.commands_in_log().ends_with("ReceiveStock ServeBackorders CancelOrder"))
      << live.commands_in_log();
}

TEST(ShardPages, FollowUpsLeftByACrashAreDecidedAtTheStart) {
  LiveEngine live(small_pages(1));
  live.open_shop();
  order_bolts(live);
  const CommitNumber received{live.log().tail().last.value() + 1};
  live.ask(R"({"id":"r","ReceiveStock":{"receipt":"R","warehouse":"north",
              "lines":[{"item":"bolt","quantity":9}]}})");
  LiveEngine next(first_commits(live.log(), received), {});
  EXPECT_EQ(next.follow_ups(), 0U);
  EXPECT_TRUE(next.commands_in_log().ends_with("ReceiveStock ServeBackorders"))
      << next.commands_in_log();
}

TEST_F(TheShard, PutsSeveralBooksIntoOneCommit) {
  SubmitOptions second;
  second.book = BookNumber{2};
  ASSERT_EQ(live_
                .ask(R"({"id":"open-2","OpenBook":{"book":"two","currency":"EUR",
                          "first_business_date":"2026-03-02"}})")
                .status,
            StatusCode::kDone);
  const Ticket blocker = block_disk();
  const CommitNumber both{next_commit().value() + 1};
  const Ticket one = live_.submit({kEast});
  const Ticket two = live_.submit({kEast}, second);
  Look look([](const Books&) {});  // behind them: both are decided when it is asked
  ASSERT_EQ(live_.engine().ask(look.question()), StatusCode::kDone);
  ASSERT_TRUE(look.wait_asked());
  live_.gate().open();
  EXPECT_EQ(one->statuses(), std::vector{StatusCode::kDone});
  EXPECT_EQ(two->statuses(), std::vector{StatusCode::kDone});
  EXPECT_EQ(live_.log().tail().last, both) << "the blocker's, and one for both books";
  EXPECT_TRUE(live_.commands_in_log(BookNumber{2}).ends_with("RegisterWarehouse"));
}

TEST_F(TheShard, RecordsTimesThatIncreaseWhenTheClockStepsBack) {
  std::vector<std::int64_t> times;
  times.push_back(live_.ask(kEast).recorded_at);
  live_.clock().set(0);
  times.push_back(live_.ask(kWest).recorded_at);
  times.push_back(live_.ask(kRefused).recorded_at);
  EXPECT_LT(times[0], times[1]);
  EXPECT_LT(times[1], times[2]);
  live_.restart();
  const std::int64_t later = live_.ask(warehouse(1)).recorded_at;
  EXPECT_LT(times[2], later);
  live_.clock().set(later + 1'000'000'000);
  EXPECT_EQ(live_.ask(warehouse(2)).recorded_at, later + 1'000'000'000) << "and goes on with it";
}

// ---- bounds, deadlines, the end -----------------------------------------------------------------

// Holds the engine's thread inside a question until it is told to go on.
class Busy {
 public:
  explicit Busy(LiveEngine& live)
      : look_([shared = go_.get_future().share()](const Books&) {
          EXPECT_EQ(shared.wait_for(kWaitMax), std::future_status::ready);
        }) {
    EXPECT_EQ(live.engine().ask(look_.question()), StatusCode::kDone);
    EXPECT_TRUE(look_.wait_begun());
  }
  void end() { go_.set_value(); }

 private:
  std::promise<void> go_;
  Look look_;
};

TEST(ShardBounds, AFullInboxIsOverloadedBeforeAnyWork) {
  EngineOptions options;
  options.inbox_commands_max = 4;
  LiveEngine live(options);
  const EngineAnswer opened = live.ask(R"({"id":"open","OpenBook":{"book":"b","currency":"EUR",
                                  "first_business_date":"2026-03-02"}})");
  ASSERT_EQ(opened.status, StatusCode::kDone);
  Busy busy(live);
  const Ticket large = live.submit(warehouses(6));  // into an empty inbox: else never taken
  const Ticket refused = std::make_shared<Answers>();
  auto job = make_submission({command_text(kEast)}, {}, refused);
  EXPECT_EQ(live.engine().submit(job), StatusCode::kOverloaded);
  EXPECT_NE(job, nullptr) << "the caller keeps it";
  EXPECT_EQ(live.engine().stats().overloaded, 1U);
  busy.end();
  EXPECT_EQ(large->all().size(), 6U);
  EXPECT_FALSE(refused->here());
  EXPECT_EQ(live.engine().submit(job), StatusCode::kDone) << "and may send it again";
  EXPECT_EQ(refused->statuses(), std::vector{StatusCode::kDone});
}

TEST_F(TheShard, AnswersAnExpiredDeadlineBeforeItStarts) {
  const CommitNumber last = live_.log().tail().last;
  SubmitOptions late;
  late.deadline = std::chrono::steady_clock::now();
  EXPECT_EQ(live_.ask(kEast, late).status, StatusCode::kDeadlineExpired);
  EXPECT_EQ(live_.log().tail().last, last);
  EXPECT_EQ(live_.ask(kEast).status, StatusCode::kDone);
}

TEST(ShardBounds, ADeadlineThatPassesAfterTheStartChangesNothing) {
  LiveEngine live(small_pages(1));
  live.open_shop();
  const CommitNumber next{live.log().tail().last.value() + 1};
  SubmitOptions soon;
  soon.deadline = std::chrono::steady_clock::now() + kWaitMax;
  const Ticket ticket = std::make_shared<Answers>();
  std::vector<CommandText> commands;
  for (const std::string& json : warehouses(8))
    commands.push_back(command_text(json));
  auto job = make_submission(commands, soon, ticket);
  Submission& running = *job;
  live.gate().close();
  ASSERT_EQ(live.engine().submit(job), StatusCode::kDone);
  ASSERT_TRUE(live.gate().wait_for_commit(next)) << "its first page is on its way";
  running.deadline = std::chrono::steady_clock::now();
  live.gate().open();
  EXPECT_EQ(ticket->statuses(), std::vector(8, StatusCode::kDone));
}

TEST_F(TheShard, AnswersWhatItTookAndRefusesWhatComesWhileStopping) {
  const Ticket blocker = block_disk();
  const Ticket taken = live_.submit({kEast});
  auto stopping = std::async(std::launch::async, [this] { live_.engine().stop(); });
  const auto patience = std::chrono::steady_clock::now() + kWaitMax;
  std::vector<Ticket> probes;
  StatusCode status = StatusCode::kDone;
  while (status == StatusCode::kDone && std::chrono::steady_clock::now() < patience) {
    const Ticket ticket = std::make_shared<Answers>();
    auto job =
        make_submission({command_text(warehouse(static_cast<int>(probes.size())))}, {}, ticket);
    status = live_.engine().submit(job);
    if (status == StatusCode::kDone) probes.push_back(ticket);
    std::this_thread::yield();
  }
  EXPECT_EQ(status, StatusCode::kStopping);
  Look look([](const Books&) {});
  EXPECT_EQ(live_.engine().ask(look.question()), StatusCode::kStopping);
  live_.gate().open();
  stopping.get();
  EXPECT_TRUE(blocker->here() && taken->here());
  EXPECT_EQ(taken->statuses(), std::vector{StatusCode::kDone});
  for (const Ticket& probe : probes)
    EXPECT_TRUE(probe->here());
  EXPECT_EQ(live_.engine().read([](const LogReader&) {}), StatusCode::kStopping);
}

// ---- restart and failure ------------------------------------------------------------------------

TEST_F(TheShard, FindsTheSameStateAndTheSameAnswersAfterARestart) {
  const EngineAnswer east = live_.ask(kEast);
  const EngineAnswer refused = live_.ask(kRefused);
  const Digest before = live_.digest();
  const Digest server_before = live_.digest(BookNumber{0});
  live_.restart();
  EXPECT_EQ(live_.digest(), before);
  EXPECT_NE(live_.digest(BookNumber{0}), server_before) << "the log was claimed again";
  EXPECT_EQ(as_first(live_.ask(kEast)), east);
  EXPECT_EQ(as_first(live_.ask(kRefused)), refused);
  EXPECT_EQ(live_.ask(kWest).sequence, refused.sequence + 1) << "the sequence goes on";
}

// Answers nothing: whoever does ends the process with 1.
class NeverAnswered final : public Submission {
 public:
  void answer(std::span<const CommandResult>) override { std::_Exit(1); }
};

std::unique_ptr<Submission> never_answered(const std::string& json, AlignedBuffer& body) {
  const CommandText text = command_text(json);
  body.append(text.body);
  auto job = std::make_unique<NeverAnswered>();
  job->book = BookNumber{1};
  CommandInput& input = job->commands.emplace_back();
  input.id = "never";
  input.kind = text.kind;
  input.body = body.bytes();
  return job;
}

// Submits and waits for the end of the process, which is the committer's to bring.
void submit_and_wait(LiveEngine& live) {
  AlignedBuffer body;
  std::unique_ptr<Submission> job = never_answered(kEast, body);
  if (live.engine().submit(job) != StatusCode::kDone) std::_Exit(2);
  std::promise<void> never;
  never.get_future().wait_for(kWaitMax);
  std::_Exit(3);
}

TEST(ShardDeathTest, AFailedAppendEndsTheProcessAndIsNotAnswered) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const AppendFault fault :
       {AppendFault::kNothingWritten, AppendFault::kWrittenButFailed, AppendFault::kTorn}) {
    EXPECT_EXIT(
        {
          LiveEngine live;
          live.open_shop();
          live.log().fail_append(1, fault);
          submit_and_wait(live);
        },
        testing::ExitedWithCode(70), "what the disk holds is not known.*injected fault");
  }
}

TEST(ShardDeathTest, AWriterThatLostTheLogStopsAndAnswersNothing) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        LiveEngine live;
        live.open_shop();
        SetClock clock;
        const auto second = Engine::start(live.log(), clock, {}, nullptr);
        if (!second.ok()) std::_Exit(4);
        submit_and_wait(live);
      },
      testing::ExitedWithCode(70), "claimed the log under epoch 2");
}

TEST_F(TheShard, IsNotStartedOnALogThatGrowsWhileItIsRead) {
  SetClock clock;
  const auto grow = [this](std::uint64_t done, std::uint64_t of) {
    if (done == of) live_.ask(kEast);
  };
  const auto second = Engine::start(live_.log(), clock, {}, grow);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(second.error().message.find("another process"), std::string::npos);
  EXPECT_EQ(live_.ask(kWest).status, StatusCode::kDone) << "the first goes on";
}

}  // namespace
}  // namespace kontor::test
