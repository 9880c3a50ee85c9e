// What would release an order, as rows of an answer and in words. Engine thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "history_answers_generated.h"

#include "engine/rules/remedies.h"
#include "projections/book.h"

namespace kontor::questions {

class RemedyRows {
 public:
  using Groups = std::vector<std::unique_ptr<wire::GroupRowT>>;

  RemedyRows(const Book& book, const Order& order) : book_(book), order_(order) {}

  // Of a hold; under a forced one only a person's release.
  void add_hold(bool forced);
  const Causes& reasons() const { return found_.holds.causes; }
  // Of a request: the groups that have not said yes, tier by tier.
  void add_approvals(const Groups& groups);
  void finish(wire::WhyAnswerT& out);

 private:
  wire::RemedyT row_of(const Remedy& remedy) const;
  std::string words_of(const Remedy& remedy) const;
  void put_with_approvals(wire::WhyAnswerT& out) const;

  const Book& book_;
  const Order& order_;
  bool held_ = false;
  Remedies found_;
  std::vector<wire::RemedyT> of_hold_;
  std::vector<wire::RemedyT> of_approval_;
};

}  // namespace kontor::questions
