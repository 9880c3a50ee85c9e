#include "tests/simulation/shard_run.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "events/log/memory_event_log.h"
#include "tests/simulation/answers.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/compare.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/generator.h"
#include "tests/simulation/ledger.h"
#include "tests/support/engine/memory_snapshots.h"

namespace kontor::test {
namespace {

constexpr std::uint64_t kFrameMost = 8;         // commands
constexpr std::uint64_t kFramesAtOnceMost = 4;  // in flight
constexpr std::uint64_t kLifeMost = 24;         // appends until a fault

// Asked on the engine's thread only, one engine after the other.
class LifeClock final : public Clock {
 public:
  explicit LifeClock(std::uint64_t seed) : random_(seed) {}
  Timestamp now() override {
    now_ += random_.between(-1'000'000, 30'000'000);
    return Timestamp{now_};
  }

 private:
  Random random_;
  std::int64_t now_ = 1'772'409'600'000'000'000;  // 2026-03-02
};

// Holds the engine's books against the model, between batches.
class StateQuestion final : public Question {
 public:
  struct Result {
    std::optional<std::string> differs;
    bool answered = false;
  };
  StateQuestion(const model::State& model, const EventLog& log, Result& result, Bell& bell)
      : model_(model), log_(log), result_(result), bell_(bell) {}

  void ask(const Books& books) override {
    const Book* const book = books.find(BookNumber{1});
    if (book == nullptr) return;
    differs_ = difference(*book, model_);
    const Status sound = book->check_invariants();
    if (!differs_ && !sound.ok()) differs_ = sound.error().message;
    if (!differs_) differs_ = saved_differs(books);
    if (!differs_) differs_ = replay_differs(log_, books, false);
  }
  void answer() override {
    bell_.ring([&] { result_ = {differs_, true}; });
  }

 private:
  const model::State& model_;
  const EventLog& log_;
  Result& result_;
  Bell& bell_;
  std::optional<std::string> differs_;
};

// Tells when the engine's thread comes to it.
class PassingQuestion final : public Question {
 public:
  PassingQuestion(std::uint64_t& asked, Bell& bell) : asked_(asked), bell_(bell) {}
  void ask(const Books&) override {
    bell_.ring([&] { ++asked_; });
  }
  void answer() override {}

 private:
  std::uint64_t& asked_;
  Bell& bell_;
};

class ShardRun {
 public:
  ShardRun(const RunPlan& plan, Coverage& coverage)
      : plan_(plan),
        coverage_(coverage),
        random_(plan.seed * 2 + 1),
        rot_(plan.seed * 3 + 1),
        generator_(plan.seed),
        clock_(plan.seed) {}

  std::optional<Finding> run() {
    while (!finding_ && (sent_ < plan_.commands || !unanswered_.empty()))
      live();
    if (finding_) return finding_;
    if (const auto missing = ledger_.missing_in(*log_)) fail(*missing);
    return finding_;
  }

 private:
  void fail(const std::string& what) {
    if (finding_) return;
    const bool known = !unanswered_.empty() && !unanswered_.front()->requests.empty();
    finding_ =
        Finding{plan_.seed, sent_, what, known ? told(unanswered_.front()->requests.front()) : ""};
  }

  EngineOptions options() {
    EngineOptions options;
    small_pages_ = random_.one_in(3);
    if (small_pages_) options.page_decisions_max = 1 + random_.below(6);
    options.log_failed = [this](const Error&) { bell_.ring([this] { log_failed_ = true; }); };
    options.snapshots.files = snapshots_.get();
    options.snapshots.events = 10 + random_.below(200);
    options.snapshots.kept = 1 + random_.below(3);
    options.snapshots.at_stop = random_.one_in(3);
    options.snapshots.idle_priority = false;
    options.snapshots.note = [this](const std::string& text) { note(text); };
    options.snapshots.differs = [this](const Error& error) { note(error.message); };
    return options;
  }

  // What the engine says of its snapshots, on whichever thread.
  void note(const std::string& text) {
    const auto says = [&](std::string_view words) { return text.find(words) != text.npos; };
    bell_.ring([&] {
      if (says("the running state is what replay gives")) ++coverage_.snapshots;
      if (says("started from the snapshot")) ++coverage_.snapshot_starts;
      const bool tried = says("snapshot of commit") || says("no snapshot could be made");
      if (tried && !says("started from")) ++snapshots_tried_;
      const bool skipped = says("skipped") && std::none_of(rotten_.begin(), rotten_.end(), says);
      if (skipped || says("the running state is not")) snapshots_wrong_ = text;
    });
  }

  // Between two processes: the disk keeps what was synced, and some of it may rot. Which snapshots
  // there are is a matter of time, so these dice are others than those that tell what happens.
  void crash_snapshots() {
    snapshots_ = snapshots_->crash(rot_.below(8));
    const std::vector<std::string> names = snapshots_->names();
    if (names.empty() || !rot_.one_in(4)) return;
    const std::string& name = names[rot_.below(names.size())];
    MemorySnapshots::Bytes bytes = snapshots_->bytes(name);
    if (bytes.empty()) return;
    bytes[rot_.below(bytes.size())] ^= std::byte{16};
    snapshots_->put(name, std::move(bytes));
    rotten_.insert(snapshots_->place(name));
  }

