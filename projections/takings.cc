#include "projections/takings.h"

#include <algorithm>

#include "document_generated.h"
#include "spending_generated.h"

#include "projections/fold.h"

namespace kontor {
namespace {

template <class Event>
std::uint64_t document_of(const Event& event) {
  return event.invoice() != 0 ? event.invoice() : event.order();
}

void add_part(Taking& taking, TakenPart part) {
  taking.amount += part.amount;
  if (!taking.parts.empty()) {
    TakenPart& last = taking.parts.back();
    if (last.in_period == part.in_period && last.budgets == part.budgets) {
      last.amount += part.amount;
      return;
    }
  }
  taking.parts.push_back(std::move(part));
}

}  // namespace

Minor Taking::taken_from(BudgetId budget) const {
  Minor sum;
  for (const TakenPart& part : parts) {
    if (std::binary_search(part.budgets.begin(), part.budgets.end(), budget)) sum += part.amount;
  }
  return sum;
}

Minor Taking::in_period() const {
  Minor sum;
  for (const TakenPart& part : parts) {
    if (part.in_period) sum += part.amount;
  }
  return sum;
}

GivenBack give_back(Taking& taking, Minor amount) {
  KONTOR_ASSERT(amount <= taking.amount);
  GivenBack out;
  taking.amount -= amount;
  while (amount > Minor{0}) {
    TakenPart& newest = taking.parts.back();
    const Minor cut = std::min(amount, newest.amount);
    if (newest.in_period) out.period += cut;
    for (const BudgetId budget : newest.budgets)
      out.budgets[budget] += cut;
    newest.amount -= cut;
    amount -= cut;
    if (newest.amount == Minor{0}) taking.parts.pop_back();
  }
  return out;
}

// ---- folds --------------------------------------------------------------------------------------

void Takings::on(const Envelope&, const SpendingTaken& event) {
  TakenPart part;
  part.amount = Minor{event.amount()};
  part.in_period = event.period_amount() != 0;
  for (const BudgetPart& budget : run(event.budgets()))
    part.budgets.emplace_back(budget.budget());
  Taking& taking = takings_[document_of(event)];
  taking.pending = event.pending();
  add_part(taking, std::move(part));
}

void Takings::on(const Envelope&, const SpendingReturned& event) {
  const auto found = takings_.find(document_of(event));
  KONTOR_ASSERT(found != takings_.end());
  const GivenBack back = give_back(found->second, Minor{event.amount()});
  KONTOR_ASSERT(back.period == Minor{event.period_amount()});
  KONTOR_ASSERT(back.budgets.size() == run(event.budgets()).size());
  if (found->second.amount == Minor{0}) takings_.erase(found);
}

void Takings::on(const Envelope&, const DocumentReopened& event) {
  if (event.state() == nullptr) return;  // another document
  const auto shares = run(event.state()->spent());
  if (shares.empty() || takings_.contains(event.order())) return;  // its own events were folded
  Taking& taking = takings_[event.order()];
  std::uint16_t number = 0;
  for (const SpentShare& share : shares) {
    if (share.part() != number) {
      taking.parts.push_back({Minor{share.amount()}, share.in_period(), {}});
      taking.amount += Minor{share.amount()};
    }
    number = share.part();
    if (share.budget() != kNoOrdinal) taking.parts.back().budgets.emplace_back(share.budget());
  }
}

const Taking* Takings::find(std::uint64_t document) const {
  const auto found = takings_.find(document);
  return found == takings_.end() ? nullptr : &found->second;
}

void Takings::set_pending(std::uint64_t order, bool pending) {
  const auto found = takings_.find(order);
  if (found != takings_.end()) found->second.pending = pending;
}

// ---- state --------------------------------------------------------------------------------------

void Takings::save(Sink& out) const {
  out.pod(std::uint64_t{takings_.size()});
  for (const auto& [document, taking] : takings_) {
    out.pod(document);
    out.pod(std::uint8_t{taking.pending});
    out.pod(std::uint64_t{taking.parts.size()});
    for (const TakenPart& part : taking.parts) {
      out.pod(part.amount.value());
      out.pod(std::uint8_t{part.in_period});
      save_ids(out, part.budgets);
    }
  }
}

void Takings::load(Source& in) {
  takings_.clear();
  for (std::uint64_t left = in.size_of_run(34); left > 0 && in.ok(); --left) {
    std::uint64_t document = 0;
    in.pod(document);
    Taking& taking = takings_[document];
    std::uint8_t pending = 0;
    in.pod(pending);
    taking.pending = pending != 0;
    taking.parts.resize(in.size_of_run(17));
    Int128 sum = 0;
    for (TakenPart& part : taking.parts) {
      std::uint8_t in_period = 0;
      in.pod(part.amount);
      in.pod(in_period);
      part.in_period = in_period != 0;
      load_ids(in, part.budgets);
      in.expect(part.amount > Minor{0});
      sum += part.amount.value();
    }
    in.expect(sum > 0 && sum <= INT64_MAX);
    if (in.ok()) taking.amount = Minor{static_cast<std::int64_t>(sum)};
  }
}

Status Takings::check_invariants() const {
  for (const auto& [document, taking] : takings_) {
    Minor sum;
    for (const TakenPart& part : taking.parts) {
      if (part.amount <= Minor{0}) return broken("a taken part of nothing");
      if (!part.in_period && part.budgets.empty()) return broken("a part taken from nowhere");
      const bool ascending =
          std::is_sorted(part.budgets.begin(), part.budgets.end()) &&
          std::adjacent_find(part.budgets.begin(), part.budgets.end()) == part.budgets.end();
      if (!ascending) return broken("a part taken from one budget twice");
      sum += part.amount;
    }
    if (sum != taking.amount || sum == Minor{0}) return broken("a taking that is not its parts");
  }
  return {};
}

}  // namespace kontor
