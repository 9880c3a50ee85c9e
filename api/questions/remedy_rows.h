// What would release an order, as rows of an answer and in words. Engine thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history_answers_generated.h"

#include "engine/rules/remedies.h"
#include "projections/book.h"

namespace kontor::questions {

class RemedyRows {
 public:
  using Groups = std::vector<std::unique_ptr<wire::GroupRowT>>;

  // currency: of the order that waits.
  RemedyRows(const Book& book, CurrencyCode currency) : book_(book), currency_(currency) {}

  // Of a hold; under a forced one only a person's release.
  void add_hold(const Order& order, bool forced);
  // Of an order that has failed or was refused.
  void add(const Waiting& waiting);
  const Causes& reasons() const { return found_.reasons; }
  // The smallest payment that releases it from its hold; nothing: none does.
  std::optional<Minor> payment() const;
  // Of a request: the groups that have not said yes, tier by tier.
  void add_approvals(const Groups& groups);
  // Of a deposit of which so much is not there.
  void add_deposit(const Order& order, Minor lacks);
  void finish(wire::WhyAnswerT& out);

 private:
  wire::RemedyT row_of(const Remedy& remedy) const;
  std::string words_of(const Remedy& remedy) const;
  std::string words_of(const PutRight& fact) const;
  std::string money(Minor amount) const;
  void name_what(const Remedy& remedy, wire::RemedyT& out) const;
  void put_with_needed(wire::WhyAnswerT& out) const;

  const Book& book_;
  CurrencyCode currency_;
  bool held_ = false;
  Remedies found_;
  std::vector<wire::RemedyT> of_hold_;
  std::vector<wire::RemedyT> needed_;  // each of them, whatever becomes of the hold
};

}  // namespace kontor::questions
