#include "tests/simulation/shard_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "events/log/memory_event_log.h"
#include "tests/simulation/answers.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/generator.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/shard_parts.h"
#include "tests/simulation/snapshot_watch.h"
#include "tests/simulation/watch/feed_watch.h"
#include "tests/simulation/watch/past_watch.h"
#include "tests/simulation/watch/view_watch.h"

namespace kontor::test {
namespace {

constexpr std::uint64_t kFrameMost = 8;         // commands
constexpr std::uint64_t kFramesAtOnceMost = 4;  // in flight
constexpr std::uint64_t kLifeMost = 24;         // appends until a fault
// Decisions that an id is away from being forgotten when it is sent again: more than may be sent
// twice.
constexpr std::uint64_t kForgottenApart = 2 * kFrameMost * kFramesAtOnceMost;

class ShardRun {
 public:
  ShardRun(const RunPlan& plan, Coverage& coverage)
      : plan_(plan),
        coverage_(coverage),
        random_(plan.seed * 2 + 1),
        generator_(plan.seed, kForgottenApart),
        clock_(plan.seed),
        snapshots_(plan.seed * 3 + 1, bell_, coverage) {
    watchers_.push_back(std::make_unique<FeedWatch>(plan.seed * 5 + 1, coverage));
    watchers_.push_back(std::make_unique<PastWatch>(plan.seed * 7 + 1, coverage));
    if (plan.views_in.empty()) return;
    watchers_.push_back(std::make_unique<ViewWatch>(plan.seed * 11 + 1, plan.views_in, coverage));
  }

