// Takings: what each order has taken from its buyer's period and from budgets and not given back,
// in parts as it was taken. What is given back comes off the newest part first. What is taken by
// paying an invoice is kept with the invoice.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"

namespace kontor {

struct DocumentReopened;
struct SpendingReturned;
struct SpendingTaken;

// An amount that was taken from the same places.
struct TakenPart {
  Minor amount;
  bool in_period = false;         // counted in the buyer's period
  std::vector<BudgetId> budgets;  // from each of them, ascending
};

struct Taking {
  Minor amount;                  // of all parts
  bool pending = false;          // its order waits for approval
  std::vector<TakenPart> parts;  // oldest first
  Minor taken_from(BudgetId budget) const;
  Minor in_period() const;
};

// What comes back to each place.
struct GivenBack {
  Minor period;
  std::map<BudgetId, Minor> budgets;
};

class Takings {
 public:
  void on(const Envelope& by, const SpendingTaken& event);
  void on(const Envelope& by, const SpendingReturned& event);
  void on(const Envelope& by, const DocumentReopened& event);

  // By the birth of the order or invoice; null: it has taken nothing, or given all of it back.
  const Taking* find(std::uint64_t document) const;
  const std::map<std::uint64_t, Taking>& all() const { return takings_; }
  void set_pending(std::uint64_t order, bool pending);
  void forget(std::uint64_t order) { takings_.erase(order); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  std::map<std::uint64_t, Taking> takings_;
};

// Takes an amount, at most what there is, off the newest parts.
GivenBack give_back(Taking& taking, Minor amount);

}  // namespace kontor
