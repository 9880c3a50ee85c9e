#include "tests/simulation/watch/past_watch.h"

#include <algorithm>
#include <utility>

#include "engine/replay.h"
#include "tests/simulation/compare.h"

namespace kontor::test {
namespace {

constexpr std::size_t kKeptMost = 24;       // models
constexpr std::uint64_t kSmall = 8U << 10;  // bytes that most books outgrow
constexpr std::uint64_t kPlenty = 1U << 30;
constexpr std::chrono::milliseconds kLong{60'000};

}  // namespace

class PastWatch::Ask final : public PastQuestion {
 public:
  Ask(std::shared_ptr<Asked> asked, Bell& bell) : asked_(std::move(asked)), bell_(bell) {}

  void answer(const Book& then) override {
    const Then& wanted = asked_->then;
    std::string wrong;
    if (then.last_sequence() != wanted.place.at) wrong = "the copy stands elsewhere";
    if (wrong.empty() && wanted.model != nullptr) {
      wrong = difference(then, *wanted.model).value_or("");
    }
    tell(StatusCode::kDone, wrong, then.digest());
  }
  void refuse(StatusCode status, const std::string& why) override { tell(status, why, {}); }

 private:
  void tell(StatusCode status, const std::string& why, const Digest& digest) {
    bell_.ring([&] {
      asked_->told = true;
      asked_->status = status;
      asked_->why = why;
      asked_->digest = digest;
    });
  }

