// PastWatch: asks copies of the past for the book as it was, at random positions, while commands go
// on. Where the model was kept the copy is held against it, elsewhere against a fold of the log
// from its beginning. How many copies there are and what they take stays within what was said.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/past/past_copies.h"
#include "tests/simulation/finding.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/random.h"
#include "tests/simulation/watch/watcher.h"

namespace kontor::test {

class PastWatch final : public Watcher {
 public:
  PastWatch(std::uint64_t seed, Coverage& coverage);

  void before(const EventLog& log, EngineOptions& options) override;
  void begin(Engine& /*engine*/) override {}
  Wrong look(const PlainLog& told, const model::State& state) override;
  Wrong end(const PlainLog& told) override;
  Wrong finish(const PlainLog& told, const model::State& state) override;

 private:
  using Kept = std::shared_ptr<const model::State>;
  struct Then {
    PastPlace place;
    Kept model;  // null: none was kept
  };
  struct Asked {
    Then then;
    bool has_deadline = false;
    // Under the bell.
    bool told = false;
    StatusCode status = StatusCode::kDone;
    std::string why;
    Digest digest{};
  };
  class Ask;

  void start();
  Then choose(const PlainLog& told);
  void ask(const PlainLog& told);
  void judge(const Asked& asked);
  void judge_told();  // those whose answers have come
  void check_bounds();
  bool wait_for_all();
  void fail(const Asked& asked, const std::string& what);
  Wrong take_wrong() { return std::exchange(wrong_, std::nullopt); }

  Random random_;
  Coverage& coverage_;
  Bell bell_;
  std::vector<Then> kept_;
  Wrong wrong_;

  // Of the process at hand.
  const EventLog* log_ = nullptr;
  SnapshotFiles* files_ = nullptr;
  std::uint64_t one_copy_ = 0;  // bytes, as it was seen last alone
  PastOptions options_;
  bool stopped_ = false;
  std::deque<std::shared_ptr<Asked>> asked_;  // and not judged yet
  std::unique_ptr<PastCopies> copies_;
};

}  // namespace kontor::test
