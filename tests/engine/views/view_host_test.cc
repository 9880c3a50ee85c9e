// The host: views behind a running engine, and what it makes of stores that are missing, damaged or
// not of this log.
#include "engine/views/view_host.h"

#include <array>
#include <atomic>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/views/derive.h"
#include "engine/views/fresh_view.h"
#include "projections/views/timeline.h"
#include "tests/engine/views/the_views.h"

namespace kontor::test {
namespace {

TEST_F(TheViews, FollowTheDurableLogWhileCommandsGoOn) {
  const auto host = start();
  order("O-1");
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
  order("O-2");
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
  for (const std::string& view : view_names()) {
    const auto snapshot = host->open(view);
    ASSERT_TRUE(snapshot.ok());
    const Result<Sequence> position = (*snapshot)->position(kBook);
    ASSERT_TRUE(position.ok());
    EXPECT_EQ(*position, live_.engine().books().front().last_sequence) << view;
  }
  for (const ViewStatus& status : host->status()) {
    EXPECT_EQ(status.commit, live_.log().tail().last);
    EXPECT_EQ(status.behind_ms, 0U);
    EXPECT_FALSE(status.building);
    EXPECT_EQ(status.events, live_.engine().books().front().last_sequence.value());
  }
}

TEST_F(TheViews, GoOnFromTheirCheckpointAfterAStart) {
  follow();
  EXPECT_TRUE(has_said("view timeline: there is none; building it from the log")) << said();
  EXPECT_TRUE(has_said("view timeline: built")) << said();
  forget_said();
  order("O-1");
  live_.restart();
  follow();
  EXPECT_EQ(said(), "");
  expect_sound();
}

TEST_F(TheViews, BeginWhenTheyAreTold) {
  ViewHostOptions later = options();
  later.at_once = false;
  ViewHost host(live_.log(), folder(), later);
  const auto opened = host.open("timeline");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::kUnavailable);
  host.begin();
  EXPECT_TRUE(host.wait_for(live_.log().tail().last, kWaitMax)) << said();
  host.stop();

  ViewHost never(live_.log(), folder(), later);
  never.stop();
}

TEST_F(TheViews, AreNiceToOthersUntilTheyAreLate) {
  const auto niceness = [&](std::chrono::milliseconds late_after) {
    std::mutex mutex;
    std::set<int> seen;
    ViewHostOptions watched = options();
    watched.nice = 9;
    watched.nice_late = 4;
    watched.late_after = late_after;
    watched.store.step = [&](IngestStep) {
      const std::lock_guard lock(mutex);
      seen.insert(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())) -
                  ::getpriority(PRIO_PROCESS, static_cast<id_t>(::getpid())));
      return true;
    };
    ViewHost host(live_.log(), folder(), watched);
    EXPECT_TRUE(host.wait_for(live_.log().tail().last, kWaitMax)) << said();
    host.stop();
    return seen;
  };
  EXPECT_EQ(niceness(std::chrono::hours(1)), std::set{9});
  ASSERT_EQ(live_.ask(R"({"id":"w","RegisterWarehouse":{"warehouse":"w"}})").status,
            StatusCode::kDone);
  EXPECT_EQ(niceness(std::chrono::milliseconds(-1)), std::set{4});
}

TEST_F(TheViews, SayThatOneUnknownIsNotOpen) {
  const auto host = start();
  const auto opened = host->open("journal");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::kUnavailable);
}

TEST_F(TheViews, ComeBackWhenTheirStoreIsDeletedWhileStopped) {
  order("O-1");
  follow();
  fs::remove_all(folder());
  forget_said();
  follow();
  for (const std::string& view : view_names())
    EXPECT_TRUE(has_said("view " + view + ": there is none; building it")) << said();
  expect_sound();
}

TEST_F(TheViews, AreBuiltAgainWhenTheirStoreIsDamaged) {
  follow();
  for (const std::string& view : view_names())
    std::ofstream(folder() / view / "CURRENT") << "nonsense";
  forget_said();
  follow();
  for (const std::string& view : view_names()) {
    EXPECT_TRUE(has_said("view " + view + ": what is there is of no use and is built again"))
        << said();
  }
  expect_sound();
}