  std::shared_ptr<Asked> asked_;
  Bell& bell_;
};

PastWatch::PastWatch(std::uint64_t seed, Coverage& coverage) : random_(seed), coverage_(coverage) {
}

void PastWatch::before(const EventLog& log, EngineOptions& options) {
  log_ = &log;
  files_ = random_.one_in(4) ? nullptr : options.snapshots.files;
  start();
}

void PastWatch::start() {
  options_ = {};
  options_.copies_max = 1 + random_.below(3);
  options_.waiting_max = 1 + random_.below(6);
  options_.bytes_max = random_.one_in(4) ? kSmall : kPlenty;
  // Room for one as large as the last, and for no second one.
  if (random_.one_in(3) && one_copy_ != 0) options_.bytes_max = one_copy_ * 3 / 2;
  options_.slice_commits = 1 + random_.below(16);
  options_.kept = random_.one_in(3) ? std::chrono::milliseconds(0) : kLong;
  stopped_ = false;
  copies_ = std::make_unique<PastCopies>(*log_, files_, options_);
}

PastWatch::Then PastWatch::choose(const PlainLog& told) {
  if (!kept_.empty() && !random_.one_in(3)) return random_.of(kept_);
  const auto& [sequence, commit] = random_.of(told.decisions());
  PastPlace place{BookNumber{1}, Sequence{sequence}, commit};
  if (random_.one_in(4)) place.commit = CommitNumber{};
  return {place, nullptr};
}

void PastWatch::ask(const PlainLog& told) {
  const auto asked = std::make_shared<Asked>();
  asked->then = choose(told);
  std::unique_ptr<PastQuestion> question = std::make_unique<Ask>(asked, bell_);
  asked->has_deadline = random_.one_in(6);
  if (asked->has_deadline) {
    question->deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(random_.below(3));
  }
  ++coverage_.past_questions;
  const auto refused = copies_->ask(asked->then.place, question);
  if (!refused) {
    asked_.push_back(asked);
    return;
  }
  asked->status = refused->status;
  asked->why = refused->why;
  judge(*asked);
}

void PastWatch::fail(const Asked& asked, const std::string& what) {
  if (wrong_) return;
  const PastPlace& place = asked.then.place;
  wrong_ = "as of " + std::to_string(place.at.value()) + " (commit " +
           std::to_string(place.commit.value()) + "): " + what;
}

void PastWatch::judge(const Asked& asked) {
  switch (asked.status) {
    case StatusCode::kDone:
      break;
    case StatusCode::kDeadlineExpired:
      if (!asked.has_deadline) fail(asked, "its deadline expired; it had none");
      return;
    case StatusCode::kOverloaded:
      ++coverage_.past_refused;
      return;
    case StatusCode::kTooLarge:
      ++coverage_.past_refused;
      if (options_.bytes_max == kPlenty) fail(asked, asked.why);
      return;
    case StatusCode::kStopping:
      if (!stopped_) fail(asked, "it is told that the server stops");
      return;
    default:
      return fail(asked, std::string(status_word(asked.status)) + ": " + asked.why);
  }
  if (!asked.why.empty()) return fail(asked, asked.why);
  ++coverage_.past_answers;
  if (asked.then.model != nullptr) {
    ++coverage_.past_models;
    return;
  }
  Books books;
  ReplayOptions options;
  options.book = asked.then.place.book;
  options.to = asked.then.place.at;
  const auto replayed = replay(*log_, books, options, nullptr);
  if (!replayed.ok()) return fail(asked, replayed.error().message);
  const bool same = books.find(options.book)->digest() == asked.digest;
  if (!same) fail(asked, "the copy is not what the log says");
}

void PastWatch::judge_told() {
  std::vector<std::shared_ptr<Asked>> ready;
  bell_.ring([&] {
    std::erase_if(asked_, [&](const std::shared_ptr<Asked>& asked) {
      if (asked->told) ready.push_back(asked);
      return asked->told;
    });
  });
  for (const auto& asked : ready)
    judge(*asked);
}

void PastWatch::check_bounds() {
  const PastStats stats = copies_->stats();
  const std::uint64_t copies = stats.copies + stats.making;
  if (stats.copies == 1) one_copy_ = stats.bytes;
  if (wrong_) return;
  if (copies > options_.copies_max) wrong_ = std::to_string(copies) + " copies of the past";
  if (stats.waiting > options_.waiting_max) wrong_ = "too many questions about the past wait";
  if (stats.bytes > options_.bytes_max) {
    wrong_ = "copies of the past take " + std::to_string(stats.bytes) + " bytes";
  }
}

Watcher::Wrong PastWatch::look(const PlainLog& told, const model::State& state) {
  if (told.decisions().empty()) return {};
  if (random_.one_in(5)) {
    const auto& [sequence, commit] = told.decisions().back();
    const PastPlace place{BookNumber{1}, Sequence{sequence}, commit};
    Then then{place, std::make_shared<const model::State>(state)};
    if (kept_.size() < kKeptMost) {
      kept_.push_back(std::move(then));
    } else {
      kept_[random_.below(kKeptMost)] = std::move(then);
    }
  }
  for (std::uint64_t i = random_.below(4); i > 0; --i)
    ask(told);
  check_bounds();
  judge_told();
  return take_wrong();
}

bool PastWatch::wait_for_all() {
  return bell_.wait([&] {
    return std::all_of(asked_.begin(), asked_.end(), [](const auto& asked) { return asked->told; });
  });
}

Watcher::Wrong PastWatch::end(const PlainLog& /*told*/) {
  if (copies_ == nullptr) return {};
  stopped_ = true;
  copies_->stop();
  if (!wait_for_all() && !wrong_) wrong_ = "a question about the past was never answered";
  judge_told();
  copies_.reset();
  return take_wrong();
}

// Every model that was kept, one after the other.
Watcher::Wrong PastWatch::finish(const PlainLog& told, const model::State& /*state*/) {
  if (told.decisions().empty()) return {};
  if (!wait_for_all()) return "a question about the past is not answered";
  judge_told();
  for (const Then& then : kept_) {
    const auto asked = std::make_shared<Asked>();
    asked->then = then;
    std::unique_ptr<PastQuestion> question = std::make_unique<Ask>(asked, bell_);
    const auto refused = copies_->ask(then.place, question);
    if (refused && !wrong_) wrong_ = "nobody asks, and a question is refused: " + refused->why;
    if (refused || wrong_) break;
    asked_.push_back(asked);
    if (!wait_for_all()) return "a question about the past is not answered";
    check_bounds();
    judge_told();
  }
  return take_wrong();
}

}  // namespace kontor::test
