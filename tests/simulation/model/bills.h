// Invoices, and what pays them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/model/commands.h"

namespace kontor::model {

inline constexpr int kNone = -1;  // the place of nothing

// An amount taken from the same places.
struct SpentPart {
  Int amount = 0;
  bool in_period = false;  // of its buyer
  std::set<int> budgets;
};
// Who spends what is paid of an invoice.
struct Spender {
  int buyer = kNone;
  int cost_centre = kNone;
};

// A payment or credit note.
struct FundRef {
  bool is_note = false;
  int place = kNone;
  bool operator==(const FundRef&) const = default;
};
// What of it is in an order's deposit.
struct DepositShare {
  FundRef fund;
  Int amount = 0;
};

struct Instalment {
  Int amount = 0;
  Int open = 0;
  Day due = 0;
};

// A line as billed, and what of it has been credited since: quantities with their worth, and money
// alone.
struct BilledLine {
  int line = kNone;  // of the order
  std::size_t tax = 0;
  Int quantity = 0;
  Int net = 0;
  Int credited = 0;
  Int credited_net = 0;
  Int reduced_net = 0;
  Int left() const { return quantity - credited; }
  Int net_left() const { return net - credited_net - reduced_net; }
};
struct BilledTax {
  Int rate = 0;
  Int net = 0;
  Int tax = 0;
  Int credited_net = 0;
  Int credited_tax = 0;
};

struct Invoice {
  std::string name;
  int order = kNone;
  int payer = kNone;
  int terms = kNone;
  Currency currency = 0;
  Day date = 0;
  int year = 0;
  int number = 0;
  Int net = 0;
  Int tax = 0;
  Int open = 0;
  Int paid = 0;
  Int credited = 0;
  Int deducted = 0;  // of its order's deposit
  std::vector<Instalment> instalments;
  std::optional<Spender> spender;
  std::vector<SpentPart> spent;  // by paying it
  std::vector<BilledLine> lines;
  std::vector<BilledTax> taxes;
  std::uint64_t version = 0;
  Int total() const { return net + tax; }
  bool is_paid() const { return open == 0 && paid > 0; }
};

// A part of an instalment that a payment or credit note has closed.
struct AppliedPart {
  int invoice = kNone;
  std::size_t instalment = 0;
  Int amount = 0;
};

// Money that can be applied: a payment, or a credit note.
struct Fund {
  std::string name;
  int payer = kNone;
  Currency currency = 0;
  Int amount = 0;
  Int applied = 0;
  Int reversed = 0;
  Int refunded = 0;
  Int deposited = 0;  // in deposits, not deducted
  bool cancelled = false;
  std::vector<AppliedPart> parts;  // oldest first
  std::vector<int> in_orders;      // whose deposits it is in, oldest first
  std::uint64_t version = 0;
  Int kept() const { return amount - reversed - refunded; }
  Int unapplied() const { return cancelled ? 0 : kept() - applied - deposited; }
};

struct Payment : Fund {
  Day value_date = 0;
};

struct CreditPart {
  int line = kNone;          // of the order
  int goods_return = kNone;  // that it names
  Int quantity = 0;
  Int voided = 0;
  Int returned = 0;
  Int from_queue = 0;
  Int net = 0;
};
struct CreditNote : Fund {
  int invoice = kNone;
  int order = kNone;
  Day date = 0;
  int year = 0;
  int number = 0;
  Int net = 0;
  Int tax = 0;
  std::vector<CreditPart> credited;
  std::vector<std::pair<Int, Int>> taxes;  // net and tax, by tax of the invoice
  bool moved_goods = false;
};

// Goods that came back by themselves: the billed part may be credited, once.
struct GoodsReturn {
  std::string name;
  int order = kNone;
  std::map<int, Int> creditable;  // by line
};

}  // namespace kontor::model
