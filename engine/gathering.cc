#include "engine/gathering.h"

#include <utility>

#include "events/base/assert.h"

namespace kontor {
namespace {

// Of two shards' words on one id, the one that says more holds: what became of it; then that this
// cannot be said; that it never will be decided only when all of them say so.
int weight_of(StatusCode status) {
  if (status == StatusCode::kFenced) return 0;
  switch (class_of(status)) {
    case StatusClass::kDone:
    case StatusClass::kRefused:
      return 3;
    case StatusClass::kNotStarted:
      return 2;
    default:
      return 1;
  }
}

}  // namespace

class Gathering::Part final : public Submission {
 public:
  Part(std::shared_ptr<Gathering> all, std::vector<std::uint32_t> places)
      : all_(std::move(all)), places_(std::move(places)) {
    const Submission& job = *all_->job_;
    book = BookNumber{0};
    deadline = job.deadline;
    principal = job.principal;
    for (const std::uint32_t place : places_)
      commands.push_back(job.commands[place]);
    for (CommandInput& command : commands) {
      // A position of book 0 is one shard's: what is asked of all is asked from the beginning.
      if (command.resolve) command.since = Sequence{};
    }
  }

  void answer(std::span<const CommandResult> results) override { all_->tell(places_, results); }
  const std::vector<std::uint32_t>& places() const { return places_; }

 private:
  std::shared_ptr<Gathering> all_;  // whose job holds the bytes
  std::vector<std::uint32_t> places_;
};

Gathering::Gathering(std::unique_ptr<Submission> job, std::size_t parts)
    : job_(std::move(job)), told_(job_->commands.size()), waiting_(parts) {
}

std::unique_ptr<Submission> Gathering::part(std::vector<std::uint32_t> places) {
  return std::make_unique<Part>(shared_from_this(), std::move(places));
}

void Gathering::not_taken(const Submission& part, StatusCode status) {
  const std::vector<CommandResult> results(part.commands.size(), CommandResult{status});
  tell(static_cast<const Part&>(part).places(), results);
}

void Gathering::take(std::uint32_t place, const CommandResult& result) {
  Told& told = told_[place];
  if (told.known && weight_of(told.status) >= weight_of(result.status)) return;
  told.known = true;
  told.status = result.status;
  told.repeated = result.repeated;
  told.decision = AlignedBuffer();
  if (result.decision != nullptr) told.decision.append(DecisionView(result.decision).bytes());
}

void Gathering::tell(const std::vector<std::uint32_t>& places,
                     std::span<const CommandResult> results) {
  KONTOR_ASSERT(places.size() == results.size());
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < places.size(); ++i)
      take(places[i], results[i]);
    if (--waiting_ > 0) return;
  }
  answer();
}

// By the last part alone: nobody else looks any more.
void Gathering::answer() {
  std::vector<CommandResult> results;
  results.reserve(told_.size());
  for (const Told& told : told_) {
    KONTOR_ASSERT(told.known);
    results.push_back(
        {told.status, told.decision.empty() ? nullptr : told.decision.data(), told.repeated});
  }
  job_->answer(results);
}

}  // namespace kontor
