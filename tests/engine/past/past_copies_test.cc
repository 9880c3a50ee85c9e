// Copies of the past: what they answer is what the book was there, whatever snapshots there are;
// and how many, how large and for how long they may be.
#include "engine/past/past_copies.h"

#include <atomic>
#include <condition_variable>
#include <future>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/engine/live_engine.h"
#include "tests/support/engine/memory_snapshots.h"
#include "tests/support/engine/snapshot_notes.h"

namespace kontor::test {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr BookNumber kBook{1};

struct ToldPast {
  StatusCode status = StatusCode::kDone;
  std::string why;
  Sequence position;
  Digest digest{};
};

class AskDigest final : public PastQuestion {
 public:
  explicit AskDigest(std::shared_ptr<std::promise<ToldPast>> told) : told_(std::move(told)) {}
  void answer(const Book& then) override {
    told_->set_value({StatusCode::kDone, {}, then.last_sequence(), then.digest()});
  }
  void refuse(StatusCode status, const std::string& why) override {
    told_->set_value({status, why, {}, {}});
  }

 private:
  std::shared_ptr<std::promise<ToldPast>> told_;
};

// Where the thread of the copies stops before each slice of its work, while it is closed.
class Hold {
 public:
  std::function<void()> passer() {
    return [this] {
      std::unique_lock lock(mutex_);
      ++came_;
      changed_.notify_all();
      EXPECT_TRUE(changed_.wait_for(lock, kWaitMax, [this] { return !closed_; }));
    };
  }
  bool wait_until_came() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, [this] { return came_ > 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int came_ = 0;
  bool closed_ = true;
};

class ThePastCopies : public testing::Test {
 protected:
  struct Then {
    PastPlace place;
    Digest digest;
  };

  void SetUp() override { live_.open_shop(); }

  Then order(int number) {
    const std::string name = "O-" + std::to_string(number);
    const EngineAnswer told =
        live_.ask(R"({"id":")" + name + R"(","PlaceOrder":{"order":")" + name +
                  R"(","company":"acme","lines":[{"item":"bolt","quantity":5}]}})");
    EXPECT_EQ(told.status, StatusCode::kDone);
    return now();
  }
  Then now() {
    const Digest digest = live_.digest();
    const Sequence last = live_.engine().books().front().last_sequence;
    return {{kBook, last, live_.log().tail().last}, digest};
  }
  void make_snapshot() {
    live_.engine().make_snapshot();
    ASSERT_TRUE(notes_.wait_for("the running state is what replay gives", ++snapshots_))
        << notes_.all();
  }
  void damage(const std::string& name) {
    MemorySnapshots::Bytes bytes = files_.bytes(name);
    bytes[bytes.size() / 2] ^= std::byte{1};
    files_.put(name, std::move(bytes));
  }

  void start(PastOptions options, SnapshotFiles* files = nullptr) {
    options.say = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      said_ += text + "\n";
    };
    copies_.emplace(live_.log(), files, std::move(options));
  }
  std::string said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }

  using Answer = std::future<ToldPast>;
  // What was not taken is told at once.
  Answer ask(const PastPlace& place, std::optional<SteadyClock::time_point> deadline = {}) {
    auto told = std::make_shared<std::promise<ToldPast>>();
    std::unique_ptr<PastQuestion> question = std::make_unique<AskDigest>(told);
    question->deadline = deadline;
    if (const auto refusal = copies_->ask(place, question)) {
      told->set_value({refusal->status, refusal->why, {}, {}});
    }
    return told->get_future();
  }
  static ToldPast wait(Answer answer) {
    EXPECT_EQ(answer.wait_for(kWaitMax), std::future_status::ready);
    return answer.get();
  }
  void expect_as_then(const std::vector<Then>& all) {
    for (const Then& then : all) {
      const ToldPast told = wait(ask(then.place));
      ASSERT_EQ(told.status, StatusCode::kDone) << told.why;
      EXPECT_EQ(told.position, then.place.at);
      EXPECT_EQ(told.digest, then.digest) << then.place.at.value();
    }
  }

  // What a copy as of before_ takes, and one as of after_, so many orders later.
  struct Sizes {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
  };
  Sizes measure(int orders) {
    before_ = now();
    for (int i = 1; i <= orders; ++i)
      after_ = order(i);
    start({});
    expect_as_then({before_});
    const std::uint64_t before = copies_->stats().bytes;
    expect_as_then({after_});
    const Sizes sizes{before, copies_->stats().bytes - before};
    EXPECT_LT(sizes.before, sizes.after);
    return sizes;
  }

  Then before_;
  Then after_;
  MemorySnapshots files_;
  SnapshotNotes notes_;
  LiveEngine live_{notes_.options(files_)};
  std::size_t snapshots_ = 0;
  std::mutex mutex_;
  std::string said_;
  std::optional<PastCopies> copies_;
};

