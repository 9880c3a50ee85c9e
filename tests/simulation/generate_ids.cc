// Command ids that were used before: sent again, asked about, or taken for something else.
#include <variant>

#include "tests/simulation/generator.h"

namespace kontor::test {
namespace {

namespace m = model;

constexpr std::size_t kRemembered = 400;  // requests that may be sent again

bool opens(const m::Request& request) {
  return std::holds_alternative<m::OpenBook>(request.command);
}

}  // namespace

void Generator::remember(const State& state, const m::Request& request) {
  known_.try_emplace(request.id, state.outcomes.decided);
  if (sent_.size() < kRemembered) {
    sent_.push_back(request);
  } else {
    sent_[random_.below(kRemembered)] = request;
  }
}

const m::Request* Generator::earlier(const State& state) {
  if (sent_.empty()) return nullptr;
  const m::Request& request = sent_[random_.below(sent_.size())];
  const m::Outcomes& outcomes = state.outcomes;
  const m::KnownId* const known = outcomes.find(request.id);
  if (known == nullptr || opens(request)) return &request;
  const std::uint64_t before_forgotten = known->decided.number - outcomes.forgotten();
  const bool soon = outcomes.kept != UINT64_MAX && before_forgotten <= forgotten_apart_;
  return soon ? nullptr : &request;
}

// What became of one that was sent, one that is on its way, or one that nobody will ever send. Most
// callers say truly what they knew before; some know less than they could, or what cannot be.
m::Request Generator::resolving(const State& state) {
  m::Request request;
  const m::Request* const sent = earlier(state);
  if (sent != nullptr && !opens(*sent) && random_.percent(60)) {
    request.id = sent->id;
  } else if (!late_.empty() && random_.one_in(3)) {
    request.id = late_[random_.below(late_.size())].id;
  } else {
    request.id = "c-" + std::to_string(++ids_);
  }
  request.resolve.emplace();
  const auto made = known_.find(request.id);
  request.resolve->since = made == known_.end() ? state.outcomes.decided : made->second;
  if (random_.one_in(8)) request.resolve->since = random_.below(request.resolve->since + 1);
  if (random_.one_in(20)) request.resolve->since = m::kNeverDecided;
  return request;
}

void Generator::send_again(m::Request request) {
  soon_.push_back(std::move(request));
}

}  // namespace kontor::test
