// An order that waits - held, failed, or refused - and what it would still wait for if something
// were otherwise. Rules: domain, What can be asked (why).
#pragma once

#include <optional>
#include <vector>

#include "place_order_generated.h"

#include "engine/rules/order_facts.h"
#include "engine/step.h"

namespace kontor {

// What is supposed; remedies put together are one supposition.
struct Supposition {
  Minor paid;                           // by the payer, the oldest due first
  std::vector<SupposedLimit> limits;    // of credit, set anew
  std::vector<SupposedBudget> budgets;  // set anew
  std::optional<Minor> period_limit;    // of the buyer
  std::vector<Quantity> cancelled;      // of the order, by line; empty: nothing
  Minor cancelled_worth;
  Date today = kNoDate;
  std::vector<PutRight> put_right;
  // Orders that will have been released by then: by what was supposed first.
  std::vector<std::uint64_t> released;
  std::vector<SupposedTaking> taken;  // what they take

  // Whether orders that wait before this one would be looked at as well.
  bool frees_others() const {
    return paid > Minor{0} || !limits.empty() || !budgets.empty() || period_limit.has_value() ||
           today != kNoDate;
  }
};

class Waiting {
 public:
  virtual ~Waiting() = default;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  const Book& book() const { return book_; }
  // As they are; of one that is not there, what could be found of them.
  const OrderFacts& facts() const { return facts_; }
  // Null: it is not there.
  virtual const Order* order() const { return nullptr; }
  // The reasons it would have.
  virtual Causes left(const Supposition& supposed) const = 0;
  // Lets others take what the supposition frees, before anything else is supposed.
  virtual void let_others_take(Supposition& /*supposed*/) const {}

 protected:
  explicit Waiting(const Book& book) : book_(book) {}

  const Book& book_;
  OrderFacts facts_;
};

// One that is held. Others that are looked at before it take their part first: older ones of its
// payer, and where a limit up the tree or the day is another, those of relatives.
class HeldOrderWaits final : public Waiting {
 public:
  HeldOrderWaits(const Book& book, const Order& order);
  const Order* order() const override { return &order_; }
  Causes left(const Supposition& supposed) const override;
  void let_others_take(Supposition& supposed) const override;

 private:
  bool comes_first(CompanyId relative, const Supposition& supposed) const;
  void let_older_take(Supposition& supposed) const;
  // Orders of a payer that were placed before that one; how many more are looked at.
  void let_take(CompanyId payer, std::uint64_t before, Supposition& supposed,
                std::size_t& looks) const;
  bool would_be_released(const Order& other, const Supposition& supposed) const;

  const Order& order_;
  std::vector<CompanyId> relatives_;  // that have held orders, in the order they are looked at
};

// One that has failed: what RetryOrder would be refused for.
class FailedOrderWaits final : public Waiting {
 public:
  FailedOrderWaits(const Book& book, const Order& order);
  const Order* order() const override { return &order_; }
  Causes left(const Supposition& supposed) const override;

 private:
  const Order& order_;
};

// One that was refused: what the same PlaceOrder would be refused for now. The command and the
// actor's name outlive it.
class RefusedOrderWaits final : public Waiting {
 public:
  RefusedOrderWaits(const Book& book, const PlaceOrder& command, std::string_view actor);
  Causes left(const Supposition& supposed) const override;

 private:
  const PlaceOrder& command_;
  std::string_view actor_;
};

}  // namespace kontor
