// What would release an order that is held. Nothing is guessed: each remedy is found by asking
// find_holds again with one fact changed, and is the smallest of its kind for which it answers
// otherwise. Older orders that wait for the same payer take their part of a payment or limit first,
// as they will. Rules: domain, What can be asked (why).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/rules/holding.h"

namespace kontor {

enum class RemedyKind : std::uint8_t { kPayment, kLimit, kCancellation, kDate, kRelease };

struct RemedyLine {
  std::uint32_t line = 0;  // of the order, from 1
  Quantity quantity;
};

struct Remedy {
  RemedyKind kind = RemedyKind::kPayment;
  Minor amount;                     // paid, the limit itself, or the worth of what is cancelled
  Date date = kNoDate;              // the first day on which time alone does it
  std::vector<RemedyLine> lines;    // of a cancellation
  std::vector<std::size_t> clears;  // which of the reasons, from 0
  bool releases = false;            // alone
};

struct Remedies {
  Holds holds;                   // the reasons of now
  std::vector<Remedy> remedies;  // for each reason the smallest of each kind that clears it
  // Of those that release nothing alone: one of them, and the smallest other one that then releases
  // the order.
  std::vector<std::vector<Remedy>> together;
};

// Of an order that is held, or that would be.
Remedies find_remedies(const Book& book, const Order& order);

}  // namespace kontor
