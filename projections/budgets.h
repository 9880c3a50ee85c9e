// What may be spent and what was: cost centres, budgets, and by buyer what was taken on each day.
// Folds what takes from them and gives back; an order's takings leave memory with it and come back
// with it. Rules: domain, Who is who (cost centre, budget) and One notion of when.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"
#include "projections/takings.h"

namespace kontor {

struct ApprovalExpired;
struct ApprovalRequested;
struct BudgetSet;
struct BuyerRegistered;
struct CostCentreRegistered;
struct InvoiceIssued;
struct OrderApproved;
struct OrderCancelled;
struct RecurringOrderStopped;
struct OrderFulfilled;
struct OrderRejected;

struct CostCentre {
  std::string name;
  CompanyId company;
  BuyerId owner = no_id<BuyerId>();
  bool mandatory = false;
  CostCentreStatus status = CostCentreStatus::active;
  std::vector<BudgetId> budgets;  // that serve it, ascending; kept from what budgets say
  Sequence last_change;
  std::uint32_t version = 0;
};

struct Budget {
  std::string name;
  Minor amount;
  Minor taken;     // and not given back
  Minor reserved;  // of it, by orders that wait for approval
  CurrencyCode currency;
  Date valid_from = kNoDate;
  Date valid_to = kNoDate;
  BudgetStatus status = BudgetStatus::active;
  std::vector<CostCentreId> cost_centres;  // ascending
  Sequence set_at;
  Sequence moved_at;  // the last taking or giving back
  std::uint32_t version = 0;

  bool is_valid_on(Date day) const;
};

// What a buyer's orders took on one business day, less what was given back on it.
struct DaySpending {
  Date day;
  CurrencyCode currency;
  Minor amount;
  Sequence moved_at;  // the last of them
};

class Budgets {
 public:
  static constexpr std::uint32_t kNumber = 16;

  void on(const Envelope& by, const CostCentreRegistered& event);
  void on(const Envelope& by, const BudgetSet& event);
  void on(const Envelope& by, const BuyerRegistered& event);
  void on(const Envelope& by, const SpendingTaken& event);
  void on(const Envelope& by, const SpendingReturned& event);
  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const ApprovalRequested& event);
  void on(const Envelope& by, const OrderApproved& event);
  void on(const Envelope& by, const OrderRejected& event);
  void on(const Envelope& by, const ApprovalExpired& event);
  void on(const Envelope& by, const OrderCancelled& event);
  void on(const Envelope& by, const RecurringOrderStopped& event);
  void on(const Envelope& by, const OrderFulfilled& event);
  void on(const Envelope& by, const DocumentReopened& event);
  void forget(OrderRef order) { takings_.forget(order.value()); }  // it left memory

  // Whether an order could take anything at all: some buyer had a period limit, or there is a
  // budget.
  bool in_use() const { return in_use_; }

  std::optional<CostCentreId> find_cost_centre(std::string_view name) const;
  std::optional<BudgetId> find_budget(std::string_view name) const;
  const CostCentre& cost_centre(CostCentreId id) const { return cost_centres_.at(id.value()); }
  const Budget& budget(BudgetId id) const { return budgets_.at(id.value()); }
  std::string_view name(CostCentreId id) const { return cost_centre_names_.name(id.value()); }
  std::string_view name(BudgetId id) const { return budget_names_.name(id.value()); }
  std::uint32_t cost_centre_count() const { return cost_centre_names_.size(); }
  std::uint32_t budget_count() const { return budget_names_.size(); }

  // What the buyer's orders took in a currency on the days from `from` on; the sum of the positive
  // and negative days. Of the year before the last taking, which is as long as a period can be.
  Minor taken_since(BuyerId buyer, CurrencyCode currency, Date from) const;
  // The days behind it, oldest first.
  std::vector<DaySpending> days_since(BuyerId buyer, CurrencyCode currency, Date from) const;
  // Taken by all of the buyer's orders and not given back.
  Minor outstanding(BuyerId buyer) const;

  const Takings& takings() const { return takings_; }
  // Who spends what paying an invoice takes; null: paying it takes nothing.
  struct Spender {
    BuyerId buyer = no_id<BuyerId>();
    CostCentreId cost_centre = no_id<CostCentreId>();
  };
  const Spender* spender_of(InvoiceRef invoice) const;
  const std::map<std::uint64_t, Spender>& spenders() const { return spenders_; }
  std::size_t buyers_bound() const { return buyers_.size(); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  struct BuyerSpending {
    Minor outstanding;
    std::vector<DaySpending> days;  // ascending by day and currency
  };

  BuyerSpending& spending_of(std::uint32_t buyer);
  void count_day(BuyerSpending& spending, const Envelope& by, std::uint16_t currency, Minor amount);
  void set_pending(std::uint64_t order, bool pending);
  void serve_cost_centres();  // makes CostCentre::budgets anew

  NameTable cost_centre_names_;
  NameTable budget_names_;
  std::vector<CostCentre> cost_centres_;
  std::vector<Budget> budgets_;
  std::vector<BuyerSpending> buyers_;  // by ordinal, as far as any has taken something
  Takings takings_;
  std::map<std::uint64_t, Spender> spenders_;  // by invoice
  bool in_use_ = false;
};

}  // namespace kontor