  std::optional<Finding> run() {
    while (!finding_ && (sent_ < plan_.commands || !unanswered_.empty() || !finished_))
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

  EngineOptions engine_options() {
    EngineOptions options;
    small_pages_ = random_.one_in(3);
    if (small_pages_) options.page_decisions_max = 1 + random_.below(6);
    options.log_failed = [this](const Error&) { bell_.ring([this] { log_failed_ = true; }); };
    snapshots_.set(options.snapshots, random_);
    return options;
  }

  // Asks for a snapshot, and sometimes waits for it. False: the process died meanwhile.
  bool ask_for_snapshot(Engine& engine) {
    const std::uint64_t before = snapshots_.ask(engine, random_);
    const bool waits = random_.one_in(2);
    return !waits || wait_for([&] { return snapshots_.has_tried_since(before); });
  }

  // One process: from its start to its death, or to the end of the run.
  void live() {
    log_failed_ = false;
    if (!random_.one_in(6)) {
      log_->fail_append(1 + random_.below(kLifeMost),
                        random_.of({AppendFault::kNothingWritten, AppendFault::kWrittenButFailed,
                                    AppendFault::kTorn}));
    }
    EngineOptions options = engine_options();
    for (const auto& watcher : watchers_)
      watcher->before(*log_, options);
    auto engine = Engine::start(*log_, clock_, std::move(options), nullptr);
    if (!engine.ok() && engine.error().kind != ErrorKind::kIo) fail(engine.error().message);
    if (engine.ok()) {
      for (const auto& watcher : watchers_)
        watcher->begin(**engine);
      work(**engine);
    }
    end_watching();
    if (engine.ok()) {
      (*engine)->stop();
      engine->reset();
    }
    settle_what_was_answered();
    asked_about_.reset();
    if (snapshots_.wrong()) fail(*snapshots_.wrong());
    ++coverage_.crashes;
    snapshots_.crash();
    // What the disk holds is all that is left.
    log_ = next_log_ != nullptr ? std::move(next_log_) : log_->crash_and_reopen();
  }

  // Who follows the log looks at it, now that all is answered. False: a finding.
  bool watch(Watcher::Wrong (Watcher::*how)(const PlainLog&, const model::State&)) {
    if (const auto wrong = told_.read_on(*log_)) fail(*wrong);
    for (const auto& watcher : watchers_) {
      if (finding_) return false;
      if (const auto wrong = ((*watcher).*how)(told_, model_.state())) fail(*wrong);
    }
    return !finding_;
  }

  void end_watching() {
    if (const auto wrong = told_.read_on(*log_)) fail(*wrong);
    for (const auto& watcher : watchers_) {
      if (const auto wrong = watcher->end(told_)) fail(*wrong);
    }
  }

  // Answers that arrived before the process died are answers; the rest is sent again, or its fate
  // is asked for.
  void settle_what_was_answered() {
    if (asked_about_ != nullptr) {
      if (asked_about_->answered && !finding_) learn();
      return;
    }
    const auto answered = [](const auto& frame) { return frame->answered; };
    const auto first = std::find_if_not(unanswered_.begin(), unanswered_.end(), answered);
    in_order_ = std::none_of(first, unanswered_.end(), answered);
    for (const auto& frame : unanswered_) {
      if (frame->answered && !finding_) judge(*frame);
      frame->sent_before = true;
      frame->give_up_asking();
    }
    std::erase_if(unanswered_,
                  [](const auto& frame) { return frame->answered || frame->requests.empty(); });
  }

  void work(Engine& engine) {
    if (!unanswered_.empty() && !(asks_instead() ? find_out(engine) : send_again(engine))) return;
    while (!finding_ && sent_ < plan_.commands) {
      make_frames();
      if (!exchange(engine) || !watch(&Watcher::look)) return;
      if (random_.one_in(6) && !look(engine)) return;
      if (random_.one_in(6) && !ask_for_snapshot(engine)) return;
      if (random_.one_in(40)) return;  // dies with nothing on its way
    }
    if (!finding_ && look(engine)) finished_ = watch(&Watcher::finish);
  }

  bool send_again(Engine& engine) {
    for (const auto& frame : unanswered_)
      coverage_.resent += frame->requests.size();
    return exchange(engine);
  }

  // Whether this client gives up what a crash has left unanswered, rather than send it again. Once
  // it has begun to ask, that is so: some of it may be fenced.
  bool asks_instead() {
    const bool is_open = !unanswered_.front()->before->state().book.empty();
    asks_instead_ = asks_instead_ || (in_order_ && is_open && random_.one_in(2));
    return asks_instead_;
  }

  // What became of everything that has no answer? False: the process died on the way.
  bool find_out(Engine& engine) {
    asked_about_ = std::make_unique<Frame>();
    for (const auto& frame : unanswered_) {
      for (const model::Request& request : frame->requests) {
        model::Request& question = asked_about_->requests.emplace_back(request);
        if (!request.resolve) question.resolve = model::Resolve{ledger_.last_number()};
      }
    }
    if (!send(engine, *asked_about_) || !wait_for([&] { return asked_about_->answered; })) {
      return false;
    }
    learn();
    asked_about_.reset();
    return !finding_;
  }

  // The commands up to some one were decided before the crash, what came behind was lost: it is
  // fenced now, and the model has never decided it.
  void learn() {
    model_ = *unanswered_.front()->before;
    bool lost = false;
    std::size_t next = 0;
    for (const auto& frame : unanswered_) {
      for (const model::Request& request : frame->requests) {
        if (finding_) return;
        learn_one(request, next++, lost);
      }
    }
    coverage_.found_out += next;
    unanswered_.clear();
    asks_instead_ = false;
  }

  void learn_one(const model::Request& request, std::size_t place, bool& lost) {
    const KeptAnswer& kept = asked_about_->answers[place];
    const bool known = model_.state().outcomes.find(request.id) != nullptr;
    const bool fenced = kept.status == StatusCode::kFenced && !known;
    const bool decided_before = !known && !fenced && !request.resolve;
    if (decided_before && lost) {
      fail(request.id + " was decided, one sent before it was not: " +
           std::string(status_word(kept.status)) + (kept.repeated ? " repeated" : ""));
    }
    const model::Request& meant = decided_before ? request : asked_about_->requests[place];
    model::Decided wanted = model_.decide(meant);
    if (decided_before || (fenced && kept.repeated)) wanted.repeated = true;
    judge_one(meant, kept, wanted);
    // OpenBook is decided in book 0, which is not asked: it tells nothing about those behind it.
    const bool elsewhere = std::holds_alternative<model::OpenBook>(request.command);
    if (fenced && !elsewhere && !(request.resolve && kept.repeated)) lost = true;
    if (fenced && !request.resolve && !random_.one_in(4)) generator_.send_again(request);
  }

  void make_frames() {
    for (std::uint64_t i = 1 + random_.below(kFramesAtOnceMost); i > 0; --i) {
      auto frame = std::make_unique<Frame>();
      frame->before = model_;
      for (std::uint64_t n = 1 + random_.below(kFrameMost); n > 0; --n) {
        frame->requests.push_back(generator_.next(model_.state()));
        ledger_.limit_to_known(frame->requests.back());
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
    std::unique_ptr<Submission> job = frame.submission(bell_, ledger_);
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
    for (std::size_t i = 0; i < frame.requests.size() && !finding_; ++i) {
      model::Decided wanted = frame.decided[i];
      // Sent again, it may have been decided before the crash; the answer is the same.
      if (frame.sent_before && frame.answers[i].repeated) wanted.repeated = true;
      judge_one(frame.requests[i], frame.answers[i], wanted);
    }
  }

  void judge_one(const model::Request& request, const KeptAnswer& kept,
                 const model::Decided& wanted) {
    EngineAnswer answer{kept.status, nullptr, kept.repeated};
    if (kept.decision.size() > 0) answer.decision = kept.decision.data();
    if (answer.status == StatusCode::kIdReused) answer.decision = nullptr;
    if (plan_.trace) {
      std::fprintf(stderr, "%s\n  %s\n", told(request).c_str(), told(answer).c_str());
    }
    auto wrong = difference(request, answer, wanted, coverage_);
    if (!wrong) wrong = ledger_.note(request.id, wanted.number, answer);
    if (wrong) fail(*wrong + " [" + told(request) + "]");
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
  SnapshotWatch snapshots_;
  PlainLog told_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  bool finished_ = false;  // they have come to the end
  std::deque<std::unique_ptr<Frame>> unanswered_;
  std::unique_ptr<Frame> asked_about_;  // outlives the process it was sent to
  bool asks_instead_ = false;           // of the unanswered ones
  bool in_order_ = true;                // none of the answered ones was sent behind them
  std::unique_ptr<Frame> late_;         // outlives the process it was sent to
  std::uint64_t sent_ = 0;
  std::optional<Finding> finding_;
};

}  // namespace

std::optional<Finding> run_shard(const RunPlan& plan, Coverage& coverage) {
  return ShardRun(plan, coverage).run();
}

}  // namespace kontor::test