  // Asks for a snapshot; sometimes with a disk that fails under it, and sometimes waits for it.
  // False: the process died meanwhile.
  bool ask_for_snapshot(Engine& engine) {
    if (random_.one_in(4)) snapshots_->end_at(1 + random_.below(30));
    const std::uint64_t before = snapshots_tried_;
    engine.make_snapshot();
    const bool waits = random_.one_in(2);
    return !waits ||
           wait_for([&] { return snapshots_tried_ > before || snapshots_wrong_.has_value(); });
  }

  // One process: from its start to its death, or to the end of the run.
  void live() {
    log_failed_ = false;
    if (!random_.one_in(6)) {
      log_->fail_append(1 + random_.below(kLifeMost),
                        random_.of({AppendFault::kNothingWritten, AppendFault::kWrittenButFailed,
                                    AppendFault::kTorn}));
    }
    auto engine = Engine::start(*log_, clock_, options(), nullptr);
    if (!engine.ok() && engine.error().kind != ErrorKind::kIo) fail(engine.error().message);
    if (engine.ok()) {
      work(**engine);
      (*engine)->stop();
      engine->reset();
    }
    settle_what_was_answered();
    if (snapshots_wrong_) fail(*snapshots_wrong_);
    ++coverage_.crashes;
    crash_snapshots();
    // What the disk holds is all that is left.
    log_ = next_log_ != nullptr ? std::move(next_log_) : log_->crash_and_reopen();
  }

  // Answers that arrived before the process died are answers; the rest is sent again.
  void settle_what_was_answered() {
    for (const auto& frame : unanswered_) {
      if (frame->answered && !finding_) judge(*frame);
      frame->sent_before = true;
    }
    std::erase_if(unanswered_, [](const auto& frame) { return frame->answered; });
  }

  void work(Engine& engine) {
    if (!unanswered_.empty()) {
      for (const auto& frame : unanswered_)
        coverage_.resent += frame->requests.size();
      if (!exchange(engine)) return;
    }
    while (!finding_ && sent_ < plan_.commands) {
      make_frames();
      if (!exchange(engine)) return;
      if (random_.one_in(6) && !look(engine)) return;
      if (random_.one_in(6) && !ask_for_snapshot(engine)) return;
      if (random_.one_in(40)) return;  // dies with nothing on its way
    }
    if (!finding_) look(engine);
  }

  void make_frames() {
    for (std::uint64_t i = 1 + random_.below(kFramesAtOnceMost); i > 0; --i) {
      auto frame = std::make_unique<Frame>();
      for (std::uint64_t n = 1 + random_.below(kFrameMost); n > 0; --n) {
        frame->requests.push_back(generator_.next(model_.state()));
        frame->decided.push_back(model_.decide(frame->requests.back()));
      }
      sent_ += frame->requests.size();
      unanswered_.push_back(std::move(frame));
    }
  }

  // Sends what has no answer and waits for it; false: the process died on the way. Who shares a
  // commit, and where the process dies, follows from the seed alone.
  bool exchange(Engine& engine) {
    // Where orders leave soon, deciding may have to wait for the disk: then nothing is held there.
    const bool shares = !small_pages_ && random_.one_in(3);
    const bool together = shares && !generator_.orders_leave_soon();
    const bool dies = random_.one_in(30);
    if (!(together ? send_together(engine, dies) : send_one_by_one(engine, dies))) return false;
    while (!unanswered_.empty() && !finding_) {
      judge(*unanswered_.front());
      if (!finding_) unanswered_.pop_front();
    }
    return !finding_ && next_log_ == nullptr;
  }

  bool send_one_by_one(Engine& engine, bool dies) {
    if (dies) next_log_ = log_->crash_and_reopen();
    for (const auto& frame : unanswered_) {
      if (random_.one_in(50) && !send_too_late(engine, *frame)) return false;
      if (!send(engine, *frame) || !wait_for([&] { return frame->answered; })) return false;
    }
    return true;
  }

  // On a slow disk: while the first one's append waits, the others share the next commit.
  bool send_together(Engine& engine, bool dies) {
    hold_appends();
    bool waits = false;  // the first append is held
    for (const auto& frame : unanswered_) {
      if (!send(engine, *frame)) break;
      const auto is_on_its_way = [&] {
        waits = append_waits_;
        return waits || frame->answered;
      };
      if (!(waits ? is_taken(engine) : wait_for(is_on_its_way))) break;
    }
    if (dies) next_log_ = log_->crash_and_reopen();
    bell_.ring([&] { appends_held_ = false; });
    return wait_for([&] {
      return std::all_of(unanswered_.begin(), unanswered_.end(),
                         [](const auto& frame) { return frame->answered; });
    });
  }

