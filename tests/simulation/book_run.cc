#include "tests/simulation/book_run.h"

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/directory.h"
#include "engine/gather.h"
#include "engine/sequencer.h"
#include "events/codec/catalog.h"
#include "events/log/memory_event_log.h"
#include "tests/simulation/answers.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/compare.h"
#include "tests/simulation/encode.h"
#include "tests/simulation/generator.h"
#include "tests/simulation/ledger.h"

namespace kontor::test {
namespace {

constexpr std::uint64_t kBatchMost = 12;        // commands at once
constexpr std::uint64_t kEverythingEvery = 48;  // commands between comparisons of everything

// Time goes on by itself, stands still, or even goes back: the engine makes it rise.
class TestClock final : public Clock {
 public:
  explicit TestClock(Random& random) : random_(random) {}
  Timestamp now() override {
    now_ += random_.between(-2'000'000, 40'000'000);
    return Timestamp{now_};
  }

 private:
  Random& random_;
  std::int64_t now_ = 1'772'409'600'000'000'000;  // 2026-03-02
};

// Never answered: the results are taken from the batch.
class Job final : public Submission {
 public:
  void answer(std::span<const CommandResult>) override {}
  std::vector<model::Request> requests;
  std::vector<model::Decided> decided;
  std::vector<AlignedBuffer> bodies;
};

class BookRun {
 public:
  BookRun(const RunPlan& plan, Coverage& coverage)
      : plan_(plan),
        coverage_(coverage),
        random_(plan.seed * 2 + 1),
        generator_(plan.seed, 0),
        clock_(random_),
        gatherer_(log_, directory_, nullptr),
        sequencer_(books_, clock_, options_, counts_,
                   Sequencer::Hands{[this](std::unique_ptr<Batch>& batch) { commit(*batch); },
                                    [this](BookNumber book, Sequence sequence) {
                                      return directory_.last_sequence(book) >= sequence;
                                    },
                                    &gatherer_}) {
    // Half of the runs look in the log for every name that may have left.
    if (plan.seed % 2 == 0) books_.tell_left(gatherer_.recently_left());
    options_.page_decisions_max = random_.one_in(4) ? 1 + random_.below(4) : 8'192;
  }

  std::optional<Finding> run() {
    while (sent_ < plan_.commands && !finding_)
      batch();
    if (!finding_) check_everything();
    if (!finding_) check_log(true);
    const auto missing = finding_ ? std::nullopt : ledger_.missing_in(log_);
    if (missing) fail(*missing, nullptr);
    return finding_;
  }

 private:
  void fail(const std::string& what, const model::Request* request) {
    if (finding_) return;
    finding_ = Finding{plan_.seed, sent_, what, request == nullptr ? "" : told(*request)};
  }

  std::unique_ptr<Job> next_job() {
    auto job = std::make_unique<Job>();
    job->book = BookNumber{1};
    const std::uint64_t count = 1 + random_.below(kBatchMost);
    for (std::uint64_t i = 0; i < count; ++i) {
      job->requests.push_back(generator_.next(model_.state()));
      ledger_.limit_to_known(job->requests.back());
      job->decided.push_back(model_.decide(job->requests.back()));
      const model::Request& request = job->requests.back();
      job->bodies.push_back(request.resolve ? AlignedBuffer() : encode(request.command));
    }
    for (std::size_t i = 0; i < job->requests.size(); ++i) {
      const auto& body = job->bodies[i];
      job->commands.push_back(input_of(job->requests[i], body.bytes()));
      if (job->requests[i].resolve) {
        job->commands.back().since = ledger_.position_of(*job->requests[i].resolve);
        continue;
      }
      const Status sane = check_command(job->commands.back().kind, body.bytes());
      if (!sane.ok())
        fail("the edge would not take it: " + sane.error().message, &job->requests[i]);
    }
    return job;
  }

  void batch() {
    std::unique_ptr<Job> job = next_job();
    if (finding_) return;
    auto* const kept = job.get();
    sequencer_.run(std::move(job), batch_);
    PendingSubmission pending = std::move(batch_->submissions.back());
    batch_->submissions.pop_back();
    const std::uint64_t before = sent_;
    for (std::size_t i = 0; i < kept->requests.size() && !finding_; ++i) {
      ++sent_;
      const EngineAnswer answer = answer_of(pending.results[i]);
      if (plan_.trace) {
        std::fprintf(stderr, "%llu %s\n  %s\n", static_cast<unsigned long long>(sent_),
                     told(kept->requests[i]).c_str(), told(answer).c_str());
      }
      const model::Decided& decided = kept->decided[i];
      auto wrong = difference(kept->requests[i], answer, decided, coverage_);
      if (!wrong) wrong = ledger_.note(kept->requests[i].id, decided.number, answer);
      if (wrong) fail(*wrong, &kept->requests[i]);
    }
    commit(*batch_);
    check_state(before / kEverythingEvery != sent_ / kEverythingEvery, kept->requests.back());
    if (random_.one_in(400) && !finding_) check_log(false);
  }

