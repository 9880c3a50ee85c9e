#include "tests/simulation/frame.h"

#include "tests/simulation/answers.h"
#include "tests/simulation/encode.h"

namespace kontor::test {
namespace {

class FrameJob final : public Submission {
 public:
  FrameJob(Frame& frame, Bell& bell, const Ledger& ledger) : frame_(frame), bell_(bell) {
    book = BookNumber{1};
    for (const model::Request& request : frame.requests)
      bodies_.push_back(request.resolve ? AlignedBuffer() : encode(request.command));
    for (std::size_t i = 0; i < frame.requests.size(); ++i) {
      commands.push_back(input_of(frame.requests[i], bodies_[i].bytes()));
      if (frame.requests[i].resolve) {
        commands.back().since = ledger.position_of(*frame.requests[i].resolve);
      }
    }
  }

  void answer(std::span<const CommandResult> results) override {
    std::vector<KeptAnswer> kept;
    for (const CommandResult& result : results) {
      KeptAnswer& answer = kept.emplace_back();
      answer.status = result.status;
      answer.repeated = result.repeated;
      if (result.decision == nullptr) continue;
      answer.decision = AlignedBuffer(DecisionView(result.decision).bytes());
    }
    bell_.ring([&] {
      frame_.answers = std::move(kept);
      frame_.answered = true;
    });
  }

 private:
  Frame& frame_;
  Bell& bell_;
  std::vector<AlignedBuffer> bodies_;
};

}  // namespace

void Frame::give_up_asking() {
  for (std::size_t i = requests.size(); i-- > 0;) {
    const model::Verdict verdict = decided[i].verdict;
    if (verdict != model::Verdict::kTooOld && verdict != model::Verdict::kNotFound) continue;
    requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(i));
    decided.erase(decided.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

std::unique_ptr<Submission> Frame::submission(Bell& bell, const Ledger& ledger) {
  return std::make_unique<FrameJob>(*this, bell, ledger);
}

}  // namespace kontor::test