TEST_F(TheViews, ThatCannotBeOpenedJustNowAreLeftAlone) {
  order("O-1");
  follow();
  forget_said();
  {
    const auto held = ViewStore::open(folder() / "timeline", {});  // its lock is taken
    ASSERT_TRUE(held.ok());
    const auto host = start();
    ASSERT_TRUE(hears("view timeline: does not go on: cannot open")) << said();
    EXPECT_FALSE(host->open("timeline").ok());
  }
  EXPECT_FALSE(has_said("is of no use")) << said();
  forget_said();
  order("O-2");
  follow();
  EXPECT_EQ(said(), "") << "it goes on from where it was";
  expect_sound();
}

void flip_tables(const fs::path& store) {
  int tables = 0;
  for (const auto& entry : fs::directory_iterator(store)) {
    if (entry.path().extension() != ".sst") continue;
    ++tables;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20);
    file << "damage";
  }
  EXPECT_GT(tables, 0);
}

TEST_F(TheViews, AreBuiltAgainWhenAReadFindsDamage) {
  follow();
  flip_tables(folder() / "entries");
  forget_said();
  const auto host = start();
  const CommitNumber tail = live_.log().tail().last;
  // Found when the checkpoint is read, or by this.
  if (const auto snapshot = host->open("entries"); snapshot.ok()) {
    const Status scanned =
        (*snapshot)->scan("\x10", "\x11", [](std::string_view, std::string_view) { return true; });
    EXPECT_TRUE(scanned.ok() || scanned.error().kind == ErrorKind::kCorrupt);
  }
  ASSERT_TRUE(host->wait_for(tail, kWaitMax)) << said();
  host->stop();
  EXPECT_TRUE(has_said("view entries: what is there is of no use")) << said();
  expect_sound();
}

// No checksum covers the word that names the format.
TEST_F(TheViews, AreBuiltAgainWhenATableNamesAnotherFormat) {
  follow();
  for (const auto& entry : fs::directory_iterator(folder() / "entries")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-12, std::ios::end);
    file.put(2);
  }
  forget_said();
  follow();
  EXPECT_TRUE(has_said("view entries: what is there is of no use and is built again")) << said();
  expect_sound();
}

TEST_F(TheViews, OfAnotherLogAreBuiltAgain) {
  follow();
  EngineOptions elsewhere;
  elsewhere.host = "elsewhere";
  LiveEngine other(elsewhere);
  other.open_shop();
  while (other.log().tail().last < live_.log().tail().last)
    other.restart();  // each start claims
  forget_said();
  follow(other.log());
  EXPECT_TRUE(
      has_said("view timeline: what is there is of no use and is built again from the log "
               "(is of another log)"))
      << said();
  expect_sound(other.log());
}

TEST_F(TheViews, OfALongerLogAreBuiltAgain) {
  order("O-1");
  follow();
  const CommitNumber tail = live_.log().tail().last;
  const auto shorter = first_commits(live_.log(), CommitNumber{tail.value() - 1});
  forget_said();
  follow(*shorter);
  EXPECT_TRUE(has_said("behind the log's end")) << said();
  expect_sound(*shorter);
}

TEST_F(TheViews, OfAnotherHistoryOfTheSameLogAreBuiltAgain) {
  const CommitNumber common = live_.log().tail().last;
  LiveEngine other(first_commits(live_.log(), common), {});
  order("O-1");
  follow();
  while (other.log().tail().last < live_.log().tail().last)
    other.restart();  // each start claims
  forget_said();
  follow(other.log());
  EXPECT_TRUE(has_said("has followed another history of this log")) << said();
  expect_sound(other.log());
}

// A view as an older version wrote it.
class OldEntries final : public View {
 public:
  std::string_view name() const override { return "entries"; }
  std::uint32_t format() const override { return 0; }
  Status fold(BookNumber, const DecisionView&, const RowSource&) override { return {}; }
  Status drain(const RowSink&) override { return {}; }
  std::size_t pending_bytes() const override { return 0; }
};

TEST_F(TheViews, OfAnotherFormatAreBuiltAgain) {
  {
    auto store = ViewStore::open(folder() / "entries", {});
    ASSERT_TRUE(store.ok());
    ViewBuilder builder(live_.log(), std::make_unique<OldEntries>(), *store, {});
    ASSERT_TRUE(builder.open().ok());
    ASSERT_TRUE(builder.advance(live_.log().tail().last).ok());
  }
  follow();
  EXPECT_TRUE(has_said("has format 0, this version writes 1")) << said();
  expect_sound();
}

