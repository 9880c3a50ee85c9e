#include "tests/simulation/model/model.h"

#include <set>
#include <utility>
#include <variant>
#include <vector>

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

// Does something, and then lets the orders it has touched take and give back what they spend.
template <class Do>
void with_spending(State& state, Do something) {
  std::vector<DueBefore> outer = std::exchange(state.due_before, spending_before(state));
  std::set<int> earlier = std::exchange(state.touched, {});
  something();
  settle_spending(state, state.due_before, state.touched);
  state.touched.merge(earlier);
  state.due_before = std::move(outer);
}

// The engine's own work, before the next command: backorders first, then held orders, then requests
// that wait for people, then runs.
void do_what_is_left(State& state, const Request& request) {
  bool anything = true;
  while (anything) {
    with_spending(state, [&] {
      if (!state.items_to_serve.empty()) {
        const int item = state.items_to_serve.front();
        serve(state, item);
        std::erase(state.items_to_serve, item);
      } else if (!state.payers_to_examine.empty()) {
        const int payer = state.payers_to_examine.front();
        examine(state, payer);
        std::erase(state.payers_to_examine, payer);
      } else if (state.day_to_look_at) {
        look_at_the_day(state);
      } else {
        anything = review_requests(state) || run_recurring(state, request);
      }
    });
  }
}

Decided decide_new(State& state, const Request& request) {
  Deciding d{state, request, request.effective_date.value_or(state.business_date), {}};
  check_effective_date(d);
  if (!d.refused()) {
    with_spending(state, [&] {
      std::visit([&](const auto& command) { decide(d, command); }, request.command);
    });
  }
  if (!d.refused()) do_what_is_left(state, request);
  return {d.refused() ? Verdict::kRefused : Verdict::kDone, d.reasons, false, 0};
}

// Its number.
std::uint64_t note(Outcomes& outcomes, const Request& request, Decided decided) {
  decided.number = ++outcomes.decided;
  outcomes.by_id.insert_or_assign(request.id, KnownId{request, decided});
  return decided.number;
}

}  // namespace

Decided Model::decide(const Request& request) {
  if (request.resolve) return resolve(request);
  const bool opens = std::holds_alternative<OpenBook>(request.command);
  Outcomes& outcomes = opens ? state_.opening_outcomes : state_.outcomes;
  if (const KnownId* const known = outcomes.find(request.id)) {
    Decided again = known->decided;
    again.repeated = true;
    if (opens) again.number = 0;
    const bool same = known->request.says_the_same(request);
    if (!same && again.verdict != Verdict::kFenced) again = {Verdict::kIdReused, {}, true, 0};
    return again;
  }
  Decided decided = decide_new(state_, request);
  decided.number = note(outcomes, request, decided);
  // The book that is opened remembers it, too: it is its first decision.
  if (opens && decided.verdict == Verdict::kDone) note(state_.outcomes, request, decided);
  if (opens) decided.number = 0;
  return decided;
}

// Fenced only when the id cannot be among those forgotten since the caller first sent it.
Decided Model::resolve(const Request& request) {
  Outcomes& outcomes = state_.outcomes;
  if (const KnownId* const known = outcomes.find(request.id)) {
    Decided again = known->decided;
    again.repeated = true;
    return again;
  }
  const std::uint64_t since = request.resolve->since;
  if (since == kNeverDecided) return {Verdict::kNotFound, {}, false, 0};
  if (since < outcomes.forgotten()) return {Verdict::kTooOld, {}, false, 0};
  Decided fenced{Verdict::kFenced, {}, false, 0};
  fenced.number = note(outcomes, request, fenced);
  return fenced;
}

std::set<int> Model::take_touched() {
  return std::exchange(state_.touched, {});
}

}  // namespace kontor::model
