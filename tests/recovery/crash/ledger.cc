#include "tests/recovery/crash/ledger.h"

#include <utility>

namespace kontor::test {
namespace {

constexpr std::size_t kExamplesMax = 20;

}  // namespace

std::string text(const Verdict& verdict) {
  return std::string(status_word(verdict.status)) + " at sequence " +
         std::to_string(verdict.sequence) + " with " + std::to_string(verdict.events) + " events";
}

void Findings::add(std::uint64_t Findings::*kind, std::string what) {
  ++(this->*kind);
  if (examples.size() < kExamplesMax) examples.push_back(std::move(what));
}

void Findings::merge(const Findings& other) {
  lost += other.lost;
  doubled += other.doubled;
  changed += other.changed;
  unsound += other.unsound;
  for (const std::string& example : other.examples) {
    if (examples.size() < kExamplesMax) examples.push_back(example);
  }
}

void Ledger::answered(std::string_view id, const Answer& answer, StatusCode expected) {
  const std::lock_guard lock(mutex_);
  const Verdict now{answer.status, answer.sequence.value(), answer.events.size()};
  const std::string name(id);
  if (now.status != expected) {
    findings_.add(&Findings::unsound, name + ": " + std::string(status_word(expected)) +
                                          " was expected, and came " + answer_json(id, answer));
  }
  if (now.sequence == 0) return;  // nothing was recorded
  Known& known = known_[name];
  const bool seen = known.verdict.sequence != 0;
  if (seen && known.verdict != now) {
    findings_.add(&Findings::changed,
                  name + ": was " + text(known.verdict) + ", now answered " + text(now));
  }
  if (seen && !answer.repeated) {
    findings_.add(&Findings::doubled, name + ": decided before (" + text(known.verdict) +
                                          ") and answered as if for the first time");
  }
  if (known.acknowledged) {
    ++repeats_;
    return;
  }
  known = {now, true};
  ++acknowledged_;
}

void Ledger::compare_one(const std::string& id, const Known& known, const Logged& logged) {
  const auto found = logged.find(id);
  if (found == logged.end()) {
    findings_.add(known.acknowledged ? &Findings::lost : &Findings::changed,
                  id + ": " + text(known.verdict) +
                      (known.acknowledged ? ", acknowledged, is not in the log"
                                          : ", was in the log, and is not any more"));
    return;
  }
  const Verdict& first = found->second.front();
  if (first == known.verdict) return;
  findings_.add(&Findings::changed,
                id + ": known as " + text(known.verdict) + ", in the log " + text(first));
}

void Ledger::compare(const Logged& logged) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, known] : known_)
    compare_one(id, known, logged);
  for (const auto& [id, verdicts] : logged) {
    if (verdicts.size() > 1) {
      findings_.add(&Findings::doubled, id + ": decided " + std::to_string(verdicts.size()) +
                                            " times, first " + text(verdicts[0]) + ", then " +
                                            text(verdicts[1]));
    }
    known_.try_emplace(id, Known{verdicts.front(), false});
  }
}

void Ledger::unsound(const std::string& what) {
  const std::lock_guard lock(mutex_);
  findings_.add(&Findings::unsound, what);
}

std::uint64_t Ledger::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

std::uint64_t Ledger::repeats() const {
  const std::lock_guard lock(mutex_);
  return repeats_;
}

Findings Ledger::findings() const {
  const std::lock_guard lock(mutex_);
  return findings_;
}

}  // namespace kontor::test