// ---- together -----------------------------------------------------------------------------------

// Hands over what another log has, and counts it.
class CountingLog final : public EventLog {
 public:
  explicit CountingLog(const EventLog& log) : log_(log) {}
  LogTail tail() const override { return log_.tail(); }
  Status append(Epoch, CommitNumber, std::span<const std::byte>) override {
    return Error{ErrorKind::kUsage, "read only"};
  }
  Status read(CommitNumber from, CommitNumber to, const Visitor& visit) const override {
    return log_.read(from, to, [&](CommitNumber number, std::span<const std::byte> bytes) {
      ++commits_;
      return visit(number, bytes);
    });
  }
  Status close() override { return {}; }
  std::uint64_t commits() const { return commits_; }

 private:
  const EventLog& log_;
  mutable std::atomic<std::uint64_t> commits_ = 0;
};

TEST_F(TheViews, ReadTheLogOnceForAllOfThem) {
  const CountingLog log(live_.log());
  for (int i = 0; i < 10; ++i)
    order("O-" + std::to_string(i));
  const std::uint64_t tail = log.tail().last.value();
  follow(log);
  // Each reads the first commit once more, for its checkpoint to name the log.
  EXPECT_EQ(log.commits(), tail + view_names().size());
  expect_sound();
}

TEST_F(TheViews, ThatAreBehindComeUpToTheOthersAndGoOnWithThem) {
  for (int i = 0; i < 10; ++i)
    order("O-" + std::to_string(i));
  follow();
  const CommitNumber had = live_.log().tail().last;
  fs::remove_all(folder() / "entries");
  for (int i = 10; i < 20; ++i)
    order("O-" + std::to_string(i));
  const CountingLog log(live_.log());
  const auto host = start(log);
  ASSERT_TRUE(host->wait_for(log.tail().last, kWaitMax)) << said();
  host->stop();
  // Opening a store reads where it ends; the entries have read the commits of the others besides.
  const std::uint64_t others = view_names().size() - 1;
  EXPECT_LE(log.commits(), log.tail().last.value() + 1 + 2 * others);
  EXPECT_GT(log.commits(), had.value());
  expect_sound();
}

// Entries that cannot read anything.
class Illiterate final : public View {
 public:
  std::string_view name() const override { return "entries"; }
  std::uint32_t format() const override { return 1; }
  Status fold(BookNumber, const DecisionView&, const RowSource&) override {
    return Error{ErrorKind::kCorrupt, "cannot be read"};
  }
  Status drain(const RowSink&) override { return {}; }
  std::size_t pending_bytes() const override { return 0; }
};

TEST_F(TheViews, ThatCannotFoldDoNotStopTheOthers) {
  order("O-1");
  const auto bad_store = ViewStore::open(folder() / "entries", {});
  const auto store = ViewStore::open(folder() / "timeline", {});
  ASSERT_TRUE(bad_store.ok() && store.ok());
  ViewBuilder bad(live_.log(), std::make_unique<Illiterate>(), *bad_store, {});
  ViewBuilder good(live_.log(), make_view("timeline"), *store, {});
  const std::array<ViewBuilder*, 2> together = {&bad, &good};
  const CommitNumber tail = live_.log().tail().last;
  const std::vector<Status> advanced = ViewBuilder::advance(together, tail);
  ASSERT_EQ(advanced.size(), 2U);
  EXPECT_EQ(advanced.front().error().kind, ErrorKind::kCorrupt);
  EXPECT_EQ(bad.checkpoint().commit, CommitNumber{0});
  EXPECT_TRUE(advanced.back().ok());
  while (good.checkpoint().commit < tail)
    ASSERT_TRUE(good.advance(tail).ok());
}

// ---- the process dies
// -----------------------------------------------------------------------------