TEST_F(ThePastCopies, AreTheBookAsItWasWithAndWithoutSnapshots) {
  std::vector<Then> all;
  for (int i = 0; i < 40; ++i) {
    all.push_back(order(i));
    if (i == 15 || i == 30) make_snapshot();
  }
  start(PastOptions());
  expect_as_then(all);
  EXPECT_EQ(copies_->stats().made, all.size()) << "each position has its own";
  start(PastOptions(), &files_);
  expect_as_then(all);
  EXPECT_EQ(said(), "");
}

TEST_F(ThePastCopies, SkipADamagedSnapshotAndSayWhich) {
  std::vector<Then> all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(order(i));
    if (i == 3 || i == 7) make_snapshot();
  }
  damage(files_.names().back());
  start(PastOptions(), &files_);
  expect_as_then(all);
  EXPECT_NE(said().find(files_.names().back() + " is damaged"), std::string::npos) << said();
  damage(files_.names().front());
  start(PastOptions(), &files_);
  expect_as_then(all);
}

TEST_F(ThePastCopies, GoOnWhileTheBookDoes) {
  const Then then = order(1);
  Hold hold;
  PastOptions options;
  options.slice_commits = 1;
  options.slice = hold.passer();
  start(std::move(options));
  Answer answer = ask(then.place);
  ASSERT_TRUE(hold.wait_until_came());
  for (int i = 2; i < 20; ++i)
    order(i);
  EXPECT_EQ(answer.wait_for(milliseconds(0)), std::future_status::timeout);
  hold.open();
  const ToldPast told = wait(std::move(answer));
  EXPECT_EQ(told.digest, then.digest);
  EXPECT_EQ(told.position, then.place.at);
}

TEST_F(ThePastCopies, AreKeptForTheNextPage) {
  const Then then = order(1);
  order(2);
  start({});
  expect_as_then({then, then, then});
  const PastStats stats = copies_->stats();
  EXPECT_EQ(stats.made, 1U);
  EXPECT_EQ(stats.copies, 1U);
  EXPECT_EQ(stats.answered, 3U);
  EXPECT_GT(stats.bytes, 0U);
}

TEST_F(ThePastCopies, AreMadeAsNiceAsIsSaid) {
  const Then then = order(1);
  std::atomic<int> seen = 0;
  PastOptions options;
  options.nice = 4;
  options.slice = [&] {
    seen = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())) -
           ::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid()));
  };
  start(options);
  expect_as_then({then});
  EXPECT_EQ(seen, 4);
  copies_.reset();  // before what its thread writes to
}

TEST_F(ThePastCopies, AreAtMostAsManyAsSaid) {
  const std::vector<Then> all = {order(1), order(2), order(3)};
  Hold hold;
  PastOptions options;
  options.copies_max = 2;
  options.slice = hold.passer();
  start(std::move(options));
  Answer first = ask(all[0].place);
  Answer second = ask(all[1].place);
  const ToldPast third = wait(ask(all[2].place));
  EXPECT_EQ(third.status, StatusCode::kOverloaded);
  EXPECT_NE(third.why.find("2 copies of the past"), std::string::npos) << third.why;
  EXPECT_EQ(copies_->stats().making, 2U);
  EXPECT_EQ(copies_->stats().refused, 1U);
  hold.open();
  EXPECT_EQ(wait(std::move(first)).digest, all[0].digest);
  EXPECT_EQ(wait(std::move(second)).digest, all[1].digest);
  EXPECT_EQ(wait(ask(all[2].place)).digest, all[2].digest) << "nobody asks the others any more";
}

TEST_F(ThePastCopies, GiveWayToAnotherPositionWhenNobodyAsksThem) {
  const std::vector<Then> all = {order(1), order(2), order(3)};
  PastOptions options;
  options.copies_max = 1;
  start(std::move(options));
  expect_as_then({all[0], all[1], all[2], all[0]});
  EXPECT_EQ(copies_->stats().made, 4U);
  EXPECT_EQ(copies_->stats().copies, 1U);
}

