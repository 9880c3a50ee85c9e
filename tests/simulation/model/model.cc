#include "tests/simulation/model/model.h"

#include <variant>

namespace kontor::model {
namespace {

// An effective date lies within what the policies allow around the business date.
void check_effective_date(Deciding& d) {
  if (d.state.book.empty()) return;
  const Int today = d.state.business_date;
  const Int earliest = today - policy_number(d.state, "effective.days_back");
  const Int latest = today + policy_number(d.state, "effective.days_ahead");
  d.refuse_if(d.effective < earliest || d.effective > latest, "date_not_allowed");
}

// The engine's own work, before the next command: backorders first, then held orders.
void do_what_is_left(State& state) {
  while (true) {
    if (!state.items_to_serve.empty()) {
      const int item = state.items_to_serve.front();
      serve(state, item);
      std::erase(state.items_to_serve, item);
    } else if (!state.payers_to_examine.empty()) {
      const int payer = state.payers_to_examine.front();
      examine(state, payer);
      std::erase(state.payers_to_examine, payer);
    } else {
      return;
    }
  }
}

Decided decide_new(State& state, const Request& request) {
  Deciding d{state, request, request.effective_date.value_or(state.business_date), {}};
  check_effective_date(d);
  if (!d.refused()) {
    std::visit([&](const auto& command) { decide(d, command); }, request.command);
  }
  if (!d.refused()) do_what_is_left(state);
  return {d.refused() ? Verdict::kRefused : Verdict::kDone, d.reasons, false};
}

}  // namespace

Decided Model::decide(const Request& request) {
  const auto known = outcomes_.find(request.id);
  if (known == outcomes_.end()) {
    const Decided decided = decide_new(state_, request);
    outcomes_.emplace(request.id, Outcome{request, decided});
    return decided;
  }
  Decided again = known->second.decided;
  again.repeated = true;
  if (!known->second.request.says_the_same(request)) again = {Verdict::kIdReused, {}, true};
  return again;
}

std::set<int> Model::take_touched() {
  return std::exchange(state_.touched, {});
}

}  // namespace kontor::model
