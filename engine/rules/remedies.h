// What would release an order that waits. Nothing is guessed: each remedy is found by asking the
// order's reasons again with one fact changed, and is the smallest of its kind for which they are
// others. Orders that wait before it take their part first, as they will. Rules: domain, What can
// be asked (why).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/rules/waiting.h"

namespace kontor {

enum class RemedyKind : std::uint8_t {
  kPayment,        // by the payer
  kLimit,          // of credit, of a company
  kCancellation,   // of lines
  kDate,           // the first day on which time alone does it
  kBudget,         // its amount
  kSpendingLimit,  // of the buyer's period
  kStock,          // so much more of an item
  kSetting,        // a fact is put right
  kRelease,        // by a person, of a hold
};

struct RemedyLine {
  std::uint32_t line = 0;  // of the order, from 1
  Quantity quantity;
};

struct Remedy {
  RemedyKind kind = RemedyKind::kPayment;
  Minor amount;                            // paid, the limit or budget itself, or what is cancelled
  CompanyId company = no_id<CompanyId>();  // that pays, or whose limit it is
  BudgetId budget = no_id<BudgetId>();
  BuyerId buyer = no_id<BuyerId>();  // whose period
  Date date = kNoDate;
  std::vector<RemedyLine> lines;    // of a cancellation
  PutRight fact;                    // of stock and settings
  Quantity quantity;                // of stock
  std::vector<std::size_t> clears;  // which of the reasons, from 0
  bool releases = false;            // alone
};

struct Remedies {
  Causes reasons;                // of now
  std::vector<Remedy> remedies;  // for each reason the smallest of each kind that clears it
  // Of those that release nothing alone, taken together: one of them and the smallest other one
  // that then does; and, where it takes more, everything that is to be set.
  std::vector<std::vector<Remedy>> together;
};

// Of an order that is held, or that would be.
Remedies find_remedies(const Book& book, const Order& order);
// Of any that waits; without a person's release.
Remedies find_remedies(const Waiting& waiting);

}  // namespace kontor