TEST_F(TheViews, LoseNothingWhereverTheProcessDies) {
  order("O-1");
  constexpr int kStepsOfIngest = 4;
  for (int dies_at = 1; dies_at <= 3 * kStepsOfIngest; ++dies_at) {
    fs::remove_all(folder());
    std::atomic<int> steps = 0;
    ViewHostOptions dying = options();
    dying.batch.batch_events = 1;  // each commit is ingested by itself
    dying.store.step = [&steps, dies_at](IngestStep) { return ++steps < dies_at; };
    {
      ViewHost host(live_.log(), folder(), dying);
      const auto gives_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      while (steps < dies_at && std::chrono::steady_clock::now() < gives_up)
        EXPECT_FALSE(host.wait_for(live_.log().tail().last, std::chrono::milliseconds(5)));
    }
    EXPECT_GE(steps, dies_at);
    forget_said();
    follow();
    EXPECT_FALSE(has_said("of no use")) << "dies at step " << dies_at << ": " << said();
    expect_sound();
    if (HasFailure()) return;
  }
}

// ---- derived again
// --------------------------------------------------------------------------------

TEST_F(TheViews, ThatDifferAreFoundAndReplaced) {
  order("O-1");
  order("O-2");
  keep_forgetful_entries();
  ViewDerivation derivation(live_.log(), "entries",
                            {folder() / "entries", folder() / "entries.new"}, nullptr);
  const auto checked = derivation.check();
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->found, ViewCheck::Found::kDifferent);
  EXPECT_NE(checked->what.find("is missing"), std::string::npos) << checked->what;
  ASSERT_TRUE(derivation.replace().ok());
  EXPECT_FALSE(fs::exists(folder() / "entries.new"));
  EXPECT_EQ(check("entries").found, ViewCheck::Found::kEqual);
  forget_said();
  follow();
  EXPECT_FALSE(has_said("entries")) << "the new one is gone on with: " << said();
}

TEST_F(TheViews, ThatAreBehindAreComparedWhereTheyEndAndReplacedByOneThatIsNot) {
  follow();
  const CommitNumber before = live_.log().tail().last;
  order("O-1");
  ViewDerivation derivation(live_.log(), "timeline",
                            {folder() / "timeline", folder() / "timeline.new"}, nullptr);
  const auto checked = derivation.check();
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->found, ViewCheck::Found::kEqual) << checked->what;
  EXPECT_EQ(checked->kept_to, before);
  ASSERT_TRUE(derivation.replace().ok());
  EXPECT_EQ(check("timeline").kept_to, live_.log().tail().last);
}

TEST_F(TheViews, ThatAreNotThereAreSaidToBeNone) {
  EXPECT_EQ(check("documents").found, ViewCheck::Found::kNone);
  follow();
  std::ofstream(folder() / "documents" / "CURRENT") << "nonsense";
  EXPECT_EQ(check("documents").found, ViewCheck::Found::kOfNoUse);
}
// ---- fresh
// ----------------------------------------------------------------------------------------

TEST_F(TheViews, AnswerUpToTheEndHoweverFarTheyHaveFollowed) {
  order("O-1");
  follow();
  const auto host = [&] {
    auto out = start();
    EXPECT_TRUE(out->wait_for(live_.log().tail().last, kWaitMax));
    out->stop();  // follows no further
    return out;
  }();
  order("O-2");
  std::promise<void> done;
  const Sequence end = live_.engine().books().front().last_sequence;
  ASSERT_EQ(live_.engine().read([&](const LogReader& log) {
    FreshView with("timeline", host.get(), kBook, end);
    FreshView without("timeline", nullptr, kBook, end);
    for (FreshView* const view : {&with, &without}) {
      ASSERT_TRUE(view->open().ok());
      Result<bool> complete = false;
      while (complete.ok() && !*complete)
        complete = view->advance(log, 3);
      ASSERT_TRUE(complete.ok()) << complete.error().message;
    }
    EXPECT_GT(with.stored().value(), 0U);
    EXPECT_LT(with.stored(), end);
    const StreamId acme{kBook, StreamKind::kCompany, 0};
    const auto a = read_timeline(with, acme, Sequence{1}, end, 1'000);
    const auto b = read_timeline(without, acme, Sequence{1}, end, 1'000);
    ASSERT_TRUE(a.ok() && b.ok());
    EXPECT_EQ(*a, *b);
    EXPECT_GT(a->size(), 2U);
    done.set_value();
  }),
            StatusCode::kDone);
  EXPECT_EQ(done.get_future().wait_for(kWaitMax), std::future_status::ready);
}

}  // namespace
}  // namespace kontor::test