TEST_F(ThePastCopies, GoWhenTheyWereNotAskedForAWhile) {
  const Then then = order(1);
  PastOptions options;
  options.kept = milliseconds(1);
  start(std::move(options));
  expect_as_then({then});
  const auto deadline = SteadyClock::now() + kWaitMax;
  while (copies_->stats().copies > 0 && SteadyClock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(copies_->stats().copies, 0U);
  expect_as_then({then});
}

TEST_F(ThePastCopies, ThatNeverFitAreRefusedAsTooLarge) {
  const Then then = order(1);
  PastOptions options;
  options.bytes_max = 64;
  start(std::move(options));
  const ToldPast told = wait(ask(then.place));
  EXPECT_EQ(told.status, StatusCode::kTooLarge);
  EXPECT_NE(told.why.find("past-mib"), std::string::npos) << told.why;
  EXPECT_EQ(copies_->stats().failures, 1U);
  EXPECT_EQ(copies_->stats().making, 0U);
}

TEST_F(ThePastCopies, AreMeasuredOnceMoreWhenTheyAreThere) {
  const Sizes sizes = measure(30);
  PastOptions options;
  options.bytes_max = (sizes.before + sizes.after) / 2;
  start(std::move(options));
  expect_as_then({before_});
  const ToldPast told = wait(ask(after_.place));
  EXPECT_EQ(told.status, StatusCode::kTooLarge);
  EXPECT_EQ(copies_->stats().copies, 1U) << "what fitted is kept";
  EXPECT_EQ(copies_->stats().bytes, sizes.before);
}

TEST_F(ThePastCopies, MakeRoomForOneWithWhichTheyWouldBeTooLarge) {
  const Sizes sizes = measure(30);
  PastOptions options;
  options.bytes_max = sizes.before + sizes.after - 1;
  start(std::move(options));
  expect_as_then({before_, after_});
  EXPECT_EQ(copies_->stats().copies, 1U);
  EXPECT_EQ(copies_->stats().bytes, sizes.after);
  expect_as_then({before_});
  EXPECT_EQ(copies_->stats().copies, 1U);
  EXPECT_EQ(copies_->stats().made, 3U);
}

TEST_F(ThePastCopies, AreNotMadeForQuestionsWhoseTimeIsOver) {
  const Then then = order(1);
  order(2);
  Hold hold;
  PastOptions options;
  options.slice_commits = 1;
  options.slice = hold.passer();
  start(std::move(options));
  Answer answer = ask(then.place, SteadyClock::now() - milliseconds(1));
  EXPECT_EQ(wait(std::move(answer)).status, StatusCode::kDeadlineExpired);
  Answer begun = ask(then.place, SteadyClock::now() + milliseconds(20));
  ASSERT_TRUE(hold.wait_until_came());
  EXPECT_EQ(begun.wait_for(milliseconds(30)), std::future_status::timeout) << "it is held";
  hold.open();
  EXPECT_EQ(wait(std::move(begun)).status, StatusCode::kDeadlineExpired);
  EXPECT_EQ(copies_->stats().expired, 2U);
  EXPECT_EQ(copies_->stats().made, 0U);
}

// Asks for another when it is refused.
class AskAnother final : public PastQuestion {
 public:
  explicit AskAnother(std::function<void()> another) : another_(std::move(another)) {}
  void answer(const Book& /*then*/) override { ADD_FAILURE() << "its time was over"; }
  void refuse(StatusCode status, const std::string& /*why*/) override {
    EXPECT_EQ(status, StatusCode::kDeadlineExpired);
    another_();
  }

 private:
  std::function<void()> another_;
};

TEST_F(ThePastCopies, ThatNobodyWaitsForLeaveTheirPlaceBeforeThatIsTold) {
  const std::vector<Then> all = {order(1), order(2)};
  PastOptions options;
  options.copies_max = 1;
  start(std::move(options));
  std::promise<Answer> then;
  std::unique_ptr<PastQuestion> late =
      std::make_unique<AskAnother>([&] { then.set_value(ask(all[1].place)); });
  late->deadline = SteadyClock::now() - milliseconds(1);
  ASSERT_FALSE(copies_->ask(all[0].place, late));
  EXPECT_EQ(wait(then.get_future().get()).digest, all[1].digest);
}

TEST_F(ThePastCopies, AnswerWhoWaitsWhenTheServerStops) {
  const Then then = order(1);
  Hold hold;
  PastOptions options;
  options.slice = hold.passer();
  start(std::move(options));
  Answer waiting = ask(then.place);
  ASSERT_TRUE(hold.wait_until_came());
  std::thread stopper([this] { copies_->stop(); });
  hold.open();
  stopper.join();
  const ToldPast told = wait(std::move(waiting));
  EXPECT_TRUE(told.status == StatusCode::kStopping || told.status == StatusCode::kDone);
  EXPECT_EQ(wait(ask(then.place)).status, StatusCode::kStopping);
}

TEST_F(ThePastCopies, OfAPlaceThatTheLogDoesNotHaveAreAnErrorOfTheLog) {
  const Then then = order(1);
  PastPlace wrong = then.place;
  wrong.at = Sequence{then.place.at.value() + 100};
  start({});
  const ToldPast told = wait(ask(wrong));
  EXPECT_EQ(told.status, StatusCode::kReadOnly);
  EXPECT_NE(told.why.find("run kontor verify"), std::string::npos) << told.why;
  EXPECT_EQ(wait(ask(then.place)).digest, then.digest) << "others are answered";
}

}  // namespace
}  // namespace kontor::test