  // A frame whose deadline is over: nothing of it may have an effect, now or ever.
  bool send_too_late(Engine& engine, const Frame& frame) {
    late_ = std::make_unique<Frame>();
    late_->requests = frame.requests;
    const auto passed = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    if (!send(engine, *late_, passed) || !wait_for([&] { return late_->answered; })) return false;
    for (const KeptAnswer& answer : late_->answers) {
      if (answer.status == StatusCode::kDeadlineExpired) continue;
      fail("sent after its deadline, it is answered " + std::string(status_word(answer.status)));
    }
    return !finding_;
  }

  bool send(Engine& engine, Frame& frame,
            std::optional<std::chrono::steady_clock::time_point> deadline = {}) {
    std::unique_ptr<Submission> job = frame.submission(bell_);
    job->deadline = deadline;
    const StatusCode taken = engine.submit(job);
    if (taken == StatusCode::kDone) return true;
    fail("submit says " + std::string(status_word(taken)));
    return false;
  }

  // Whether the engine's thread has worked through all it was sent.
  bool is_taken(Engine& engine) {
    const std::uint64_t before = asked_;  // no other question is on its way
    if (engine.ask(std::make_unique<PassingQuestion>(asked_, bell_)) != StatusCode::kDone) {
      return false;
    }
    return wait_for([&] { return asked_ > before; });
  }

  // False: the log failed, or nothing came for too long (a finding).
  template <class Ready>
  bool wait_for(Ready ready) {
    const bool in_time = bell_.wait([&] { return log_failed_ || ready(); });
    if (!in_time) fail("no answer after half a minute");
    return in_time && !log_failed_;
  }

  // A slow disk: appends wait until it is over.
  void hold_appends() {
    bell_.ring([&] {
      appends_held_ = true;
      append_waits_ = false;
    });
    log_->before_append([this](CommitNumber) {
      bell_.ring([this] { append_waits_ = appends_held_; });
      bell_.wait([this] { return !appends_held_; });
    });
  }

  void judge(const Frame& frame) {
    for (std::size_t i = 0; i < frame.requests.size(); ++i) {
      const KeptAnswer& kept = frame.answers[i];
      EngineAnswer answer{kept.status, nullptr, kept.repeated};
      if (kept.decision.size() > 0) answer.decision = kept.decision.data();
      model::Decided wanted = frame.decided[i];
      // Sent again, it may have been decided before the crash; the answer is the same.
      if (frame.sent_before && kept.repeated) wanted.repeated = true;
      if (answer.status == StatusCode::kIdReused) answer.decision = nullptr;
      auto wrong = difference(frame.requests[i], answer, wanted, coverage_);
      if (!wrong) wrong = ledger_.note(frame.requests[i].id, answer);
      if (wrong) {
        return fail(*wrong + " [command " + std::to_string(i + 1) +
                    " of its frame: " + told(frame.requests[i]) + "]");
      }
    }
  }

  // Compares everything; false: the process died first, or something differs.
  bool look(Engine& engine) {
    StateQuestion::Result result;
    const StatusCode taken =
        engine.ask(std::make_unique<StateQuestion>(model_.state(), *log_, result, bell_));
    if (taken != StatusCode::kDone) return true;
    if (!wait_for([&] { return result.answered; })) return false;
    ++coverage_.replays;
    if (result.differs) fail(*result.differs);
    return !finding_;
  }

  const RunPlan plan_;
  Coverage& coverage_;
  Random random_;
  Random rot_;
  Generator generator_;
  model::Model model_;
  LifeClock clock_;
  Ledger ledger_;
  Bell bell_;
  bool log_failed_ = false;    // under the bell
  bool appends_held_ = false;  // under the bell
  bool append_waits_ = false;  // under the bell: one is held
  std::uint64_t asked_ = 0;    // under the bell: questions the engine's thread has come to
  bool small_pages_ = false;   // of this process: a frame may need several commits
  std::unique_ptr<MemoryEventLog> log_ = std::make_unique<MemoryEventLog>();
  std::unique_ptr<MemoryEventLog> next_log_;  // of the next process, once this one is dead
  std::unique_ptr<MemorySnapshots> snapshots_ = std::make_unique<MemorySnapshots>();
  std::set<std::string> rotten_;                // places of damaged snapshots
  std::uint64_t snapshots_tried_ = 0;           // under the bell
  std::optional<std::string> snapshots_wrong_;  // under the bell
  std::deque<std::unique_ptr<Frame>> unanswered_;
  std::unique_ptr<Frame> late_;  // outlives the process it was sent to
  std::uint64_t sent_ = 0;
  std::optional<Finding> finding_;
};

}  // namespace

std::optional<Finding> run_shard(const RunPlan& plan, Coverage& coverage) {
  return ShardRun(plan, coverage).run();
}

}  // namespace kontor::test