  EngineAnswer answer_of(const PendingResult& result) {
    EngineAnswer answer{result.status, nullptr, result.repeated};
    if (result.decided_here) {
      answer.decision = batch_->page(result.page).buffer().data() + result.offset;
    } else if (result.sequence.value() != 0) {
      answer.decision = decision_at(result.book, result.sequence);
      const DecisionView decision(answer.decision);
      answer.status = decision.refused() ? StatusCode::kRefused : StatusCode::kDone;
      if (decision.header().command_kind == number_of<FenceCommand>) {
        answer.status = StatusCode::kFenced;
      } else if (result.compare) {
        // What is encoded by the same function has the same bytes when it says the same.
        answer.status = StatusCode::kIdReused;
        answer.decision = nullptr;
      }
    }
    return answer;
  }

  const std::byte* decision_at(BookNumber book, Sequence sequence) {
    const auto known = decisions_.find({book.value(), sequence.value()});
    if (known != decisions_.end()) return known->second.data();
    const std::byte* found = nullptr;  // in the batch at hand
    for (std::uint32_t i = 0; i < batch_->page_count(); ++i) {
      if (batch_->page(i).book() != book) continue;
      batch_->page(i).for_each_decision([&](const DecisionView& decision) {
        if (decision.first_sequence() == sequence) found = decision.bytes().data();
      });
    }
    KONTOR_ASSERT(found != nullptr);
    return found;
  }

  // Makes what is in the batch durable, as the committer does.
  void commit(Batch& batch) {
    if (batch.page_count() == 0) return;
    std::vector<CommitPage> pages;
    chains_.resize(books_.count());
    for (std::uint32_t i = 0; i < batch.page_count(); ++i) {
      PageBuilder& page = batch.page(i);
      page.for_each_decision([&](const DecisionView& decision) {
        const auto key = std::pair(page.book().value(), decision.first_sequence().value());
        decisions_.emplace(key, AlignedBuffer(decision.bytes()));
        coverage_.events += decision.header().event_count;
      });
      chains_[page.book().value()].book = page.book();
      pages.push_back({&page, &chains_[page.book().value()]});
    }
    const CommitNumber before = log_.tail().last;
    const auto bytes =
        seal_commit(pages, {Epoch{1}, CommitNumber{before.value() + 1}, 1}, scratch_);
    const Status written = log_.append(Epoch{1}, before, bytes);
    if (!written.ok()) fail(written.error().message, nullptr);
    for (const CommitPage& page : pages) {
      PageChain& chain = *page.chain;
      chain.durable_watermark = chain.last_sequence;
      const Sequence first{chain.last_sequence.value() + 1 - page.page->events()};
      directory_.add(chain.book, first, chain.last_sequence, log_.tail().last);
    }
    ++coverage_.commits;
    batch.clear();
  }

  const Book* book() const { return books_.find(BookNumber{1}); }

  void check_state(bool everything, const model::Request& last) {
    const std::set<int> touched = model_.take_touched();
    if (finding_ || book() == nullptr) return;
    const auto differs = everything || plan_.exact ? difference(*book(), model_.state())
                                                   : difference(*book(), model_.state(), touched);
    if (differs) return fail(*differs, &last);
    const Status sound = book()->check_invariants();
    if (!sound.ok()) fail(sound.error().message, &last);
  }

  void check_everything() {
    if (book() == nullptr) return;
    if (const auto differs = difference(*book(), model_.state())) fail(*differs, nullptr);
  }

  void check_log(bool every_event) {
    ++coverage_.replays;
    if (const auto differs = replay_differs(log_, books_, every_event)) fail(*differs, nullptr);
    if (const auto differs = saved_differs(books_)) fail(*differs, nullptr);
  }

  const RunPlan plan_;
  Coverage& coverage_;
  Random random_;
  Generator generator_;
  model::Model model_;
  Ledger ledger_;
  Books books_;
  TestClock clock_;
  EngineOptions options_;
  CommandCounts counts_;
  MemoryEventLog log_;
  Directory directory_;
  Gatherer gatherer_;
  Sequencer sequencer_;
  std::unique_ptr<Batch> batch_ = std::make_unique<Batch>();
  std::vector<PageChain> chains_;
  AlignedBuffer scratch_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, AlignedBuffer> decisions_;
  std::uint64_t sent_ = 0;
  std::optional<Finding> finding_;
};

}  // namespace

std::optional<Finding> run_book(const RunPlan& plan, Coverage& coverage) {
  return BookRun(plan, coverage).run();
}

}  // namespace kontor::test
